"""
The order of the best matches: BM25, and likeness to a day's best by it (pseudo-relevance feedback, Rocchio).

A day is ordered by itself and the days before it, as far as they are needed: no later day moves it.
"""

from array import array
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from core.index.bitset import bits_of, rows_of
from core.index.memo import Kind
from core.index.reader import BatchIndex
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch, Row
from core.search.bm25 import Bm25Ranker
from core.search.match import term_hits
from core.search.similarity import Centroid, learn, text_of

FEEDBACK_PAPERS: Final = 20
FEEDBACK_WORDS: Final = 40
"""So many of the best papers are read as one interest. Measured: 50 papers and 200 words find no more."""
FEEDBACK_CHARACTERS: Final = 350
"""Of each, title and first sentences: they say what it is about, in a third of the time."""
_ENOUGH: Final = 2 * FEEDBACK_PAPERS
"""Matches among which the best are sought; a day that has fewer takes those of the days before it."""
_REACH: Final = timedelta(days=7)
"""How far before a day, so that what expires moves nothing."""


_ORDERS: Final = Kind["array[float]"]("best order", lambda worth: 4 * len(worth) + 200)
_LEAST_LIKENESS: Final = 1e-6


def has_best(query: FeedQuery) -> bool:
    """Whether there are words by which matches could be told apart."""
    return bool(query.keywords) and query.match == "word" and not query.like and query.rank != "bm25"


def day_worth(batches: Sequence[LoadedBatch], query: FeedQuery) -> "array[float]":
    """Return what each match of the first of these batches is worth, 0 to 2; the others are older."""
    corpus = _corpus(batches, query)
    name = (tuple(map(str, query.keywords)), tuple(batch.index.memo.number for batch in corpus))
    return batches[0].index.memo.remembered(_ORDERS, name, lambda: _order(corpus, query))


def _corpus(batches: Sequence[LoadedBatch], query: FeedQuery) -> Sequence[LoadedBatch]:
    matched = 0
    batches = [batch for batch in batches if batch.day > batches[0].day - _REACH]
    for number, batch in enumerate(batches, 1):
        rows = 0
        for term in query.keywords:
            rows |= term_hits(batch.index, term).rows
        matched += rows.bit_count()
        if matched >= _ENOUGH:
            return batches[:number]
    return batches


def _order(corpus: Sequence[LoadedBatch], query: FeedQuery) -> "array[float]":
    ranker = Bm25Ranker(query, corpus)
    found: list[tuple[float, Row]] = []
    for number, batch in enumerate(corpus):
        rows, scores = ranker.scores(batch)
        found += ((-scores.of(row), Row(number, row)) for row in rows_of(rows))
    today = {where.row: -minus for minus, where in found if not where.batch}
    texts = [text_of(corpus, where)[:FEEDBACK_CHARACTERS] for _, where in sorted(found)[:FEEDBACK_PAPERS]]
    index = corpus[0].index
    near = _likeness(index, today, learn(texts, corpus, FEEDBACK_WORDS, shared_by=2))
    highest, nearest = max(today.values(), default=0) or 1, max(near.values(), default=0)
    worth = array("f", bytes(4 * index.count))
    for row, score in today.items():
        worth[row] = score / highest + near[row] / max(nearest, _LEAST_LIKENESS)
    return worth


def _likeness(index: BatchIndex, rows: Iterable[int], centroid: Centroid) -> dict[int, float]:
    """As ``core.search.similarity.likeness`` for a few rows, each word counted once: a third of the time."""
    total = dict.fromkeys(rows, 0.0)
    wanted = bits_of(total, index.count)
    for word in centroid.words:
        number = index.words.find(word.key)
        found = index.postings.hits(number).rows & wanted if number >= 0 else 0
        weight = word.weight * word.rarity
        for row in rows_of(found):
            total[row] += weight
    return {row: product / index.vector_lengths[row] - index.generic[row] for row, product in total.items()}
