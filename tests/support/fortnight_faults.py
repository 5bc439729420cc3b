"""The days, the crons, the faults and the kills of a simulated fortnight."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.config.settings import Settings
from core.store.base import Store
from core.store.records import Manifest
from tests.support.synthetic_arxiv import Fault
from tests.support.synthetic_world import announcement_days


@dataclass(frozen=True)
class Span:
    """Two weeks that begin on a Monday: what is planned, and the day on which arXiv announces nothing all the same."""

    first: date
    outage: date

    @property
    def last(self) -> date:
        return self.first + timedelta(days=13)

    @property
    def planned(self) -> list[date]:
        return announcement_days(self.first, self.last)

    @property
    def days(self) -> list[date]:
        return [day for day in self.planned if day != self.outage]

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def moment(self, number: int, hour: int = 0) -> datetime:
        return datetime.combine(self.day(number), datetime.min.time(), UTC) + timedelta(hours=hour)


JANUARY = Span(date(2026, 1, 12), outage=date(2026, 1, 22))  # with Martin Luther King Jr. Day
KILLED, TWICE, LOST = 3, 9, 4  # days of a span: a refresh is killed, two meet, the store is lost
CATEGORIES = ("cs.AI", "cs.CL", "cs.DC", "cs.LG")
SETTINGS = Settings(categories=CATEGORIES)

CRONS = ((4, 10), (5, 10), (7, 10), (12, 0))  # UTC, as in vercel.json
LATE = 59  # minutes, at most


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-{text}:00+00:00")


WEATHER = [
    Fault("stale", "/rss/cs.AI", at("13T05:00"), at("14T05:00")),
    Fault("429", "", at("14T04:00"), at("14T08:30"), retry_after=90),
    Fault("stale", "/rss/cs.AI", at("15T05:00"), at("16T05:00")),
    Fault("stale", "/rss/cs.LG", at("15T05:00"), at("16T05:00")),
    Fault("stale", "/rss/cs.LG", at("16T05:00"), at("17T05:00")),
    Fault("portal", "", at("19T05:00"), at("19T07:00")),
    Fault("truncate", "/rss/cs.CL", at("19T07:00"), at("20T05:00")),
    Fault("reset", "", at("21T05:00"), at("22T05:00"), times=3),
    Fault("empty", "/rss/cs.DC", at("23T05:00"), at("24T05:00")),
    Fault("503", "/rss/cs.LG", at("23T05:00"), at("24T05:00"), times=1),
]

NAMED = {  # what must be read in the reports of a day
    13: [r"cs\.AI 2026-01-13, the feed: an older list again: \d+ of \d+ papers stood in the list of Monday 2026-01-12"],
    14: [r"429 from (rss\.arxiv\.org|127\.0\.0\.1:\d+)"],
    15: [
        r"cs\.AI 2026-01-15, the feed: an older list again",
        r"cs\.LG 2026-01-15, the feed: an older list again",
        r"the refresh that began at .* was cut off",
    ],
    16: [r"cs\.LG 2026-01-16, the feed: an older list again"],
    19: [r'a web page titled "Sign in', r"cs\.CL 2026-01-19, the feed: no good answer: the RSS document breaks off"],
    21: [r"the feed: no good answer: could not read /rss/cs\.AI"],
    22: [r"cs\.AI 2026-01-22, the feed: empty, unexpectedly", r"not of Thursday 2026-01-22: nothing was announced yet"],
    23: [r"cs\.DC 2026-01-23, the feed: empty, unexpectedly", r"503 from (rss\.arxiv\.org|127\.0\.0\.1:\d+)"],
}


class Watched:
    """A store that shows a reader every manifest the moment it is published."""

    def __init__(self, store: Store, look: Callable[[], Any]) -> None:
        self._store = store
        self._look = look

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def publish(self, manifest: Manifest) -> None:
        await self._store.publish(manifest)
        await self._look()


class Killed(BaseException):
    """The platform ends the process."""


def weather() -> list[Fault]:
    """The faults, none of which has happened yet."""
    return [Fault(each.kind, each.where, each.start, each.end, each.times, each.retry_after) for each in WEATHER]
