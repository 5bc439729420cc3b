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
from core.profiles.records import Profile, SavedFeed
from core.profiles.writer import ProfileWriter, blobs_of, profile_ttl
from core.store.base import Store

MOST_PAPERS_RATED_BY_INTEREST: Final = 50
"""Papers of a day, for each interest."""
SAVED_INTEREST_TOKENS_A_DAY: Final = 20_000
"""What rating so many takes, question and answer together (tests/summaries/test_triage.py counts them)."""
MOST_RATED_INTERESTS: Final = 5
"""Different sentences that one refresh has rated; the others' turn comes with the next."""

RateBySavedInterest = Callable[[Config, Sequence[Paper], Callable[[Summary], None]], Awaitable[None]]
"""Rate papers against the configuration's interest and give each rating; raises StoreError alone."""


def rates_saved_interests(config: Config) -> bool:
    """Whether a model rates here at all."""
    return bool(config.settings.ai_summary.triage and config.environment.llm_key)


async def rate_saved_interests(
    store: Store, config: Config, *, clock: Clock, deadline: datetime, rate_by_interest: RateBySavedInterest
) -> int:
    """Have the newest day of feeds with an interest rated, until ``deadline``; return how many. Raises StoreError."""
    profile_names = await store.profiles.load_names(now=clock.now()) if rates_saved_interests(config) else ()
    if not profile_names:
        return 0
    snapshot = await Library(store).snapshot(clock.now())
    profile_writer = ProfileWriter(store.profiles, config.settings)
    rated_interests: set[str] = set()
    rated_saved_feeds = 0
    for profile_name in profile_names:
        try:
            profile_before, saved_profile = await profile_writer.read(profile_name)
        except (NotFound, Damaged):
            continue
        state = profile_before
        for saved_feed in profile_before.profile.feeds:
            unrated_papers = _unrated_by_interest(profile_before.profile, saved_feed, snapshot)
            is_within_interests = saved_feed.interest in rated_interests or len(rated_interests) < MOST_RATED_INTERESTS
            if unrated_papers and is_within_interests and clock.now() < deadline:
                rated_interests.add(saved_feed.interest)
                state = await _rate_saved_feed(state, saved_feed, unrated_papers, config, rate_by_interest)
                rated_saved_feeds += 1
        if state != profile_before:
            rated_at = clock.now()
            ttl = profile_ttl(state.profile, config.settings, rated_at)
            await store.profiles.replace_blobs(profile_name, saved_profile.head, blobs_of(state), now=rated_at, ttl=ttl)
    event("profiles.rated", feeds=rated_saved_feeds, interests=len(rated_interests))
    return rated_saved_feeds


def _unrated_by_interest(profile: Profile, saved_feed: SavedFeed, snapshot: Snapshot) -> list[Paper]:
    """The newest papers of a feed with an interest that it shows no rating of."""
    if not saved_feed.interest:
        return []
    ids_rated_by_interest = {interest_rating.arxiv_id for interest_rating in profile.interest_ratings(saved_feed.name)}
    return [
        paper
        for paper in newest_profile_papers(profile, saved_feed, snapshot)
        if paper.arxiv_id not in ids_rated_by_interest
    ]


async def _rate_saved_feed(
    state: ProfileState,
    saved_feed: SavedFeed,
    unrated_papers: Sequence[Paper],
    config: Config,
    rate_by_interest: RateBySavedInterest,
) -> ProfileState:
    interest_ratings: list[Summary] = []
    interest_config = replace(config, settings=replace(config.settings, interest=saved_feed.interest))
    await rate_by_interest(interest_config, unrated_papers, interest_ratings.append)
    profile_ranking = state.profile.ranking(saved_feed.name)
    shown_ids = {profile_paper.arxiv_id for profile_paper in profile_ranking.papers} if profile_ranking else set()
    shown_interest_ratings = {
        interest_rating.arxiv_id: interest_rating
        for interest_rating in (*state.profile.interest_ratings(saved_feed.name), *interest_ratings)
        if interest_rating.arxiv_id in shown_ids
    }
    if not interest_ratings:
        return state
    ratings_by_feed = dict(state.profile.ratings) | {saved_feed.name: tuple(shown_interest_ratings.values())}
    return ProfileState(replace(state.profile, ratings=tuple(ratings_by_feed.items())), state.memory)


def newest_profile_papers(profile: Profile, saved_feed: SavedFeed, snapshot: Snapshot) -> list[Paper]:
    """The papers of a feed's newest day, the best first, as many as are rated."""
    profile_ranking = profile.ranking(saved_feed.name)
    if profile_ranking is None:
        return []
    newest_profile_rows = [
        profile_paper.newest_row for profile_paper in profile_ranking.papers if profile_paper.feed_row[0] == 0
    ]
    return [
        snapshot.batches[batch_number].papers[profile_row]
        for batch_number, profile_row in newest_profile_rows[:MOST_PAPERS_RATED_BY_INTEREST]
    ]
