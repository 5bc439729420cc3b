"""A deployment that refreshes over HTTP, from an arXiv that only exists in the test."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from core.calendar import announcement_time
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.refresh.report import RefreshReport
from core.refresh.run import refresh
from core.store.base import Store
from tests.support.synthetic_arxiv import SyntheticArxiv
from tests.support.synthetic_world import VirtualClock, World
from tests.support.web import open_web

SECRET = "0123456789abcdef0123456789abcdef"
DAYS = [date(2026, 1, 12), date(2026, 1, 13), date(2026, 1, 14)]
CATEGORIES = ("cs.AI", "cs.LG")
SETTINGS = Settings(categories=CATEGORIES, days_back=3)


class Weather:
    """A web whose arXiv is ours, on a clock that moves only by waiting."""

    def __init__(self, store: Store, secret: str = SECRET) -> None:
        self.clock = VirtualClock(announcement_time(DAYS[-1]) + timedelta(hours=1))
        self.arxiv = SyntheticArxiv(World.of(DAYS, CATEGORIES), self.clock)
        self.web = open_web(store, settings=SETTINGS, environment=Environment(cron_secret=secret))
        self.web.services.refresh = self.refresh
        self.web.services.now = self.clock.now
        self.refreshes = 0
        self.time_limit = timedelta(seconds=270)

    async def followed(self) -> tuple[str, ...]:
        return await self.web.services.store.load_followed(now=self.clock.now())

    async def refresh(self, config: Config, store: Store) -> RefreshReport:
        self.refreshes += 1
        limit = self.clock.now() + self.time_limit
        return await refresh(
            store, config, clock=self.clock, lock_holder="web", refresh_deadline=limit, arxiv_transport=self.arxiv
        )


@pytest.fixture
async def weather(store: Store) -> AsyncIterator[Weather]:
    made = Weather(store)
    yield made
    await made.web.client.aclose()
