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
from core.index.memo import Kind
from core.index.reader import BatchIndex
from core.index.vectors import often, tells
from core.language.words import bare_words, word_key
from core.query.feed_query import FeedQuery
from core.search.batch import BatchRow, LoadedBatch, row_text
from core.search.bm25 import day_scores, rarity
from core.search.centroid import Rarities, strongest

FEEDBACK_PAPERS: Final = 20
FEEDBACK_WORDS: Final = 40
"""So many of the best papers are read as one interest. Measured: 50 papers and 200 words find no more."""
FEEDBACK_CHARACTERS: Final = 350
"""Of each, title and first sentences: they say what it is about, in a third of the time."""
_ENOUGH: Final = 2
"""The best are sought among so many times as many matches; a day that has fewer takes those of the days before it."""
_REACH: Final = timedelta(days=7)
"""How far before a day, so that what expires moves nothing."""


_MEASURES: Final = Kind["Measure"]("measure of a day", lambda measure: 300 + 120 * len(measure.words))
_BEGINNINGS: Final = Kind[Mapping[str, float]]("beginning", lambda vector: 300 + 100 * len(vector))
_LEAST_LIKENESS: Final = 1e-6
_NEAR_WEIGHT: Final = 5.0
"""How much likeness counts beside BM25, as a part of the best matches' own; with 2, 0.42 are wanted, not 0.44."""


class Measure(Struct, frozen=True):
    """What a day's matches are measured by: the words of the best ones, how like these they are themselves."""

    words: tuple[tuple[str, float], ...]
    highest: float  # BM25 score of a match of the day
    likeness: float  # of the best matches, on the average


_WORTH: Final = Kind[dict[int, float]]("worth", lambda worth: 300 + 100 * len(worth))


class DayMatches:
    """What a query's terms match on the first of some days and, where that is little, on those before, by BM25."""

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery, papers: int) -> None:
        self.batches: list[LoadedBatch] = []
        self._scores: list[list[Mapping[int, float]]] = []
        matched = 0
        for batch in batches:
            if matched >= papers * _ENOUGH or batch.day <= batches[0].day - _REACH:
                break
            scores = [day_scores(batch.index, term) for term in query.keywords]
            self.batches.append(batch)
            self._scores.append(scores)
            matched += len(set().union(*scores))
        count = sum(batch.index.count for batch in self.batches)
        holding = (sum(map(len, of_days)) for of_days in zip(*self._scores, strict=True))
        self._weights = [term.weight * rarity(each, count) for term, each in zip(query.keywords, holding, strict=True)]

    def best(self, most: int) -> list[tuple[float, BatchRow]]:
        """Return so many of the matches, the best first, each behind its score."""
        found: list[tuple[float, BatchRow]] = []
        for number, scores in enumerate(self._scores):
            total: dict[int, float] = {}
            for weight, of_term in zip(self._weights, scores, strict=True):
                for row, score in of_term.items():
                    total[row] = total.get(row, 0.0) + weight * score
            found += [(total[row], BatchRow(number, row)) for row in nlargest(most, total, key=total.__getitem__)]
        return nlargest(most, found, key=itemgetter(0))

    def scores_of(self, rows: Iterable[int]) -> dict[int, float]:
        """Return the scores of some rows of the first day."""
        total = dict.fromkeys(rows, 0.0)
        for weight, of_term in zip(self._weights, self._scores[0], strict=True):
            for row in total.keys() & of_term.keys():
                total[row] += weight * of_term[row]
        return total


def day_worth(batches: Sequence[LoadedBatch], query: FeedQuery, rows: Collection[int]) -> dict[int, float]:
    """Return what some matches of the first of these batches are worth; the other batches are older. It is kept."""
    index = batches[0].index
    reach = (batch.index.memo.number for batch in batches if batch.day > batches[0].day - _REACH)
    terms = tuple((str(term), *(other.clause.text for other in term.also)) for term in query.keywords)
    name = (terms, tuple(reach), bits_of(rows, index.count))
    return index.memo.remembered(_WORTH, name, lambda: _worth(batches, query, rows))


def _worth(batches: Sequence[LoadedBatch], query: FeedQuery, rows: Collection[int]) -> dict[int, float]:
    found, index = DayMatches(batches, query, FEEDBACK_PAPERS), batches[0].index
    name = (tuple(map(str, query.keywords)), tuple(batch.index.memo.number for batch in found.batches))
    measure = index.memo.remembered(_MEASURES, name, lambda: _measure(found))
    near = likeness_of(index, rows, measure.words)
    return {
        row: score / measure.highest + _NEAR_WEIGHT * near[row] / measure.likeness
        for row, score in found.scores_of(rows).items()
    }


def _measure(matches: DayMatches) -> Measure:
    best = matches.best(FEEDBACK_PAPERS)
    words, likeness = feedback_words(matches.batches, [where for _, where in best], FEEDBACK_WORDS)
    highest = max((score for score, where in best if not where.batch), default=0.0)
    return Measure(tuple(words), highest or 1.0, max(likeness, _LEAST_LIKENESS))


def feedback_words(
    corpus: Sequence[LoadedBatch], best: Iterable[BatchRow], most: int
) -> tuple[list[tuple[str, float]], float]:
    """Return the words that some papers share, by their keys, with their weights; and how like them the papers are."""
    vectors = [_beginning(corpus[where.batch], where.row) for where in best]
    shared = Counter(chain.from_iterable(vectors))
    total = {word: 0.0 for word, texts in shared.items() if texts > 1}
    for vector in vectors:
        for word in total.keys() & vector.keys():
            total[word] += vector[word] / len(vectors)
    held = Rarities(corpus)
    words = strongest(total, most)
    return [(word, total[word] * held[word]) for word in words], sum(total[word] ** 2 for word in words)


def _beginning(batch: LoadedBatch, row: int) -> Mapping[str, float]:
    """Return the unit vector of a paper's title and first sentences; the days after its own ask for it again."""

    def read() -> Mapping[str, float]:
        held = Rarities([batch])
        text = row_text([batch], BatchRow(0, row))[:FEEDBACK_CHARACTERS]
        counts = Counter(intern(word) for word in map(word_key, bare_words(text)) if tells(word))
        vector = {word: often(count) * held[word] for word, count in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
        return {word: weight / length for word, weight in vector.items()}

    return batch.index.memo.remembered(_BEGINNINGS, row, read)


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
