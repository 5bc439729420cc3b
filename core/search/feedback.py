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

from core.language.words import bare_words, word_key
from core.search.batch import BatchRow, LoadedBatch, batches_within, newest_batches, row_text
from core.search.centroid import (
    Centroid,
    TellingWord,
    held_rarities,
    likeness,
    mean_vector,
    products_with,
    strongest,
    word_products,
)
from core.search.work import spend

FEW_LIKED: Final = 2
"""Up to so many liked papers it helps; with more it narrows what they say well enough themselves."""
_NEAREST_PAPERS: Final = 15
_SHARED_BY: Final = 2
"""Only words that so many of them share: 30 papers and words of three find as much, at twice the cost."""
_PAPERS_PER_NEAREST: Final = 10
"""One in so many papers at most: of few, the nearest are anything."""
NEAREST_PAPERS_WEIGHT: Final = 0.5
_CHARACTERS_OF_NEAREST: Final = 700
"""Of each, title and half an abstract: they say as much, in half of the time."""
_NEAREST_PAPER_WORK: Final = 120
"""One of them read, in microseconds of CPU."""
_NEAREST_WITHIN_DAYS: Final = 7
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
_LEAST_WORD_RARITY: Final = 1.0
"""Words that more than a third of the papers holds are left out of it: they say little, and cost most."""
_FEWEST_TELLING_WORDS: Final = 13
"""A text of fewer telling words is an interest as it is: ``core.search.short_text``."""


def moved(vector: Mapping[str, float], around: Mapping[str, float]) -> dict[str, float]:
    """Return a vector moved towards another, by ``NEAREST_PAPERS_WEIGHT``; how long either is does not matter."""
    moved_vector: defaultdict[str, float] = defaultdict(float)
    for word_weights, share in ((vector, 1.0), (around, NEAREST_PAPERS_WEIGHT)):
        vector_length = _vector_length(word_weights.values())
        for word, weight in word_weights.items():
            moved_vector[word] += share * weight / vector_length / (1 + NEAREST_PAPERS_WEIGHT)
    return moved_vector


def count_nearest(batches: Iterable[LoadedBatch], most: int) -> int:
    """How many of these batches' papers are near, ``most`` of many."""
    batch_papers: int = sum(batch.index.count for batch in batches)
    return min(most, batch_papers // _PAPERS_PER_NEAREST)


def _vector_length(word_weights: Iterable[float]) -> float:
    return math.sqrt(sum([weight * weight for weight in word_weights])) or 1.0


def newest_week(batches: Sequence[LoadedBatch]) -> Sequence[LoadedBatch]:
    """Return the batches in which the nearest papers are sought: of a week up to the newest, or of fewer days."""
    return newest_batches(batches_within(batches, _NEAREST_WITHIN_DAYS), _SEARCHED_PAPERS) if batches else batches


def with_nearest(centroid: Centroid, batches: Sequence[LoadedBatch], liked: Set[BatchRow]) -> Centroid:
    """Move the centroid of few liked papers towards the papers nearest to it, themselves left out."""
    if len(centroid.words) < _FEWEST_TELLING_WORDS:
        return centroid
    nearest_papers = _nearest_papers(centroid, newest_week(batches), liked)
    if not nearest_papers:
        return centroid
    spend(_NEAREST_PAPER_WORK * len(nearest_papers))
    rarities = held_rarities(batches)
    nearest_words = [_first_words(batches, paper_row) for _, paper_row in nearest_papers]
    nearest_vector = mean_vector(nearest_words, rarities, shared_by=_SHARED_BY)
    return _moved_centroid(centroid, nearest_vector, rarities) if nearest_vector else centroid


def _nearest_papers(
    centroid: Centroid, batches: Sequence[LoadedBatch], liked: Set[BatchRow]
) -> list[tuple[float, BatchRow]]:
    """Return the papers of some batches that are likest, but those that are liked, each behind its likeness."""
    products_of_words = word_products(Centroid(centroid.words[:_SEARCHED_WORDS]))
    most = count_nearest(batches, _NEAREST_PAPERS)
    nearest_papers: list[tuple[float, BatchRow]] = []
    for batch_number, batch in enumerate(batches):
        likenesses = likeness(batch.index, products_with(batch.index, products_of_words), centroid.share)
        enough = most > 0 and len(nearest_papers) == most
        least_likeness = nearest_papers[-1][0] if enough else sorted(likenesses)[-most - len(liked) :][0]
        near_rows = [(near, row) for row, near in enumerate(likenesses) if near >= least_likeness]
        near_papers = [(near, BatchRow(batch_number, row)) for near, row in near_rows]
        unliked_papers = (near_paper for near_paper in near_papers if near_paper[1] not in liked)
        nearest_papers = nlargest(most, chain(nearest_papers, unliked_papers))
    return nearest_papers


def _first_words(batches: Sequence[LoadedBatch], paper_row: BatchRow) -> Iterator[str]:
    return map(word_key, bare_words(row_text(batches, paper_row)[:_CHARACTERS_OF_NEAREST]))


def _moved_centroid(centroid: Centroid, nearest_vector: Mapping[str, float], rarities: Mapping[str, float]) -> Centroid:
    liked_vector = {telling_word.key: telling_word.weight for telling_word in centroid.words}
    vector = moved(liked_vector, nearest_vector)
    rare_words = {
        word: weight * rarities[word] for word, weight in vector.items() if rarities[word] > _LEAST_WORD_RARITY
    }
    telling_words = strongest(rare_words, _MOVED_WORDS)
    # each of the two has as much of the mean of all papers in it as it is shorter than a single one
    liked_generic = centroid.share / _vector_length(liked_vector.values())
    nearest_generic = NEAREST_PAPERS_WEIGHT / _vector_length(nearest_vector.values())
    squared_length = sum([weight**2 for weight in vector.values()]) or 1.0
    telling_share = sum([vector[word] ** 2 for word in telling_words]) / squared_length
    moved_words = tuple(TellingWord(word, word, vector[word], rarities[word]) for word in telling_words)
    return Centroid(moved_words, (liked_generic + nearest_generic) / (1 + NEAREST_PAPERS_WEIGHT) * telling_share)
