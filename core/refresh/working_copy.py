"""What is held, as a refresh sees it: batches brought up to date in memory, then published in one step."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from core.arxiv.document import CategoryDocument
from core.errors import StoreError
from core.index.reader import is_index_readable
from core.log import event
from core.paper import ArxivId, Paper
from core.refresh.day_blobs import encode_day
from core.refresh.merge import PreviousList, merge_document, pull_back_dates, type_in
from core.refresh.retention import LEDGER_KEPT, dated_ledger, remembered_records, retained_refs
from core.refresh.scope import day_held
from core.store.base import Store
from core.store.codec import StoredPapers, content_version
from core.store.records import BatchBlobs, BatchRef, DayRecord, LastRefresh, Manifest

UNPUBLISHED_BLOBS_KEPT: Final = timedelta(days=1)
"""How long blobs stay that no manifest names: a refresh that was killed between saving and publishing leaves some."""

_BATCH_DAYS_PER_LOAD: Final = 4
"""Days loaded by one command: a reply stays well under 10 MB."""


class WorkingCopy:
    """
    The manifest and its batches while a refresh changes them.

    Readers see nothing of a change before ``publish``; what was published is never less than before. A day whose
    blobs are gone or damaged is struck from the ledger, so that it is fetched again.
    """

    def __init__(self, store: Store, manifest: Manifest | None) -> None:
        self._store, self._published = store, manifest or Manifest(content="")
        manifest_before_refresh = Manifest(content="") if self._published.sample else self._published
        self._held_refs = {held_ref.day: held_ref for held_ref in manifest_before_refresh.batches}
        self.filling = manifest_before_refresh.filling or not manifest_before_refresh.batches
        """Whether the first window of days is still being fetched: dates of papers may move, to an earlier day."""
        self.ledger = {(record.category, record.day): record for record in manifest_before_refresh.ledger}
        self.states = {state.category: state for state in manifest_before_refresh.categories}
        self._held_papers: dict[date, tuple[Paper, ...]] = {}
        self._published_days: dict[date, tuple[tuple[Paper, ...], BatchBlobs]] = {}
        self._changed_days: set[date] = set()
        self._first_announced: dict[ArxivId, date] | None = None

    @property
    def manifest(self) -> Manifest:
        """As it was last published (or found)."""
        return self._published

    @property
    def days(self) -> list[date]:
        """The days held, newest first."""
        changed_days = {changed_day for changed_day in self._changed_days if self._held_papers[changed_day]}
        return sorted(self._held_refs.keys() | changed_days, reverse=True)

    async def papers(self, day: date) -> tuple[Paper, ...]:
        """The day's papers; () when it is not held."""
        if day not in self._held_papers:
            await self._load_held_days([day])
        return self._held_papers.get(day, ())

    async def previous(self, category: str, day: date) -> PreviousList | None:
        """What the category announced on the last day held before ``day``."""
        earlier_days = (held_day for held_day in self.days if held_day < day)
        for earlier_day in [each for each in earlier_days if day_held(self.ledger.get((category, each)))]:
            earlier_papers = await self.papers(earlier_day)
            if any(type_in(paper, category) for paper in earlier_papers):
                return PreviousList.of(earlier_day, earlier_papers, category)
        return None

    async def merge_document(self, document: CategoryDocument, *, referee: bool) -> tuple[Paper, ...]:
        """Bring a document that was judged good into its day's batch; see ``core.refresh.merge``."""
        assert document.day is not None
        first_announced, held_papers = await self._first_announcements(), await self.papers(document.day)
        merged_papers = await asyncio.to_thread(
            merge_document,
            held_papers,
            document,
            referee=referee,
            first_announced=first_announced,
            dates_move=self.filling,
        )
        if self._change_day(document.day, held_papers, merged_papers):
            for paper in merged_papers:
                first_day = first_announced.setdefault(paper.arxiv_id, paper.announced)
                first_announced[paper.arxiv_id] = min(first_day, paper.announced) if self.filling else first_day
            if self.filling:
                await self._pull_back_later_days(document)
        return merged_papers

    def _change_day(self, day: date, papers_before: tuple[Paper, ...], papers_after: tuple[Paper, ...]) -> bool:
        """Hold these papers of a day from now on; return whether that is a change to publish."""
        if changed := papers_after != papers_before:
            self._held_papers[day] = papers_after
            self._changed_days.add(day)
        return changed

    async def _pull_back_later_days(self, document: CategoryDocument) -> None:
        """Give papers of later days the date of a day that was fetched after them, on a store that is being filled."""
        assert document.day is not None
        for later_day in [held_day for held_day in self.days if held_day > document.day]:
            held_papers = await self.papers(later_day)
            self._change_day(later_day, held_papers, pull_back_dates(held_papers, document))

    async def change_papers(self, versions: Iterable[tuple[ArxivId, int]], change: Callable[[Paper], Paper]) -> int:
        """Change the newest row of each of these papers (id, version); return how many there were to change."""
        unchanged_versions, changed_papers = set(versions), 0
        for held_day in self.days:
            if not unchanged_versions:
                break
            held_papers = await self.papers(held_day)
            held_versions = {(paper.arxiv_id, paper.version) for paper in held_papers} & unchanged_versions
            papers_after_change = tuple(
                change(paper) if (paper.arxiv_id, paper.version) in held_versions else paper for paper in held_papers
            )
            self._change_day(held_day, held_papers, papers_after_change)
            unchanged_versions -= held_versions
            changed_papers += len(held_versions)
        return changed_papers

    def record(self, record: DayRecord) -> None:
        self.ledger[record.category, record.day] = record

    async def publish(self, now: datetime, *, retention: timedelta, last: LastRefresh | None = None) -> Manifest:
        """Save the batches that changed, then replace the manifest: the one moment that readers notice."""
        for changed_day in sorted(self._changed_days, reverse=True):
            if self._held_papers[changed_day]:
                self._held_refs[changed_day] = await self._save_changed_day(changed_day)
            else:
                self._held_refs.pop(changed_day, None)
        self._changed_days.clear()
        self._held_papers.clear()
        self._published_days.clear()
        refreshed_manifest = self._next_manifest(now, retention, last or self._published.last_refresh)
        await self._store.publish(refreshed_manifest)
        self._published = refreshed_manifest
        return refreshed_manifest

    async def adopt(self) -> None:
        """Go on from what was published beside this copy (summaries); right after ``publish``, when nothing changed."""
        adopted_manifest = await self._store.load_manifest()
        if adopted_manifest is not None:
            self._published = adopted_manifest
            for adopted_ref in adopted_manifest.batches:
                if adopted_ref.day not in self._changed_days:
                    self._held_refs[adopted_ref.day] = adopted_ref
                    self._forget_papers(adopted_ref.day)

    def _forget_papers(self, held_day: date) -> None:
        """They are read from the store again when they are asked for."""
        self._held_papers.pop(held_day, None)
        self._published_days.pop(held_day, None)

    def _next_manifest(self, now: datetime, retention: timedelta, last_refresh: LastRefresh | None) -> Manifest:
        published, held_states = self._published, tuple(self.states.values())
        if not self._held_refs and published.sample:
            return replace(published, last_refresh=last_refresh, categories=held_states)
        self._held_refs = retained_refs(self._held_refs, retention)
        self.ledger = dated_ledger(self.ledger, published.ledger, now)
        held_content = content_version(tuple(self._held_refs.values()))
        return Manifest(
            content=held_content,
            batches=tuple(self._held_refs.values()),
            categories=held_states,
            ledger=remembered_records(self.ledger, max(retention, LEDGER_KEPT)),
            last_refresh=last_refresh,
            changed=published.changed if held_content == published.content and not published.sample else now,
            filling=self.filling,
        )

    async def _save_changed_day(self, changed_day: date) -> BatchRef:
        changed_papers = self._held_papers[changed_day]
        published_papers, published_blobs = self._published_days.get(changed_day, ((), BatchBlobs(b"", b"")))
        changed_blobs = await asyncio.to_thread(encode_day, changed_papers, published_papers, published_blobs)
        return await self._store.save_batch(
            changed_day, changed_blobs, count=len(changed_papers), ttl=UNPUBLISHED_BLOBS_KEPT
        )

    async def _first_announcements(self) -> dict[ArxivId, date]:
        """When each paper held was first announced; read once per refresh, and only when there is something to add."""
        if self._first_announced is None:
            first_announced: dict[ArxivId, date] = {}
            held_days = self.days
            for first_loaded in range(0, len(held_days), _BATCH_DAYS_PER_LOAD):
                loaded_days = held_days[first_loaded : first_loaded + _BATCH_DAYS_PER_LOAD]
                unloaded_days = [held_day for held_day in loaded_days if held_day not in self._held_papers]
                await self._load_held_days(unloaded_days)
                for held_day in loaded_days:
                    for paper in self._held_papers.get(held_day, ()):
                        first_announced.setdefault(paper.arxiv_id, paper.announced)
                    if held_day in unloaded_days and held_day != held_days[0] and held_day not in self._changed_days:
                        self._forget_papers(held_day)
            self._first_announced = first_announced
        return self._first_announced

    async def _load_held_days(self, days: Sequence[date]) -> None:
        held_refs = [self._held_refs[day] for day in days if day in self._held_refs]
        published_blobs = await self._store.load_batches(held_refs) if held_refs else {}
        for day in (held_ref.day for held_ref in held_refs):
            try:
                day_blobs = published_blobs[day]
                held_papers = await asyncio.to_thread(lambda blobs: tuple(StoredPapers(blobs.papers_blob)), day_blobs)
            except (KeyError, StoreError) as held_day_error:
                event("store.batch_missing", day=day, error=f"to be fetched again: {held_day_error}")
                self._strike_held_day(day)
            else:
                self._held_papers[day] = held_papers
                self._published_days[day] = held_papers, day_blobs
                if not is_index_readable(day_blobs.index_blob):
                    self._changed_days.add(day)

    def _strike_held_day(self, held_day: date) -> None:
        del self._held_refs[held_day]
        self.ledger = {(category, day): record for (category, day), record in self.ledger.items() if day != held_day}
