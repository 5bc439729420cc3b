"""
How long a paper's TF-IDF vector is, and how generic the paper: two numbers a paper, written at refresh.

A word weighs ``(1 + ln count) * rarity``; little words and single letters weigh nothing. The day's papers are the
corpus, so that the same papers give the same index whatever else is held.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from core.language.words import FUNCTION_WORDS, HYPHEN, word_key

SMALLEST_CORPUS: Final = 500
"""Papers: a day of fewer is taken for part of so many, since three papers cannot tell which words are rare."""
LENGTH_STEPS: Final = 8
GENERIC_STEPS: Final = 2000
"""Lengths (20 to 80) and genericness (0.02 to 0.1) are written as whole numbers of such parts: 0.6 and 1 % exact."""
_HIGHEST: Final = 65_535
_LITTLE: Final = frozenset(map(word_key, FUNCTION_WORDS))


class Posting(Protocol):
    """Where one word stands."""

    rows: list[int]
    counts: list[int]


def tells(word: str) -> bool:
    """Whether a word, by its key, says anything about what a paper is about."""
    return len(word) > 1 and word not in _LITTLE and HYPHEN not in word


def rarity(holding: int, papers: int) -> float:
    """Inverse document frequency: 0 for a word in every paper. ``holding`` of ``papers`` have it."""
    return math.log((1 + papers) / (1 + holding))


def often(count: int) -> float:
    """What a word weighs that stands so many times in a paper, before its rarity."""
    return 1 + math.log(count) if count > 1 else 1.0


def lengths_and_generic(postings: Mapping[str, Posting], papers: int) -> tuple[list[float], list[float]]:
    """
    Return each row's length, and the product of its unit vector with the mean of all.

    A paper without a telling word has length 1.
    """
    corpus = max(papers, SMALLEST_CORPUS)
    weighed = [(each.rows, _weights(each, corpus)) for word, each in postings.items() if tells(word)]
    squares = [0.0] * papers
    for rows, weights in weighed:
        for row, weight in zip(rows, weights, strict=True):
            squares[row] += weight * weight
    lengths = [math.sqrt(square) or 1.0 for square in squares]
    return lengths, _generic(weighed, lengths, corpus)


def _weights(posting: Posting, corpus: int) -> list[float]:
    rare = rarity(len(posting.rows), corpus)
    return [rare if count == 1 else rare * often(count) for count in posting.counts]


def _generic(
    weighed: Iterable[tuple[Sequence[int], Sequence[float]]], lengths: list[float], corpus: int
) -> list[float]:
    generic = [0.0] * len(lengths)
    for rows, weights in weighed:
        if len(rows) == 1:  # most words, and next to nothing of the mean
            generic[rows[0]] += (weights[0] / lengths[rows[0]]) ** 2 / corpus
            continue
        parts = [weight / lengths[row] for row, weight in zip(rows, weights, strict=True)]
        mean = sum(parts) / corpus
        for row, part in zip(rows, parts, strict=True):
            generic[row] += part * mean
    return generic


def written(values: Iterable[float], steps: int) -> Iterable[int]:
    """As whole numbers of 16 bits."""
    return (min(round(value * steps), _HIGHEST) for value in values)
