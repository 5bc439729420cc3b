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
from core.profiles.ranking import Known, papers_version, plainly_delivered, rank
from core.profiles.records import Memory, NamedFeed, Profile, Ranking, Seed, Vote
from core.profiles.rules import query_of
from core.profiles.taste import vector_of
from core.profiles.vectors import Collection, Vector, collection_of, scaled, strongest
from core.search.batch import link, within
from core.text.plain import plain

MOST_VOTES: Final = 500
"""So many are kept; the oldest are forgotten."""
MOST_VOTES_A_DAY: Final = 300
MOST_SEEDS: Final = 10
_VECTOR_WORDS: Final = 120
"""Of one paper: an abstract has some hundred words that tell something."""
_SEED_WORDS: Final = 400
_LEARNING_DAYS: Final = 7
"""The papers of so many days say how rare a word is."""

Choice = Literal["more", "less", "none"]


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
    rows = link(tuple(batch.index for batch in snapshot.batches)).rows(arxiv_id)
    return snapshot.batches[rows[0].batch].papers[rows[0].row] if rows else None


def with_vote(state: State, arxiv_id: ArxivId, choice: Choice, snapshot: Snapshot, *, now: datetime) -> State:
    """
    Note a vote, in place of any before on the same paper; ``none`` takes it back.

    Raises TooMany beyond ``MOST_VOTES_A_DAY``.
    """
    profile = replace(state.profile, voted=_counted(state.profile.voted, now.date()), used=now, changed=now)
    votes = [vote for vote in profile.votes if vote.arxiv_id != arxiv_id]
    vectors = dict(state.memory.vectors)
    paper = held_paper(snapshot, arxiv_id)
    if choice == "none":
        vectors.pop(arxiv_id, None)
    else:
        votes.insert(0, Vote(arxiv_id, choice == "more", now, plain(paper.title) if paper else ""))
        if paper:
            vectors[arxiv_id] = strongest(vector_of(paper, learning_collection(snapshot)), _VECTOR_WORDS)
    kept = replace(profile, votes=tuple(votes[:MOST_VOTES]))
    return State(kept, _remembered(vectors, kept))


def _counted(voted: tuple[date, int] | None, today: date) -> tuple[date, int]:
    count = voted[1] + 1 if voted and voted[0] == today else 1
    if count > MOST_VOTES_A_DAY:
        raise TooMany(f"a profile takes {MOST_VOTES_A_DAY} votes a day; go on tomorrow")
    return today, count


def with_likes(state: State, ids: Iterable[ArxivId], snapshot: Snapshot, *, now: datetime) -> State:
    """Note many liked papers at once: what somebody brings along."""
    collection = learning_collection(snapshot)
    known = {vote.arxiv_id for vote in state.profile.votes}
    vectors, votes = dict(state.memory.vectors), list(state.profile.votes)
    for arxiv_id in [each for each in dict.fromkeys(ids) if each not in known][:MOST_VOTES]:
        paper = held_paper(snapshot, arxiv_id)
        votes.append(Vote(arxiv_id, liked=True, at=now, title=plain(paper.title) if paper else ""))
        if paper:
            vectors[arxiv_id] = strongest(vector_of(paper, collection), _VECTOR_WORDS)
    profile = replace(state.profile, votes=tuple(votes[:MOST_VOTES]), used=now, changed=now)
    return State(profile, _remembered(vectors, profile))


def with_texts(state: State, what: str, texts: Sequence[str], snapshot: Snapshot, *, now: datetime) -> State:
    """
    Learn from texts that somebody has, all together as one seed; nothing is kept of them but the words' weights.

    Raises TooMany beyond ``MOST_SEEDS``.
    """
    collection = learning_collection(snapshot)
    vectors = [vector for text in texts if (vector := collection.vector(text))]
    if not vectors:
        return state
    if len(state.profile.seeds) >= MOST_SEEDS:
        raise TooMany(f"a profile has at most {MOST_SEEDS} seeds; take one away first")
    taken = {seed.name for seed in state.profile.seeds}
    name = next(name for name in (f"seed {number}" for number in range(1, MOST_SEEDS + 2)) if name not in taken)
    return with_seed(state, Seed(name, what, len(vectors), now), vectors)


def with_seed(state: State, seed: Seed, vectors: Sequence[Vector]) -> State:
    """Keep a seed, in place of any of its name."""
    total: dict[str, float] = {}
    for vector in vectors:
        for word, weight in vector.items():
            total[word] = total.get(word, 0.0) + weight
    seeds = [each for each in state.profile.seeds if each.name != seed.name]
    profile = replace(state.profile, seeds=(*seeds, seed), changed=seed.at)
    return State(
        profile, _remembered({**state.memory.vectors, seed.name: scaled(strongest(total, _SEED_WORDS))}, profile)
    )


def without_seed(state: State, name: str, *, now: datetime) -> State:
    seeds = tuple(seed for seed in state.profile.seeds if seed.name != name)
    profile = replace(state.profile, seeds=seeds, used=now, changed=now)
    return State(profile, _remembered(state.memory.vectors, profile))


def with_feeds(state: State, feeds: Sequence[NamedFeed], *, now: datetime) -> State:
    """Change the rules; votes and seeds stay."""
    return State(replace(state.profile, feeds=tuple(feeds), used=now, changed=now), state.memory)


def _remembered(vectors: Mapping[str, Vector], profile: Profile) -> Memory:
    """Only what votes and seeds still name."""
    names = {vote.arxiv_id for vote in profile.votes} | {seed.name for seed in profile.seeds}
    return Memory({name: vector for name, vector in vectors.items() if name in names})


def waiting(state: State) -> tuple[ArxivId, ...]:
    """The voted papers whose text was never known here, the latest first."""
    return tuple(vote.arxiv_id for vote in state.profile.votes if vote.arxiv_id not in state.memory.vectors)


def learnt_since(state: State, snapshot: Snapshot) -> State:
    """Learn from votes on papers whose text came in after the vote."""
    papers = {name: paper for name in waiting(state) if (paper := held_paper(snapshot, name))}
    texts = {str(name): (paper.title, paper.abstract) for name, paper in papers.items()}
    return with_texts_of(state, texts, snapshot) if texts else state


def with_texts_of(state: State, texts: Mapping[str, tuple[str, str]], snapshot: Snapshot) -> State:
    """Learn from votes on these papers, by their titles and abstracts, wherever these come from."""
    collection = learning_collection(snapshot)
    found = {name: strongest(collection.vector(*text), _VECTOR_WORDS) for name, text in texts.items()}
    votes = tuple(
        replace(vote, title=plain(texts[vote.arxiv_id][0])) if vote.arxiv_id in texts else vote
        for vote in state.profile.votes
    )
    profile = replace(state.profile, votes=votes)
    return State(profile, _remembered({**state.memory.vectors, **found}, profile))


def is_current(profile: Profile, snapshot: Snapshot) -> bool:
    """Whether every ranking is of the papers that are held now."""
    version = papers_version(snapshot.manifest)
    return all(ranking.papers_version == version for _, ranking in profile.rankings)


def ranked(before: Profile | None, state: State, snapshot: Snapshot, settings: Settings) -> State:
    """Rank every feed anew; ``before`` is the profile that readers have had, if any."""
    known = Known(state.profile, state.memory, snapshot, settings)
    rankings = []
    for feed in state.profile.feeds:
        delivered, shown = _delivered(before, feed, snapshot, settings)
        if ranking := rank(feed, known, delivered, shown):
            rankings.append((feed.name, ranking))
    interests = {feed.name: feed.interest for feed in (before.feeds if before else ())}
    same = {feed.name for feed in state.profile.feeds if interests.get(feed.name) == feed.interest}
    ratings = tuple(pair for pair in state.profile.ratings if pair[0] in same)
    return State(replace(state.profile, rankings=tuple(rankings), ratings=ratings), state.memory)


def _delivered(
    before: Profile | None, feed: NamedFeed, snapshot: Snapshot, settings: Settings
) -> tuple[AbstractSet[str], Ranking | None]:
    """The papers that readers of a feed may have had, and the ranking that these come from."""
    if before is None or feed not in before.feeds:
        return frozenset(), None
    shown = before.ranking(feed.name)
    if shown is None:
        return plainly_delivered(feed, snapshot, settings), None
    if shown.rules != query_of(feed, settings, learned=True).canonical():
        return frozenset(), None
    return {each.arxiv_id for each in shown.papers}, shown
