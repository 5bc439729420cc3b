"""
Categories that readers ask for and nobody configured: noted, so that a refresh fetches them once they are wanted.

A feed names its categories anew at every poll, so one that is meant is asked for on a second day; a robot that tries
addresses is not followed by a refresh for a month. Who presses the page's button (``POST /follow``) need not wait.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Final, TypeVar
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask

from api.caching import NEVER
from api.forms import check_same_site
from api.services import Services, WithServices
from core.config.followed import FOLLOWED_FOR, MOST_FOLLOWED
from core.errors import BadQuery, StoreError
from core.feeds.followed import asked_categories
from core.feeds.library import SNAPSHOT_STORE_TIMEOUT
from core.feeds.loop_health import LOOP_HEALTH
from core.log import event
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query

router = APIRouter()

FEW: Final = 3
"""How many names one request may add."""

AGAIN_WITHIN: Final = timedelta(days=7)
"""A category asked for on two days this close together is followed."""

_T = TypeVar("_T")


LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
"""Who asks from here sits at the machine that serves: its owner, who need not ask twice."""


def follow_asked_for(services: Services, query: FeedQuery, request: Request | None = None) -> BackgroundTask | None:
    """Note, after the answer and once a day in each instance, what the query names beyond the configuration."""
    today = services.now().date()
    new = [name for name in _wishes(services, query) if services.noted.get(name) != today][:FEW]
    if not new:
        return None
    services.noted.update(dict.fromkeys(new, today))
    return BackgroundTask(_note, services, new, at_once=is_owner(request))


def is_owner(request: Request | None) -> bool:
    """Whether who asks sits at the machine that serves, and is no page of another site in their browser."""
    if request is None or request.client is None or request.client.host not in LOOPBACK:
        return False
    return request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")


@router.api_route("/follow", methods=["POST"])
async def follow_now(request: Request, services: WithServices) -> Response:
    """Follow ``categories``, a few, at the wish of a person, from the next refresh on; then show the feed ``then``."""
    check_same_site(request)
    parameters = request.query_params
    settings = services.config.settings
    query = parse_query([("categories", parameters.get("categories", ""))], settings)
    then = parse_query(parse_qsl(parameters.get("then", ""), keep_blank_values=True), settings)
    new = _wishes(services, query)
    if len(new) > FEW:
        raise BadQuery("categories", f"at most {FEW} can be added at once, got {len(new)}")
    for name in new:
        await _in_time(_follow(services, name))
    shown = (then if then.given_parameters else query).canonical()
    headers = {"Location": f"/?{shown}&followed={quote(','.join(new), safe=',')}", "Cache-Control": NEVER.header}
    return Response(status_code=303, headers=headers)


def _wishes(services: Services, query: FeedQuery) -> list[str]:
    return [name for name in asked_categories(query) if name not in services.configured]


async def _note(services: Services, categories: Sequence[str], *, at_once: bool) -> None:
    """Note each name, and follow those that were asked for on an earlier day as well, or all ``at_once``."""
    today = services.now().date()
    for category in categories:
        try:
            if at_once or await _in_time(services.store.asked_before(category, day=today, ttl=AGAIN_WITHIN)):
                await _in_time(_follow(services, category))
        except StoreError as error:
            services.noted.pop(category, None)
            event("follow.failed", category=category, error=str(error))
            return


async def _follow(services: Services, category: str) -> None:
    taken = await services.store.follow(category, now=services.now(), ttl=FOLLOWED_FOR, most_followed=MOST_FOLLOWED)
    LOOP_HEALTH.is_check_wanted |= taken
    event("follow.noted" if taken else "follow.refused", category=category, most=MOST_FOLLOWED)


async def _in_time(answer: Awaitable[_T]) -> _T:
    try:
        async with asyncio.timeout(SNAPSHOT_STORE_TIMEOUT.total_seconds()):
            return await answer
    except TimeoutError as error:
        raise StoreError("the store did not answer in time") from error
