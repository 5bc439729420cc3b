"""The batches in memory, kept up to date by one version check against the store."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from core.errors import NoPapersYet, StoreError
from core.log import event
from core.matching import BatchIndex
from core.paper import Summary, announcement_time
from core.ranking import LoadedBatch
from core.store.base import BatchBlobs, BatchRef, Manifest, Store
from core.store.codec import decode_summaries, open_papers

MEMO: Final = timedelta(seconds=30)
"""How long an instance may answer without asking the store whether something changed."""


@dataclass(frozen=True, slots=True)
class Snapshot:
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

    def __init__(self, store: Store, *, memo: timedelta = MEMO) -> None:
        self._store = store
        self._memo = memo
        self._loaded: dict[BatchRef, LoadedBatch] = {}
        self._snapshot: Snapshot | None = None
        self._manifest: Manifest | None = None
        self._checked: datetime | None = None
        self._lock = asyncio.Lock()

    async def manifest(self, now: datetime) -> Manifest | None:
        """
        Read the table of contents: one store command, or none within the memo.

        When the store does not answer but something is in memory already, that goes on being served. Raises
        StoreError when there is nothing.
        """
        if self._checked is not None and timedelta(0) <= now - self._checked < self._memo:
            return self._manifest
        try:
            self._manifest = await self._store.load_manifest()
        except StoreError as error:
            if self._snapshot is None:
                raise
            event("store.unreachable", error=str(error), serving=self._snapshot.manifest.content)
        # An empty store is asked again at once: somebody waits for the first batch.
        self._checked = now if self._manifest and self._manifest.batches else None
        return self._manifest

    async def snapshot(self, now: datetime) -> Snapshot:
        """Return what is held now. Raises NoPapersYet when no batch was ever published, StoreError as above."""
        manifest = await self.manifest(now)
        if manifest is None or not manifest.batches:
            raise NoPapersYet("no papers yet: the first refresh has not finished")
        if not self._is_current(manifest):
            async with self._lock:
                if not self._is_current(manifest):
                    await self._load(manifest)
        assert self._snapshot is not None
        return self._snapshot

    def _is_current(self, manifest: Manifest) -> bool:
        """Whether the snapshot shows this manifest's content, and whole; what was missing is tried again each check."""
        if self._snapshot is None:
            return False
        whole = len(self._snapshot.batches) == len(manifest.batches)
        return self._snapshot.manifest is manifest or (whole and self._snapshot.manifest.content == manifest.content)

    async def _load(self, manifest: Manifest) -> None:
        missing = [ref for ref in manifest.batches if ref not in self._loaded]
        try:
            blobs = await self._store.load_batches(missing) if missing else {}
        except StoreError as error:
            if self._snapshot is None:
                raise
            event("store.unreachable", error=str(error), serving=self._snapshot.manifest.content)
            return
        loaded = self._loaded | dict(_open_batches(missing, blobs))
        self._loaded = {ref: loaded[ref] for ref in manifest.batches if ref in loaded}
        if not self._loaded:
            raise StoreError("the store lists batches but holds none of them; the next refresh will bring them back")
        self._snapshot = Snapshot(manifest, tuple(self._loaded.values()))


def _open_batches(refs: Iterable[BatchRef], blobs: Mapping[date, BatchBlobs]) -> Iterable[tuple[BatchRef, LoadedBatch]]:
    for ref in refs:
        if ref.day not in blobs:
            event("store.batch_missing", day=ref.day, error="a blob of this day is missing or damaged")
            continue
        yield ref, open_batch(ref, blobs[ref.day])


def open_batch(ref: BatchRef, blobs: BatchBlobs) -> LoadedBatch:
    """Open one day's blobs; next to nothing is decoded."""
    summaries = decode_summaries(blobs.summaries) if blobs.summaries else ()
    by_paper: dict[tuple[str, str], Summary] = {(each.arxiv_id, each.language): each for each in summaries}
    return LoadedBatch(ref.day, open_papers(blobs.papers), BatchIndex(blobs.index), by_paper)
