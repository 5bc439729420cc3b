"""What is held, as a refresh sees it: batches brought up to date in memory, then published in one step."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from core.arxiv.document import CategoryDocument
from core.errors import StoreError
from core.log import event
from core.paper import ArxivId, Paper
from core.refresh.day_blobs import encode_day, readable
from core.refresh.decide import Previous
from core.refresh.merge import merge_document, pull_back_dates, type_in
from core.refresh.scope import dated_ledger, day_held
from core.store.base import Store
from core.store.codec import PaperRows, content_version
from core.store.records import BatchBlobs, BatchRef, DayRecord, LastRefresh, Manifest

LEDGER_DAYS_KEPT: Final = 21
"""How long the ledger remembers a day: long enough for the usual sizes, short enough for a small manifest."""

UNPUBLISHED_BLOBS_KEPT: Final = timedelta(days=1)
"""How long blobs stay that no manifest names: a refresh that was killed between saving and publishing leaves some."""

_DAYS_PER_LOAD: Final = 4
"""Days loaded by one command: a reply stays well under 10 MB."""


class WorkingCopy:
    """
    The manifest and its batches while a refresh changes them.

    Readers see nothing of a change before ``publish``; what was published is never less than before. A day whose
    blobs are gone or damaged is struck from the ledger, so that it is fetched again.
    """

    def __init__(self, store: Store, manifest: Manifest | None) -> None:
        self._store = store
        self._published = manifest or Manifest(content="")
        start = Manifest(content="") if self._published.sample else self._published
        self._refs = {ref.day: ref for ref in start.batches}
        self.filling = start.filling or not start.batches
        """Whether the first window of days is still being fetched: dates of papers may move, to an earlier day."""
        self.ledger = {(record.category, record.day): record for record in start.ledger}
        self.states = {state.category: state for state in start.categories}
        self._day_papers: dict[date, tuple[Paper, ...]] = {}
        self._stored_days: dict[date, tuple[tuple[Paper, ...], BatchBlobs]] = {}
        self._changed_days: set[date] = set()
        self._first_seen: dict[ArxivId, date] | None = None

    @property
    def manifest(self) -> Manifest:
        """As it was last published (or found)."""
        return self._published

    @property
    def days(self) -> list[date]:
        """The days held, newest first."""
        return sorted(self._refs.keys() | {day for day in self._changed_days if self._day_papers[day]}, reverse=True)

    async def papers(self, day: date) -> tuple[Paper, ...]:
        """The day's papers; () when it is not held."""
        if day not in self._day_papers:
            await self._load_days([day])
        return self._day_papers.get(day, ())

    async def previous(self, category: str, day: date) -> Previous | None:
        """What the category announced on the last day held before ``day``."""
        earlier_days = [each for each in self.days if each < day and day_held(self.ledger.get((category, each)))]
        for each in earlier_days:
            papers = await self.papers(each)
            if any(type_in(paper, category) for paper in papers):
                return Previous.of(each, papers, category)
        return None

    async def merge_document(self, document: CategoryDocument, *, referee: bool) -> tuple[Paper, ...]:
        """Bring a document that was judged good into its day's batch; see ``core.refresh.merge``."""
        assert document.day is not None
        first_seen = await self._first_announcements()
        before = await self.papers(document.day)
        after = await asyncio.to_thread(
            merge_document, before, document, referee=referee, first_seen=first_seen, dates_move=self.filling
        )
        if after != before:
            self._day_papers[document.day] = after
            self._changed_days.add(document.day)
            for paper in after:
                first_day = first_seen.setdefault(paper.arxiv_id, paper.announced)
                first_seen[paper.arxiv_id] = min(first_day, paper.announced) if self.filling else first_day
            if self.filling:
                await self._pull_back(document)
        return after

    async def _pull_back(self, document: CategoryDocument) -> None:
        """Give papers of later days the date of a day that was fetched after them, on a store that is being filled."""
        assert document.day is not None
        for day in [each for each in self.days if each > document.day]:
            before = await self.papers(day)
            after = pull_back_dates(before, document)
            if after != before:
                self._day_papers[day] = after
                self._changed_days.add(day)

    async def change_rows(self, rows: Iterable[tuple[ArxivId, int]], change: Callable[[Paper], Paper]) -> int:
        """Change the newest row of each of these papers (id, version); return how many there were to change."""
        rows_left, changed_rows = set(rows), 0
        for day in self.days:
            if not rows_left:
                break
            before = await self.papers(day)
            day_rows = {(paper.arxiv_id, paper.version) for paper in before} & rows_left
            rows_left -= day_rows
            after = tuple(change(paper) if (paper.arxiv_id, paper.version) in day_rows else paper for paper in before)
            if after != before:
                self._day_papers[day] = after
                self._changed_days.add(day)
            changed_rows += len(day_rows)
        return changed_rows

    def record(self, record: DayRecord) -> None:
        self.ledger[record.category, record.day] = record

    async def publish(self, now: datetime, *, retention: timedelta, last: LastRefresh | None = None) -> Manifest:
        """Save the batches that changed, then replace the manifest: the one moment that readers notice."""
        for day in sorted(self._changed_days, reverse=True):
            if self._day_papers[day]:
                self._refs[day] = await self._save_day(day)
            else:
                self._refs.pop(day, None)
        self._changed_days.clear()
        self._day_papers.clear()
        self._stored_days.clear()
        manifest = self._next_manifest(now, retention, last)
        await self._store.publish(manifest)
        self._published = manifest
        return manifest

    async def adopt(self) -> None:
        """Go on from what was published beside this copy (summaries); right after ``publish``, when nothing changed."""
        manifest = await self._store.load_manifest()
        if manifest is not None:
            self._published = manifest
            for ref in manifest.batches:
                if ref.day not in self._changed_days:
                    self._refs[ref.day] = ref
                    self._day_papers.pop(ref.day, None)
                    self._stored_days.pop(ref.day, None)

    def _next_manifest(self, now: datetime, retention: timedelta, last: LastRefresh | None) -> Manifest:
        published = self._published
        last = last or published.last_refresh
        if not self._refs and published.sample:
            return replace(published, last_refresh=last, categories=tuple(self.states.values()))
        newest = max(self._refs, default=date.min)
        refs = tuple(self._refs[day] for day in sorted(self._refs, reverse=True) if newest - day < retention)
        self._refs = {ref.day: ref for ref in refs}
        content_hash = content_version(refs)
        return Manifest(
            content=content_hash,
            batches=refs,
            categories=tuple(self.states.values()),
            ledger=self._remembered(max(retention, timedelta(days=LEDGER_DAYS_KEPT)), now),
            last_refresh=last,
            changed=published.changed if content_hash == published.content and not published.sample else now,
            filling=self.filling,
        )

    def _remembered(self, kept_span: timedelta, now: datetime) -> tuple[DayRecord, ...]:
        self.ledger = dated_ledger(self.ledger, self._published.ledger, now)
        newest = max((day for _, day in self.ledger), default=date.min)
        kept_records = (record for (_, day), record in self.ledger.items() if newest - day < kept_span)
        return tuple(sorted(kept_records, key=lambda record: (record.day, record.category), reverse=True))

    async def _save_day(self, day: date) -> BatchRef:
        papers = self._day_papers[day]
        before, blobs = self._stored_days.get(day, ((), BatchBlobs(b"", b"")))
        blobs = await asyncio.to_thread(encode_day, papers, before, blobs)
        return await self._store.save_batch(day, blobs, count=len(papers), ttl=UNPUBLISHED_BLOBS_KEPT)

    async def _first_announcements(self) -> dict[ArxivId, date]:
        """When each paper held was first announced; read once per refresh, and only when there is something to add."""
        if self._first_seen is None:
            first_seen: dict[ArxivId, date] = {}
            days = self.days
            for start in range(0, len(days), _DAYS_PER_LOAD):
                unloaded_days = [day for day in days[start : start + _DAYS_PER_LOAD] if day not in self._day_papers]
                await self._load_days(unloaded_days)
                for day in days[start : start + _DAYS_PER_LOAD]:
                    _note_first_seen(first_seen, self._day_papers.get(day, ()))
                    if day in unloaded_days and day != days[0] and day not in self._changed_days:
                        self._day_papers.pop(day, None)
                        self._stored_days.pop(day, None)
            self._first_seen = first_seen
        return self._first_seen

    async def _load_days(self, days: Sequence[date]) -> None:
        refs = [self._refs[day] for day in days if day in self._refs]
        day_blobs = await self._store.load_batches(refs) if refs else {}
        for ref in refs:
            try:
                papers = await asyncio.to_thread(lambda data: tuple(PaperRows(data)), day_blobs[ref.day].papers)
            except (KeyError, StoreError) as error:
                event("store.batch_missing", day=ref.day, error=f"to be fetched again: {error}")
                self._strike_day(ref.day)
            else:
                self._day_papers[ref.day] = papers
                self._stored_days[ref.day] = papers, day_blobs[ref.day]
                if not readable(day_blobs[ref.day].index):
                    self._changed_days.add(ref.day)

    def _strike_day(self, day: date) -> None:
        del self._refs[day]
        self.ledger = {key: record for key, record in self.ledger.items() if key[1] != day}


def _note_first_seen(first_seen: dict[ArxivId, date], papers: Iterable[Paper]) -> None:
    for paper in papers:
        first_seen.setdefault(paper.arxiv_id, paper.announced)
