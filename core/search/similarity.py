"""
``like=``: how much more papers are like given ones than like any other, by the words they have in common.

The score of a paper is the cosine of its TF-IDF vector with each liked one, on the average, less the same with all
papers held: Rocchio's centroid minus the background (Manning et al. 2008, chapter 9). How long its vector is and how
generic it is stands in the index (``core.index.vectors``). ``learn`` and ``likeness`` are for whoever ranks by texts.
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import Final

from msgspec import Struct

from core.index.bitset import bits_of
from core.index.memo import Kind
from core.index.postings import Hits
from core.index.reader import BatchIndex
from core.index.vectors import often, rarity, tells
from core.language.words import as_acronym, cut_apart, key
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.batch import Links, LoadedBatch, Row
from core.search.hits import hits_of, matched_terms
from core.search.scores import UNIT, Listed, Scores
from core.search.work import spend

MOST_WORDS: Final = 200
"""How many of the most telling words are looked for; with 100 the first twenty lose a twentieth of what they find."""
_SHOWN: Final = 5
"""How many common words an entry tells."""
_MOST_COUNTED: Final = 15
"""The index counts a word up to so many times in a paper."""
_OFTEN: Final = [0.0, *map(often, range(1, _MOST_COUNTED + 1))]
_EXACT: Final = 10_000
"""Four decimals: most papers have less than a tenth."""
_NOTHING: Final = 1e-4
_NOWHERE: Final = Hits(0, 0)
_WORD_WORK: Final = 20
"""What adding up one word costs, in places (``core.search.work``)."""


class TellingWord(Struct, frozen=True):
    """A word of the liked papers: its key, how it is written, its weight in them, and how rare it is."""

    key: str
    written: str
    weight: float
    rarity: float


class Centroid(Struct, frozen=True):
    """What some texts are about: the mean of their unit vectors, its strongest words first."""

    words: tuple[TellingWord, ...]
    share: float = 1.0
    """What part of the whole mean's squared length these words are: so much of being like anything counts, too."""


_CENTROIDS: Final = Kind[Centroid]("centroid", lambda centroid: 300 * len(centroid.words))
_LIKENESS: Final = Kind["array[float]"]("likeness", lambda scores: 4 * len(scores))


def learn(texts: Sequence[str], batches: Sequence[LoadedBatch], most: int = MOST_WORDS) -> Centroid:
    """Read some texts, title and abstract of a paper in one, as one interest; the batches say which words are rare."""
    held = Rarities(batches)
    cut = [cut_apart(text)[1] for text in texts]
    total = mean_vector([[word for word in map(key, words) if tells(word)] for words in cut], held)
    best = strongest(total, most)
    written = _as_written(chain.from_iterable(cut), set(best))
    whole = sum(weight * weight for weight in total.values()) or 1.0
    share = sum(total[word] ** 2 for word in best) / whole
    return Centroid(tuple(TellingWord(word, written[word], total[word], held[word]) for word in best), share)


def mean_vector(texts: Sequence[Sequence[str]], held: "Rarities", *, shared_by: int = 1) -> dict[str, float]:
    """
    Return the mean of the texts' unit vectors; a text is the keys of its telling words, each as often as it stands.

    Only words that so many of the texts share count: with 2, what a single one happens to say is set aside.
    """
    counts = [Counter(text) for text in texts]
    shared = Counter(chain.from_iterable(counts))
    total: defaultdict[str, float] = defaultdict(float)
    for text in counts:
        vector = {word: often(count) * held[word] for word, count in text.items() if shared[word] >= shared_by}
        length = math.sqrt(sum([weight * weight for weight in vector.values()])) or 1.0
        for word, weight in vector.items():
            total[word] += weight / length / len(counts)
    return total


def strongest(vector: Mapping[str, float], most: int) -> list[str]:
    """Return its so many strongest words, the strongest first."""
    return sorted(vector, key=lambda word: (-vector[word], word))[:most]


def _as_written(text: Iterable[str], wanted: Set[str]) -> dict[str, str]:
    """How some words, by their keys, are first written."""
    found: dict[str, str] = {}
    for word in text:
        each = key(word)
        if each in wanted and each not in found:
            found[each] = word if as_acronym(word) else word.lower()
    return found


class Rarities(dict[str, float]):
    """How rare words, by their keys, are in the papers held."""

    def __init__(self, batches: Sequence[LoadedBatch]) -> None:
        self._holding = [batch.index.holding for batch in batches]
        self._papers = sum(batch.index.count for batch in batches)

    def __missing__(self, word: str) -> float:
        self[word] = rarity(self.holding(word), self._papers)
        return self[word]

    def holding(self, word: str) -> int:
        """How many papers hold a word."""
        return sum([holding[word] for holding in self._holding])


def likeness(index: BatchIndex, centroid: Centroid) -> "array[float]":
    """Return each row's likeness to a centroid, less how generic it is; 0 is a paper that could be about anything."""
    total = [0.0] * index.count
    for word in centroid.words:
        number = index.words.find(word.key)
        if number >= 0:
            factor = word.weight * word.rarity
            parts = [factor * each for each in _OFTEN]
            for row, count in index.postings.counts(number).items():
                total[row] += parts[count]
    spend(_WORD_WORK * len(centroid.words))
    columns = zip(total, index.vector_lengths, index.generic, strict=True)
    share = centroid.share
    return array("f", (product / length - share * generic for product, length, generic in columns))


class CommonWords:
    """Which words of a centroid a paper has; what was read of a batch is kept for its other papers."""

    def __init__(self, centroid: Centroid) -> None:
        self._words = sorted(centroid.words, key=lambda each: -each.weight * each.rarity)
        self._hits: dict[int, list[Hits]] = {}

    def of(self, index: BatchIndex, row: int, most: int = _SHOWN) -> Iterator[Matched]:
        """Tell the words that make a paper like the centroid, those that say most first."""
        read = self._hits.setdefault(id(index), [])
        for at, word in enumerate(self._words):
            if at == len(read):
                number = index.words.find(word.key)
                read.append(index.postings.hits(number) if number >= 0 else _NOWHERE)
            if read[at].rows >> row & 1:
                yield Matched(word.written, "title" if read[at].title >> row & 1 else "abstract")
                most -= 1
                if not most:
                    return


class SimilarityRanker:
    """Ranks by likeness to the liked papers and texts together; these papers themselves are left out."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: Links) -> None:
        self._query = query
        ids = [each for each in query.like if not isinstance(each, LikedText)]
        self._liked = {where for arxiv_id in ids for where in links.rows(arxiv_id)}
        self._numbers = {id(batch.index): number for number, batch in enumerate(batches)}
        self._name = (links.memo.number, query.like)
        self._centroid = links.memo.remembered(_CENTROIDS, query.like, lambda: _centroid_of(query, batches, links))
        self._common = CommonWords(self._centroid)

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that keywords match or, without keywords, those with a word in common."""
        index = batch.index
        found = index.memo.remembered(_LIKENESS, self._name, lambda: likeness(index, self._centroid))
        units = {row: round(score * _EXACT) * (UNIT // _EXACT) for row, score in enumerate(found)}
        rows = self._in_common(index, found)
        if self._query.keywords:
            rows = 0
            for term in self._query.keywords:
                rows |= hits_of(batch, term, self._query.match).rows
        number = self._numbers[id(index)]
        liked = bits_of((where.row for where in self._liked if where.batch == number), index.count)
        return (rows if self._centroid.words else 0) & ~liked, Listed(units)

    def _in_common(self, index: BatchIndex, found: Iterable[float]) -> int:
        share = self._centroid.share
        columns = enumerate(zip(found, index.generic, strict=True))
        return bits_of((row for row, (score, generic) in columns if score + share * generic > _NOTHING), index.count)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell the keywords, then the words that make a paper like the liked ones."""
        yield from matched_terms(batch, row, self._query)
        yield from self._common.of(batch.index, row)


def _centroid_of(query: FeedQuery, batches: Sequence[LoadedBatch], links: Links) -> Centroid:
    """Read the liked papers, once for a snapshot. Those that are not held say nothing."""
    texts = []
    for each in query.like:
        if isinstance(each, LikedText):
            texts.append(each.text)
        elif rows := links.rows(each):
            texts.append(text_of(batches, rows[0]))
    return learn(texts, batches)


def text_of(batches: Sequence[LoadedBatch], where: Row) -> str:
    """Return a held paper's title and abstract."""
    paper = batches[where.batch].papers[where.row]
    return f"{paper.title}. {paper.abstract}"
