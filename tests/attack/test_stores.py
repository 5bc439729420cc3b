"""A store that is emptied, locked, deleted or damaged under a running server: readers keep what they had."""

import asyncio
import logging
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from core.config.environment import Environment
from core.errors import StoreError
from core.feeds.library import Library
from core.paper import Batch
from core.store.base import STORE_KEY_PREFIX, Store
from core.store.open import SQLITE_FILE_NAME, open_store
from core.store.records import Manifest
from core.store.redis import RedisStore
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, open_web, publish

LATER = NOW + timedelta(minutes=1)
DAYS = [Batch(TODAY, (make_paper(1),)), Batch(YESTERDAY, (make_paper(2, day=YESTERDAY),))]


async def emptied(store: Store, url: str) -> None:
    async with Redis.from_url(url) as client:
        await client.flushall()


async def put_back(library: Library, store: Store) -> Manifest:
    """What the store holds once the library has put back what it can."""
    for _ in range(200):
        if (found := await store.load_manifest()) and found.batches:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was put back")


async def test_a_redis_that_comes_back_empty_is_filled_from_memory(empty_redis_url):
    """The feed in memory goes on being served, byte for byte; /health says so; and soon the store holds it again."""
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    before = await publish(store, DAYS)
    web = open_web(store)
    feed = await web.get("/rss?keywords=")
    await emptied(store, empty_redis_url)
    web.services.now = lambda: LATER
    again = await web.get("/rss?keywords=")
    assert (again.status_code, again.content, again.headers["etag"]) == (200, feed.content, feed.headers["etag"])
    assert "came back empty" in (await web.get("/health")).json()["memory"]
    after = await put_back(web.services.library, store)
    assert (after.content, after.batches) == (before.content, before.batches)
    fresh = await Library(store).snapshot(LATER)
    assert [batch.day for batch in fresh.batches] == [TODAY, YESTERDAY]
    web.services.now = lambda: LATER + timedelta(minutes=1)
    await web.get("/rss?keywords=")
    assert (await web.get("/health")).json()["memory"] == ""
    await store.close()


async def test_a_refresh_that_is_at_it_is_not_disturbed(empty_redis_url):
    """While a refresh holds the lock, an emptied store is its business alone."""
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    await publish(store, DAYS)
    library = Library(store)
    await library.snapshot(NOW)
    await emptied(store, empty_redis_url)
    assert await store.claim_refresh("refresh", now=LATER, lease=timedelta(minutes=2))
    assert (await library.snapshot(LATER)).batches
    await asyncio.sleep(0.1)
    assert await store.load_manifest() is None
    await store.close()


@pytest.mark.parametrize("harm", ["deleted", "overwritten"])
async def test_a_file_deleted_or_damaged_under_a_server_heals(tmp_path, harm):
    """Deleted or overwritten, the file is made anew and filled from memory; what was damaged is set aside."""
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    before = await publish(store, DAYS)
    web = open_web(store)
    feed = await web.get("/rss?keywords=")
    path = tmp_path / SQLITE_FILE_NAME
    for suffix in ("-wal", "-shm"):
        path.with_name(SQLITE_FILE_NAME + suffix).unlink(missing_ok=True)
    if harm == "deleted":
        path.unlink()
    else:
        path.unlink()
        path.write_bytes(b"this is no database" * 4096)
    for minute in range(1, 4):
        web.services.now = lambda minute=minute: NOW + timedelta(minutes=minute)
        answer = await web.get("/rss?keywords=")
        assert (answer.status_code, answer.content) == (200, feed.content)
    assert (await put_back(web.services.library, store)).batches == before.batches
    assert (tmp_path / f"{SQLITE_FILE_NAME}.damaged").exists() == (harm == "overwritten")
    await store.close()


async def test_a_damaged_file_at_the_start_is_set_aside(tmp_path):
    """The next start works: the first use names what was done, the second finds a new store."""
    (tmp_path / SQLITE_FILE_NAME).write_bytes(b"garbage" * 10_000)
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    with pytest.raises(StoreError, match=rf"set aside as {SQLITE_FILE_NAME}\.damaged; a new one is filled"):
        await store.load_manifest()
    assert await store.load_manifest() is None
    await publish(store, DAYS)
    await store.close()


async def test_a_locked_file_does_not_stop_the_loop(tmp_path):
    """Another process that holds the file for itself costs a reader a moment, not ten seconds of everybody's time."""
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    await publish(store, DAYS)
    await store.close()
    other = sqlite3.connect(tmp_path / SQLITE_FILE_NAME, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("CREATE TABLE other (x)")
    web = open_web(open_store("", data_dir=tmp_path, on_vercel=False))
    began = time.monotonic()
    answer = await web.get("/rss")
    assert answer.status_code == 503
    assert time.monotonic() - began < 1
    other.close()
    assert (await web.get("/rss")).status_code == 200


async def test_strangers_learn_no_path_and_no_server(tmp_path, caplog):
    """Feeds and /health say that the store fails; which file, which server and its words stand in the log."""
    caplog.set_level(logging.INFO, logger="paperfeed")
    (tmp_path / SQLITE_FILE_NAME).mkdir()
    web = open_web(open_store("", data_dir=tmp_path, on_vercel=False))
    for address in ("/rss", "/json", "/", "/health", "/status", "/status.json", "/papers/2600.00001"):
        text = (await web.get(address)).text
        assert str(tmp_path) not in text, address
        assert "unable to open" not in text
    assert str(tmp_path) in caplog.text
    web = open_web(RedisStore("redis://:secret@127.0.0.1:1/0"), environment=Environment())
    for address in ("/rss", "/health", "/status.json"):
        text = (await web.get(address)).text
        assert "Redis" not in text, address
        assert "127.0.0.1" not in text


async def test_garbage_in_the_counters_is_left_out(empty_redis_url):
    """A field that is no counter of ours, or a counter that is no number, takes nothing away from /status."""
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    await publish(store, DAYS)
    async with Redis.from_url(empty_redis_url) as client:
        key = f"{STORE_KEY_PREFIX}usage"
        await client.hset(key, mapping={"garbage": 1, "2026-01-14|calls|m": 3, "2026-01-14|calls|n": "many"})
        await client.hset(key, mapping={"2026-01-14|colour|m": 1, "no-date|calls|m": 1, b"\xff|calls|m": 1})
        await client.hset(f"{STORE_KEY_PREFIX}gate", mapping={"cooling": "soon"})
        await client.lpush(f"{STORE_KEY_PREFIX}reports", "no report")
    answer = await open_web(store).get("/status.json")
    assert answer.status_code == 200
    assert [(each["model"], each["calls"]) for each in answer.json()["usage"]] == [("m", 3)]
    await store.close()


async def test_days_that_could_not_be_read_are_named(empty_redis_url):
    """A feed that lacks days says nothing of it; /health does, once this instance has tried."""
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    manifest = await publish(store, DAYS)
    async with Redis.from_url(empty_redis_url) as client:
        await client.set(f"{STORE_KEY_PREFIX}blob:{manifest.batches[1].papers_blob_name}", b"garbage")
    web = open_web(store)
    assert (await web.get("/rss?keywords=")).status_code == 200
    assert (await web.get("/health")).json()["unreadable_days"] == [str(YESTERDAY)]
    await store.close()


async def test_health_and_status_are_looked_up_once_for_all(store: Store):
    """A hundred visitors at once, and for the next seconds, cost the store what one does."""
    await publish(store, DAYS)
    web = open_web(store)
    asked = []
    real = store.load_reports

    async def reports(most: int) -> list[bytes]:
        asked.append(most)
        return await real(most)

    store.load_reports = reports
    for address in ("/health", "/status", "/status.json"):
        await asyncio.gather(*(web.get(address) for _ in range(30)))
    assert len(asked) == 3  # one for /health, two for what /status shows
    web.services.now = lambda: LATER
    await web.get("/health")
    assert len(asked) == 4
