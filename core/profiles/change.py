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
from core.paper import ArxivId, Paper
from core.profiles.ranking import RankingInputs, plainly_delivered, rank_feed, ranked_papers_version
from core.profiles.records import Memory, NamedFeed, Profile, Ranking, Seed, Vote
from core.profiles.rules import query_of
from core.search.batch import link, within
from core.search.text_vectors import Collection, Vector, collection_of, strongest_words, unit_vector
from core.text.plain import plain

MOST_VOTES: Final = 500
"""So many are kept; the oldest are forgotten."""
MOST_VOTES_A_DAY: Final = 300
MOST_SEEDS: Final = 10
_PAPER_VECTOR_WORDS: Final = 120
"""Of one paper: an abstract has some hundred words that tell something."""
_SEED_VECTOR_WORDS: Final = 400
_LEARNING_DAYS: Final = 7
"""The papers of so many days say how rare a word is."""

VoteChoice = Literal["more", "less", "none"]


class State(Struct, frozen=True):
    """A whole profile."""

    profile: Profile
    memory: Memory = Memory()


def new_profile(feeds: Sequence[NamedFeed], *, now: datetime) -> State:
    return State(Profile(created=now, used=now, changed=now, feeds=tuple(feeds)))


def learning_collection(snapshot: Snapshot) -> Collection:
    """The papers by which a text's words are weighed."""
    return collection_of(tuple(batch.index for batch in within(snapshot.batches, _LEARNING_DAYS)))


def held_paper(snapshot: Snapshot, arxiv_id: str) -> Paper | None:
    """A paper in its newest version held."""
    held_rows = link(tuple(batch.index for batch in snapshot.batches)).rows(arxiv_id)
    return snapshot.batches[held_rows[0].batch].papers[held_rows[0].row] if held_rows else None


def with_vote(state: State, arxiv_id: ArxivId, choice: VoteChoice, snapshot: Snapshot, *, now: datetime) -> State:
    """
    Note a vote, in place of any before on the same paper; ``none`` takes it back.

    Raises TooMany beyond ``MOST_VOTES_A_DAY``.
    """
    profile = replace(state.profile, voted=_votes_counted(state.profile.voted, now.date()), used=now, changed=now)
    votes = [vote for vote in profile.votes if vote.arxiv_id != arxiv_id]
    vectors = dict(state.memory.vectors)
    paper = held_paper(snapshot, arxiv_id)
    if choice == "none":
        vectors.pop(arxiv_id, None)
    else:
        votes.insert(0, Vote(arxiv_id, choice == "more", now, plain(paper.title) if paper else ""))
        if paper:
            vectors[arxiv_id] = strongest_words(learning_collection(snapshot).paper_vector(paper), _PAPER_VECTOR_WORDS)
    voted_profile = replace(profile, votes=tuple(votes[:MOST_VOTES]))
    return State(voted_profile, _memory_of(vectors, voted_profile))


def _votes_counted(voted: tuple[date, int] | None, voting_day: date) -> tuple[date, int]:
    votes_today = voted[1] + 1 if voted and voted[0] == voting_day else 1
    if votes_today > MOST_VOTES_A_DAY:
        raise TooMany(f"a profile takes {MOST_VOTES_A_DAY} votes a day; go on tomorrow")
    return voting_day, votes_today


def with_likes(state: State, ids: Iterable[ArxivId], snapshot: Snapshot, *, now: datetime) -> State:
    """Note many liked papers at once: what somebody brings along."""
    collection = learning_collection(snapshot)
    known = {vote.arxiv_id for vote in state.profile.votes}
    vectors, votes = dict(state.memory.vectors), list(state.profile.votes)
    for arxiv_id in [each for each in dict.fromkeys(ids) if each not in known][:MOST_VOTES]:
        paper = held_paper(snapshot, arxiv_id)
        votes.append(Vote(arxiv_id, liked=True, at=now, title=plain(paper.title) if paper else ""))
        if paper:
            vectors[arxiv_id] = strongest_words(collection.paper_vector(paper), _PAPER_VECTOR_WORDS)
    profile = replace(state.profile, votes=tuple(votes[:MOST_VOTES]), used=now, changed=now)
    return State(profile, _memory_of(vectors, profile))


def with_texts(state: State, what: str, texts: Sequence[str], snapshot: Snapshot, *, now: datetime) -> State:
    """
    Learn from texts that somebody has, all together as one seed; nothing is kept of them but the words' weights.

    Raises TooMany beyond ``MOST_SEEDS``.
    """
    collection = learning_collection(snapshot)
    vectors = [vector for text in texts if (vector := collection.text_vector(text))]
    if not vectors:
        return state
    if len(state.profile.seeds) >= MOST_SEEDS:
        raise TooMany(f"a profile has at most {MOST_SEEDS} seeds; take one away first")
    taken_seed_names = {seed.name for seed in state.profile.seeds}
    seed_name = next(
        seed_name
        for seed_name in (f"seed {seed_number}" for seed_number in range(1, MOST_SEEDS + 2))
        if seed_name not in taken_seed_names
    )
    return with_seed(state, Seed(seed_name, what, len(vectors), now), vectors)


def with_seed(state: State, seed: Seed, vectors: Sequence[Vector]) -> State:
    """Keep a seed, in place of any of its name."""
    seed_vector: dict[str, float] = {}
    for vector in vectors:
        for vector_word, word_weight in vector.items():
            seed_vector[vector_word] = seed_vector.get(vector_word, 0.0) + word_weight
    seeds = [kept_seed for kept_seed in state.profile.seeds if kept_seed.name != seed.name]
    profile = replace(state.profile, seeds=(*seeds, seed), changed=seed.at)
    return State(
        profile,
        _memory_of(
            {**state.memory.vectors, seed.name: unit_vector(strongest_words(seed_vector, _SEED_VECTOR_WORDS))}, profile
        ),
    )


def without_seed(state: State, name: str, *, now: datetime) -> State:
    seeds = tuple(seed for seed in state.profile.seeds if seed.name != name)
    profile = replace(state.profile, seeds=seeds, used=now, changed=now)
    return State(profile, _memory_of(state.memory.vectors, profile))


def with_feeds(state: State, feeds: Sequence[NamedFeed], *, now: datetime) -> State:
    """Change the rules; votes and seeds stay."""
    return State(replace(state.profile, feeds=tuple(feeds), used=now, changed=now), state.memory)


def _memory_of(vectors: Mapping[str, Vector], profile: Profile) -> Memory:
    """Only what votes and seeds still name."""
    names = {vote.arxiv_id for vote in profile.votes} | {seed.name for seed in profile.seeds}
    return Memory({name: vector for name, vector in vectors.items() if name in names})


def papers_without_text(state: State) -> tuple[ArxivId, ...]:
    """The voted papers whose text was never known here, the latest first."""
    return tuple(vote.arxiv_id for vote in state.profile.votes if vote.arxiv_id not in state.memory.vectors)


def learn_late_texts(state: State, snapshot: Snapshot) -> State:
    """Learn from votes on papers whose text came in after the vote."""
    papers = {name: paper for name in papers_without_text(state) if (paper := held_paper(snapshot, name))}
    texts = {str(name): (paper.title, paper.abstract) for name, paper in papers.items()}
    return with_texts_of(state, texts, snapshot) if texts else state


def with_texts_of(state: State, texts: Mapping[str, tuple[str, str]], snapshot: Snapshot) -> State:
    """Learn from votes on these papers, by their titles and abstracts, wherever these come from."""
    collection = learning_collection(snapshot)
    found = {name: strongest_words(collection.text_vector(*text), _PAPER_VECTOR_WORDS) for name, text in texts.items()}
    votes = tuple(
        replace(vote, title=plain(texts[vote.arxiv_id][0])) if vote.arxiv_id in texts else vote
        for vote in state.profile.votes
    )
    profile = replace(state.profile, votes=votes)
    return State(profile, _memory_of({**state.memory.vectors, **found}, profile))


def is_current(profile: Profile, snapshot: Snapshot) -> bool:
    """Whether every ranking is of the papers that are held now."""
    held_version = ranked_papers_version(snapshot.manifest)
    return all(ranking.papers_version == held_version for _, ranking in profile.rankings)


def rank_profile(before: Profile | None, state: State, snapshot: Snapshot, settings: Settings) -> State:
    """Rank every feed anew; ``before`` is the profile that readers have had, if any."""
    ranking_inputs = RankingInputs(state.profile, state.memory, snapshot, settings)
    rankings = []
    for feed in state.profile.feeds:
        delivered, shown_ranking = _delivered_before(before, feed, snapshot, settings)
        if ranking := rank_feed(feed, ranking_inputs, delivered, shown_ranking):
            rankings.append((feed.name, ranking))
    interests_before = {feed.name: feed.interest for feed in (before.feeds if before else ())}
    unchanged_interests = {
        feed.name for feed in state.profile.feeds if interests_before.get(feed.name) == feed.interest
    }
    ratings = tuple(feed_ratings for feed_ratings in state.profile.ratings if feed_ratings[0] in unchanged_interests)
    return State(replace(state.profile, rankings=tuple(rankings), ratings=ratings), state.memory)


def _delivered_before(
    before: Profile | None, feed: NamedFeed, snapshot: Snapshot, settings: Settings
) -> tuple[AbstractSet[str], Ranking | None]:
    """The papers that readers of a feed may have had, and the ranking that these come from."""
    if before is None or feed not in before.feeds:
        return frozenset(), None
    shown_ranking = before.ranking(feed.name)
    if shown_ranking is None:
        return plainly_delivered(feed, snapshot, settings), None
    if shown_ranking.rules != query_of(feed, settings, learned=True).canonical():
        return frozenset(), None
    return {ranked_paper.arxiv_id for ranked_paper in shown_ranking.papers}, shown_ranking
