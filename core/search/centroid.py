"""
Texts as one interest: the mean of their TF-IDF vectors, and how much more like it papers are than like any other.

Rocchio's centroid minus the background (Manning et al. 2008, chapter 9). How long a paper's vector is and how generic
it is stands in the index (``core.index.vectors``).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain, islice
from typing import Final

from msgspec import Struct

from core.index.bitset import rows_of
from core.index.memo import MemoKind
from core.index.postings import Postings
from core.index.reader import BatchIndex
from core.index.vectors import count_weight, has_weight, rarity
from core.language.words import as_acronym, bare_words, word_key
from core.search.batch import LoadedBatch, rarity_corpus
from core.search.work import spend

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
_PRODUCT_WORD_WORK: Final = 7
"""A word of a centroid in a day's dictionary, its rows, and where it is told, in microseconds of CPU."""
_PRODUCT_WORK: Final = 0.3
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
    telling_words = [word for word, texts_with_it in sharing.items() if texts_with_it >= shared_by and has_weight(word)]
    word_rarities = rarities.of_words(telling_words)
    mean: defaultdict[str, float] = defaultdict(float)
    for counts in word_counts:
        vector = {
            word: count_weight(count) * word_rarities[word] if count > 1 else word_rarities[word]
            for word, count in counts.items()
            if word in word_rarities
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
        self._words_of_batches = [(batch.index.dictionary_words, batch.index.postings) for batch in batches]
        self._held_papers = sum(batch.index.count for batch in batches)

    def __missing__(self, word: str) -> float:
        return self.of_words((word,))[word]

    def of_words(self, words: Sequence[str]) -> dict[str, float]:
        """Return how rare each of these words is; those that are not kept are looked for together."""
        unkept_words = [word for word in words if word not in self]
        holding_papers = zip(unkept_words, self._papers_holding(unkept_words), strict=True)
        found_rarities = {word: rarity(papers, self._held_papers) for word, papers in holding_papers}
        self.update(islice(found_rarities.items(), max(_MOST_RARITIES - len(self), 0)))
        return {word: self[word] if word in self else found_rarities[word] for word in words}

    def papers_holding(self, word: str) -> int:
        """How many papers hold a word."""
        return self._papers_holding((word,))[0]

    def _papers_holding(self, words: Sequence[str]) -> list[int]:
        frequencies = [postings.frequencies(held.numbers(words)) for held, postings in self._words_of_batches]
        return [*map(sum, zip(*frequencies, strict=True))]


_HELD_RARITIES: Final = MemoKind[Rarities]("rarities", lambda _: _RARITY_BYTES * _MOST_RARITIES)


def held_rarities(batches: Sequence[LoadedBatch]) -> Rarities:
    """How rare words are in the newest of these batches; what was looked up is kept, since likes ask for the same."""
    corpus = rarity_corpus(batches)
    memo_numbers = tuple(batch.index.memo.number for batch in corpus)
    return corpus[0].index.memo.remembered(_HELD_RARITIES, memo_numbers, lambda: Rarities(corpus))


class FrequentWords(dict[int, tuple[list[int], bytearray]]):
    """In which rows frequent words stand, by number, and how often: likes ask for the same few hundred each time."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def __missing__(self, word: int) -> tuple[list[int], bytearray]:
        rows_and_counts = self._postings.rows_and_counts(word)
        if len(rows_and_counts[1]) > _FEW_WORD_ROWS and len(self) < _MOST_WORD_ROWS:
            self[word] = rows_and_counts
        return rows_and_counts


_FREQUENT_WORDS: Final = MemoKind[FrequentWords]("frequent words", lambda _: _WORD_ROWS_BYTES * _MOST_WORD_ROWS)


WordProducts = Sequence[tuple[str, Sequence[float]]]
"""Words by their keys, each with what it adds to a paper's likeness by how often it stands there."""


def word_products(centroid: Centroid) -> WordProducts:
    """Return what each word of a centroid adds, once for all days."""
    factors = [(telling_word.key, telling_word.weight * telling_word.rarity) for telling_word in centroid.words]
    return [(key, [factor * count_weight for count_weight in _COUNT_WEIGHTS]) for key, factor in factors]


def products_with(index: BatchIndex, products_of_words: WordProducts) -> list[float]:
    """Return the scalar product of each row's vector, in its own length, with the centroid of these words."""
    products = [0.0] * index.count
    frequent_words = index.memo.remembered(_FREQUENT_WORDS, None, lambda: FrequentWords(index.postings))
    word_numbers = index.dictionary_words.numbers([word for word, _ in products_of_words])
    numbered_products = zip(word_numbers, [by_count for _, by_count in products_of_words], strict=True)
    added_products = index.postings.add_by_counts(products, numbered_products, frequent_words)
    spend(_PRODUCT_WORD_WORK * len(products_of_words) + _PRODUCT_WORK * added_products)
    return products


def likeness(index: BatchIndex, products: Sequence[float], share: float) -> list[float]:
    """
    Return each row's likeness to a centroid of this share, from its products with it.

    How generic a paper is counts against it: 0 is a paper that could be about anything.
    """
    columns = zip(products, index.vector_lengths, index.generic, strict=True)
    return [product / length - share * generic for product, length, generic in columns]


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
