"""
How long a paper's TF-IDF vector is, and how generic the paper: two numbers a paper, written at refresh.

A word weighs ``(1 + ln count) * rarity``; little words and single letters weigh nothing. The day's papers are the
corpus, so that the same papers give the same index whatever else is held.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from core.index.packing import HIGHEST_IN_TWO_PLANES
from core.language.words import FUNCTION_WORDS, WORD_HYPHEN, word_key

SMALLEST_CORPUS: Final = 500
"""Papers: a day of fewer is taken for part of so many, since three papers cannot tell which words are rare."""
LENGTH_STEPS: Final = 8
GENERIC_STEPS: Final = 2000
"""Lengths (20 to 80) and genericness (0.02 to 0.1) are written as whole numbers of such parts: 0.6 and 1 % exact."""
_WORDS_WITHOUT_WEIGHT: Final = frozenset(map(word_key, FUNCTION_WORDS))


class WordPosting(Protocol):
    """Where one word stands."""

    posting_rows: list[int]
    place_counts: list[int]


def has_weight(indexed_word: str) -> bool:
    """Whether a word, by its key, says anything about what a paper is about."""
    return len(indexed_word) > 1 and indexed_word not in _WORDS_WITHOUT_WEIGHT and WORD_HYPHEN not in indexed_word


def rarity(holding_papers: int, corpus_papers: int) -> float:
    """Inverse document frequency: 0 for a word in every paper. ``holding_papers`` of ``corpus_papers`` have it."""
    return math.log((1 + corpus_papers) / (1 + holding_papers))


def count_weight(place_count: int) -> float:
    """What a word weighs that stands so many times in a paper, before its rarity."""
    return 1 + math.log(place_count) if place_count > 1 else 1.0


def lengths_and_generic(postings: Mapping[str, WordPosting], paper_count: int) -> tuple[list[float], list[float]]:
    """
    Return each row's length, and the product of its unit vector with the mean of all.

    A paper without a telling word has length 1.
    """
    corpus_papers = max(paper_count, SMALLEST_CORPUS)
    weighed_postings = [
        (posting.posting_rows, _posting_weights(posting, corpus_papers))
        for indexed_word, posting in postings.items()
        if has_weight(indexed_word)
    ]
    squared_lengths = [0.0] * paper_count
    for posting_rows, posting_weights in weighed_postings:
        for row, posting_weight in zip(posting_rows, posting_weights, strict=True):
            squared_lengths[row] += posting_weight * posting_weight
    vector_lengths = [math.sqrt(squared_length) or 1.0 for squared_length in squared_lengths]
    return vector_lengths, _generic_papers(weighed_postings, vector_lengths, corpus_papers)


def _posting_weights(posting: WordPosting, corpus_papers: int) -> list[float]:
    word_rarity = rarity(len(posting.posting_rows), corpus_papers)
    return [word_rarity if count == 1 else word_rarity * count_weight(count) for count in posting.place_counts]


def _generic_papers(
    weighed_postings: Iterable[tuple[Sequence[int], Sequence[float]]], vector_lengths: list[float], corpus_papers: int
) -> list[float]:
    generic = [0.0] * len(vector_lengths)
    for posting_rows, posting_weights in weighed_postings:
        if len(posting_rows) == 1:  # most words, and next to nothing of the mean
            generic[posting_rows[0]] += (posting_weights[0] / vector_lengths[posting_rows[0]]) ** 2 / corpus_papers
            continue
        unit_weights = [weight / vector_lengths[row] for row, weight in zip(posting_rows, posting_weights, strict=True)]
        mean_unit_weight = sum(unit_weights) / corpus_papers
        for row, unit_weight in zip(posting_rows, unit_weights, strict=True):
            generic[row] += unit_weight * mean_unit_weight
    return generic


def column_numbers(vector_column: Iterable[float], column_steps: int) -> Iterable[int]:
    """As whole numbers of 16 bits, so many steps to 1."""
    return (min(round(vector_number * column_steps), HIGHEST_IN_TWO_PLANES) for vector_number in vector_column)
