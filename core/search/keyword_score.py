"""Scoring a batch by its keywords: as the old bot did, or by BM25."""

import math
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from core.index.memo import Kind, bits_size
from core.index.reader import BatchIndex
from core.language.terms import Term
from core.paper import Matched
from core.query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.match import counts_of, hits_of, term_hits
from core.search.scores import Listed, Scores, Sums

UNIT: Final = 1_000_000
"""Scores are added up in millionths, so that no order depends on rounding."""
_ROUNDED: Final = 1000
"""Scores that are estimates have three decimals."""
_TOTAL_LENGTH: Final = Kind[int]("total length", bits_size)
_SATURATION: Final = 1.2
_LENGTH: Final = 0.75
"""BM25's usual two constants."""
_IN_TITLE: Final = 2
"""For BM25 a term in the title counts as if it stood in the text so many times more."""


class Ranker(Protocol):
    """Scores one batch after the other."""

    unit: int
    """How many millionths a unit of its scores is."""

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Return the rows that are in, filters set aside, and a score for each."""

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell what brought a row in."""


def millionths(weight: float) -> int:
    return round(weight * UNIT)


class ByKeywords:
    """The old bot's arithmetic: a weight for each term, and a higher one when it stands in the title."""

    def __init__(self, query: FeedQuery, others: Sequence[float]) -> None:
        scoring = query.scoring
        self._query = query
        weights = [
            (term, millionths(scoring.abstract * term.weight), millionths(scoring.title * term.weight))
            for term in query.keywords
        ]
        several = [weight for _, *pair in weights for weight in pair]
        self.unit = math.gcd(*several, *map(millionths, others)) or 1
        self._weights = [(term, abstract // self.unit, title // self.unit) for term, abstract, title in weights]

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        sums = Sums()
        rows = 0 if self._weights else batch.index.everything
        for term, abstract, title in self._weights:
            hits = hits_of(batch, term, self._query.match)
            rows |= hits.rows
            if title >= abstract:
                sums.add(hits.rows, abstract)
                sums.add(hits.title, title - abstract)
            else:
                sums.add(hits.rows & ~hits.title, abstract)
                sums.add(hits.title, title)
        return rows, sums

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return matched_terms(batch, row, self._query)


def matched_terms(batch: LoadedBatch, row: int, query: FeedQuery) -> Iterator[Matched]:
    """Tell which keywords a row matches, and where: in the title if there."""
    for term in query.keywords:
        hits = hits_of(batch, term, query.match)
        if hits.rows >> row & 1:
            yield Matched(term.text, _field(term, in_title=bool(hits.title >> row & 1)))


def _field(term: Term, *, in_title: bool) -> str:
    fields = {clause.field for clause in term.clauses if not clause.negated}
    if fields == {"au"}:
        return "author"
    if fields == {"cat"}:
        return "category"
    return "title" if in_title else "abstract"


class ByFrequency:
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


def rounded(score: float) -> int:
    return round(score * _ROUNDED) * (UNIT // _ROUNDED)


def _total_length(index: BatchIndex) -> int:
    return index.memo.remembered(_TOTAL_LENGTH, None, lambda: sum(index.lengths))
