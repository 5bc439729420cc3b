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
from core.profiles.change import ProfileState
from core.profiles.records import NamedFeed, Profile
from core.profiles.writer import ProfileWriter, blobs_of, profile_ttl
from core.store.base import Store

MOST_RATED_PAPERS: Final = 50
"""Papers of a day, for each interest."""
INTEREST_TOKENS_A_DAY: Final = 20_000
"""What rating so many takes, question and answer together (tests/summaries/test_triage.py counts them)."""
MOST_INTERESTS: Final = 5
"""Different sentences that one refresh has rated; the others' turn comes with the next."""

RateByInterest = Callable[[Config, Sequence[Paper], Callable[[Summary], None]], Awaitable[None]]
"""Rate papers against the configuration's interest and give each rating; raises StoreError alone."""


def rates_interests(config: Config) -> bool:
    """Whether a model rates here at all."""
    return bool(config.settings.ai_summary.triage and config.environment.llm_key)


async def rate_interests(
    store: Store, config: Config, *, clock: Clock, deadline: datetime, rate: RateByInterest
) -> int:
    """Have the newest day of feeds with an interest rated, until ``deadline``; return how many. Raises StoreError."""
    profile_names = await store.profiles.load_names(now=clock.now()) if rates_interests(config) else ()
    if not profile_names:
        return 0
    snapshot = await Library(store).snapshot(clock.now())
    profile_writer = ProfileWriter(store.profiles, config.settings)
    rated_interests: set[str] = set()
    rated_feeds = 0
    for profile_name in profile_names:
        try:
            profile_before, saved_profile = await profile_writer.read(profile_name)
        except (NotFound, Damaged):
            continue
        state = profile_before
        for feed in profile_before.profile.feeds:
            unrated_papers = _unrated(profile_before.profile, feed, snapshot)
            is_within_interests = feed.interest in rated_interests or len(rated_interests) < MOST_INTERESTS
            if unrated_papers and is_within_interests and clock.now() < deadline:
                rated_interests.add(feed.interest)
                state = await _rate_feed(state, feed, unrated_papers, config, rate)
                rated_feeds += 1
        if state != profile_before:
            rated_at = clock.now()
            ttl = profile_ttl(state.profile, config.settings, rated_at)
            await store.profiles.replace_blobs(profile_name, saved_profile.head, blobs_of(state), now=rated_at, ttl=ttl)
    event("profiles.rated", feeds=rated_feeds, interests=len(rated_interests))
    return rated_feeds


def _unrated(profile: Profile, feed: NamedFeed, snapshot: Snapshot) -> list[Paper]:
    """The newest papers of a feed with an interest that it shows no rating of."""
    if not feed.interest:
        return []
    rated_ids = {rating.arxiv_id for rating in profile.interest_ratings(feed.name)}
    return [paper for paper in newest_papers(profile, feed, snapshot) if paper.arxiv_id not in rated_ids]


async def _rate_feed(
    state: ProfileState, feed: NamedFeed, unrated_papers: Sequence[Paper], config: Config, rate: RateByInterest
) -> ProfileState:
    interest_ratings: list[Summary] = []
    feed_config = replace(config, settings=replace(config.settings, interest=feed.interest))
    await rate(feed_config, unrated_papers, interest_ratings.append)
    ranking = state.profile.ranking(feed.name)
    ranked_paper_ids = {ranked_paper.arxiv_id for ranked_paper in ranking.papers} if ranking else set()
    shown_interest_ratings = {
        rating.arxiv_id: rating
        for rating in (*state.profile.interest_ratings(feed.name), *interest_ratings)
        if rating.arxiv_id in ranked_paper_ids
    }
    if not interest_ratings:
        return state
    ratings = dict(state.profile.ratings) | {feed.name: tuple(shown_interest_ratings.values())}
    return ProfileState(replace(state.profile, ratings=tuple(ratings.items())), state.memory)


def newest_papers(profile: Profile, feed: NamedFeed, snapshot: Snapshot) -> list[Paper]:
    """The papers of a feed's newest day, the best first, as many as are rated."""
    ranking = profile.ranking(feed.name)
    if ranking is None:
        return []
    newest_ranked_rows = [ranked_paper.ranked_row for ranked_paper in ranking.papers if ranked_paper.feed_row[0] == 0]
    return [snapshot.batches[batch].papers[row] for batch, row in newest_ranked_rows[:MOST_RATED_PAPERS]]
