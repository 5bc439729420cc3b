"""
``also=``: beside a day's matches the papers that no term matches and that are nearest to the best of the matches.

Nearest to what ``core.search.best`` reads of the best: as there, no later day moves an earlier one.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from statistics import median
from typing import Final

from core.index.bitset import rows_of
from core.index.memo import MemoKind
from core.query.feed_query import FeedQuery
from core.search.batch import BatchLinks, BatchRow, LoadedBatch
from core.search.best import FEEDBACK_PAPERS, FEEDBACK_WORDS, DayMatches, WeightedWords, feedback_words, likeness_of
from core.search.order import PlacedPaper

_LEAST_NEARNESS: Final = 0.3
"""A paper is near that is this part as like the best as their median is; chosen by reading: 0.2 brings strangers."""
_BEST_VECTOR_LENGTH: Final = 0.6
"""As long is the vector of the best, so much what they share counts beside being like anything; chosen by reading."""
_NEARNESS: Final = MemoKind["array[float]"]("near the best", lambda nearness: 4 * len(nearness) + 200)


class Nearest:
    """
    What no term matches, day by day.

    ``qualifying_rows`` gives a batch's rows that stand in the wanted categories, by its number; ``unmatched_rows``
    those that neither match nor are left out.
    """

    def __init__(
        self,
        batches: Sequence[LoadedBatch],
        links: BatchLinks,
        query: FeedQuery,
        qualifying_rows: Callable[[int], int],
        unmatched_rows: Callable[[LoadedBatch], int],
    ) -> None:
        self._batches = batches
        self._links = links
        self._query = query
        self._qualifying_rows = qualifying_rows
        self._unmatched_rows = unmatched_rows

    def of_day(self, batch_number: int) -> list[PlacedPaper]:
        """Return up to ``also`` papers that stand under a batch's day, the nearest first."""
        nearness = _day_nearness(self._batches[batch_number:], self._query)
        arxiv_ids = self._batches[batch_number].index.ids
        near_rows = [row for row in rows_of(self._qualifying_rows(batch_number)) if nearness[row] > 0]
        near_rows.sort(key=lambda row: (-nearness[row], arxiv_ids[row]))
        near_papers = ((arxiv_ids[row], BatchRow(batch_number, row)) for row in near_rows)
        return list(islice(self._unmatched_papers(near_papers), self._query.also))

    def _unmatched_papers(self, near_papers: Iterable[tuple[str, BatchRow]]) -> Iterator[PlacedPaper]:
        for arxiv_id, near_row in near_papers:
            rows = self._links.paper_rows_from(arxiv_id, near_row)
            feed_row = next(row for row in reversed(rows) if self._qualifying_rows(row.batch) >> row.row & 1)
            if feed_row == near_row and self._unmatched_rows(self._batches[rows[0].batch]) >> rows[0].row & 1:
                yield PlacedPaper(arxiv_id, 0, rows[0], feed_row, is_nearest=True)


def _day_nearness(batches: Sequence[LoadedBatch], query: FeedQuery) -> "array[float]":
    """Return how like the best matches each row of the first of these batches is; 0 where that is not enough."""
    matches = DayMatches(batches, query, FEEDBACK_PAPERS)
    memo_key = (tuple(map(str, query.keywords)), tuple(batch.index.memo.number for batch in matches.batches))
    return batches[0].index.memo.remembered(_NEARNESS, memo_key, lambda: _nearness_to_best(matches))


def _nearness_to_best(matches: DayMatches) -> "array[float]":
    corpus, index = matches.batches, matches.batches[0].index
    best_rows = [row for _, row in matches.best(FEEDBACK_PAPERS)]
    weighted_words, squared_length = feedback_words(corpus, best_rows, FEEDBACK_WORDS)
    scale = _BEST_VECTOR_LENGTH / (math.sqrt(squared_length) or 1.0)
    best_words = [(word, scale * weight) for word, weight in weighted_words]
    nearness = array("f", bytes(4 * index.count))
    if not best_rows:
        return nearness
    least_likeness = _LEAST_NEARNESS * median(_best_likeness(corpus, best_rows, best_words))
    for row, likeness in likeness_of(index, range(index.count), best_words).items():
        nearness[row] = likeness if likeness > max(least_likeness, 0) else 0
    return nearness


def _best_likeness(corpus: Sequence[LoadedBatch], best: Sequence[BatchRow], words: WeightedWords) -> Iterator[float]:
    for batch_number, batch in enumerate(corpus):
        batch_rows = [best_row.row for best_row in best if best_row.batch == batch_number]
        yield from likeness_of(batch.index, batch_rows, words).values()
