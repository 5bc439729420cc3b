"""What Redis and SQLite each do in their own way."""

import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from core.errors import StoreError
from core.store.base import STORE_KEY_PREFIX
from core.store.open import open_store
from core.store.records import (
    BatchBlobs,
    SummaryFailure,
    Usage,
)
from core.store.sqlite import SqliteStore
from tests.support.stored import DAY, KEEP, KEY, MINUTE, NOW, ROOT, SUMMARY, enter, publish

# -- what is particular to each


async def test_everything_in_redis_has_our_prefix_and_expires(empty_redis_url):
    """
    Every key stands under the prefix and has a TTL; what a manifest names lives as long as the manifest.
    """
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    await fill(store)
    first = await publish(store)
    await publish(store, BatchBlobs(b"other", b"index"), content="two")
    await store.close()
    async with Redis.from_url(empty_redis_url, decode_responses=True) as client:
        ttl = {key: await client.ttl(key) for key in await client.keys("*")}
    assert len(ttl) >= 13
    assert all(key.startswith(STORE_KEY_PREFIX) for key in ttl)
    assert all(seconds > 0 for seconds in ttl.values())
    assert ttl[f"{STORE_KEY_PREFIX}blob:{first.papers_blob_name}"] <= 3600
    assert ttl[f"{STORE_KEY_PREFIX}blob:{first.index_blob_name}"] > 100 * 86400


async def fill(store):
    await store.claim_refresh("a", now=NOW, lease=MINUTE)
    await enter(store, "a", 0)
    await store.save_progress(b"half", ttl=KEEP)
    await store.follow("cs.CV", now=NOW, ttl=KEEP, most_followed=2)
    await store.asked_before("cs.CV", day=DAY, ttl=KEEP)
    await store.save_report(b"report", most_reports=3)
    await store.claim_summary(KEY, "a", now=NOW, lease=MINUTE)
    await store.save_summary(KEY, SUMMARY, ttl=KEEP)
    await store.note_failure(KEY, SummaryFailure("late", 1, NOW), ttl=KEEP)
    await store.add_usage(Usage(DAY, "m", 1))


async def test_the_file_forgets_what_has_expired(tmp_path):
    """
    What has expired is not read, and the next write sweeps it out of the file; what is published stays.
    """
    passed = [0.0]
    store = SqliteStore(tmp_path / "new" / "s.sqlite3", expiry_clock=lambda: passed[0])
    old = await publish(store)
    never = await store.save_batch(DAY, BatchBlobs(b"never", b"published"), count=1, ttl=timedelta(hours=2))
    ref = await publish(store, BatchBlobs(b"other", b"new index"), content="two")
    await fill(store)
    passed[0] = KEEP.total_seconds() + 1
    assert await store.load_batches([old, never, ref]) == {DAY: BatchBlobs(b"other", b"new index")}
    assert (await store.load_progress(), await store.load_summaries([KEY]), await store.load_failures([KEY])) == (
        None,
        {},
        {},
    )
    await store.save_progress(b"new", ttl=KEEP)
    with sqlite3.connect(tmp_path / "new" / "s.sqlite3") as file:
        kept = {key for (key,) in file.execute("SELECT key FROM kept")}
    file.close()
    assert kept == {"manifest", "gate", "progress", f"blob:{ref.papers_blob_name}", f"blob:{ref.index_blob_name}"}
    passed[0] *= 100
    assert await store.load_manifest() is None
    await store.close()


async def test_another_process_s_publish_is_noticed(tmp_path):
    """
    A manifest kept in memory is dropped as soon as another connection publishes.
    """
    one, other = (open_store("", data_dir=tmp_path, on_vercel=False) for _ in range(2))
    await publish(one)
    assert (await one.load_manifest()).content == "one"
    await publish(other, content="two")
    assert (await one.load_manifest()).content == "two"
    await one.close()
    await other.close()


@pytest.mark.parametrize("content", ["garbage", "foreign", "cut", "directory"])
async def test_a_file_that_is_not_ours_is_named(tmp_path, content):
    """
    A corrupt file, or another program's, gives an error that names it, and is left as it is.
    """
    path = tmp_path / "paperfeed.sqlite3"
    if content == "directory":
        path.mkdir()
    elif content == "foreign":
        with sqlite3.connect(path) as file:
            file.execute("CREATE TABLE theirs (x)")
        file.close()
    elif content == "cut":
        store = SqliteStore(path)
        await publish(store, BatchBlobs(b"x" * 50_000, b"y"))
        await store.close()
        path.write_bytes(path.read_bytes()[:9000])
    else:
        path.write_bytes(b"not a database, but long enough to look like one" * 30)
    before = path.read_bytes() if path.is_file() else b""
    store = SqliteStore(path)
    with pytest.raises(StoreError, match=r"paperfeed\.sqlite3"):
        await store.load_manifest()
    await store.close()
    assert not path.is_file() or path.read_bytes()[:16] == before[:16]


@pytest.mark.parametrize("port", ["1", "notaport"])
async def test_redis_errors_hold_no_secret(port):
    """
    When Redis does not answer, or its address is wrong, the reason has neither password nor address.
    """
    with pytest.raises(StoreError) as caught:  # noqa: PT012
        store = open_store(f"redis://me:hunter2@127.0.0.1:{port}/0", data_dir=Path(), on_vercel=False)
        await store.load_manifest()
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


async def test_a_refused_password_is_said(redis_url):
    """
    A password that the server refuses is an error of its own, without the password.
    """
    store = open_store(redis_url.replace("//", "//nobody:hunter2@"), data_dir=Path(), on_vercel=False)
    with pytest.raises(StoreError, match="refused the user or the password") as caught:
        await store.load_manifest()
    assert "hunter2" not in str(caught.value)
    await store.close()


def test_which_store_is_opened(tmp_path):
    """
    Redis when there is an address, else a file that lasts, but for Vercel's; only the one library is imported.
    """
    assert open_store("", data_dir=tmp_path, on_vercel=False).durable
    assert not open_store("", data_dir=tmp_path, on_vercel=True).durable
    for url, absent in (("", "redis"), ("redis://127.0.0.1:1", "sqlite3")):
        script = (
            "import sys; from pathlib import Path; from core.store.open import open_store;"
            f"print(open_store({url!r}, data_dir=Path(), on_vercel=False).backend, {absent!r} in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
        assert done.stdout.split() == ["redis" if url else "sqlite", "False"]
