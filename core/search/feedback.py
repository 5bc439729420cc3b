"""
One or two liked papers say little of a subject: the papers nearest to them help (pseudo-relevance feedback).

Rocchio's centroid moves towards its nearest papers, as in Manning et al. 2008, 9.1.6, for ``like=`` and for profiles.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from heapq import nlargest
from itertools import chain
from typing import Final

from core.index.vectors import has_weight
from core.language.words import bare_words, word_key
from core.search.batch import BatchRow, LoadedBatch, batches_within, newest_batches, rarity_corpus, row_text
from core.search.centroid import (
    Centroid,
    Rarities,
    TellingWord,
    likeness,
    mean_vector,
    strongest,
)

FEW: Final = 2
"""Up to so many liked papers it helps; with more it narrows what they say well enough themselves."""
_NEAREST: Final = 15
_SHARED_BY: Final = 2
"""Only words that so many of them share: 30 papers and words of three find as much, at twice the cost."""
_LEAST_PART: Final = 10
"""One in so many papers at most: of few, the nearest are anything."""
WEIGHT: Final = 0.5
_CHARACTERS: Final = 700
"""Of each, title and half an abstract: they say as much, in half of the time."""
_DAYS: Final = 7
"""The nearest of so many days, by the calendar: as many as a feed shows."""
_SEARCHED_PAPERS: Final = 3500
"""Of so many papers at most, a week of a busy deployment: among more there is always something near."""
_SEARCHED_WORDS: Final = 40
"""The nearest are found by so many of the strongest words, in a quarter of the time."""
_MOVED_WORDS: Final = 120
"""
So many words of the moved centroid count, those that add most to a score: 200 find as much
(``benchmarks/relevance.py``), at twice the cost.
"""
_LEAST_RARITY: Final = 1.0
"""Words that more than a third of the papers holds are left out of it: they say little, and cost most."""
_FEWEST_WORDS: Final = 13
"""A text of fewer telling words is an interest as it is: ``core.search.short_text``."""


def moved(vector: Mapping[str, float], around: Mapping[str, float]) -> dict[str, float]:
    """Return a vector moved towards another, as far as ``WEIGHT`` says; how long either is does not matter."""
    total: defaultdict[str, float] = defaultdict(float)
    for weights, share in ((vector, 1.0), (around, WEIGHT)):
        length = _length(weights.values())
        for word, weight in weights.items():
            total[word] += share * weight / length / (1 + WEIGHT)
    return total


def count_nearest(batches: Iterable[LoadedBatch], most: int) -> int:
    """How many of these batches' papers are near, ``most`` of many."""
    papers: int = sum(batch.index.count for batch in batches)
    return min(most, papers // _LEAST_PART)


def _length(weights: Iterable[float]) -> float:
    return math.sqrt(sum([weight * weight for weight in weights])) or 1.0


def with_nearest(centroid: Centroid, batches: Sequence[LoadedBatch], liked: Set[BatchRow]) -> Centroid:
    """Move the centroid of few liked papers towards the papers nearest to it, themselves left out."""
    if len(centroid.words) < _FEWEST_WORDS:
        return centroid
    recent = newest_batches(batches_within(batches, _DAYS), _SEARCHED_PAPERS)
    searched = Centroid(centroid.words[:_SEARCHED_WORDS], centroid.share)
    most = count_nearest(recent, _NEAREST)
    scored = (_best(likeness(each.index, searched)[0], number, most, liked) for number, each in enumerate(recent))
    nearest = nlargest(most, chain.from_iterable(scored))
    if not nearest:
        return centroid
    held = Rarities(rarity_corpus(batches))
    around = mean_vector([_beginning(batches, where) for _, where in nearest], held, shared_by=_SHARED_BY)
    return _between(centroid, around, held) if around else centroid


def _best(scores: Sequence[float], number: int, most: int, liked: Set[BatchRow]) -> Iterator[tuple[float, BatchRow]]:
    """Give the best rows of one batch, at least ``most`` of them, but those that are liked."""
    least = sorted(scores)[-most - len(liked) :][0]
    for row, score in enumerate(scores):
        if score >= least and (where := BatchRow(number, row)) not in liked:
            yield score, where


def _beginning(batches: Sequence[LoadedBatch], where: BatchRow) -> list[str]:
    words = map(word_key, bare_words(row_text(batches, where)[:_CHARACTERS]))
    return [word for word in words if has_weight(word)]


def _between(centroid: Centroid, around: Mapping[str, float], held: Mapping[str, float]) -> Centroid:
    own = {each.key: each.weight for each in centroid.words}
    total = moved(own, around)
    counting = {word: weight * held[word] for word, weight in total.items() if held[word] > _LEAST_RARITY}
    best = strongest(counting, _MOVED_WORDS)
    # each of the two has as much of the mean of all papers in it as it is shorter than a single one
    generic = (centroid.share / _length(own.values()) + WEIGHT / _length(around.values())) / (1 + WEIGHT)
    kept = sum([total[word] ** 2 for word in best]) / (sum([weight**2 for weight in total.values()]) or 1.0)
    return Centroid(tuple(TellingWord(word, word, total[word], held[word]) for word in best), generic * kept)
