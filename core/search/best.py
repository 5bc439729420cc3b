"""
The order of the best matches: BM25, and likeness to a day's best by it (pseudo-relevance feedback, Rocchio).

A day is ordered by itself and the days before it, as far as they are needed: no later day moves it.
"""

from array import array
from collections.abc import Iterable, Sequence
from datetime import timedelta
from heapq import nsmallest
from sys import intern
from typing import Final

from core.index.bitset import bits_of, rows_of
from core.index.memo import Kind
from core.index.reader import BatchIndex
from core.index.vectors import tells
from core.language.words import bare_words, key
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch, Row, text_of
from core.search.bm25 import Bm25Ranker
from core.search.centroid import Rarities, mean_vector, strongest
from core.search.match import term_hits

FEEDBACK_PAPERS: Final = 20
FEEDBACK_WORDS: Final = 40
"""So many of the best papers are read as one interest. Measured: 50 papers and 200 words find no more."""
FEEDBACK_CHARACTERS: Final = 350
"""Of each, title and first sentences: they say what it is about, in a third of the time."""
TIE_PAPERS: Final = 10
"""So many where worth only settles ties: of the first ten 0.390 are wanted, with twenty 0.396 (give or take 0.02)."""
_ENOUGH: Final = 2
"""The best are sought among so many times as many matches; a day that has fewer takes those of the days before it."""
_REACH: Final = timedelta(days=7)
"""How far before a day, so that what expires moves nothing."""


_ORDERS: Final = Kind["array[float]"]("best order", lambda worth: 4 * len(worth) + 200)
_SAID: Final = Kind[tuple[str, ...]]("said", lambda words: 200 + 20 * len(words))
_LEAST_LIKENESS: Final = 1e-6


def has_best(query: FeedQuery) -> bool:
    """Whether there are words by which matches could be told apart."""
    return bool(query.keywords) and query.match == "word" and not query.like and query.rank != "bm25"


def day_worth(batches: Sequence[LoadedBatch], query: FeedQuery) -> "array[float]":
    """Return what each match of the first of these batches is worth, 0 to 2; the others are older."""
    papers = FEEDBACK_PAPERS if query.rank == "best" else TIE_PAPERS
    corpus = corpus_of(batches, query, papers)
    name = (papers, tuple(map(str, query.keywords)), tuple(batch.index.memo.number for batch in corpus))
    return batches[0].index.memo.remembered(_ORDERS, name, lambda: _order(corpus, query, papers))


def corpus_of(batches: Sequence[LoadedBatch], query: FeedQuery, papers: int) -> Sequence[LoadedBatch]:
    """Return the first of these batches and as many older ones as it takes to find so many best matches."""
    matched = 0
    batches = [batch for batch in batches if batch.day > batches[0].day - _REACH]
    for number, batch in enumerate(batches, 1):
        rows = 0
        for term in query.keywords:
            rows |= term_hits(batch.index, term).rows
        matched += rows.bit_count()
        if matched >= papers * _ENOUGH:
            return batches[:number]
    return batches


def _order(corpus: Sequence[LoadedBatch], query: FeedQuery, papers: int) -> "array[float]":
    found = matches(corpus, query)
    today = {where.row: -minus for minus, where in found if not where.batch}
    index = corpus[0].index
    _, words = feedback(corpus, found, papers)
    near = likeness_of(index, today, words)
    highest, nearest = max(today.values(), default=0) or 1, max(near.values(), default=0)
    worth = array("f", bytes(4 * index.count))
    for row, score in today.items():
        worth[row] = score / highest + near[row] / max(nearest, _LEAST_LIKENESS)
    return worth


def matches(corpus: Sequence[LoadedBatch], query: FeedQuery) -> list[tuple[float, Row]]:
    """Return what the terms match, each paper behind its BM25 score, negative."""
    ranker = Bm25Ranker(query, corpus)
    found: list[tuple[float, Row]] = []
    for number, batch in enumerate(corpus):
        rows, scores = ranker.scores(batch)
        found += ((-scores.of(row), Row(number, row)) for row in rows_of(rows))
    return found


def feedback(
    corpus: Sequence[LoadedBatch], found: Iterable[tuple[float, Row]], papers: int
) -> tuple[list[Row], list[tuple[str, float]]]:
    """Return the best matches, and the words that they share, by their keys, each with its weight."""
    best, held = [where for _, where in nsmallest(papers, found)], Rarities(corpus)
    vector = mean_vector([_said(corpus, where) for where in best], held, shared_by=2)
    return best, [(word, vector[word] * held[word]) for word in strongest(vector, FEEDBACK_WORDS)]


def _said(batches: Sequence[LoadedBatch], where: Row) -> tuple[str, ...]:
    """Return the telling words with which a paper begins, by their keys; the days after its own ask for it again."""

    def cut() -> tuple[str, ...]:
        words = map(key, bare_words(text_of(batches, where)[:FEEDBACK_CHARACTERS]))
        return tuple(intern(word) for word in words if tells(word))

    return batches[where.batch].index.memo.remembered(_SAID, where.row, cut)


def likeness_of(index: BatchIndex, rows: Iterable[int], words: Iterable[tuple[str, float]]) -> dict[int, float]:
    """As ``core.search.centroid.likeness`` for a few rows, each word counted once: a third of the time."""
    total = dict.fromkeys(rows, 0.0)
    wanted = bits_of(total, index.count)
    for word, weight in words:
        number = index.words.find(word)
        found = index.postings.rows(number) & wanted if number >= 0 else 0
        for row in rows_of(found):
            total[row] += weight
    return {row: product / index.vector_lengths[row] - index.generic[row] for row, product in total.items()}
