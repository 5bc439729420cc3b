"""Batches and the manifest: readers see whole days, or what was there before."""

import asyncio
import subprocess
import sys
from datetime import timedelta

from msgspec.structs import replace

from core.store.records import (
    BatchBlobs,
    Manifest,
)
from tests.support.stored import BLOBS, DAY, KEEP, NOW, ROOT, publish


async def test_readers_see_nothing_before_publish(store):
    """
    A saved batch is seen when, and only when, a manifest that names it is published.
    """
    ref = await store.save_batch(DAY, BLOBS, count=3, ttl=KEEP)
    assert await store.load_manifest() is None
    manifest = Manifest("one", (ref,), changed=NOW)
    await store.publish(manifest)
    assert await store.load_manifest() == manifest
    assert await store.load_batches(manifest.batches) == {DAY: BLOBS}
    assert (ref.paper_count, ref.blobs_bytes) == (3, len(b"papers") + len(b"index"))


async def test_save_batch_replaces_it_whole(store):
    """
    Saving a day twice keeps the second version; it never appends.
    """
    await publish(store)
    second = await publish(store, BatchBlobs(b"other", b"index", b"summaries"), content="two")
    manifest = await store.load_manifest()
    assert manifest == Manifest("two", (second,))
    assert await store.load_batches(manifest.batches) == {DAY: BatchBlobs(b"other", b"index", b"summaries")}


async def test_the_previous_version_stays_readable_for_a_while(store):
    """
    Who still holds the manifest of a moment ago can load what it names.
    """
    first = await publish(store)
    await publish(store, BatchBlobs(b"other", b"other index"), content="two")
    assert await store.load_batches([first]) == {DAY: BLOBS}


async def test_saving_the_same_again_gives_the_same_names(store):
    """
    Blobs are named by their content, so that doing the work twice changes nothing.
    """
    assert await publish(store) == await publish(store)


async def test_saving_what_is_published_never_brings_its_end_nearer(store):
    """
    A refresh that saves a published day again and is killed before it publishes does not make that day expire.
    """
    ref = await publish(store)
    await store.save_batch(DAY, BLOBS, count=1, ttl=timedelta(milliseconds=1))
    await asyncio.sleep(0.05)
    assert (await store.load_batches([ref]))[DAY] == BLOBS


async def test_a_day_with_a_missing_blob_is_left_out(store):
    """
    A day of which one blob is missing is left out; the others come.
    """
    ref = await publish(store)
    gone = replace(ref, day=DAY - timedelta(days=1), index_blob_name="0" * 16)
    assert await store.load_batches([ref, gone]) == {DAY: BLOBS}


async def test_an_unchanged_manifest_is_not_decoded_again(store):
    """
    Asked twice with nothing published between, a store gives the very same manifest.
    """
    await publish(store)
    assert await store.load_manifest() is await store.load_manifest()


async def test_a_writer_killed_before_publish_changes_nothing(store, tmp_path, request):
    """
    Killed between saving a batch and publishing it, a writer leaves readers on the last good version.
    """
    ref = await publish(store)
    url = request.getfixturevalue("redis_url") if store.backend == "redis" else ""
    script = f"""
import asyncio, os, signal
from datetime import date, timedelta
from pathlib import Path
from core.store.open import open_store
from core.store.base import BatchBlobs
async def main():
    store = open_store({url!r}, data_dir=Path({str(tmp_path)!r}), on_vercel=False)
    await store.save_batch(date(2031, 3, 4), BatchBlobs(b"new", b"new"), count=1, ttl=timedelta(days=1))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert await store.load_manifest() == Manifest("one", (ref,))
    assert await store.load_batches([ref]) == {DAY: BLOBS}
