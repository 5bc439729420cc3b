"""
The first minutes of a new deployment on any day of the year, by a clock that only moves when somebody waits.

Run from the project's folder: ``python benchmarks/first_minutes.py [--categories 4,10,20]``. An invented arXiv answers
in 0.4 s; the spacing of requests (3 s, 15 s between pages of arxiv.org) and the platform's limits are the real ones.
Told in seconds from the start: the first feed; all of the newest announced day but late cross-lists, which the pages of
archives leave out; that day whole; every new paper of the whole window of days; that window with all that was
cross-listed late or replaced; and all of it proven against the listings. "Vercel, visited" has a reader who looks every
five minutes, "Vercel" nobody after the first.
"""

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from api.refresh import GO_ON_AFTER  # noqa: E402
from core.calendar import EASTERN  # noqa: E402
from core.taxonomy import archive_members  # noqa: E402
from tests.support.deployment import Deployment, deployment  # noqa: E402
from tests.support.synthetic_world import announcement_days  # noqa: E402

POPULAR = ("cs.LG", "cs.AI", "cs.CV", "cs.CL", "stat.ML", "cs.RO", "cs.CR", "cs.SE", "cs.IR", "cs.HC", "math.OC",
           "eess.IV", "cs.NE", "cs.DC", "cs.SD", "q-bio.QM", "quant-ph", "cs.SI", "cs.IT", "math.ST")  # fmt: skip
FOREGROUND, CRON = timedelta(minutes=5), timedelta(seconds=270)
CRONS = [each["schedule"].split() for each in json.loads((ROOT / "vercel.json").read_text())["crons"]]
CRON_HOURS = sorted((int(hour), int(minute)) for minute, hour, *_ in CRONS)


class Span:
    """A moment at which somebody starts, and the days that arXiv announced before."""

    def __init__(self, name: str, start: str, *, empty: str = "") -> None:
        self.name = name
        self.start = datetime.fromisoformat(start).replace(tzinfo=UTC)
        first = self.start.date() - timedelta(days=12)
        last = self.start.date() + timedelta(days=6)
        self.days = [day for day in announcement_days(first, last) if f"{day}" != empty]
        self.newest = max(day for day in self.days if day <= self.start.date())


SPANS = (
    Span("a working Wednesday", "2026-01-14T14:00:00"),
    Span("Friday after Thanksgiving", "2025-11-28T14:00:00"),
    Span("Saturday after Thanksgiving", "2025-11-29T14:00:00"),
    Span("Christmas (Friday 26 December 2025)", "2025-12-26T14:00:00"),
    Span("Christmas 2026, a Friday left out unforeseen", "2026-12-25T14:00:00", empty="2026-12-25"),
    Span("an unplanned empty Wednesday", "2026-01-14T14:00:00", empty="2026-01-14"),
)


class Timeline:
    """Notes when readers have what, in seconds from the start; None: not within the time looked at."""

    def __init__(self, here: Deployment, span: Span) -> None:
        self.here, self.span = here, span
        self.first = self.day = self.whole = self.new = self.window = self.proven = None
        self.born: dict[str, date] = {}
        for day, papers in sorted(here.arxiv.world.days.items()):
            for paper in papers:
                self.born.setdefault(paper.arxiv_id, day)
        publish = here.store.publish

        async def watched(manifest):
            await publish(manifest)
            await self._note(manifest)

        here.store.publish = watched

    async def _note(self, manifest) -> None:
        now = (self.here.clock.now() - self.span.start).total_seconds()
        if manifest.batches and not manifest.sample and self.first is None:
            self.first = now
        held = await self.here.held()
        if self.day is None and self._has(
            held, [self.span.newest], ("new", "cross", "replace", "replace-cross"), late=False
        ):
            self.day = now
        if self.whole is None and self._has(held, [self.span.newest], ("new", "cross")):
            self.whole = now
        today = self.here.clock.now().astimezone(EASTERN).date()
        window = [day for day in self.span.days if timedelta(0) <= today - day < timedelta(days=7)]
        if self.new is None and self._has(held, window, ("new",)):
            self.new = now
        if self.window is None and self._has(held, window, ("new", "cross", "replace", "replace-cross")):
            self.window = now
        proven = {(record.category, record.day) for record in manifest.ledger if record.complete}
        if self.proven is None and self.window is not None:
            wanted = set(itertools.product(self.here.settings.categories, window))
            self.proven = now if wanted <= proven else None

    def _has(self, held, days: Iterable[date], kinds: tuple[str, ...], *, late: bool = True) -> bool:
        """Whether all that was announced so is held; ``late``: old papers cross-listed that day, too."""
        for name, day in itertools.product(self.here.settings.categories, days):
            announced = self.here.arxiv.announced(name, day)
            wanted = {
                key for key, kind in announced.items() if kind in kinds and (late or not self._is_late(key, kind, day))
            }
            if not wanted <= held.get((name, day), {}).keys():
                return False
        return True

    def _is_late(self, key: str, kind: str, day: date) -> bool:
        return kind == "cross" and self.born[key] < day

    @property
    def row(self) -> str:
        figures = (self.first, self.day, self.whole, self.new, self.window, self.proven)
        return " ".join(f"{'-' if each is None else f'{each:.0f}':>9}" for each in figures)


async def local(span: Span, categories: tuple[str, ...]) -> tuple[str, int]:
    """``make run``: the newest day first, then refreshes in the background for two hours."""
    with tempfile.TemporaryDirectory() as folder:
        here = deployment(Path(folder), start="2000-01-01T00:00:00", days=span.days, categories=categories)
        here.clock.set(span.start)
        seen = Timeline(here, span)
        await here.refresh(budget=FOREGROUND, newest_only=True)
        while seen.proven is None and here.clock.now() < span.start + timedelta(hours=2):
            report = await here.refresh(budget=timedelta(minutes=30))
            here.clock.tick(600 if report.gaps == 0 else 1)
        return seen.row, len(here.arxiv.asked)


async def cron(span: Span, categories: tuple[str, ...], *, visits: bool = False) -> tuple[str, int]:
    """Vercel: one call when somebody first looks, then those of vercel.json, of 270 s each, for three days."""
    with tempfile.TemporaryDirectory() as folder:
        here = deployment(Path(folder), start="2000-01-01T00:00:00", days=span.days, categories=categories)
        here.clock.set(span.start)
        seen = Timeline(here, span)
        await here.refresh(budget=CRON)
        while seen.proven is None and here.clock.now() < span.start + timedelta(days=3):
            going_on = visits and (await here.manifest()).filling
            here.clock.set(_next_look(span.start, here.clock.now()) if going_on else _next_cron(here.clock.now()))
            await here.refresh(budget=CRON)
        return seen.row, len(here.arxiv.asked)


async def visited(span: Span, categories: tuple[str, ...]) -> tuple[str, int]:
    """The same with a reader who looks every five minutes: while the first days are missing, that goes on with them."""
    return await cron(span, categories, visits=True)


def _next_look(start: datetime, now: datetime) -> datetime:
    """``GO_ON_AFTER`` a call is over, a visit may begin the next."""
    return start + timedelta(minutes=5) * -((start - now - GO_ON_AFTER) // timedelta(minutes=5))


def _next_cron(now: datetime) -> datetime:
    days = (datetime.combine(now.date() + timedelta(days=ahead), datetime.min.time(), UTC) for ahead in (0, 1))
    moments = (day + timedelta(hours=hour, minutes=minute) for day in days for hour, minute in CRON_HOURS)
    return next(moment for moment in moments if moment > now)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--categories", default="4,10,20", help="how many; cs is the whole archive")
    given = parser.parse_args()
    names = ("first", "day", "whole", "new", "window", "proven")
    print(f"{'seconds from the start':65}", *(f"{name:>9}" for name in names), " requests")
    for span, many in itertools.product(SPANS, given.categories.split(",")):
        categories = tuple(sorted(archive_members("cs"))) if many == "cs" else POPULAR[: int(many)]
        for name, way in (("make run", local), ("Vercel", cron), ("Vercel, visited", visited)):
            row, asked = await way(span, categories)
            print(f"{span.name}, {many} categories, {name}"[:65].ljust(65), row, f"{asked:9}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
