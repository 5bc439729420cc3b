"""
Texts as one interest: the mean of their TF-IDF vectors, and how much more like it papers are than like any other.

Rocchio's centroid minus the background (Manning et al. 2008, chapter 9). How long a paper's vector is and how generic
it is stands in the index (``core.index.vectors``).
"""

import math
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
from core.language.words import as_acronym, bare_words, word_key
from core.search.batch import LoadedBatch, rarity_corpus
from core.search.work import WORD_WORK, spend

MOST_WORDS: Final = 200
"""How many of the most telling words are looked for; with 100 the first twenty lose a twentieth of what they find."""
_MOST_COUNTED: Final = 15
"""The index counts a word up to so many times in a paper."""
_COUNT_WEIGHTS: Final = [0.0, *map(count_weight, range(1, _MOST_COUNTED + 1))]
_FEW_WORD_ROWS: Final = 20
"""What fewer rows have is read as quickly again."""
_MOST_WORD_ROWS: Final = 400
_WORD_ROWS_BYTES: Final = 1200
"""What is kept of a day's word: a pointer of eight bytes and a count for each of some hundred rows, and the table."""
_MOST_RARITIES: Final = 4000
_RARITY_BYTES: Final = 150
"""What is kept of a word's rarity: the number, its key and their place in the table."""
_PRODUCT_WORK: Final = 0.4
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
    rarities = held_rarities(batches)
    liked_texts = [bare_words(text) for text in texts]
    mean = mean_vector([map(word_key, liked_words) for liked_words in liked_texts], rarities)
    telling_words = strongest(mean, most)
    written_liked_words = _as_written(chain.from_iterable(liked_texts), set(telling_words))
    squared_length = sum(weight * weight for weight in mean.values()) or 1.0
    share = sum(mean[word] ** 2 for word in telling_words) / squared_length
    return Centroid(
        tuple(TellingWord(word, written_liked_words[word], mean[word], rarities[word]) for word in telling_words), share
    )


def mean_vector(texts: Iterable[Iterable[str]], rarities: "Rarities", *, shared_by: int = 1) -> dict[str, float]:
    """
    Return the mean of the texts' unit vectors; a text is the keys of its words, each as often as it stands.

    Only words that so many of the texts share count: with 2, what a single one happens to say is set aside.
    """
    word_counts = [Counter(text) for text in texts]
    sharing = Counter(chain.from_iterable(word_counts))
    telling_words = {word for word, texts_with_it in sharing.items() if texts_with_it >= shared_by and has_weight(word)}
    mean: defaultdict[str, float] = defaultdict(float)
    for counts in word_counts:
        vector = {word: count_weight(count) * rarities[word] for word, count in counts.items() if word in telling_words}
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
        self._words_of_batches = [(batch.index.dictionary_words, batch.index.postings.frequency) for batch in batches]
        self._held_papers = sum(batch.index.count for batch in batches)

    def __missing__(self, word: str) -> float:
        word_rarity = rarity(self.papers_holding(word), self._held_papers)
        if len(self) < _MOST_RARITIES:
            self[word] = word_rarity
        return word_rarity

    def papers_holding(self, word: str) -> int:
        """How many papers hold a word."""
        numbers = [(words[word], frequency) for words, frequency in self._words_of_batches]
        return sum([frequency(word_number) for word_number, frequency in numbers if word_number >= 0])


_HELD_RARITIES: Final = MemoKind[Rarities]("rarities", lambda _: _RARITY_BYTES * _MOST_RARITIES)


def held_rarities(batches: Sequence[LoadedBatch]) -> Rarities:
    """How rare words are in the newest of these batches; what was looked up is kept, since likes ask for the same."""
    corpus = rarity_corpus(batches)
    memo_numbers = tuple(batch.index.memo.number for batch in corpus)
    return corpus[0].index.memo.remembered(_HELD_RARITIES, memo_numbers, lambda: Rarities(corpus))


class WordRows(dict[int, tuple[list[int], bytearray]]):
    """In which rows frequent words stand, by number, and how often: likes ask for the same few hundred each time."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def __missing__(self, word: int) -> tuple[list[int], bytearray]:
        rows_and_counts = self._postings.rows_and_counts(word)
        if len(rows_and_counts[1]) > _FEW_WORD_ROWS and len(self) < _MOST_WORD_ROWS:
            self[word] = rows_and_counts
        return rows_and_counts


_ROWS_OF_WORDS: Final = MemoKind[WordRows]("rows of words", lambda _: _WORD_ROWS_BYTES * _MOST_WORD_ROWS)


WordProducts = Sequence[tuple[str, Sequence[float]]]
"""Words by their keys, each with what it adds to a paper's likeness by how often it stands there."""


def word_products(centroid: Centroid) -> WordProducts:
    """Return what each word of a centroid adds, once for all days."""
    factors = [(telling_word.key, telling_word.weight * telling_word.rarity) for telling_word in centroid.words]
    return [(key, [factor * count_weight for count_weight in _COUNT_WEIGHTS]) for key, factor in factors]


def likeness(index: BatchIndex, products_of_words: WordProducts, share: float) -> tuple[list[float], int]:
    """
    Return each row's likeness to a centroid of this share, and the rows that have a word of it.

    How generic a paper is counts against it: 0 is a paper that could be about anything.
    """
    products, added_products = [0.0] * index.count, 0
    word_rows = index.memo.remembered(_ROWS_OF_WORDS, None, lambda: WordRows(index.postings))
    dictionary_words = index.dictionary_words
    for word, products_by_count in products_of_words:
        word_number = dictionary_words[word]
        if word_number >= 0:
            posting_rows, row_counts = word_rows[word_number]
            added_products += len(posting_rows)
            for row, product in zip(posting_rows, map(products_by_count.__getitem__, row_counts), strict=True):
                products[row] += product
    spend(WORD_WORK * len(products_of_words) + _PRODUCT_WORK * added_products)
    columns = zip(products, index.vector_lengths, index.generic, strict=True)
    return [product / length - share * generic for product, length, generic in columns], rows_where(map(bool, products))


def likeness_in(index: BatchIndex, centroid: Centroid, rows: int) -> dict[int, float]:
    """Return the same of the rows of a set alone, a few."""
    products = dict.fromkeys(rows_of(rows), 0.0)
    if not products:
        return products
    for telling_word in centroid.words:
        word_number = index.dictionary_words[telling_word.key]
        if word_number >= 0:
            factor = telling_word.weight * telling_word.rarity
            for row, count in index.postings.counts_in(word_number, rows):
                products[row] += factor * _COUNT_WEIGHTS[count]
    lengths, generic = index.vector_lengths, index.generic
    return {row: product / lengths[row] - centroid.share * generic[row] for row, product in products.items()}
