"""Two weeks of a deployment, with kills and faults, and what must hold after each refresh."""

import asyncio
import contextlib
import itertools
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.errors import NoPapersYet, RefreshRunning
from core.feeds.library import Library, Snapshot
from core.query.parse import parse_query
from core.refresh.report import RefreshReport
from core.search.batch import LoadedBatch
from core.search.select import select
from core.store.records import BatchRef
from tests.support.deployment import Deployment, doubled, sqlite_store, truth
from tests.support.fortnight_faults import (
    CRONS,
    JANUARY,
    KILLED,
    LATE,
    LOST,
    NAMED,
    SETTINGS,
    TWICE,
    Killed,
    Span,
    Watched,
)


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
