"""What an instance holds in memory, and what it asks of its store, when the store is well and when it is not."""

import asyncio
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from core.errors import NoPapersYet, StoreError
from core.feeds.library import Library
from core.paper import Batch
from core.store.base import Store
from core.store.codec import content_version, encode_papers
from core.store.records import BatchBlobs, BatchRef, Manifest
from tests.support.web import NOW, TODAY, make_paper, publish

LATER = NOW + timedelta(minutes=1)
BATCH = Batch(TODAY, (make_paper(1),))


class Watched:
    """A store that counts what is asked of it, and that may stop answering."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[str] = []
        self.stalled = False

    async def load_manifest(self) -> Manifest | None:
        await self._note("manifest")
        return await self._store.load_manifest()

    async def load_batches(self, refs: list[BatchRef]) -> dict[date, BatchBlobs]:
        await self._note("batches")
        return await self._store.load_batches(refs)

    async def _note(self, what: str) -> None:
        self.asked.append(what)
        await asyncio.sleep(3600 if self.stalled else 0)


@pytest.fixture
async def watched(store: Store) -> Watched:
    await publish(store, [BATCH])
    return Watched(store)


def impatient(store: Watched) -> Library:
    return Library(store, patience=timedelta(milliseconds=500))


async def test_fifty_requests_to_a_cold_instance_load_the_store_once(watched: Watched):
    """However many come at once, the store is asked once for what there is and once for the papers."""
    library = Library(watched)
    found = await asyncio.gather(*(library.snapshot(NOW) for _ in range(50)))
    assert watched.asked == ["manifest", "batches"]
    assert len(set(map(id, found))) == 1
    await asyncio.gather(*(library.snapshot(LATER) for _ in range(50)))
    assert watched.asked == ["manifest", "batches", "manifest"]


async def test_a_store_that_hangs_keeps_nobody_waiting(watched: Watched):
    """Who has papers in memory serves them after a moment, and leaves the store alone until the next check."""
    library = impatient(watched)
    before = await library.snapshot(NOW)
    watched.stalled = True
    assert await library.snapshot(LATER) is before
    asked = len(watched.asked)
    assert await library.snapshot(LATER + timedelta(seconds=5)) is before
    assert len(watched.asked) == asked


async def test_a_cold_instance_says_that_the_store_hangs_and_recovers(watched: Watched):
    """All who wait learn it at the same time, and the next request tries again."""
    library = impatient(watched)
    watched.stalled = True
    found = await asyncio.gather(*(library.snapshot(NOW) for _ in range(20)), return_exceptions=True)
    assert {str(each) for each in found} == {"the store did not answer in time"}
    assert watched.asked == ["manifest"]
    watched.stalled = False
    assert (await library.snapshot(NOW)).batches[0].day == TODAY


async def test_somebody_who_leaves_does_not_stop_the_loading(watched: Watched):
    """A reader that closes its connection takes nothing away from the others."""
    library = Library(watched)
    leaving, staying = asyncio.create_task(library.snapshot(NOW)), asyncio.create_task(library.snapshot(NOW))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).batches[0].day == TODAY
    assert watched.asked == ["manifest", "batches"]


async def test_what_a_refresh_notes_beside_the_papers_is_seen_without_loading_them(watched: Watched, store: Store):
    """The state of the categories may change while the papers stay: it is the manifest's, and costs one command."""
    library = Library(watched)
    before = await library.snapshot(NOW)
    await store.publish(replace(before.manifest, categories=()))
    after = await library.snapshot(LATER)
    assert after.manifest.categories == ()
    assert after.batches == before.batches
    assert watched.asked == ["manifest", "batches", "manifest"]


async def test_a_store_without_papers_is_asked_every_time(store: Store):
    """The first batch shows as soon as it is there."""
    library = Library(store)
    with pytest.raises(NoPapersYet):
        await library.snapshot(NOW)
    await publish(store, [BATCH])
    assert (await library.snapshot(NOW)).batches


async def test_a_store_that_lists_what_it_has_lost_is_not_an_empty_feed(watched: Watched, store: Store):
    """Blobs that are gone are an error of ours, and are looked for again."""
    lost = (BatchRef(TODAY, papers_blob_name="0" * 16, index_blob_name="1" * 16, paper_count=1, blobs_bytes=10),)
    await store.publish(Manifest(content_version(lost), lost))
    library = Library(watched)
    with pytest.raises(StoreError, match="holds none of them"):
        await library.snapshot(NOW)
    await publish(store, [BATCH])
    assert (await library.snapshot(NOW)).batches


async def test_an_index_of_another_version_is_made_anew(store: Store):
    """A new version of Paperfeed serves what the old one stored; it does not wait for the next refresh."""
    old = BatchBlobs(encode_papers(BATCH.papers), b"PFX0 of long ago")
    ref = await store.save_batch(TODAY, old, count=1, ttl=timedelta(days=1))
    await store.publish(Manifest(content_version([ref]), (ref,), changed=NOW))
    snapshot = await Library(store).snapshot(NOW)
    assert [batch.index.ids for batch in snapshot.batches] == [["2600.00001"]]
