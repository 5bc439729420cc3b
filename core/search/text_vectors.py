"""Texts as TF-IDF vectors among the papers held, by the weights of ``core.index.vectors``: for rankings by likes."""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from core.index.reader import BatchIndex
from core.index.vectors import SMALLEST_CORPUS, count_weight, has_weight, rarity
from core.language.words import cut_words, word_key
from core.paper import Paper
from core.search.batch import LoadedBatch
from core.search.feedback import count_nearest, moved

TextVector = Mapping[str, float]
"""A text by its words' keys; of length 1 unless it is said otherwise."""

CENTROID_WORDS: Final = 200
_NEAREST_PAPERS: Final = 30
"""A profile is learnt at a refresh, where time is left to read twice as many as ``like=`` does."""
_COUNT_WEIGHTS: Final = [0.0, *map(count_weight, range(1, 16))]
"""What a word counts that stands so many times in a paper; the index counts up to 15."""


class Collection:
    """The papers of some batches: how rare each word is in them, and how like a vector each of them is."""

    def __init__(self, indexes: Sequence[BatchIndex]) -> None:
        self.indexes = indexes
        self._papers = max(sum(index.count for index in indexes), SMALLEST_CORPUS)
        self._word_rarities: dict[str, float] = {}

    def rarity(self, word: str) -> float:
        """How rare a word is, by its key."""
        word_rarity = self._word_rarities.get(word)
        if word_rarity is None:
            word_numbers = ((index, index.words.find(word)) for index in self.indexes)
            holding = sum(index.postings.frequency(number) for index, number in word_numbers if number >= 0)
            word_rarity = self._word_rarities[word] = rarity(holding, self._papers)
        return word_rarity

    def text_vector(self, *texts: str) -> TextVector:
        """One text, cut into its parts or not, as a vector of length 1; {} when it has no word that tells something."""
        return unit_vector(self.word_weights(*texts))

    def paper_vector(self, paper: Paper) -> TextVector:
        """A paper's title and abstract."""
        return self.text_vector(paper.title, paper.abstract)

    def word_weights(self, *texts: str) -> TextVector:
        """The same vector in its own length."""
        word_counts = Counter(word_key(word) for text in texts for _, word in cut_words(text))
        return {
            word: count_weight(count) * self.rarity(word) for word, count in word_counts.items() if has_weight(word)
        }

    def scores(self, index: BatchIndex, centroid: TextVector) -> list[float]:
        """
        How like ``centroid`` each of a batch's papers is, less how like anything it is.

        The scalar product minus the one with the mean of all papers; 0 is a paper that could be about anything.
        """
        products = [0.0] * index.count
        for word, weight in centroid.items():
            number = index.words.find(word)
            if number >= 0 and (factor := weight * self.rarity(word)):
                word_products = [factor * count_weight for count_weight in _COUNT_WEIGHTS]
                for row, count in index.postings.counts(number):
                    products[row] += word_products[count]
        columns = zip(products, index.vector_lengths, index.generic, strict=True)
        return [product / length - generic for product, length, generic in columns]


def collection_of(batches: Iterable[LoadedBatch]) -> Collection:
    """Collect the papers of these batches; kept while they are in use."""
    return _collection_of_indexes(tuple(batch.index for batch in batches))


@lru_cache(maxsize=2)
def _collection_of_indexes(indexes: tuple[BatchIndex, ...]) -> Collection:
    return Collection(indexes)


def unit_vector(weights: Mapping[str, float]) -> TextVector:
    """The same direction with length 1."""
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def scalar_product(vector: TextVector, other: TextVector) -> float:
    """Of two vectors of length 1 the cosine."""
    if len(vector) > len(other):
        vector, other = other, vector
    return sum(weight * other.get(word, 0.0) for word, weight in vector.items())


def strongest_words(vector: TextVector, most: int) -> TextVector:
    """Only the ``most`` words that weigh most, as they weigh."""
    return dict(sorted(vector.items(), key=lambda pair: (-pair[1], pair[0]))[:most])


def nearest_vector(vector: TextVector, named_vectors: Iterable[tuple[str, TextVector]]) -> tuple[str, TextVector]:
    """Which of these a paper is most like."""
    return max(named_vectors, key=lambda named_vector: scalar_product(vector, named_vector[1]))


def shared_words(paper: Paper, paper_vector: TextVector, other: TextVector, most: int) -> list[str]:
    """The words that say most of what a paper has in common with another text, as the paper writes them."""
    shared_keys = sorted(paper_vector.keys() & other.keys(), key=lambda word: (-paper_vector[word] * other[word], word))
    spellings = {word_key(word): word for text in (paper.abstract, paper.title) for _, word in cut_words(text)}
    return [spellings.get(word, word) for word in shared_keys[:most]]


def mean_of_vectors(weighted_vectors: Iterable[tuple[TextVector, float]]) -> TextVector:
    """The weighted mean of vectors, its ``CENTROID_WORDS`` strongest words."""
    weighted_words: defaultdict[str, float] = defaultdict(float)
    total_weight = 0.0
    for vector, weight in weighted_vectors:
        total_weight += weight
        for word, word_weight in vector.items():
            weighted_words[word] += weight * word_weight
    mean_weights = {word: word_weight / total_weight for word, word_weight in weighted_words.items()}
    return strongest_words(mean_weights, CENTROID_WORDS)


def moved_to_nearest(centroid: TextVector, collection: Collection, batches: Sequence[LoadedBatch]) -> TextVector:
    """Move towards the nearest papers, as ``like=`` does: ``core.search.feedback``."""
    likeness_of_rows = (
        (likeness, batch, row)
        for batch in batches
        for row, likeness in enumerate(collection.scores(batch.index, centroid))
    )
    most = count_nearest(batches, _NEAREST_PAPERS)
    nearest_rows = heapq.nlargest(most, likeness_of_rows, key=lambda scored_row: scored_row[0])
    if not nearest_rows:
        return centroid
    around = mean_of_vectors((collection.paper_vector(batch.papers[row]), 1) for _, batch, row in nearest_rows)
    return strongest_words(moved(centroid, around), CENTROID_WORDS)


def standard_deviation(likenesses: Iterable[float]) -> float:
    """The standard deviation from 0; 1 when all are 0."""
    squared_likenesses = [likeness * likeness for likeness in likenesses]
    return math.sqrt(sum(squared_likenesses) / len(squared_likenesses)) or 1.0 if squared_likenesses else 1.0
