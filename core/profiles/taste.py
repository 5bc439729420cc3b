"""
What somebody likes, as vectors: R-bg, Rocchio's centroid of the liked papers less the mean of all (Rocchio 1971).

Dislikes are no part of the centroid, where they did harm in every measurement; papers close to a disliked one sink.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from core.paper import Paper
from core.profiles.records import Memory, NamedFeed, Profile
from core.profiles.vectors import Collection, Vector, product, strongest
from core.search.batch import LoadedBatch
from core.search.feedback import FEW, count_nearest, moved

CENTROID_WORDS: Final = 200
MOST_POINTS: Final = 5.0
"""Likes add or take away less than this, however like a paper is; a keyword in a title counts 1.5."""
_HALF_POINTS_DEVIATIONS: Final = 3.0
"""Standard deviations above the average paper that give half of ``MOST_POINTS``."""
_DISLIKE_PENALTY: Final = 0.1
_UNRELATED_COSINE: Final = 0.15
"""Two papers of one field have a cosine of up to this without having a subject in common."""
_MOST_SEED_WEIGHT: Final = 5
"""A library of hundreds counts as so many liked papers at most, or no vote could ever change anything."""


class Liked(Struct, frozen=True):
    """A text that somebody likes: an arXiv id, or what a seed is; its vector, and for how many papers it stands."""

    name: str
    vector: Vector
    weight: float
    voted: bool = False  # a paper, by a vote; else what was brought along or an interest


class Taste(Struct, frozen=True):
    """What a feed of a profile leads its ranking by."""

    liked: tuple[Liked, ...]
    disliked: tuple[tuple[str, Vector], ...]
    centroid: Vector

    @property
    def known(self) -> bool:
        """Whether there is anything to rank by."""
        return bool(self.liked or self.disliked)


def taste_of(
    profile: Profile, memory: Memory, feed: NamedFeed, collection: Collection, batches: Sequence[LoadedBatch]
) -> Taste:
    """Gather what is known; votes on papers whose text was never held here say nothing."""
    vectors = memory.vectors
    voted = [(vote, vectors[vote.arxiv_id]) for vote in profile.votes if vote.arxiv_id in vectors]
    liked = [Liked(vote.arxiv_id, vector, 1, voted=True) for vote, vector in voted if vote.liked]
    seeds = [(seed, vectors[seed.name]) for seed in profile.seeds if seed.name in vectors]
    liked += [Liked(seed.what, vector, min(seed.count, _MOST_SEED_WEIGHT)) for seed, vector in seeds]
    if feed.interest and (vector := collection.vector(feed.interest)):
        liked.append(Liked("your interest", vector, 1))
    disliked = tuple((vote.arxiv_id, vector) for vote, vector in voted if not vote.liked)
    centroid = centroid_of((each.vector, each.weight) for each in liked)
    if liked and sum(each.weight for each in liked) <= FEW:
        centroid = _moved_to_nearest(centroid, collection, batches)
    return Taste(tuple(liked), disliked, centroid)


def centroid_of(weighted: Iterable[tuple[Vector, float]]) -> Vector:
    """The weighted mean of vectors, its ``CENTROID_WORDS`` strongest words."""
    weighted_words: defaultdict[str, float] = defaultdict(float)
    total_weight = 0.0
    for vector, weight in weighted:
        total_weight += weight
        for word, word_weight in vector.items():
            weighted_words[word] += weight * word_weight
    return strongest({word: word_weight / total_weight for word, word_weight in weighted_words.items()}, CENTROID_WORDS)


def _moved_to_nearest(centroid: Vector, collection: Collection, batches: Sequence[LoadedBatch]) -> Vector:
    """Move towards the nearest papers, as ``like=`` does: ``core.search.feedback``."""
    scored_papers = (
        (likeness, batch, row)
        for batch in batches
        for row, likeness in enumerate(collection.scores(batch.index, centroid))
    )
    nearest_papers = heapq.nlargest(count_nearest(batches), scored_papers, key=lambda each: each[0])
    if not nearest_papers:
        return centroid
    nearest_centroid = centroid_of((vector_of(batch.papers[row], collection), 1) for _, batch, row in nearest_papers)
    return strongest(moved(centroid, nearest_centroid), CENTROID_WORDS)


def vector_of(paper: Paper, collection: Collection) -> Vector:
    """A paper's title and abstract."""
    return collection.vector(paper.title, paper.abstract)


def points(deviations: float) -> float:
    """Standard deviations above the average paper as points, within ``MOST_POINTS`` on both sides."""
    return MOST_POINTS * deviations / (abs(deviations) + _HALF_POINTS_DEVIATIONS)


def deviation(deviations: Iterable[float]) -> float:
    """The standard deviation from 0; 1 when all are 0."""
    squared_deviations = [deviation_value * deviation_value for deviation_value in deviations]
    return math.sqrt(sum(squared_deviations) / len(squared_deviations)) or 1.0 if squared_deviations else 1.0


def closeness(vector: Vector, disliked: Iterable[tuple[str, Vector]]) -> float:
    """How close a paper is to the nearest disliked one, beyond what any two papers of a field are."""
    return max(0.0, max((product(vector, each) for _, each in disliked), default=0.0) - _UNRELATED_COSINE)


def penalty(close: float, spread: float) -> float:
    """Standard deviations that a paper sinks for being close to a disliked one."""
    return _DISLIKE_PENALTY * close / spread


def nearest(vector: Vector, names: Iterable[tuple[str, Vector]]) -> tuple[str, Vector]:
    """Which of these a paper is most like."""
    return max(names, key=lambda each: product(vector, each[1]))
