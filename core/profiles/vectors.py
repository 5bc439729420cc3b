"""Texts as TF-IDF vectors among the papers held: the weights of ``core.index.vectors``, for a profile's ranker."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from core.index.reader import BatchIndex
from core.index.vectors import SMALLEST_CORPUS, often, rarity, tells
from core.language.words import cut_words, word_key

Vector = Mapping[str, float]
"""A text by its words' keys; of length 1 unless it is said otherwise."""

_OFTEN: Final = [0.0, *map(often, range(1, 16))]
"""What a word counts that stands so many times in a paper; the index counts up to 15."""


class Collection:
    """The papers of some batches: how rare each word is in them, and how like a vector each of them is."""

    def __init__(self, indexes: Sequence[BatchIndex]) -> None:
        self.indexes = indexes
        self._papers = max(sum(index.count for index in indexes), SMALLEST_CORPUS)
        self._rarity: dict[str, float] = {}

    def rarity(self, word: str) -> float:
        """How rare a word is, by its key."""
        found = self._rarity.get(word)
        if found is None:
            numbers = ((index, index.words.find(word)) for index in self.indexes)
            holding = sum(index.postings.frequency(number) for index, number in numbers if number >= 0)
            found = self._rarity[word] = rarity(holding, self._papers)
        return found

    def vector(self, *texts: str) -> Vector:
        """One text, cut into its parts or not, as a vector of length 1; {} when it has no word that tells something."""
        return scaled(self.weights(*texts))

    def weights(self, *texts: str) -> Vector:
        """The same vector in its own length."""
        counts = Counter(word_key(word) for text in texts for _, word in cut_words(text))
        return {word: often(count) * self.rarity(word) for word, count in counts.items() if tells(word)}

    def scores(self, index: BatchIndex, centroid: Vector) -> list[float]:
        """
        How like ``centroid`` each of a batch's papers is, less how like anything it is.

        The scalar product minus the one with the mean of all papers; 0 is a paper that could be about anything.
        """
        total = [0.0] * index.count
        for word, weight in centroid.items():
            number = index.words.find(word)
            if number >= 0 and (factor := weight * self.rarity(word)):
                parts = [factor * each for each in _OFTEN]
                for row, count in index.postings.counts(number):
                    total[row] += parts[count]
        columns = zip(total, index.vector_lengths, index.generic, strict=True)
        return [product / length - generic for product, length, generic in columns]


@lru_cache(maxsize=2)
def collection_of(indexes: tuple[BatchIndex, ...]) -> Collection:
    """Collect the papers of these batches; kept while they are in use."""
    return Collection(indexes)


def scaled(weights: Mapping[str, float]) -> Vector:
    """The same direction with length 1."""
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def product(one: Vector, other: Vector) -> float:
    """The scalar product: of two vectors of length 1 the cosine."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def strongest(vector: Vector, most: int) -> Vector:
    """Only the ``most`` words that weigh most, as they weigh."""
    return dict(sorted(vector.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
