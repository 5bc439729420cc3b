"""
``also=``: beside a day's matches the papers that no term matches and that are nearest to the best of the matches.

Nearest to what ``core.search.best`` reads of the best: as there, no later day moves an earlier one.
"""

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from statistics import median
from typing import Final

from core.index.bitset import rows_of
from core.index.memo import Kind
from core.query.feed_query import FeedQuery
from core.search.batch import BatchLinks, BatchRow, LoadedBatch
from core.search.best import FEEDBACK_PAPERS, FEEDBACK_WORDS, DayMatches, feedback_words, likeness_of
from core.search.order import PlacedPaper

_LEAST: Final = 0.3
"""A paper is near that is this part as like the best as their median is; chosen by reading: 0.2 brings strangers."""
_LENGTH: Final = 0.6
"""As long is the vector of the best, so much what they share counts beside being like anything; chosen by reading."""
_NEAR: Final = Kind["array[float]"]("near the best", lambda near: 4 * len(near) + 200)


class Nearest:
    """
    What no term matches, day by day.

    ``qualifying`` gives a batch's rows that stand in the wanted categories, by its number; ``others`` those that
    neither match nor are left out.
    """

    def __init__(
        self,
        batches: Sequence[LoadedBatch],
        links: BatchLinks,
        query: FeedQuery,
        qualifying: Callable[[int], int],
        others: Callable[[LoadedBatch], int],
    ) -> None:
        self._batches = batches
        self._links = links
        self._query = query
        self._qualifying = qualifying
        self._others = others

    def of_day(self, number: int) -> list[PlacedPaper]:
        """Return up to ``also`` papers that stand under a batch's day, the nearest first."""
        near = _day_near(self._batches[number:], self._query)
        ids = self._batches[number].index.ids
        rows = [row for row in rows_of(self._qualifying(number)) if near[row] > 0]
        ordered = sorted(rows, key=lambda row: (-near[row], ids[row]))
        return list(islice(self._placed(number, ids, ordered), self._query.also))

    def _placed(self, number: int, ids: Sequence[str], ordered: Sequence[int]) -> Iterator[PlacedPaper]:
        for row in ordered:
            stands = BatchRow(number, row)
            held = self._links.paper_rows_from(ids[row], stands)
            first = next(each for each in reversed(held) if self._qualifying(each.batch) >> each.row & 1)
            if first == stands and self._others(self._batches[held[0].batch]) >> held[0].row & 1:
                yield PlacedPaper(ids[row], 0, held[0], stands, is_nearest=True)


def _day_near(batches: Sequence[LoadedBatch], query: FeedQuery) -> "array[float]":
    """Return how like the best matches each row of the first of these batches is; 0 where that is not enough."""
    matches = DayMatches(batches, query, FEEDBACK_PAPERS)
    name = (tuple(map(str, query.keywords)), tuple(batch.index.memo.number for batch in matches.batches))
    return batches[0].index.memo.remembered(_NEAR, name, lambda: _near(matches))


def _near(matches: DayMatches) -> "array[float]":
    corpus, index = matches.batches, matches.batches[0].index
    best = [where for _, where in matches.best(FEEDBACK_PAPERS)]
    words, squared = feedback_words(corpus, best, FEEDBACK_WORDS)
    scale = _LENGTH / (math.sqrt(squared) or 1.0)
    words = [(word, scale * weight) for word, weight in words]
    near = array("f", bytes(4 * index.count))
    if not best:
        return near
    least = _LEAST * median(_of_best(corpus, best, words))
    for row, likeness in likeness_of(index, range(index.count), words).items():
        near[row] = likeness if likeness > max(least, 0) else 0
    return near


def _of_best(
    corpus: Sequence[LoadedBatch], best: Sequence[BatchRow], words: Sequence[tuple[str, float]]
) -> Iterator[float]:
    for number, batch in enumerate(corpus):
        rows = [where.row for where in best if where.batch == number]
        yield from likeness_of(batch.index, rows, words).values()
