"""BM25: rare terms count more, and so do terms that a short text repeats (Robertson and Zaragoza 2009)."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from core.index.memo import Kind, bits_size
from core.index.reader import BatchIndex
from core.language.terms import Term
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.hits import matched_terms
from core.search.match import counts_of, term_hits
from core.search.scores import Listed, Scores, rounded

_TOTAL_LENGTH: Final = Kind[int]("total length", bits_size)
_SATURATION: Final = 1.2
_LENGTH: Final = 0.75
"""BM25's usual two constants."""
_IN_TITLE: Final = 2
"""For BM25 a term in the title counts as if it stood in the text so many times more."""


class Bm25Ranker:
    """BM25: rare terms count more, and so do terms that a short text repeats. The batches held are the corpus."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch]) -> None:
        self._query = query
        papers = sum(batch.index.count for batch in batches) or 1
        self._mean = sum(_total_length(batch.index) for batch in batches) / papers or 1.0
        self._weights = [(term, term.weight * self._rarity(term, batches, papers)) for term in query.keywords]

    def _rarity(self, term: Term, batches: Sequence[LoadedBatch], papers: int) -> float:
        holding = sum(term_hits(batch.index, term).rows.bit_count() for batch in batches)
        return math.log(1 + (papers - holding + 0.5) / (holding + 0.5))

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        lengths, mean = batch.index.lengths, self._mean
        total: dict[int, float] = {}
        for term, weight in self._weights:
            title = term_hits(batch.index, term).title
            for row, count in counts_of(batch.index, term).items():
                often = count + (_IN_TITLE if title >> row & 1 else 0)
                full = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[row] / mean)
                total[row] = total.get(row, 0.0) + weight * often * (_SATURATION + 1) / (often + full)
        rows = 0 if self._weights else batch.index.everything
        for term, _ in self._weights:
            rows |= term_hits(batch.index, term).rows
        return rows, Listed({row: rounded(score) for row, score in total.items()})

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return matched_terms(batch, row, self._query)


def _total_length(index: BatchIndex) -> int:
    return index.memo.remembered(_TOTAL_LENGTH, None, lambda: sum(index.lengths))
