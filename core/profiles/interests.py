"""
Rating the newest papers of saved feeds against their own sentences of interest, within the deployment's budget.

Who rates is handed in; equal interests ask it once, since a rating is kept by interest and paper.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from core.clock import Clock
from core.config import Config
from core.errors import Damaged, NotFound
from core.feeds.library import Library, Snapshot
from core.log import event
from core.paper import Paper, Summary
from core.profiles.change import State
from core.profiles.records import NamedFeed, Profile
from core.profiles.writer import ProfileWriter, blobs_of, remaining
from core.store.base import Store

RATED: Final = 50
"""Papers of a day, for each interest."""
TOKENS_A_DAY: Final = 20_000
"""What rating so many takes, question and answer together (tests/summaries/test_triage.py counts them)."""
MOST_INTERESTS: Final = 5
"""Different sentences that one refresh has rated; the others' turn comes with the next."""

Rate = Callable[[Config, Sequence[Paper], Callable[[Summary], None]], Awaitable[None]]
"""Rate papers against the configuration's interest and give each rating; raises StoreError alone."""


def rates(config: Config) -> bool:
    """Whether a model rates here at all."""
    return bool(config.settings.ai_summary.triage and config.environment.llm_key)


async def rate_interests(store: Store, config: Config, *, clock: Clock, deadline: datetime, rate: Rate) -> int:
    """
    Have the newest day of each feed with an interest rated, until ``deadline``; return how many feeds were.

    A profile that somebody changes meanwhile is left to the next refresh. Raises StoreError, NoPapersYet.
    """
    names = await store.profiles.names(now=clock.now()) if rates(config) else ()
    if not names:
        return 0
    snapshot = await Library(store).snapshot(clock.now())
    writer = ProfileWriter(store.profiles, config.settings)
    seen: set[str] = set()
    rated = 0
    for name in names:
        try:
            state, blobs = await writer.read(name)
        except (NotFound, Damaged):
            continue
        for feed in state.profile.feeds:
            fresh = feed.interest not in seen
            if not feed.interest or clock.now() >= deadline or (fresh and len(seen) >= MOST_INTERESTS):
                continue
            seen.add(feed.interest)
            state = await _rated(state, feed, snapshot, config, rate)
            rated += 1
        if state.profile.ratings and blobs_of(state) != blobs:
            now = clock.now()
            keep = remaining(state.profile, config.settings, now)
            await store.profiles.replace(name, blobs.head, blobs_of(state), now=now, keep=keep)
    event("profiles.rated", feeds=rated, interests=len(seen))
    return rated


async def _rated(state: State, feed: NamedFeed, snapshot: Snapshot, config: Config, rate: Rate) -> State:
    found: list[Summary] = []
    own = replace(config, settings=replace(config.settings, interest=feed.interest))
    await rate(own, newest_papers(state.profile, feed, snapshot), found.append)
    shown = {each.arxiv_id for each in ranking.papers} if (ranking := state.profile.ranking(feed.name)) else set()
    kept = {each.arxiv_id: each for each in (*state.profile.ratings_of(feed.name), *found) if each.arxiv_id in shown}
    ratings = dict(state.profile.ratings) | {feed.name: tuple(kept.values())}
    named = {each.name for each in state.profile.feeds}
    pairs = tuple((name, each) for name, each in ratings.items() if name in named)
    return State(replace(state.profile, ratings=pairs), state.memory)


def newest_papers(profile: Profile, feed: NamedFeed, snapshot: Snapshot) -> list[Paper]:
    """The papers of a feed's newest day, the best first, as many as are rated."""
    ranking = profile.ranking(feed.name)
    rows = [each.where for each in ranking.papers if each.stands[0] == 0][:RATED] if ranking else []
    return [snapshot.batches[batch].papers[row] for batch, row in rows]
