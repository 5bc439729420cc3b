"""
The order of the best matches: BM25, and likeness to a day's best by it (pseudo-relevance feedback, Rocchio).

A day is ordered by itself and the days before it, as far as they are needed: no later day moves it.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from heapq import nlargest
from itertools import chain
from operator import itemgetter
from sys import intern
from typing import Final

from msgspec import Struct

from core.index.bitset import bits_of, rows_of
from core.index.memo import MemoKind
from core.index.reader import BatchIndex
from core.index.vectors import count_weight, has_weight
from core.language.words import bare_words, word_key
from core.query.feed_query import FeedQuery
from core.search.batch import BatchRow, LoadedBatch, row_text
from core.search.bm25 import day_scores, rarity
from core.search.centroid import Rarities, strongest
from core.search.work import spend

_FEEDBACK_WORD_WORK: Final = 12
"""A word of the best matches in a day's dictionary, in microseconds of CPU …"""
_FEEDBACK_PAPER_WORK: Final = 0.025
"""… and for each of the day's papers."""
_VECTOR_WORK: Final = 150
"""The vector of one paper's first sentences, in microseconds of CPU."""
FEEDBACK_PAPERS: Final = 20
FEEDBACK_WORDS: Final = 40
"""So many of the best papers are read as one interest. Measured: 50 papers and 200 words find no more."""
_FEEDBACK_CHARACTERS: Final = 350
"""Of each, title and first sentences: they say what it is about, in a third of the time."""
_MATCHES_PER_BEST: Final = 2
"""The best are sought among so many times as many matches; a day that has fewer takes those of the days before it."""
_CORPUS_REACH: Final = timedelta(days=7)
"""How far before a day, so that what expires moves nothing."""
_LEAST_LIKENESS: Final = 1e-6
_LIKENESS_WEIGHT: Final = 5.0
"""How much likeness counts beside BM25, as a part of the best matches' own; with 2, 0.42 are wanted, not 0.44."""

WeightedWords = Sequence[tuple[str, float]]
"""Words by their keys, each with its weight."""


class BestMatches(Struct, frozen=True):
    """What a day's matches are measured by: the words of the best ones, how like these they are themselves."""

    feedback_words: WeightedWords
    highest_bm25: float  # of a match of the day
    mean_likeness: float


_BEST_MATCHES: Final = MemoKind[BestMatches]("measure of a day", lambda best: 300 + 120 * len(best.feedback_words))
_FEEDBACK_VECTORS: Final = MemoKind[Mapping[str, float]]("beginning", lambda vector: 300 + 100 * len(vector))
_DAY_WORTH: Final = MemoKind[dict[int, float]]("worth", lambda worth: 300 + 100 * len(worth))


class DayMatches:
    """What a query's terms match on the first of some days and, where that is little, on those before, by BM25."""

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery, most_best: int) -> None:
        self.batches: list[LoadedBatch] = []
        self._day_scores: list[list[Mapping[int, float]]] = []  # of each batch, by keyword
        matching_rows = 0
        for batch in batches:
            if matching_rows >= most_best * _MATCHES_PER_BEST or batch.day <= batches[0].day - _CORPUS_REACH:
                break
            scores_by_keyword = [day_scores(batch.index, keyword) for keyword in query.keywords]
            self.batches.append(batch)
            self._day_scores.append(scores_by_keyword)
            matching_rows += len(set().union(*scores_by_keyword))
        corpus_papers = sum(batch.index.count for batch in self.batches)
        rarities = (rarity(sum(map(len, scores)), corpus_papers) for scores in zip(*self._day_scores, strict=True))
        self._weights = [term.weight * idf for term, idf in zip(query.keywords, rarities, strict=True)]

    def best(self, most: int) -> list[tuple[float, BatchRow]]:
        """Return so many of the matches, the best first, each behind its score."""
        best_matches: list[tuple[float, BatchRow]] = []
        for batch_number, scores_by_keyword in enumerate(self._day_scores):
            bm25: dict[int, float] = {}
            for weight, keyword_scores in zip(self._weights, scores_by_keyword, strict=True):
                for row, score in keyword_scores.items():
                    bm25[row] = bm25.get(row, 0.0) + weight * score
            best_matches += [(bm25[row], BatchRow(batch_number, row)) for row in nlargest(most, bm25, bm25.__getitem__)]
        return nlargest(most, best_matches, key=itemgetter(0))

    def bm25_of(self, rows: Iterable[int]) -> dict[int, float]:
        """Return the scores of some rows of the first day."""
        bm25 = dict.fromkeys(rows, 0.0)
        for weight, keyword_scores in zip(self._weights, self._day_scores[0], strict=True):
            for row in bm25.keys() & keyword_scores.keys():
                bm25[row] += weight * keyword_scores[row]
        return bm25


def day_worth(batches: Sequence[LoadedBatch], query: FeedQuery, rows: Collection[int]) -> dict[int, float]:
    """Return what some matches of the first of these batches are worth; the other batches are older. It is kept."""
    index = batches[0].index
    corpus = (batch.index.memo.number for batch in batches if batch.day > batches[0].day - _CORPUS_REACH)
    keywords = tuple((str(term), *(other.clause.text for other in term.alternatives)) for term in query.keywords)
    memo_key = (keywords, tuple(corpus), bits_of(rows, index.count))
    return index.memo.remembered(_DAY_WORTH, memo_key, lambda: _match_worth(batches, query, rows))


def _match_worth(batches: Sequence[LoadedBatch], query: FeedQuery, rows: Collection[int]) -> dict[int, float]:
    matches, index = DayMatches(batches, query, FEEDBACK_PAPERS), batches[0].index
    memo_key = (tuple(map(str, query.keywords)), tuple(batch.index.memo.number for batch in matches.batches))
    best = index.memo.remembered(_BEST_MATCHES, memo_key, lambda: _best_matches(matches))
    likeness = likeness_of(index, rows, best.feedback_words)
    return {
        row: bm25 / best.highest_bm25 + _LIKENESS_WEIGHT * likeness[row] / best.mean_likeness
        for row, bm25 in matches.bm25_of(rows).items()
    }


def _best_matches(matches: DayMatches) -> BestMatches:
    best = matches.best(FEEDBACK_PAPERS)
    words, likeness = feedback_words(matches.batches, [best_row for _, best_row in best], FEEDBACK_WORDS)
    highest_bm25 = max((bm25 for bm25, best_row in best if not best_row.batch), default=0.0)
    return BestMatches(tuple(words), highest_bm25 or 1.0, max(likeness, _LEAST_LIKENESS))


def feedback_words(corpus: Sequence[LoadedBatch], best: Iterable[BatchRow], most: int) -> tuple[WeightedWords, float]:
    """Return the words that some papers share, by their keys, with their weights; and how like them the papers are."""
    best_vectors = [_feedback_vector(corpus[best_row.batch], best_row.row) for best_row in best]
    papers_of_word = Counter(chain.from_iterable(best_vectors))
    centroid = {word: 0.0 for word, papers in papers_of_word.items() if papers > 1}
    for vector in best_vectors:
        for word in centroid.keys() & vector.keys():
            centroid[word] += vector[word] / len(best_vectors)
    words = strongest(centroid, most)
    rarities = Rarities(corpus).of_words(words)
    return [(word, centroid[word] * rarities[word]) for word in words], sum(centroid[word] ** 2 for word in words)


def _feedback_vector(batch: LoadedBatch, row: int) -> Mapping[str, float]:
    """Return the unit vector of a paper's title and first sentences; the days after its own ask for it again."""

    def read_vector() -> Mapping[str, float]:
        spend(_VECTOR_WORK)
        feedback_text = row_text([batch], BatchRow(0, row))[:_FEEDBACK_CHARACTERS]
        word_counts = Counter(intern(word) for word in map(word_key, bare_words(feedback_text)) if has_weight(word))
        rarities = Rarities([batch]).of_words([*word_counts])
        vector = {word: count_weight(count) * rarities[word] for word, count in word_counts.items()}
        vector_length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        return {word: weight / vector_length for word, weight in vector.items()}

    return batch.index.memo.remembered(_FEEDBACK_VECTORS, row, read_vector)


def likeness_of(index: BatchIndex, rows: Iterable[int], words: WeightedWords) -> dict[int, float]:
    """As ``core.search.centroid.likeness`` for a few rows, each word counted once: a third of the time."""
    spend((_FEEDBACK_WORD_WORK + _FEEDBACK_PAPER_WORK * index.count) * len(words))
    dot_products = dict.fromkeys(rows, 0.0)
    asked_rows = bits_of(dot_products, index.count)
    for word, weight in words:
        word_number = index.words.find(word)
        word_rows = index.postings.rows(word_number) & asked_rows if word_number >= 0 else 0
        for row in rows_of(word_rows):
            dot_products[row] += weight
    return {row: dot / index.vector_lengths[row] - index.generic[row] for row, dot in dot_products.items()}
