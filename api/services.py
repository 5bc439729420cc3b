"""What the routes work with: opened once per instance, handed to every request."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Protocol

import msgspec
from fastapi import Depends, Request

from api.limits import ProfileLimits
from api.remembered import Remembered
from core.clock import utc_now
from core.config.followed import categories_to_follow
from core.config.read import Config
from core.feeds.library import Library
from core.lru import ByteBoundedCache
from core.store.base import Store

if TYPE_CHECKING:
    from api.status_report import Status
    from core.feeds.health import Health
    from core.profiles.library import ProfileLibrary
    from core.profiles.writer import ProfileWriter
    from core.refresh.report import RefreshReport

_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?", re.ASCII)

RESPONSE_BYTES: Final = 20 * 2**20

TIME_LIMIT: Final = timedelta(seconds=270)
"""The platform ends a request after 300 s; the rest is for finishing cleanly."""


class RunRefresh(Protocol):
    """One refresh of this deployment, within the time that the platform gives a request."""

    async def __call__(self, config: Config, store: Store) -> "RefreshReport": ...


async def run_refresh(config: Config, store: Store) -> "RefreshReport":
    """Refresh from the real arXiv, then tell people. Raises RefreshRunning while another refresh has the lock."""
    from core.notify.daily import notify_after_refresh  # noqa: PLC0415 - the request path does without
    from core.refresh.run import refresh_within  # noqa: PLC0415 - the request path does without httpx and feedparser

    report = await refresh_within(config, store, TIME_LIMIT)
    await notify_after_refresh(config, store, now=utc_now())
    return report


@dataclass
class Services:
    """The configuration, the store, and what is kept in this instance's memory."""

    config: Config
    store: Store
    library: Library
    now: Callable[[], datetime] = utc_now
    started: datetime = field(default_factory=utc_now)
    refresh: RunRefresh = run_refresh
    responses: ByteBoundedCache[str, bytes] = field(default_factory=lambda: ByteBoundedCache(RESPONSE_BYTES))
    """Rendered bodies by ETag."""
    limits: ProfileLimits = field(default_factory=ProfileLimits)
    health: Remembered["Health"] = field(default_factory=Remembered)
    status: Remembered["Status"] = field(default_factory=Remembered)
    looked_at_filling: datetime | None = None  # when a visit last looked whether the first days are all there
    noted: dict[str, date] = field(default_factory=dict)  # categories asked for, by the day they were noted on

    @cached_property
    def profiles(self) -> "ProfileLibrary":
        from core.profiles.library import ProfileLibrary  # noqa: PLC0415 - feeds start without profiles

        return ProfileLibrary(self.store, self.library, self.config.settings)

    @cached_property
    def profile_writer(self) -> "ProfileWriter":
        from core.profiles.writer import ProfileWriter  # noqa: PLC0415

        return ProfileWriter(self.store.profiles, self.config.settings)

    @cached_property
    def configured(self) -> frozenset[str]:
        """The categories that config.json means, archives spelled out."""
        return frozenset(categories_to_follow(self.config.settings, ()))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of ``config.json``: what it defaults to is part of every feed's content."""
        return hashlib.blake2b(msgspec.json.encode(self.config.settings), digest_size=8).hexdigest()


async def services_of(request: Request) -> Services:
    """Hand them to a route; async, or FastAPI would ask for them in another thread each time."""
    found: Services = request.app.state.services
    return found


WithServices = Annotated[Services, Depends(services_of)]


def base_url(request: Request, config: Config) -> str:
    """
    This deployment's address without a slash at the end: ``BASE_URL``, else what the request says.

    The forwarded host is believed on Vercel alone, whose proxy sets it; anywhere else anybody could.
    """
    if config.environment.base_url:
        return config.environment.base_url
    host = request.headers.get("x-forwarded-host", "") if config.environment.on_vercel else ""
    if _HOST.fullmatch(host):
        return f"https://{host}"
    return f"{request.url.scheme}://{request.url.netloc}"
