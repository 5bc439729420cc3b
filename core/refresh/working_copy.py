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
from core.refresh.day_blobs import encode_merged_day
from core.refresh.merge import PreviousList, held_type, merge_document, pull_back_dates
from core.refresh.retention import LEDGER_KEPT, dated_ledger, remembered_records, retained_refs
from core.refresh.scope import day_held
from core.store.base import Store
from core.store.codec import StoredPapers, content_version
from core.store.records import BatchBlobs, BatchRef, DayRecord, LastRefresh, Manifest

UNPUBLISHED_REFRESH_BLOBS_KEPT: Final = timedelta(days=1)
"""How long blobs stay that no manifest names: a refresh that was killed between saving and publishing leaves some."""

_HELD_DAYS_PER_LOAD: Final = 4
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
        self._published_copies: dict[date, tuple[tuple[Paper, ...], BatchBlobs]] = {}
        self._days_to_publish: set[date] = set()
        self._held_dates: dict[ArxivId, date] | None = None

    @property
    def manifest(self) -> Manifest:
        """As it was last published (or found)."""
        return self._published

    @property
    def held_days(self) -> list[date]:
        """The days held, newest first."""
        unpublished_days = {held_day for held_day in self._days_to_publish if self._held_papers[held_day]}
        return sorted(self._held_refs.keys() | unpublished_days, reverse=True)

    async def held_papers(self, day: date) -> tuple[Paper, ...]:
        """The day's papers; () when it is not held."""
        if day not in self._held_papers:
            await self._load_held_days([day])
        return self._held_papers.get(day, ())

    async def previous(self, category: str, day: date) -> PreviousList | None:
        """What the category announced on the last day held before ``day``."""
        earlier_days = (held_day for held_day in self.held_days if held_day < day)
        for earlier_day in [held_day for held_day in earlier_days if day_held(self.ledger.get((category, held_day)))]:
            earlier_papers = await self.held_papers(earlier_day)
            if any(held_type(paper, category) for paper in earlier_papers):
                return PreviousList.of(earlier_day, earlier_papers, category)
        return None

    async def merge_document(self, document: CategoryDocument, *, referee: bool) -> tuple[Paper, ...]:
        """Bring a document that was judged good into its day's batch; see ``core.refresh.merge``."""
        assert document.day is not None
        held_dates, held_papers = await self._load_held_dates(), await self.held_papers(document.day)
        merged_papers = await asyncio.to_thread(
            merge_document, held_papers, document, referee=referee, held_dates=held_dates, dates_move=self.filling
        )
        if self._hold_papers(document.day, held_papers, merged_papers):
            for paper in merged_papers:
                held_date = held_dates.setdefault(paper.arxiv_id, paper.announced)
                held_dates[paper.arxiv_id] = min(held_date, paper.announced) if self.filling else held_date
            if self.filling:
                await self._pull_back_later_days(document)
        return merged_papers

    def _hold_papers(self, day: date, held_before: tuple[Paper, ...], held_after: tuple[Paper, ...]) -> bool:
        """Hold these papers of a day from now on; return whether that is a change to publish."""
        if changed := held_after != held_before:
            self._held_papers[day] = held_after
            self._days_to_publish.add(day)
        return changed

    async def _pull_back_later_days(self, document: CategoryDocument) -> None:
        """Give papers of later days the date of a day that was fetched after them, on a store that is being filled."""
        assert document.day is not None
        for later_day in [held_day for held_day in self.held_days if held_day > document.day]:
            held_papers = await self.held_papers(later_day)
            self._hold_papers(later_day, held_papers, pull_back_dates(held_papers, document))

    async def change_held_papers(self, held: Iterable[tuple[ArxivId, int]], change: Callable[[Paper], Paper]) -> int:
        """Change the newest row of each of these papers (id, version); return how many there were to change."""
        unchanged_held_versions, changed_papers = set(held), 0
        for held_day in self.held_days:
            if not unchanged_held_versions:
                break
            held_papers = await self.held_papers(held_day)
            held_versions = {(paper.arxiv_id, paper.version) for paper in held_papers} & unchanged_held_versions
            held_after_change = tuple(
                change(paper) if (paper.arxiv_id, paper.version) in held_versions else paper for paper in held_papers
            )
            self._hold_papers(held_day, held_papers, held_after_change)
            unchanged_held_versions -= held_versions
            changed_papers += len(held_versions)
        return changed_papers

    def note_in_ledger(self, record: DayRecord) -> None:
        self.ledger[record.category, record.day] = record

    async def publish(self, now: datetime, *, retention: timedelta, last: LastRefresh | None = None) -> Manifest:
        """Save the batches that changed, then replace the manifest: the one moment that readers notice."""
        for day_to_publish in sorted(self._days_to_publish, reverse=True):
            if self._held_papers[day_to_publish]:
                self._held_refs[day_to_publish] = await self._save_day_to_publish(day_to_publish)
            else:
                self._held_refs.pop(day_to_publish, None)
        self._days_to_publish.clear()
        self._held_papers.clear()
        self._published_copies.clear()
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
                if adopted_ref.day not in self._days_to_publish:
                    self._held_refs[adopted_ref.day] = adopted_ref
                    self._forget_papers(adopted_ref.day)

    def _forget_papers(self, held_day: date) -> None:
        """They are read from the store again when they are asked for."""
        self._held_papers.pop(held_day, None)
        self._published_copies.pop(held_day, None)

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

    async def _save_day_to_publish(self, day_to_publish: date) -> BatchRef:
        papers_to_publish = self._held_papers[day_to_publish]
        published_papers, published_blobs = self._published_copies.get(day_to_publish, ((), BatchBlobs(b"", b"")))
        new_blobs = await asyncio.to_thread(encode_merged_day, papers_to_publish, published_papers, published_blobs)
        return await self._store.save_batch(
            day_to_publish, new_blobs, count=len(papers_to_publish), ttl=UNPUBLISHED_REFRESH_BLOBS_KEPT
        )

    async def _load_held_dates(self) -> dict[ArxivId, date]:
        """When each paper held was first announced; read once per refresh, and only when there is something to add."""
        if self._held_dates is None:
            held_dates: dict[ArxivId, date] = {}
            held_days = self.held_days
            for first_loaded in range(0, len(held_days), _HELD_DAYS_PER_LOAD):
                loaded_days = held_days[first_loaded : first_loaded + _HELD_DAYS_PER_LOAD]
                unloaded_days = [held_day for held_day in loaded_days if held_day not in self._held_papers]
                await self._load_held_days(unloaded_days)
                for held_day in loaded_days:
                    for paper in self._held_papers.get(held_day, ()):
                        held_dates.setdefault(paper.arxiv_id, paper.announced)
                    if held_day in unloaded_days and held_day != held_days[0] and held_day not in self._days_to_publish:
                        self._forget_papers(held_day)
            self._held_dates = held_dates
        return self._held_dates

    async def _load_held_days(self, days: Sequence[date]) -> None:
        held_refs = [self._held_refs[day] for day in days if day in self._held_refs]
        published_blobs = await self._store.load_batches(held_refs) if held_refs else {}
        for day in (held_ref.day for held_ref in held_refs):
            try:
                held_blobs = published_blobs[day]
                held_papers = await asyncio.to_thread(lambda blobs: tuple(StoredPapers(blobs.papers_blob)), held_blobs)
            except (KeyError, StoreError) as held_day_error:
                event("store.batch_missing", day=day, error=f"to be fetched again: {held_day_error}")
                self._strike_held_day(day)
            else:
                self._held_papers[day] = held_papers
                self._published_copies[day] = held_papers, held_blobs
                if not is_index_readable(held_blobs.index_blob):
                    self._days_to_publish.add(day)

    def _strike_held_day(self, held_day: date) -> None:
        del self._held_refs[held_day]
        self.ledger = {(category, day): record for (category, day), record in self.ledger.items() if day != held_day}
