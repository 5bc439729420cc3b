"""The batches in memory, kept up to date by one version check against the store."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from core.errors import Damaged, NoPapersYet, StoreError
from core.index.reader import BatchIndex
from core.log import event
from core.paper import Paper, Summary, announcement_time
from core.search.batch import LoadedBatch
from core.store.base import MANIFEST_TTL, STORE_TIMEOUT, Store
from core.store.codec import PaperRows, decode_summaries
from core.store.records import BatchBlobs, BatchRef, Manifest

SNAPSHOT_MEMO: Final = timedelta(seconds=30)
"""How long an instance may answer without asking the store whether something changed."""

LOCAL_SNAPSHOT_MEMO: Final = timedelta(seconds=3)
"""The same where the store is a file of this machine: asking costs nothing, and a first visitor sees summaries come."""

PUT_BACK_LEASE: Final = timedelta(minutes=2)
"""How long the refresh lock is held, at most, to put back what an emptied store has lost."""

LOADING_PATIENCE: Final = 3
"""How many times as long it waits for the batches: some megabytes, once per instance and day."""

Answer = TypeVar("Answer")
LoadManifest = Callable[[], Awaitable[Manifest | None]]


class Snapshot(Struct, frozen=True):
    """One consistent state of everything held: what a request works on from beginning to end."""

    manifest: Manifest
    batches: tuple[LoadedBatch, ...]  # newest first

    @property
    def changed(self) -> datetime:
        """When the content last changed, to the second: every feed's Last-Modified."""
        newest = announcement_time(self.batches[0].day)
        return (self.manifest.changed or newest).replace(microsecond=0)


class Library:
    """Answers with the present snapshot; asks the store at most once per ``memo`` and loads only days that changed."""

    def __init__(self, store: Store, *, memo: timedelta = SNAPSHOT_MEMO, patience: timedelta = STORE_TIMEOUT) -> None:
        self._store = store
        self._check_interval = memo
        self._patience = patience.total_seconds()
        self._loaded_batches: dict[BatchRef, LoadedBatch] = {}
        self._batch_blobs: dict[BatchRef, BatchBlobs] = {}  # the bytes that those are views of
        self._putting_back: asyncio.Task[None] | None = None
        self.trouble = ""
        """Why what is served is not what the store holds; "" while it is."""
        self._snapshot: Snapshot | None = None
        self._manifest_checked: datetime | None = None
        self._manifest_check: asyncio.Task[Snapshot] | None = None

    def is_checked(self, now: datetime) -> bool:
        """Whether ``snapshot`` answers from memory."""
        checked = self._manifest_checked
        return bool(self._snapshot and checked and timedelta(0) <= now - checked < self._check_interval)

    async def snapshot(self, now: datetime, load_manifest: LoadManifest | None = None) -> Snapshot:
        """
        Return what is held now: one store command, or none within the memo, however many ask at once.

        ``load_manifest`` reads the manifest in place of the store's own verb, together with something else.

        When the store does not answer in time but something is in memory already, that goes on being served. Raises
        StoreError when there is nothing, NoPapersYet when no batch was ever published.
        """
        if self.is_checked(now):
            assert self._snapshot is not None
            return self._snapshot
        if self._manifest_check is None:
            self._manifest_check = asyncio.create_task(
                self._update_snapshot(now, load_manifest or self._store.load_manifest)
            )
            self._manifest_check.add_done_callback(self._manifest_check_done)
        return await asyncio.shield(self._manifest_check)  # who gives up waiting does not stop it for the others

    def _manifest_check_done(self, manifest_check: asyncio.Task[Snapshot]) -> None:
        self._manifest_check = None
        if not manifest_check.cancelled():
            manifest_check.exception()  # those who waited have it already; unread, it would be logged as lost

    async def _update_snapshot(self, now: datetime, load_manifest: LoadManifest) -> Snapshot:
        try:
            manifest = await self._answer_in_time(load_manifest())
            if manifest is None or not manifest.batches:
                self._serve_emptied_store(now)
            else:
                self.trouble = ""
                if not self._shows_manifest(manifest):
                    self._snapshot = await self._load_snapshot(manifest)
        except StoreError as error:
            if self._snapshot is None and isinstance(error, Damaged):  # a visit has it fetched anew
                raise NoPapersYet("no papers yet: what was held could not be read, and is fetched anew") from error
            if self._snapshot is None:
                raise
            self.trouble = "the store does not answer; what is in memory goes on being served"
            event("store.unreachable", error=str(error), serving=self._snapshot.manifest.content)
        self._manifest_checked = now
        assert self._snapshot is not None
        return self._snapshot

    def _serve_emptied_store(self, now: datetime) -> None:
        """Go on with what is in memory when the store came back empty, and put it back. Raises NoPapersYet."""
        if self._snapshot is None or self._snapshot.manifest.sample:
            self._manifest_checked = None  # asked again at once: somebody waits for the first batch
            raise NoPapersYet("no papers yet: the first refresh has not finished")
        self.trouble = "the store came back empty; what is in memory is served and put back"
        event("store.emptied", serving=self._snapshot.manifest.content)
        if self._putting_back is None or self._putting_back.done():
            self._putting_back = asyncio.create_task(self._put_back_snapshot(self._snapshot.manifest, now))

    async def _put_back_snapshot(self, manifest: Manifest, now: datetime) -> None:
        """Save what is held in memory, unless a refresh is at it already; its bytes have the names they had."""
        holder = f"put back {id(self)}"
        try:
            if await self._store.claim_refresh(holder, now=now, lease=PUT_BACK_LEASE):
                try:
                    await self._save_held_batches(manifest)
                finally:
                    await self._store.release_refresh(holder)
        except StoreError as error:
            event("store.put_back_failed", error=str(error))

    async def _save_held_batches(self, manifest: Manifest) -> None:
        held_refs = [ref for ref in manifest.batches if ref in self._batch_blobs]
        for ref in held_refs:
            await self._store.save_batch(ref.day, self._batch_blobs[ref], count=ref.count, ttl=MANIFEST_TTL)
        stored_manifest = await self._store.load_manifest()
        if stored_manifest is None or not stored_manifest.batches:  # nobody else was quicker
            await self._store.publish(replace(manifest, batches=tuple(held_refs)))
            event("store.put_back", days=len(held_refs), content=manifest.content)

    @property
    def unreadable(self) -> tuple[date, ...]:
        """The days that the manifest names and the store does not have whole."""
        if self._snapshot is None:
            return ()
        held_days = {batch.day for batch in self._snapshot.batches}
        return tuple(ref.day for ref in self._snapshot.manifest.batches if ref.day not in held_days)

    def _shows_manifest(self, manifest: Manifest) -> bool:
        """Whether the snapshot shows just this, and whole; what was missing is tried again each check."""
        snapshot = self._snapshot
        return snapshot is not None and snapshot.manifest == manifest and len(snapshot.batches) == len(manifest.batches)

    async def _load_snapshot(self, manifest: Manifest) -> Snapshot:
        missing_refs = [ref for ref in manifest.batches if ref not in self._loaded_batches]
        blobs = await self._load_blobs(missing_refs) if missing_refs else {}
        loaded_batches = self._loaded_batches | dict(_open_batches(missing_refs, blobs))
        self._batch_blobs |= {ref: blobs[ref.day] for ref in missing_refs if ref.day in blobs}
        held_batches = {ref: loaded_batches[ref] for ref in manifest.batches if ref in loaded_batches}
        if not held_batches:
            raise StoreError("the store lists batches but holds none of them; the next refresh will bring them back")
        self._loaded_batches = held_batches
        self._batch_blobs = {ref: data for ref, data in self._batch_blobs.items() if ref in held_batches}
        return Snapshot(manifest, tuple(held_batches.values()))

    async def _load_blobs(self, refs: Sequence[BatchRef]) -> Mapping[date, BatchBlobs]:
        return await self._answer_in_time(self._store.load_batches(refs), times=LOADING_PATIENCE)

    async def _answer_in_time(self, answer: Awaitable[Answer], *, times: int = 1) -> Answer:
        """Wait no longer than somebody in front of a feed reader would."""
        try:
            async with asyncio.timeout(self._patience * times):
                return await answer
        except TimeoutError as error:
            raise StoreError("the store did not answer in time") from error


def _open_batches(refs: Iterable[BatchRef], blobs: Mapping[date, BatchBlobs]) -> Iterable[tuple[BatchRef, LoadedBatch]]:
    for ref in refs:
        if ref.day not in blobs:
            event("store.batch_missing", day=ref.day, error="a blob of this day is missing or damaged")
            continue
        try:
            yield ref, open_batch(ref, blobs[ref.day])
        except Damaged as error:
            event("store.batch_missing", day=ref.day, error=str(error))


def open_batch(ref: BatchRef, blobs: BatchBlobs) -> LoadedBatch:
    """Open one day's blobs; next to nothing is decoded."""
    summaries = decode_summaries(blobs.summaries) if blobs.summaries else ()
    summaries_by_paper: dict[tuple[str, str], Summary] = {(each.arxiv_id, each.language): each for each in summaries}
    papers = PaperRows(blobs.papers)
    return LoadedBatch(ref.day, papers, _open_index(ref, blobs.index, papers), summaries_by_paper, papers.number)


def _open_index(ref: BatchRef, index_blob: bytes, papers: Sequence[Paper]) -> BatchIndex:
    """Open a match index; one that another version of Paperfeed wrote is made anew, for as long as this runs."""
    try:
        return BatchIndex(index_blob)
    except Damaged as error:
        from core.index.writer import build_index  # noqa: PLC0415 - only after an upgrade

        event("store.index_rebuilt", day=ref.day, error=str(error))
        return BatchIndex(build_index(papers))
