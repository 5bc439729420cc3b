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
from core.search.work import WORD_WORK, spend

MOST_WORDS: Final = 200
"""How many of the most telling words are looked for; with 100 the first twenty lose a twentieth of what they find."""
_MOST_COUNTED: Final = 15
"""The index counts a word up to so many times in a paper."""
_COUNT_WEIGHTS: Final = [0.0, *map(count_weight, range(1, _MOST_COUNTED + 1))]
_FEW_WORD_ROWS: Final = 20
"""What fewer rows have is read as quickly again."""
_MOST_WORD_ROWS: Final = 600
_WORD_ROWS_BYTES: Final = 500
"""What is kept of a day's word: a number of two bytes and a count for each of some hundred rows, and the table."""
_PRODUCT_WORK: Final = 0.25
"""What adding up one word in one paper costs, in microseconds (``core.search.work``)."""


class TellingWord(Struct, frozen=True):
    """A word of the liked papers: its key, how it is written, its weight in them, and how rare it is."""

    key: str
    written_word: str
    weight: float
    rarity: float


class Centroid(Struct, frozen=True):
    """What some texts are about: the mean of their unit vectors, its strongest words first."""

    words: tuple[TellingWord, ...]
    share: float = 1.0
    """What part of the whole mean's squared length these words are: so much of being like anything counts, too."""


def learn(texts: Sequence[str], batches: Sequence[LoadedBatch], most: int = MOST_WORDS) -> Centroid:
    """Read some texts, title and abstract of a paper in one, as one interest; the batches say which words are rare."""
    rarities = Rarities(rarity_corpus(batches))
    liked_texts = [cut_with_signs(text)[1] for text in texts]
    weighed_texts = [[word for word in map(word_key, liked_words) if has_weight(word)] for liked_words in liked_texts]
    mean = mean_vector(weighed_texts, rarities)
    telling_words = strongest(mean, most)
    written_liked_words = _as_written(chain.from_iterable(liked_texts), set(telling_words))
    squared_length = sum(weight * weight for weight in mean.values()) or 1.0
    share = sum(mean[word] ** 2 for word in telling_words) / squared_length
    return Centroid(
        tuple(TellingWord(word, written_liked_words[word], mean[word], rarities[word]) for word in telling_words), share
    )


def mean_vector(texts: Sequence[Sequence[str]], rarities: "Rarities", *, shared_by: int = 1) -> dict[str, float]:
    """
    Return the mean of the texts' unit vectors; a text is the keys of its telling words, each as often as it stands.

    Only words that so many of the texts share count: with 2, what a single one happens to say is set aside.
    """
    word_counts = [Counter(text) for text in texts]
    sharing = Counter(chain.from_iterable(word_counts))
    mean: defaultdict[str, float] = defaultdict(float)
    for counts in word_counts:
        vector = {
            word: count_weight(count) * rarities[word] for word, count in counts.items() if sharing[word] >= shared_by
        }
        vector_length = math.sqrt(sum([weight * weight for weight in vector.values()])) or 1.0
        for word, weight in vector.items():
            mean[word] += weight / vector_length / len(word_counts)
    return mean


def strongest(vector: Mapping[str, float], most: int) -> list[str]:
    """Return its so many strongest words, the strongest first."""
    return sorted(vector, key=lambda word: (-vector[word], word))[:most]


def _as_written(liked_words: Iterable[str], telling_words: Set[str]) -> dict[str, str]:
    """How some words, by their keys, are first written."""
    written_liked_words: dict[str, str] = {}
    for liked_word in liked_words:
        telling_word = word_key(liked_word)
        if telling_word in telling_words and telling_word not in written_liked_words:
            written_liked_words[telling_word] = liked_word if as_acronym(liked_word) else liked_word.lower()
    return written_liked_words


class Rarities(dict[str, float]):
    """How rare words, by their keys, are in the papers held."""

    def __init__(self, batches: Sequence[LoadedBatch]) -> None:
        self._words_of_batches = [batch.index.dictionary_words for batch in batches]
        self._held_papers = sum(batch.index.count for batch in batches)

    def __missing__(self, word: str) -> float:
        self[word] = rarity(self.papers_holding(word), self._held_papers)
        return self[word]

    def papers_holding(self, word: str) -> int:
        """How many papers hold a word."""
        return sum([words[word].papers for words in self._words_of_batches])


class WordRows(dict[int, tuple[Sequence[int], bytearray]]):
    """In which rows frequent words stand, by number, and how often: likes ask for the same few hundred each time."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def __missing__(self, word: int) -> tuple[Sequence[int], bytearray]:
        word_rows, row_counts = self._postings.rows_and_counts(word)
        if len(word_rows) > _FEW_WORD_ROWS and len(self) < _MOST_WORD_ROWS:
            self[word] = array("H", word_rows), row_counts
        return word_rows, row_counts


_ROWS_OF_WORDS: Final = MemoKind[WordRows]("rows of words", lambda _: _WORD_ROWS_BYTES * _MOST_WORD_ROWS)


def likeness(index: BatchIndex, centroid: Centroid) -> "tuple[array[float], int]":
    """
    Return each row's likeness to a centroid, and the rows that have a word of it.

    How generic a paper is counts against it: 0 is a paper that could be about anything.
    """
    products = [0.0] * index.count
    word_rows = index.memo.remembered(_ROWS_OF_WORDS, None, lambda: WordRows(index.postings))
    dictionary_words = index.dictionary_words
    for telling_word in centroid.words:
        word_number = dictionary_words[telling_word.key].number
        if word_number >= 0:
            factor = telling_word.weight * telling_word.rarity
            word_products = [factor * weight_of_count for weight_of_count in _COUNT_WEIGHTS]
            row_numbers, row_counts = word_rows[word_number]
            spend(WORD_WORK + _PRODUCT_WORK * len(row_numbers))
            for row, count in zip(row_numbers, row_counts, strict=True):
                products[row] += word_products[count]
    columns = zip(products, index.vector_lengths, index.generic, strict=True)
    share = centroid.share
    likenesses = array("f", [product / length - share * generic for product, length, generic in columns])
    return likenesses, rows_where(map(bool, products))


def likeness_in(index: BatchIndex, centroid: Centroid, rows: int) -> dict[int, float]:
    """Return the same of the rows of a set alone, a few."""
    products = dict.fromkeys(rows_of(rows), 0.0)
    if not products:
        return products
    for telling_word in centroid.words:
        word_number = index.dictionary_words[telling_word.key].number
        if word_number >= 0:
            factor = telling_word.weight * telling_word.rarity
            for row, count in index.postings.counts_in(word_number, rows):
                products[row] += factor * _COUNT_WEIGHTS[count]
    lengths, generic = index.vector_lengths, index.generic
    return {row: product / lengths[row] - centroid.share * generic[row] for row, product in products.items()}
