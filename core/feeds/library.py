"""The batches in memory, kept up to date by one version check against the store."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from core.calendar import announcement_time
from core.errors import Damaged, NoPapersYet, StoreError
from core.index.reader import BatchIndex
from core.log import event
from core.paper import Paper, Summary
from core.search.batch import LoadedBatch
from core.store.base import MANIFEST_TTL, Store
from core.store.codec import StoredPapers, decode_summaries
from core.store.records import BatchBlobs, BatchRef, Manifest

SNAPSHOT_MEMO: Final = timedelta(seconds=30)
"""How long an instance may answer without asking the store whether something changed."""

LOCAL_SNAPSHOT_MEMO: Final = timedelta(seconds=3)
"""The same where the store is a file of this machine: asking costs nothing, and a first visitor sees summaries come."""

SNAPSHOT_STORE_TIMEOUT: Final = timedelta(seconds=3)
"""How long a request waits for the store to say what is held."""

_PUT_BACK_LEASE: Final = timedelta(minutes=2)
"""How long the refresh lock is held, at most, to put back what an emptied store has lost."""

_BATCH_PATIENCE: Final = 3
"""How many times as long it waits for the batches: some megabytes, once per instance and day."""

LibraryAnswer = TypeVar("LibraryAnswer")
LibrarySummaries = dict[tuple[str, str], Summary]
"""By paper and language."""
LoadLibraryManifest = Callable[[], Awaitable[Manifest | None]]


class Snapshot(Struct, frozen=True):
    """One consistent state of everything held: what a request works on from beginning to end."""

    manifest: Manifest
    batches: tuple[LoadedBatch, ...]  # newest first

    @property
    def last_modified(self) -> datetime:
        """When the content last changed, to the second: every feed's Last-Modified."""
        return (self.manifest.changed or announcement_time(self.batches[0].day)).replace(microsecond=0)


class Library:
    """Answers with the present snapshot; asks the store at most once per ``memo`` and loads only days that changed."""

    def __init__(
        self, store: Store, *, memo: timedelta = SNAPSHOT_MEMO, patience: timedelta = SNAPSHOT_STORE_TIMEOUT
    ) -> None:
        self._library_store, self._snapshot_memo, self._store_patience = store, memo, patience.total_seconds()
        self._library_batches: dict[BatchRef, LoadedBatch] = {}
        self._library_blobs: dict[BatchRef, BatchBlobs] = {}  # the bytes that those are views of
        self._putting_back: asyncio.Task[None] | None = None
        self.snapshot_trouble = ""
        """Why what is served is not what the store holds; "" while it is."""
        self._library_snapshot: Snapshot | None = None
        self._library_checked: datetime | None = None
        self._library_check: asyncio.Task[Snapshot] | None = None

    def is_snapshot_fresh(self, now: datetime) -> bool:
        """Whether ``snapshot`` answers from memory."""
        checked = self._library_checked
        return bool(self._library_snapshot and checked and timedelta(0) <= now - checked < self._snapshot_memo)

    async def snapshot(self, now: datetime, load_manifest: LoadLibraryManifest | None = None) -> Snapshot:
        """
        Return what is held now: one store command, or none within the memo, however many ask at once.

        ``load_manifest`` reads the manifest in place of the store's own verb, together with something else.

        When the store does not answer in time but something is in memory already, that goes on being served. Raises
        StoreError when there is nothing, NoPapersYet when no batch was ever published.
        """
        if self._library_snapshot and self.is_snapshot_fresh(now):
            return self._library_snapshot
        if self._library_check is None:
            snapshot_update = self._update_snapshot(now, load_manifest or self._library_store.load_manifest)
            self._library_check = asyncio.create_task(snapshot_update)
            self._library_check.add_done_callback(self._end_library_check)
        return await asyncio.shield(self._library_check)  # who gives up waiting does not stop it for the others

    def _end_library_check(self, library_check: asyncio.Task[Snapshot]) -> None:
        self._library_check = None
        if not library_check.cancelled():
            library_check.exception()  # those who waited have it already; unread, it would be logged as lost

    async def _update_snapshot(self, now: datetime, load_manifest: LoadLibraryManifest) -> Snapshot:
        try:
            snapshot_manifest = await self._in_time(load_manifest())
            if snapshot_manifest is None or not snapshot_manifest.batches:
                self._serve_emptied_store(now)
            else:
                self.snapshot_trouble = ""
                if not self._library_has(snapshot_manifest):
                    self._library_snapshot = await self._load_snapshot(snapshot_manifest)
        except StoreError as trouble:
            if self._library_snapshot is None and isinstance(trouble, Damaged):  # a visit has it fetched anew
                raise NoPapersYet("no papers yet: what was held could not be read, and is fetched anew") from trouble
            if self._library_snapshot is None:
                raise
            self.snapshot_trouble = "the store does not answer; what is in memory goes on being served"
            event("store.unreachable", error=str(trouble), serving=self._library_snapshot.manifest.content)
        self._library_checked = now
        assert self._library_snapshot is not None
        return self._library_snapshot

    def _serve_emptied_store(self, now: datetime) -> None:
        """Go on with what is in memory when the store came back empty, and put it back. Raises NoPapersYet."""
        if self._library_snapshot is None or self._library_snapshot.manifest.sample:
            self._library_checked = None  # asked again at once: somebody waits for the first batch
            raise NoPapersYet("no papers yet: the first refresh has not finished")
        self.snapshot_trouble = "the store came back empty; what is in memory is served and put back"
        event("store.emptied", serving=self._library_snapshot.manifest.content)
        if self._putting_back is None or self._putting_back.done():
            self._putting_back = asyncio.create_task(self._put_back_snapshot(self._library_snapshot.manifest, now))

    async def _put_back_snapshot(self, held_manifest: Manifest, now: datetime) -> None:
        """Save what is held in memory, unless a refresh is at it already; its bytes have the names they had."""
        library_store, library_holder = self._library_store, f"put back {id(self)}"
        try:
            if await library_store.claim_refresh(library_holder, now=now, lease=_PUT_BACK_LEASE):
                try:
                    await self._put_back_batches(held_manifest)
                finally:
                    await library_store.release_refresh(library_holder)
        except StoreError as library_error:
            event("store.put_back_failed", error=str(library_error))

    async def _put_back_batches(self, held_manifest: Manifest) -> None:
        library_store, library_blobs = self._library_store, self._library_blobs
        lost_library_refs = [library_ref for library_ref in held_manifest.batches if library_ref in library_blobs]
        for lost_library_ref in lost_library_refs:
            lost_library_blobs = library_blobs[lost_library_ref]
            await library_store.save_batch(
                lost_library_ref.day, lost_library_blobs, count=lost_library_ref.paper_count, ttl=MANIFEST_TTL
            )
        library_manifest = await library_store.load_manifest()
        if library_manifest is None or not library_manifest.batches:  # nobody else was quicker
            await library_store.publish(replace(held_manifest, batches=tuple(lost_library_refs)))
            event("store.put_back", days=len(lost_library_refs), content=held_manifest.content)

    @property
    def unreadable_days(self) -> tuple[date, ...]:
        """The days that the manifest names and the store does not have whole."""
        if self._library_snapshot is None:
            return ()
        held_days = {held_batch.day for held_batch in self._library_snapshot.batches}
        return tuple(ref.day for ref in self._library_snapshot.manifest.batches if ref.day not in held_days)

    def _library_has(self, manifest: Manifest) -> bool:
        """Whether the snapshot shows just this, and whole; what was missing is tried again each check."""
        held = self._library_snapshot
        return held is not None and held.manifest == manifest and len(held.batches) == len(manifest.batches)

    async def _load_snapshot(self, snapshot_manifest: Manifest) -> Snapshot:
        missing_refs = [ref for ref in snapshot_manifest.batches if ref not in self._library_batches]
        load_batches = self._library_store.load_batches
        snapshot_blobs = await self._in_time(load_batches(missing_refs), times=_BATCH_PATIENCE) if missing_refs else {}
        snapshot_batches = self._library_batches | dict(_open_batches(missing_refs, snapshot_blobs))
        self._library_blobs |= {ref: snapshot_blobs[ref.day] for ref in missing_refs if ref.day in snapshot_blobs}
        library_batches = {ref: snapshot_batches[ref] for ref in snapshot_manifest.batches if ref in snapshot_batches}
        if not library_batches:
            raise StoreError("the store lists batches but holds none of them; the next refresh will bring them back")
        self._library_batches = library_batches
        self._library_blobs = {ref: self._library_blobs[ref] for ref in library_batches if ref in self._library_blobs}
        return Snapshot(snapshot_manifest, tuple(library_batches.values()))

    async def _in_time(self, library_answer: Awaitable[LibraryAnswer], *, times: int = 1) -> LibraryAnswer:
        """Wait no longer than somebody in front of a feed reader would."""
        try:
            async with asyncio.timeout(self._store_patience * times):
                return await library_answer
        except TimeoutError as library_out_of_patience:
            raise StoreError("the store did not answer in time") from library_out_of_patience


def _open_batches(
    library_refs: Iterable[BatchRef], library_blobs_by_day: Mapping[date, BatchBlobs]
) -> Iterable[tuple[BatchRef, LoadedBatch]]:
    for library_ref in library_refs:
        if library_ref.day not in library_blobs_by_day:
            event("store.batch_missing", day=library_ref.day, error="a blob of this day is missing or damaged")
            continue
        try:
            yield library_ref, open_batch(library_ref, library_blobs_by_day[library_ref.day])
        except Damaged as unreadable_snapshot_day:
            event("store.batch_missing", day=library_ref.day, error=str(unreadable_snapshot_day))


def open_batch(library_ref: BatchRef, library_blobs: BatchBlobs) -> LoadedBatch:
    """Open one day's blobs; next to nothing is decoded."""
    library_papers, opened_day = StoredPapers(library_blobs.papers_blob), library_ref.day
    library_index = _open_index(library_ref, library_blobs.index_blob, library_papers)
    opened_summaries = decode_summaries(library_blobs.summaries_blob) if library_blobs.summaries_blob else ()
    library_summaries: LibrarySummaries = {(opened.arxiv_id, opened.language): opened for opened in opened_summaries}
    return LoadedBatch(opened_day, library_papers, library_index, library_summaries, library_papers.blob_number)


def _open_index(library_ref: BatchRef, library_index: bytes, library_papers: Sequence[Paper]) -> BatchIndex:
    """Open a match index; one that another version of Paperfeed wrote is made anew, for as long as this runs."""
    try:
        return BatchIndex(library_index)
    except Damaged as outdated_index:
        from core.index.writer import build_index  # noqa: PLC0415 - only after an upgrade

        event("store.index_rebuilt", day=library_ref.day, error=str(outdated_index))
        return BatchIndex(build_index(library_papers))
