"""
Changing a profile: from what it was to what it is, ranked again. Pure.

A vote on a paper whose text is held is learnt from at once; a vote on any other is kept, and says nothing yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from core.config.settings import Settings
from core.errors import TooMany
from core.feeds.library import Snapshot
from core.paper import ArxivId
from core.profiles.ranking import ProfileRankingInputs, plainly_delivered, profile_papers_version, rank_saved_feed
from core.profiles.records import Profile, ProfileMemory, ProfileRanking, SavedFeed, Seed, Vote
from core.profiles.rules import query_of
from core.profiles.taste import learning_collection, voted_paper_vector, voted_text_vector
from core.search.batch import held_paper
from core.search.text_vectors import TextVector, strongest_words, unit_vector
from core.text.plain import plain

MOST_VOTES: Final = 500
"""So many are kept; the oldest are forgotten."""
MOST_VOTES_A_DAY: Final = 300
MOST_SEEDS: Final = 10
_SEED_VECTOR_WORDS: Final = 400

_NO_SAVED_FEED_DELIVERED: Final = (frozenset[str](), None)

VoteChoice = Literal["more", "less", "none"]


class ProfileState(Struct, frozen=True):
    """A whole profile."""

    profile: Profile
    memory: ProfileMemory = ProfileMemory()


def new_profile(saved_feeds: Sequence[SavedFeed], *, now: datetime) -> ProfileState:
    return ProfileState(Profile(profile_created=now, profile_used=now, profile_changed=now, feeds=tuple(saved_feeds)))


def with_vote(
    state: ProfileState, arxiv_id: ArxivId, vote_choice: VoteChoice, snapshot: Snapshot, *, now: datetime
) -> ProfileState:
    """
    Note a vote, in place of any before on the same paper; ``none`` takes it back.

    Raises TooMany beyond ``MOST_VOTES_A_DAY``.
    """
    votes_of_day = _votes_counted(state.profile.votes_of_day, now.date())
    profile = replace(state.profile, votes_of_day=votes_of_day, profile_used=now, profile_changed=now)
    votes = [vote for vote in profile.votes if vote.arxiv_id != arxiv_id]
    voted_vectors = dict(state.memory.vectors)
    voted_paper = held_paper(snapshot.batches, arxiv_id)
    if vote_choice == "none":
        voted_vectors.pop(arxiv_id, None)
    else:
        votes.insert(0, Vote(arxiv_id, vote_choice == "more", now, plain(voted_paper.title) if voted_paper else ""))
        if voted_paper:
            voted_vectors[arxiv_id] = voted_paper_vector(voted_paper, learning_collection(snapshot))
    voted_profile = replace(profile, votes=tuple(votes[:MOST_VOTES]))
    return ProfileState(voted_profile, _learned_memory(voted_vectors, voted_profile))


def _votes_counted(voted: tuple[date, int] | None, voting_day: date) -> tuple[date, int]:
    votes_that_day = voted[1] + 1 if voted and voted[0] == voting_day else 1
    if votes_that_day > MOST_VOTES_A_DAY:
        raise TooMany(f"a profile takes {MOST_VOTES_A_DAY} votes a day; go on tomorrow")
    return voting_day, votes_that_day


def with_likes(state: ProfileState, liked_ids: Iterable[ArxivId], snapshot: Snapshot, *, now: datetime) -> ProfileState:
    """Note many liked papers at once: what somebody brings along."""
    collection = learning_collection(snapshot)
    voted_ids = {vote.arxiv_id for vote in state.profile.votes}
    voted_vectors, votes = dict(state.memory.vectors), list(state.profile.votes)
    for liked_id in [liked_id for liked_id in dict.fromkeys(liked_ids) if liked_id not in voted_ids][:MOST_VOTES]:
        liked_paper = held_paper(snapshot.batches, liked_id)
        votes.append(
            Vote(liked_id, liked=True, voted_at=now, voted_title=plain(liked_paper.title) if liked_paper else "")
        )
        if liked_paper:
            voted_vectors[liked_id] = voted_paper_vector(liked_paper, collection)
    profile = replace(state.profile, votes=tuple(votes[:MOST_VOTES]), profile_used=now, profile_changed=now)
    return ProfileState(profile, _learned_memory(voted_vectors, profile))


def with_seed_texts(
    state: ProfileState, seed_description: str, seed_texts: Sequence[str], snapshot: Snapshot, *, now: datetime
) -> ProfileState:
    """
    Learn from texts that somebody has, all together as one seed; nothing is kept of them but the words' weights.

    Raises TooMany beyond ``MOST_SEEDS``.
    """
    collection = learning_collection(snapshot)
    seed_vectors = [seed_vector for text in seed_texts if (seed_vector := collection.text_vector(text))]
    if not seed_vectors:
        return state
    if len(state.profile.seeds) >= MOST_SEEDS:
        raise TooMany(f"a profile has at most {MOST_SEEDS} seeds; take one away first")
    taken_seed_names = {seed.name for seed in state.profile.seeds}
    seed_names = (f"seed {seed_number}" for seed_number in range(1, MOST_SEEDS + 2))
    seed_name = next(seed_name for seed_name in seed_names if seed_name not in taken_seed_names)
    return with_seed(state, Seed(seed_name, seed_description, len(seed_vectors), now), seed_vectors)


def with_seed(state: ProfileState, seed: Seed, seed_vectors: Sequence[TextVector]) -> ProfileState:
    """Keep a seed, in place of any of its name."""
    seed_words: dict[str, float] = {}
    for seed_vector in seed_vectors:
        for seed_word, word_weight in seed_vector.items():
            seed_words[seed_word] = seed_words.get(seed_word, 0.0) + word_weight
    other_seeds = [other_seed for other_seed in state.profile.seeds if other_seed.name != seed.name]
    profile = replace(state.profile, seeds=(*other_seeds, seed), profile_changed=seed.brought_at)
    seed_vector = unit_vector(strongest_words(seed_words, _SEED_VECTOR_WORDS))
    return ProfileState(profile, _learned_memory({**state.memory.vectors, seed.name: seed_vector}, profile))


def without_seed(state: ProfileState, seed_name: str, *, now: datetime) -> ProfileState:
    seeds = tuple(seed for seed in state.profile.seeds if seed.name != seed_name)
    profile = replace(state.profile, seeds=seeds, profile_used=now, profile_changed=now)
    return ProfileState(profile, _learned_memory(state.memory.vectors, profile))


def with_saved_feeds(state: ProfileState, saved_feeds: Sequence[SavedFeed], *, now: datetime) -> ProfileState:
    """Change the rules; votes and seeds stay."""
    profile = replace(state.profile, feeds=tuple(saved_feeds), profile_used=now, profile_changed=now)
    return ProfileState(profile, state.memory)


def _learned_memory(learned_vectors: Mapping[str, TextVector], profile: Profile) -> ProfileMemory:
    """Only what votes and seeds still name."""
    vote_and_seed_names = {vote.arxiv_id for vote in profile.votes} | {seed.name for seed in profile.seeds}
    return ProfileMemory({name: vector for name, vector in learned_vectors.items() if name in vote_and_seed_names})


def votes_without_text(state: ProfileState) -> tuple[ArxivId, ...]:
    """The voted papers whose text was never known here, the latest first."""
    return tuple(vote.arxiv_id for vote in state.profile.votes if vote.arxiv_id not in state.memory.vectors)


def learn_late_texts(state: ProfileState, snapshot: Snapshot) -> ProfileState:
    """Learn from votes on papers whose text came in after the vote."""
    late_papers = [paper for name in votes_without_text(state) if (paper := held_paper(snapshot.batches, name))]
    voted_texts = {str(late_paper.arxiv_id): (late_paper.title, late_paper.abstract) for late_paper in late_papers}
    return with_voted_texts(state, voted_texts, snapshot) if voted_texts else state


def with_voted_texts(
    state: ProfileState, voted_texts: Mapping[str, tuple[str, str]], snapshot: Snapshot
) -> ProfileState:
    """Learn from votes on these papers, by their titles and abstracts, wherever these come from."""
    collection = learning_collection(snapshot)
    voted_vectors = {
        voted_id: voted_text_vector(voted_text, collection) for voted_id, voted_text in voted_texts.items()
    }
    votes = tuple(
        replace(vote, voted_title=plain(voted_texts[vote.arxiv_id][0])) if vote.arxiv_id in voted_texts else vote
        for vote in state.profile.votes
    )
    profile = replace(state.profile, votes=votes)
    return ProfileState(profile, _learned_memory({**state.memory.vectors, **voted_vectors}, profile))


def rankings_are_current(profile: Profile, snapshot: Snapshot) -> bool:
    """Whether every ranking is of the papers that are held now."""
    papers_version = profile_papers_version(snapshot.manifest)
    return all(profile_ranking.papers_version == papers_version for _, profile_ranking in profile.rankings)


def rank_profile(
    profile_before: Profile | None, state: ProfileState, snapshot: Snapshot, settings: Settings
) -> ProfileState:
    """Rank every feed anew; ``profile_before`` is the profile that readers have had, if any."""
    profile_inputs = ProfileRankingInputs(state.profile, state.memory, snapshot, settings)
    profile_rankings = []
    for saved_feed in state.profile.feeds:
        saved_feed_delivered, delivered_ranking = _delivered_before(profile_before, saved_feed, snapshot, settings)
        if profile_ranking := rank_saved_feed(saved_feed, profile_inputs, saved_feed_delivered, delivered_ranking):
            profile_rankings.append((saved_feed.name, profile_ranking))
    interests_before = {
        saved_feed.name: saved_feed.interest for saved_feed in (profile_before.feeds if profile_before else ())
    }
    unchanged_interests = {
        saved_feed.name
        for saved_feed in state.profile.feeds
        if interests_before.get(saved_feed.name) == saved_feed.interest
    }
    interest_ratings = tuple(
        saved_feed_ratings
        for saved_feed_ratings in state.profile.ratings
        if saved_feed_ratings[0] in unchanged_interests
    )
    return ProfileState(
        replace(state.profile, rankings=tuple(profile_rankings), ratings=interest_ratings), state.memory
    )


def _delivered_before(
    profile_before: Profile | None, saved_feed: SavedFeed, snapshot: Snapshot, settings: Settings
) -> tuple[AbstractSet[str], ProfileRanking | None]:
    """The papers that readers of a feed may have had, and the ranking that these come from."""
    if profile_before is None or saved_feed not in profile_before.feeds:
        return _NO_SAVED_FEED_DELIVERED
    delivered_ranking = profile_before.ranking(saved_feed.name)
    if delivered_ranking is None:
        return plainly_delivered(saved_feed, snapshot, settings), None
    if delivered_ranking.rules != query_of(saved_feed, settings, learned=True).canonical():
        return _NO_SAVED_FEED_DELIVERED
    return {profile_paper.arxiv_id for profile_paper in delivered_ranking.papers}, delivered_ranking
