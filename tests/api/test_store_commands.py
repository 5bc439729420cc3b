"""How many commands Redis is asked for: hosted ones are paid by the command."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from core.store import redis
from core.store.base import STORE_KEY_PREFIX
from core.store.open import open_store
from core.store.records import BatchBlobs, BatchRef, Manifest

DAYS = [date(2031, 3, number) for number in range(1, 9)]
KEEP = timedelta(days=1)


@pytest.fixture
async def commands(empty_redis_url):
    """Give a function that returns the commands counted since it was last called, but for its own."""
    async with Redis.from_url(empty_redis_url) as client:

        async def counted():
            stats = await client.info("commandstats")
            await client.config_resetstat()
            names = {name.removeprefix("cmdstat_"): found["calls"] for name, found in stats.items()}
            return {name: calls for name, calls in names.items() if name not in ("info", "config|resetstat")}

        await counted()
        yield counted


@pytest.fixture
async def filled(empty_redis_url):
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    refs = [await store.save_batch(day, BatchBlobs(str(day).encode(), b"i", b"s"), count=1, ttl=KEEP) for day in DAYS]
    await store.publish(Manifest("one", tuple(refs)))
    await store.close()
    return tuple(refs)


async def test_a_cold_reader_needs_two_commands(empty_redis_url, filled, commands):
    """
    Manifest and all batches are one GET and one MGET, with nothing on the side for the connection.
    """
    await commands()
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    manifest = await store.load_manifest()
    assert await commands() == {"get": 1}
    assert len(await store.load_batches(manifest.batches)) == len(DAYS)
    assert await commands() == {"mget": 1}
    await store.load_manifest()
    assert await commands() == {"get": 1}
    await store.close()
    assert manifest.batches == filled


async def test_large_replies_are_split(empty_redis_url, filled, commands, monkeypatch):
    """
    Only when the sizes add up to more than a reply may hold, batches come in several commands; none is lost.
    """
    await commands()
    monkeypatch.setattr(redis, "MOST_REDIS_REPLY_BYTES", 3 * filled[0].blobs_bytes)
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    assert set(await store.load_batches(filled)) == set(DAYS)
    assert await commands() == {"mget": 3}
    await store.close()


async def test_nothing_asked_costs_nothing(empty_redis_url, commands):
    """
    No batches, no keys: no command.
    """
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    assert await store.load_batches([]) == {}
    assert await store.load_summaries([]) == {}
    assert await store.load_failures([]) == {}
    assert await commands() == {}
    await store.close()


async def test_damaged_blobs_are_left_out(empty_redis_url, filled):
    """
    A blob that is not what its name says is as good as missing.
    """
    async with Redis.from_url(empty_redis_url) as client:
        await client.set(f"{STORE_KEY_PREFIX}blob:{filled[2].papers_blob_name}", b"something else")
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    assert set(await store.load_batches([*filled, BatchRef(date(2031, 4, 1), "0" * 16, "")])) == set(DAYS) - {DAYS[2]}
    await store.close()
