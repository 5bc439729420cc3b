"""
Rating the newest papers of saved feeds against their own sentences of interest, within the deployment's budget.

Who rates is handed in; equal interests ask it once, since a rating is kept by interest and paper.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from core.clock import Clock
from core.config.read import Config
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
    """Have the newest day of feeds with an interest rated, until ``deadline``; return how many. Raises StoreError."""
    names = await store.profiles.names(now=clock.now()) if rates(config) else ()
    if not names:
        return 0
    snapshot = await Library(store).snapshot(clock.now())
    writer = ProfileWriter(store.profiles, config.settings)
    seen: set[str] = set()
    feeds = 0
    for name in names:
        try:
            before, blobs = await writer.read(name)
        except (NotFound, Damaged):
            continue
        state = before
        for feed in before.profile.feeds:
            due = _unrated(before.profile, feed, snapshot)
            if due and clock.now() < deadline and (feed.interest in seen or len(seen) < MOST_INTERESTS):
                seen.add(feed.interest)
                state = await _rated(state, feed, due, config, rate)
                feeds += 1
        if state != before:
            now = clock.now()
            keep = remaining(state.profile, config.settings, now)
            await store.profiles.replace(name, blobs.head, blobs_of(state), now=now, keep=keep)
    event("profiles.rated", feeds=feeds, interests=len(seen))
    return feeds


def _unrated(profile: Profile, feed: NamedFeed, snapshot: Snapshot) -> list[Paper]:
    """The newest papers of a feed with an interest that it shows no rating of."""
    if not feed.interest:
        return []
    rated = {each.arxiv_id for each in profile.ratings_of(feed.name)}
    return [paper for paper in newest_papers(profile, feed, snapshot) if paper.arxiv_id not in rated]


async def _rated(state: State, feed: NamedFeed, due: Sequence[Paper], config: Config, rate: Rate) -> State:
    found: list[Summary] = []
    own = replace(config, settings=replace(config.settings, interest=feed.interest))
    await rate(own, due, found.append)
    shown = {each.arxiv_id for each in ranking.papers} if (ranking := state.profile.ranking(feed.name)) else set()
    kept = {each.arxiv_id: each for each in (*state.profile.ratings_of(feed.name), *found) if each.arxiv_id in shown}
    if not found:
        return state
    ratings = dict(state.profile.ratings) | {feed.name: tuple(kept.values())}
    return State(replace(state.profile, ratings=tuple(ratings.items())), state.memory)


def newest_papers(profile: Profile, feed: NamedFeed, snapshot: Snapshot) -> list[Paper]:
    """The papers of a feed's newest day, the best first, as many as are rated."""
    ranking = profile.ranking(feed.name)
    rows = [each.where for each in ranking.papers if each.stands[0] == 0][:RATED] if ranking else []
    return [snapshot.batches[batch].papers[row] for batch, row in rows]
