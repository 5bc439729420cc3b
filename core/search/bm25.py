"""BM25: rare terms count more, and so do terms that a short text repeats (Robertson and Zaragoza 2009)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from core.index.bitset import bits_of, rows_of
from core.index.memo import Kind, bits_size
from core.index.reader import BatchIndex
from core.language.terms import Term
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch, rarity_corpus
from core.search.counts import counts_of
from core.search.hits import KeywordMatcher
from core.search.match import term_hits
from core.search.scores import Listed, Scores, rounded
from core.search.work import COUNTS_A_PLACE, spend

_DAY_SCORES: Final = Kind[Mapping[int, float]]("scores of a day", lambda worth: 100 * len(worth) + 200)
_TOTAL_LENGTH: Final = Kind[int]("total length", bits_size)
_SATURATION: Final = 1.2
_LENGTH: Final = 0.75
"""BM25's usual two constants."""
_IN_TITLE: Final = 2
"""For BM25 a term in the title counts as if it stood in the text so many times more."""


class Bm25Ranker:
    """BM25: rare terms count more, and so do terms that a short text repeats. The newest papers held are the corpus."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch]) -> None:
        self._terms = KeywordMatcher(query)
        batches = rarity_corpus(batches)
        papers = sum(batch.index.count for batch in batches) or 1
        self._mean = sum(_total_length(batch.index) for batch in batches) / papers or 1.0
        self._weights = [(term, term.weight * self._rarity(term, batches, papers)) for term in query.keywords]

    def _rarity(self, term: Term, batches: Sequence[LoadedBatch], papers: int) -> float:
        return rarity(sum(term_hits(batch.index, term).rows.bit_count() for batch in batches), papers)

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        mean = self._mean
        full = [_SATURATION * (1 - _LENGTH + _LENGTH * length / mean) for length in batch.index.lengths]
        total = dict.fromkeys(rows_of(self._rows(batch)), 0.0)
        for term, weight in self._weights:
            titled = {*rows_of(term_hits(batch.index, term).title)}
            counts = counts_of(batch.index, term)
            spend(len(counts) // COUNTS_A_PLACE)
            for row, count in counts.items():
                often = count + _IN_TITLE if row in titled else count
                total[row] += weight * often * (_SATURATION + 1) / (often + full[row])
        rows = bits_of(total, batch.index.count) if self._weights else batch.index.everything
        return rows, Listed({row: rounded(score) for row, score in total.items()})

    def _rows(self, batch: LoadedBatch) -> int:
        rows = 0
        for term, _ in self._weights:
            rows |= term_hits(batch.index, term).rows
        return rows

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return self._terms.matched(batch, row)


def day_scores(index: BatchIndex, term: Term) -> Mapping[int, float]:
    """What a term adds to each row of its day, weight and rarity set aside; remembered for the next query with it."""

    def scored() -> Mapping[int, float]:
        mean = _total_length(index) / (index.count or 1) or 1.0
        return dict(_saturated(index, term, mean))

    return index.memo.remembered(_DAY_SCORES, (term.text, *(other.clause.text for other in term.also)), scored)


def rarity(holding: int, papers: int) -> float:
    """BM25's inverse document frequency: ``holding`` of ``papers`` have the term."""
    return math.log(1 + (papers - holding + 0.5) / (holding + 0.5))


def _saturated(index: BatchIndex, term: Term, mean: float) -> Iterator[tuple[int, float]]:
    """What a term adds to each row that has it, its rarity set aside: more counts add less, and so do long texts."""
    title, lengths = term_hits(index, term).title, index.lengths
    for row, count in counts_of(index, term).items():
        often = count + (_IN_TITLE if title >> row & 1 else 0)
        full = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[row] / mean)
        yield row, often * (_SATURATION + 1) / (often + full)


def _total_length(index: BatchIndex) -> int:
    return index.memo.remembered(_TOTAL_LENGTH, None, lambda: sum(index.lengths))
