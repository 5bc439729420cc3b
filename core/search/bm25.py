"""BM25: rare terms count more, and so do terms that a short text repeats (Robertson and Zaragoza 2009)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final

from core.index.bitset import bits_of, rows_of
from core.index.memo import MemoKind, bits_size
from core.index.reader import BatchIndex
from core.language.terms import Term
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch, rarity_corpus
from core.search.counts import counts_of
from core.search.hits import KeywordMatcher
from core.search.match import term_hits
from core.search.scores import ListedScores, Scores, rounded
from core.search.work import spend

_COUNT_WORK: Final = 0.8
"""How often one paper has a term, in microseconds of CPU."""
_DAY_SCORES: Final = MemoKind[Mapping[int, float]]("scores of a day", lambda scores: 100 * len(scores) + 200)
_TOTAL_LENGTH: Final = MemoKind[int]("total length", bits_size)
_MOST_RARITIES: Final = 150
"""Terms times days that are read to tell how rare each term is: where there are many terms, fewer days tell it."""
_SATURATION: Final = 1.2
_LENGTH_PART: Final = 0.75
"""BM25's usual two constants."""
_TITLE_COUNTS: Final = 2
"""For BM25 a term in the title counts as if it stood in the text so many times more."""


class Bm25Ranker:
    """BM25: rare terms count more, and so do terms that a short text repeats. The newest papers held are the corpus."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch]) -> None:
        self._keyword_matcher = KeywordMatcher(query)
        newest_days = max(_MOST_RARITIES // (len(query.keywords) or 1), 1)
        corpus = rarity_corpus(batches)[:newest_days]
        papers = sum(batch.index.count for batch in corpus) or 1
        self._mean_length = sum(_total_length(batch.index) for batch in corpus) / papers or 1.0
        self._weights = [(term, term.weight * self._term_rarity(term, corpus, papers)) for term in query.keywords]

    def _term_rarity(self, term: Term, corpus: Sequence[LoadedBatch], papers: int) -> float:
        return rarity(sum(term_hits(batch.index, term).rows.bit_count() for batch in corpus), papers)

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        lengths, mean = batch.index.lengths, self._mean_length
        saturations = [_SATURATION * (1 - _LENGTH_PART + _LENGTH_PART * length / mean) for length in lengths]
        bm25 = dict.fromkeys(rows_of(self._matching_rows(batch)), 0.0)
        for term, weight in self._weights:
            title_rows = {*rows_of(term_hits(batch.index, term).title)}
            term_counts = counts_of(batch.index, term)
            spend(_COUNT_WORK * len(term_counts))
            for row, count in term_counts.items():
                term_count = count + _TITLE_COUNTS if row in title_rows else count
                bm25[row] += weight * term_count * (_SATURATION + 1) / (term_count + saturations[row])
        matching_rows = bits_of(bm25, batch.index.count) if self._weights else batch.index.all_rows
        return matching_rows, ListedScores({row: rounded(score) for row, score in bm25.items()})

    def _matching_rows(self, batch: LoadedBatch) -> int:
        return reduce(or_, (term_hits(batch.index, term).rows for term, _ in self._weights), 0)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return self._keyword_matcher.matched(batch, row)


def day_scores(index: BatchIndex, term: Term) -> Mapping[int, float]:
    """What a term adds to each row of its day, weight and rarity set aside; remembered for the next query with it."""

    def score_day() -> Mapping[int, float]:
        mean_length = _total_length(index) / (index.count or 1) or 1.0
        return dict(_saturated_counts(index, term, mean_length))

    return index.memo.remembered(
        _DAY_SCORES, (term.text, *(other.clause.text for other in term.alternatives)), score_day
    )


def rarity(matching_papers: int, corpus_papers: int) -> float:
    """BM25's inverse document frequency: ``matching_papers`` of ``corpus_papers`` have the term."""
    return math.log(1 + (corpus_papers - matching_papers + 0.5) / (matching_papers + 0.5))


def _saturated_counts(index: BatchIndex, term: Term, mean_length: float) -> Iterator[tuple[int, float]]:
    """What a term adds to each row that has it, its rarity set aside: more counts add less, and so do long texts."""
    title_rows, lengths = term_hits(index, term).title, index.lengths
    term_counts = counts_of(index, term)
    spend(_COUNT_WORK * len(term_counts))
    for row, count in term_counts.items():
        term_count = count + (_TITLE_COUNTS if title_rows >> row & 1 else 0)
        saturation = _SATURATION * (1 - _LENGTH_PART + _LENGTH_PART * lengths[row] / mean_length)
        yield row, term_count * (_SATURATION + 1) / (term_count + saturation)


def _total_length(index: BatchIndex) -> int:
    return index.memo.remembered(_TOTAL_LENGTH, None, lambda: sum(index.lengths))
