"""
Texts as one interest: the mean of their TF-IDF vectors, and how much more like it papers are than like any other.

Rocchio's centroid minus the background (Manning et al. 2008, chapter 9). How long a paper's vector is and how generic
it is stands in the index (``core.index.vectors``).
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain
from typing import Final

from msgspec import Struct

from core.index.bitset import rows_of, rows_where
from core.index.memo import MemoKind
from core.index.postings import Postings
from core.index.reader import BatchIndex
from core.index.vectors import count_weight, has_weight, rarity
from core.language.words import as_acronym, cut_with_signs, word_key
from core.search.batch import LoadedBatch, rarity_corpus
from core.search.work import spend

MOST_WORDS: Final = 200
"""How many of the most telling words are looked for; with 100 the first twenty lose a twentieth of what they find."""
_MOST_COUNTED: Final = 15
"""The index counts a word up to so many times in a paper."""
_OFTEN: Final = [0.0, *map(count_weight, range(1, _MOST_COUNTED + 1))]
_FEW_ROWS: Final = 20
"""What fewer rows have is read as quickly again."""
_MOST_WORD_ROWS: Final = 600
_WORD_ROWS_BYTES: Final = 500
"""What is kept of a day's word: a number of two bytes and a count for each of some hundred rows, and the table."""
_WORD_WORK: Final = 10
"""What adding up one word costs on a day, in places (``core.search.work``): 200 words 1.1 ms on 670 papers."""


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


def learn(texts: Sequence[str], batches: Sequence[LoadedBatch], most: int = MOST_WORDS) -> Centroid:
    """Read some texts, title and abstract of a paper in one, as one interest; the batches say which words are rare."""
    held = Rarities(rarity_corpus(batches))
    cut = [cut_with_signs(text)[1] for text in texts]
    total = mean_vector([[word for word in map(word_key, words) if has_weight(word)] for words in cut], held)
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
        vector = {word: count_weight(count) * held[word] for word, count in text.items() if shared[word] >= shared_by}
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
        each = word_key(word)
        if each in wanted and each not in found:
            found[each] = word if as_acronym(word) else word.lower()
    return found


class Rarities(dict[str, float]):
    """How rare words, by their keys, are in the papers held."""

    def __init__(self, batches: Sequence[LoadedBatch]) -> None:
        self._held_words = [batch.index.dictionary_words for batch in batches]
        self._papers = sum(batch.index.count for batch in batches)

    def __missing__(self, word: str) -> float:
        self[word] = rarity(self.holding(word), self._papers)
        return self[word]

    def holding(self, word: str) -> int:
        """How many papers hold a word."""
        return sum([words[word].papers for words in self._held_words])


class WordRows(dict[int, tuple[Sequence[int], bytearray]]):
    """In which rows frequent words stand, by number, and how often: likes ask for the same few hundred each time."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def __missing__(self, word: int) -> tuple[Sequence[int], bytearray]:
        rows, counts = self._postings.rows_and_counts(word)
        if len(rows) > _FEW_ROWS and len(self) < _MOST_WORD_ROWS:
            self[word] = array("H", rows), counts
        return rows, counts


_ROWS_OF_WORDS: Final = MemoKind[WordRows]("rows of words", lambda _: _WORD_ROWS_BYTES * _MOST_WORD_ROWS)


def likeness(index: BatchIndex, centroid: Centroid) -> "tuple[array[float], int]":
    """
    Return each row's likeness to a centroid, and the rows that have a word of it.

    How generic a paper is counts against it: 0 is a paper that could be about anything.
    """
    total = [0.0] * index.count
    kept = index.memo.remembered(_ROWS_OF_WORDS, None, lambda: WordRows(index.postings))
    held_words = index.dictionary_words
    for word in centroid.words:
        number = held_words[word.key].number
        if number >= 0:
            factor = word.weight * word.rarity
            parts = [factor * each for each in _OFTEN]
            for row, count in zip(*kept[number], strict=True):
                total[row] += parts[count]
    spend(_WORD_WORK * len(centroid.words))
    columns = zip(total, index.vector_lengths, index.generic, strict=True)
    share = centroid.share
    scores = array("f", [product / length - share * generic for product, length, generic in columns])
    return scores, rows_where(map(bool, total))


def likeness_in(index: BatchIndex, centroid: Centroid, rows: int) -> dict[int, float]:
    """Return the same of the rows of a set alone, a few."""
    total = dict.fromkeys(rows_of(rows), 0.0)
    if not total:
        return total
    for word in centroid.words:
        number = index.dictionary_words[word.key].number
        if number >= 0:
            factor = word.weight * word.rarity
            for row, count in index.postings.counts_in(number, rows):
                total[row] += factor * _OFTEN[count]
    lengths, generic = index.vector_lengths, index.generic
    return {row: product / lengths[row] - centroid.share * generic[row] for row, product in total.items()}
