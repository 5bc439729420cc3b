"""Categories that a feed asks for and nobody configured: noted, so that the next refresh fetches them."""

import asyncio

from starlette.background import BackgroundTask

from api.services import Services
from core.errors import StoreError
from core.following import FOLLOWED_FOR, MOST_FOLLOWED, named_categories
from core.log import event
from core.query.feed_query import FeedQuery
from core.store.base import STORE_TIMEOUT


def follow_asked_for(services: Services, query: FeedQuery) -> BackgroundTask | None:
    """Note, after the answer and once a day in each instance, what the query names beyond the configuration."""
    today = services.now().date()
    wishes = [name for name in named_categories(query) if name not in services.configured]
    new = [name for name in wishes if services.noted.get(name) != today]
    if not new:
        return None
    services.noted.update(dict.fromkeys(new, today))
    return BackgroundTask(_follow, services, new)


async def _follow(services: Services, categories: list[str]) -> None:
    for category in categories:
        try:
            async with asyncio.timeout(STORE_TIMEOUT.total_seconds()):
                noted = await services.store.follow(category, now=services.now(), keep=FOLLOWED_FOR, most=MOST_FOLLOWED)
        except (StoreError, TimeoutError) as error:
            services.noted.pop(category, None)
            event("follow.failed", category=category, error=str(error) or "the store did not answer in time")
            return
        event("follow.noted" if noted else "follow.refused", category=category, most=MOST_FOLLOWED)
