"""What a refresh does for saved feeds, if there are any: a model rates what they show."""

from collections.abc import Callable, Sequence
from datetime import datetime

from core.clock import Clock
from core.config.read import Config
from core.errors import StoreError
from core.log import event
from core.paper import Paper, Summary
from core.profiles.interests import rate_saved_interests
from core.store.base import Store
from core.summaries.triage import PaperTriage


async def has_saved_feeds(store: Store, now: datetime) -> bool:
    """Whether there are saved feeds; no, with a line in the log, when the store does not tell."""
    try:
        return bool(await store.profiles.load_names(now=now))
    except StoreError as saved_feeds_error:
        event("profiles.failed", error=str(saved_feeds_error))
        return False


async def rate_saved_feeds(store: Store, config: Config, *, clock: Clock, deadline: datetime) -> None:
    """
    Rate what they show against what their readers said interests them, as far as time and the day's tokens go.

    Whatever goes wrong is logged, and no refresh fails by it.
    """

    async def rate_feed(feed_config: Config, papers: Sequence[Paper], on_rated: Callable[[Summary], None]) -> None:
        await PaperTriage(store, feed_config, clock, deadline, on_rated).rate_papers(papers)

    try:
        await rate_saved_interests(store, config, clock=clock, deadline=deadline, rate_by_interest=rate_feed)
    except Exception as saved_feeds_error:  # noqa: BLE001 - what an answer causes is not the end of a refresh that has published
        event("profiles.not_rated", error=f"{type(saved_feeds_error).__name__}: {saved_feeds_error}")
