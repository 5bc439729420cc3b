"""
What somebody likes, as vectors: R-bg, Rocchio's centroid of the liked papers less the mean of all (Rocchio 1971).

Dislikes are no part of the centroid, where they did harm in every measurement; papers close to a disliked one sink.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from core.feeds.library import Snapshot
from core.paper import Paper
from core.profiles.records import Profile, ProfileMemory, SavedFeed
from core.search.batch import LoadedBatch, batches_within
from core.search.feedback import FEW_LIKED
from core.search.text_vectors import (
    Collection,
    TextVector,
    collection_of,
    mean_of_vectors,
    moved_to_nearest,
    scalar_product,
    strongest_words,
)

MOST_LIKE_POINTS: Final = 5.0
"""Likes add or take away less than this, however like a paper is; a keyword in a title counts 1.5."""
_HALF_POINTS_DEVIATIONS: Final = 3.0
"""Standard deviations above the average paper that give half of ``MOST_LIKE_POINTS``."""
_DISLIKE_PENALTY: Final = 0.1
_LEAST_DISLIKED_COSINE: Final = 0.15
"""Two papers of one field have a cosine of up to this without having a subject in common."""
_MOST_SEED_WEIGHT: Final = 5
"""A library of hundreds counts as so many liked papers at most, or no vote could ever change anything."""
_VOTED_VECTOR_WORDS: Final = 120
"""Of one paper: an abstract has some hundred words that tell something."""
_LEARNING_DAYS: Final = 7
"""The papers of so many days say how rare a word is."""


class Liked(Struct, frozen=True):
    """A text that somebody likes: an arXiv id, or what a seed is; its vector, and for how many papers it stands."""

    name: str
    vector: TextVector
    weight: float
    voted: bool = False  # a paper, by a vote; else what was brought along or an interest


class Taste(Struct, frozen=True):
    """What a feed of a profile leads its ranking by."""

    liked: tuple[Liked, ...]
    disliked: tuple[tuple[str, TextVector], ...]
    taste_centroid: TextVector

    @property
    def has_likes_or_dislikes(self) -> bool:
        """Whether there is anything to rank by."""
        return bool(self.liked or self.disliked)


def taste_of(
    profile: Profile,
    memory: ProfileMemory,
    saved_feed: SavedFeed,
    collection: Collection,
    batches: Sequence[LoadedBatch],
) -> Taste:
    """Gather what is known; votes on papers whose text was never held here say nothing."""
    learnt_vectors = memory.vectors
    voted = [(vote, learnt_vectors[vote.arxiv_id]) for vote in profile.votes if vote.arxiv_id in learnt_vectors]
    liked = [Liked(vote.arxiv_id, voted_vector, 1, voted=True) for vote, voted_vector in voted if vote.liked]
    seeds = [(seed, learnt_vectors[seed.name]) for seed in profile.seeds if seed.name in learnt_vectors]
    liked += [
        Liked(seed.seed_description, seed_vector, min(seed.seed_texts, _MOST_SEED_WEIGHT))
        for seed, seed_vector in seeds
    ]
    if saved_feed.interest and (interest_vector := collection.text_vector(saved_feed.interest)):
        liked.append(Liked("your interest", interest_vector, 1))
    disliked = tuple((vote.arxiv_id, voted_vector) for vote, voted_vector in voted if not vote.liked)
    taste_centroid = mean_of_vectors((liked_text.vector, liked_text.weight) for liked_text in liked)
    if liked and sum(liked_text.weight for liked_text in liked) <= FEW_LIKED:
        taste_centroid = moved_to_nearest(taste_centroid, collection, batches)
    return Taste(tuple(liked), disliked, taste_centroid)


def learning_collection(snapshot: Snapshot) -> Collection:
    """The papers by which a text's words are weighed."""
    return collection_of(batches_within(snapshot.batches, _LEARNING_DAYS))


def voted_paper_vector(voted_paper: Paper, collection: Collection) -> TextVector:
    """What a vote on a held paper teaches: its strongest words."""
    return strongest_words(collection.paper_vector(voted_paper), _VOTED_VECTOR_WORDS)


def voted_text_vector(voted_text: tuple[str, str], collection: Collection) -> TextVector:
    """The same by a title and an abstract, wherever these come from."""
    return strongest_words(collection.text_vector(*voted_text), _VOTED_VECTOR_WORDS)


def like_points(taste_deviations: float) -> float:
    """Standard deviations above the average paper as points, within ``MOST_LIKE_POINTS`` on both sides."""
    return MOST_LIKE_POINTS * taste_deviations / (abs(taste_deviations) + _HALF_POINTS_DEVIATIONS)


def dislike_closeness(paper_vector: TextVector, disliked: Iterable[tuple[str, TextVector]]) -> float:
    """How close a paper is to the nearest disliked one, beyond what any two papers of a field are."""
    disliked_cosine = max(
        (scalar_product(paper_vector, disliked_vector) for _, disliked_vector in disliked), default=0.0
    )
    return max(0.0, disliked_cosine - _LEAST_DISLIKED_COSINE)


def dislike_penalty(closeness: float, closeness_deviation: float) -> float:
    """Standard deviations that a paper sinks for being close to a disliked one."""
    return _DISLIKE_PENALTY * closeness / closeness_deviation
