"""
Two weeks of arXiv's weather, hour by hour: nothing is missed, nothing is invented, nothing moves, nobody is bothered.

Once with fictional papers in memory, and once with recorded days from the replay server where it is at hand. The
fortnights have holidays, an outage, stale and empty feeds, storms of 429, resets, half documents, a login page, a
refresh killed in the middle, two at once, and a deployment whose store is lost on the fifth day.
"""

import asyncio
import contextlib
import itertools
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.config.settings import Settings
from core.errors import NoPapersYet, RefreshRunning
from core.feeds.library import Library, Snapshot
from core.query.parse import parse_query
from core.refresh.report import RefreshReport
from core.search.batch import LoadedBatch
from core.search.select import select
from core.store.base import Store
from core.store.records import BatchRef, Manifest
from tests.support.deployment import Deployment, doubled, sqlite_store, truth
from tests.support.replay import needs_replay
from tests.support.replayed_fortnight import redated, replayed
from tests.support.synthetic_arxiv import Fault, SyntheticArxiv, VirtualClock, World, announcement_days


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
THANKSGIVING = Span(date(2025, 11, 17), outage=date(2025, 11, 25))
DECEMBER = Span(date(2025, 12, 22), outage=date(2025, 12, 30))  # Christmas, and New Year's Day
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

FEED_FAULTS = ("stale", "empty", "foreign")

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


@dataclass
class Fortnight:
    """The simulation, and what is seen on the way."""

    here: Deployment
    folder: Path
    span: Span = JANUARY
    chance: random.Random = field(default_factory=lambda: random.Random(20260112))
    loses_store: bool = True
    reports: list[tuple[datetime, RefreshReport]] = field(default_factory=list)
    refused: int = 0
    killed: int = 0
    looks: int = 0
    seen: tuple[str, bool] = ("", False)
    library: Library | None = None
    looked_at: set[BatchRef] = field(default_factory=set)
    published: dict[str, object] = field(default_factory=dict)
    announced: dict[str, date] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Move the clock hour by hour; crons fire when they are due, and up to 59 minutes late."""
        self.open_store()
        hour = self.span.moment(0)
        due = sorted(self._crons())
        while hour.date() <= self.span.last:
            if hour == self.span.moment(LOST, 5) and self.loses_store:
                await self.lose_store()
            while due and due[0] < hour + timedelta(hours=1):
                self.here.clock.set(due[0])
                await self.fire(due.pop(0))
            hour += timedelta(hours=1)
            self.here.clock.set(hour)
            await self.look()

    def _crons(self) -> list[datetime]:
        days = (self.span.day(number) for number in range(14))
        return [
            datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
            + timedelta(minutes=self.chance.randint(0, LATE))
            for day in days
            for hour, minute in CRONS
        ]

    def open_store(self) -> None:
        self.library = None
        store = sqlite_store(self.folder / f"store-{len(list(self.folder.glob('store-*')))}")
        self.here.store = Watched(store, self.look)  # type: ignore[assignment]  # it speaks every verb

    async def lose_store(self) -> None:
        await self.here.store.close()
        self.open_store()

    async def fire(self, moment: datetime) -> None:
        """One cron. On two days something happens to the first that has work to do."""
        working = moment.hour in (5, 6)
        if working and moment.date() == self.span.day(KILLED) and not self.killed:
            await self._kill()
        elif working and moment.date() == self.span.day(TWICE) and not self.refused:
            await asyncio.gather(self._refresh(moment), self._refresh(moment))
        else:
            await self._refresh(moment)

    async def _refresh(self, moment: datetime) -> None:
        try:
            self.reports.append((moment, await self.here.refresh()))
        except RefreshRunning:
            self.refused += 1

    async def _kill(self) -> None:
        """Killed at the third request: the lock is not released, nothing is said."""
        calls = itertools.count(1)
        release = self.here.store.release_refresh

        def strike(_: str) -> None:
            if next(calls) == 3:
                raise Killed

        async def dead(_: str) -> None:
            raise Killed

        self.here.arxiv.on_request = strike
        self.here.store.release_refresh = dead  # type: ignore[method-assign]
        with contextlib.suppress(Killed):
            await self.here.refresh()
        self.here.arxiv.on_request = None
        self.here.store.release_refresh = release  # type: ignore[method-assign]
        self.killed += 1

    async def look(self) -> None:
        """A reader looks: at the batches, and at a feed of everything."""
        self.looks += 1
        manifest = await self.here.store.load_manifest()
        if manifest is None or (manifest.content, manifest.filling) == self.seen:
            return
        self.seen = manifest.content, manifest.filling
        self.library = self.library or Library(self.here.store, memo=timedelta(0))
        with contextlib.suppress(NoPapersYet):
            snapshot = await self.library.snapshot(self.here.clock.now())
            assert len(snapshot.batches) == len(manifest.batches), "the manifest names a batch that is not there"
            for ref, batch in zip(manifest.batches, snapshot.batches, strict=True):
                if ref not in self.looked_at:
                    if not manifest.filling:
                        self.looked_at.add(ref)
                    self._read_batch(batch, filling=manifest.filling)
            if not manifest.filling:
                self._read_feed(snapshot)

    def _read_batch(self, batch: LoadedBatch, *, filling: bool) -> None:
        """On a store that is filled for the first time dates may still move, back to those that they had before."""
        self.duplicates += [f"{name} of {batch.day}" for name in doubled(batch.papers)]
        for paper in batch.papers:
            if filling:
                assert paper.announced >= self.announced.get(paper.arxiv_id, paper.announced)
            elif self.announced.setdefault(paper.arxiv_id, paper.announced) != paper.announced:
                self.moved.append(f"{paper.arxiv_id} from {self.announced[paper.arxiv_id]} to {paper.announced}")

    def _read_feed(self, snapshot: Snapshot) -> None:
        """The feed of everything: as many papers as a feed can have."""
        query = parse_query(
            [("types", "new,cross,replace"), ("keywords", ""), ("per_day", "500"), ("limit", "500"), ("days", "35")],
            SETTINGS,
        )
        entries = select(snapshot.batches, query)
        self.duplicates += doubled(entry.paper for entry in entries)
        for entry in entries:
            if self.published.setdefault(entry.paper.arxiv_id, entry.published) != entry.published:
                self.moved.append(f"{entry.paper.arxiv_id} to {entry.published} in the feed")

    # -- what came of it

    async def check(self, *, capsys: Any, name: str) -> None:
        """Compare what is held with what was announced, and print the figures."""
        wanted = _pairs(truth(self.here.arxiv, self.here.settings.categories, self.span.days))
        held = _pairs(await self.here.held())
        asked = self.here.arxiv.asked
        closest = min((b.began - a.ended).total_seconds() for a, b in itertools.pairwise(asked))
        pages = [each for each in asked if not each.path.startswith("/rss")]
        nearest = min((b.began - a.ended).total_seconds() for a, b in itertools.pairwise(pages))
        anomalies = [text for _, report in self.reports for text in report.anomalies]
        ledger = [each for each in (await self.here.manifest()).ledger if each.day >= self.span.first]
        days = self.span.days
        with capsys.disabled():
            print(
                f"\n{name}: {len(days)} announcements, {len(self.here.settings.categories)} categories,"
                f" {len(wanted)} announced\n"
                f"  recall {len(held & wanted) / len(wanted):.2%}, precision {len(held & wanted) / len(held):.2%},"
                f" duplicates {len(self.duplicates)}, moved {len(self.moved)},"
                f" {len(self.announced)} papers, {self.looks} looks\n"
                f"  {len(self.reports)} refreshes, {self.killed} killed, {self.refused} refused,"
                f" {len(asked)} requests, closest {closest:.1f} s, pages {nearest:.1f} s,"
                f" longest refresh {max(report.seconds for _, report in self.reports):.0f} s\n"
                f"  {len(anomalies)} anomalies in the reports, ledger complete"
                f" {sum(each.complete for each in ledger)} of {len(ledger)}"
            )
        assert held == wanted
        assert not self.duplicates
        assert not self.moved
        assert closest >= 3
        assert nearest >= 15
        assert self.killed == self.refused == 1
        assert not [each for each in ledger if not each.complete or (each.held and each.announced != each.held)]
        assert {each.day for each in ledger if each.held} == set(self.span.days)
        assert all(report.seconds <= 270 for _, report in self.reports)

    def check_reports(self) -> None:
        for day, patterns in NAMED.items():
            said = "\n".join(text for moment, report in self.reports if moment.day == day for text in report.anomalies)
            for pattern in patterns:
                assert re.search(pattern, said), f"no report of the {day}th names {pattern}:\n{said}"
        holiday = [record.note for moment, report in self.reports if moment.day == 20 for record in report.days]
        assert "Martin Luther King Jr. Day: arXiv announces nothing" in holiday
        quiet = [report for moment, report in self.reports if moment.day in (17, 18, 24, 25)]
        assert all(report.ok for report in quiet)


def _pairs(found: dict[tuple[str, date], dict[str, str]]) -> set[tuple[str, date, str, str]]:
    return {(name, day, arxiv_id, kind) for (name, day), papers in found.items() for arxiv_id, kind in papers.items()}


def weather() -> list[Fault]:
    """The faults, none of which has happened yet."""
    return [Fault(each.kind, each.where, each.start, each.end, each.times, each.retry_after) for each in WEATHER]


def fiction(
    folder: Path,
    faults: list[Fault],
    *,
    seed: int,
    loses_store: bool = True,
    span: Span = JANUARY,
    settings: Settings = SETTINGS,
    per_day: int = 6,
) -> Fortnight:
    clock = VirtualClock(span.moment(0))
    world = World.of(span.planned, settings.categories, per_day=per_day, seed=seed)
    world.postpone(span.outage)
    arxiv = SyntheticArxiv(world, clock)
    arxiv.faults = faults
    here = Deployment(sqlite_store(folder / "none"), clock, arxiv, settings)
    return Fortnight(here, folder, span, random.Random(seed), loses_store)


async def test_a_fortnight_of_fiction(tmp_path, capsys):
    """
    Two weeks of fictional papers: everything announced is held exactly once, proven, dated once, politely fetched.
    """
    fortnight = fiction(tmp_path, weather(), seed=7)
    await fortnight.run()
    await fortnight.check(capsys=capsys, name="fiction")
    fortnight.check_reports()


async def test_a_fortnight_of_many_categories(tmp_path, capsys):
    """
    Ten categories of one archive, whose window comes from the archive's pages when the store is new, and again when it
    is lost: the same promises.
    """
    many = Settings(categories=(*CATEGORIES, "cs.CR", "cs.CV", "cs.HC", "cs.IR", "cs.NE", "cs.RO"))
    fortnight = fiction(tmp_path, weather(), seed=7, settings=many)
    await fortnight.run()
    await fortnight.check(capsys=capsys, name="many categories")
    assert any("/catchup/cs/" in each.path for each in fortnight.here.arxiv.asked)


@pytest.mark.parametrize("span", [JANUARY, THANKSGIVING, DECEMBER], ids=["January", "Thanksgiving", "December"])
async def test_a_fortnight_of_any_weather(tmp_path, capsys, span):
    """
    Faults of all kinds, drawn by lot, on any host and for any time, at three times of the year: the same promises.
    """
    faults = drawn_weather(random.Random(11), span)
    fortnight = fiction(tmp_path, faults, seed=11, loses_store=span is not JANUARY, span=span)
    await fortnight.run()
    await fortnight.check(capsys=capsys, name=f"any weather, {span.first:%B}")


SCIENCE = (*CATEGORIES, "cs.CR", "cs.CV", "cs.HC", "cs.IR", "cs.IT", "cs.NE", "cs.RO", "cs.SD", "cs.SE", "cs.SI",
           "eess.IV", "math.OC", "math.ST", "q-bio.QM", "quant-ph", "stat.ML")  # fmt: skip


async def test_a_fortnight_of_twenty_categories(tmp_path, capsys):
    """
    Twenty categories of six archives over Thanksgiving, faults drawn by lot, an unforeseen empty day, a kill and a lost
    store: the same promises.
    """
    settings = Settings(categories=SCIENCE)
    faults = drawn_weather(random.Random(5), THANKSGIVING)
    fortnight = fiction(tmp_path, faults, seed=5, span=THANKSGIVING, settings=settings, per_day=3)
    await fortnight.run()
    await fortnight.check(capsys=capsys, name="twenty categories")
    assert any("/list/cs/new" in each.path for each in fortnight.here.arxiv.asked)


def drawn_weather(chance: random.Random, span: Span) -> list[Fault]:
    """Up to three faults a day until the last announcement; the weekend after it is calm."""
    faults = []
    for day, _ in itertools.product(range(11), range(3)):
        kind = chance.choice(
            ["stale", "empty", "foreign", "portal", "truncate", "reset", "429", "503", "403", "500", ""]
        )
        feed = "/rss/" + chance.choice(CATEGORIES)
        where = (
            feed if kind in ("stale", "empty", "foreign") else chance.choice([feed, "/rss", "/list", "/catchup", ""])
        )
        start = span.moment(day, chance.randint(4, 12))
        end = start + timedelta(hours=chance.randint(1, 20))
        if kind:
            times, pause = chance.choice([1, 3, 10, 1000]), chance.choice([0, 30, 300])
            faults.append(Fault(kind, where, start, end, times, pause))
    return faults


@needs_replay
async def test_a_fortnight_of_recorded_days(tmp_path, capsys):
    """
    The same weather over recorded days, through a real server: the same promises.
    """
    clock = VirtualClock(at("12T00:00"))
    async with replayed(redated(tmp_path / "data", JANUARY.planned, postponed=JANUARY.outage), clock) as arxiv:
        arxiv.faults = weather()
        here = Deployment(sqlite_store(tmp_path / "none"), clock, arxiv, SETTINGS, arxiv.environment)
        fortnight = Fortnight(here, tmp_path)
        await fortnight.run()
        await fortnight.check(capsys=capsys, name="recorded days")
        fortnight.check_reports()
