"""Papers as TF-IDF vectors: how rare each word is, how long each vector is, and how generic each paper."""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from core.index.reader import BatchIndex
from core.language.words import FUNCTION_WORDS, cut, key

Vector = Mapping[str, float]
"""A text by its words' keys; of length 1 unless it is said otherwise."""

_LITTLE: Final = frozenset(map(key, FUNCTION_WORDS))
_FREQUENT: Final = 0.02
"""A word that this part of the papers holds says how generic a paper is; rarer ones hardly add to it."""


class Collection:
    """
    The papers of some batches as vectors.

    A word weighs ``(1 + ln count) * ln((1 + papers) / (1 + papers with it))``. Making it reads every posting once: some
    0.1 s for a thousand papers.
    """

    def __init__(self, indexes: Sequence[BatchIndex]) -> None:
        self.indexes = indexes
        self._numbers = {id(index): number for number, index in enumerate(self.indexes)}
        self._papers = sum(index.count for index in self.indexes)
        holding: Counter[str] = Counter()
        for index in self.indexes:
            holding.update({word: index.postings.frequency(number) for word, number in telling_words(index)})
        self._rarity = {word: math.log((1 + self._papers) / (1 + often)) for word, often in holding.items()}
        least = _FREQUENT * self._papers
        frequent = [word for word, often in holding.items() if often >= least]
        self._lengths = [self._lengths_of(index) for index in self.indexes]
        self._mean = self._mean_of(frequent)
        self._generic = [self.products(index, self._mean) for index in indexes]

    def rarity(self, word: str) -> float:
        """How rare a word is, by its key; one that no paper holds is as rare as can be."""
        return self._rarity.get(word) or math.log(1 + self._papers)

    def vector(self, *texts: str) -> Vector:
        """One text, cut into its parts or not, as a vector of length 1; {} when it has no word that tells something."""
        counts = Counter(key(word) for text in texts for _, word in cut(text) if len(word) > 1)
        weights = {
            word: (1 + math.log(count)) * self.rarity(word) for word, count in counts.items() if word not in _LITTLE
        }
        return scaled(weights)

    def products(self, index: BatchIndex, vector: Vector) -> list[float]:
        """The scalar product of ``vector`` with the unit vector of each of a batch's papers."""
        total = [0.0] * index.count
        for word, weight in vector.items():
            number = index.words.find(word)
            if number >= 0 and (factor := weight * self._rarity.get(word, 0.0)):
                for row, count in index.postings.counts(number).items():
                    total[row] += factor * _OFTEN[count]
        lengths = self._lengths[self._numbers[id(index)]]
        return [product / length for product, length in zip(total, lengths, strict=True)]

    def scores(self, index: BatchIndex, centroid: Vector) -> list[float]:
        """
        How like ``centroid`` each of a batch's papers is, less how like anything it is.

        The scalar product minus the one with the mean of all papers; 0 is a paper that could be about anything.
        """
        generic = self._generic[self._numbers[id(index)]]
        return [product - each for product, each in zip(self.products(index, centroid), generic, strict=True)]

    def _lengths_of(self, index: BatchIndex) -> array[float]:
        squared = array("d", bytes(8 * index.count))
        for word, number in telling_words(index):
            rarity = self._rarity[word] ** 2
            for row, count in index.postings.counts(number).items():
                squared[row] += rarity * _OFTEN_SQUARED[count]
        return array("d", (math.sqrt(each) or 1.0 for each in squared))

    def _mean_of(self, words: Iterable[str]) -> Vector:
        mean: defaultdict[str, float] = defaultdict(float)
        for index, lengths in zip(self.indexes, self._lengths, strict=True):
            for word in words:
                if (number := index.words.find(word)) >= 0:
                    found = index.postings.counts(number)
                    mean[word] += sum(_OFTEN[count] / lengths[row] for row, count in found.items())
        return {word: total * self._rarity[word] / self._papers for word, total in mean.items()}


_OFTEN: Final = [0.0, *(1 + math.log(count) for count in range(1, 16))]
"""What a word counts that stands so many times in a paper; the index counts up to 15."""
_OFTEN_SQUARED: Final = [often * often for often in _OFTEN]


def telling_words(index: BatchIndex) -> Iterable[tuple[str, int]]:
    """The words of a batch, with their numbers, but for little words and single letters."""
    return ((word, number) for word, number in index.words.items() if len(word) > 1 and word not in _LITTLE)


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
