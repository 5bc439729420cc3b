"""Garbage under every stored key, in Redis and in SQLite: no answer crashes, and the next refresh is whole again."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from core.errors import PaperfeedError
from core.store.base import STORE_KEY_PREFIX, Store
from core.store.open import SQLITE_FILE_NAME, open_store
from core.store.records import GateSpacing, GateState
from core.store.sqlite_profiles import PROFILES_SQLITE_FILE
from tests.support.deployment import Deployment, deployment
from tests.support.synthetic_world import announcement_days
from tests.support.web import Web, open_web

WEEK = announcement_days(date(2026, 1, 5), date(2026, 1, 16))
THURSDAY = "2026-01-15T07:10:00+00:00"
KEYS = ("manifest", "published", "refresh", "arxiv_gate", "progress", "followed", "reports", "usage")
ADDRESSES = ("/rss?keywords=", "/json", "/", "/health", "/status", "/status.json", "/rss?categories=math.CO")
BYTES = {"bytes": b"\xff\xfegarbage\x00", "nothing": b"", "json": b'{"a":1}', "digits": b"9" * 40}
STATEMENTS = (
    "UPDATE kept SET value = 'text' WHERE key = 'manifest'",
    "UPDATE kept SET value = 5 WHERE key = 'manifest'",
    "INSERT OR REPLACE INTO kept VALUES ('progress', x'ff', 9e99)",
    "INSERT OR REPLACE INTO kept VALUES ('gate', 'text', 9e99)",
    "UPDATE kept SET expires = 'never'",
    "UPDATE kept SET value = 'text' WHERE key LIKE 'blob:%'",
    "DELETE FROM kept WHERE key LIKE 'blob:%'",
    "INSERT INTO followed VALUES (x'ff', 9000000000000000000)",
    "INSERT INTO followed VALUES ('no <b>category', 9000000000000000000)",
    "INSERT INTO claims VALUES ('refresh', 'other', 9000000000000000000)",
    "INSERT INTO claims VALUES ('refresh', 'other', 'soon')",
    "INSERT INTO reports (report, expires) VALUES (5, 9e99)",
    "INSERT INTO usage VALUES ('no day', 'm', 1, 1, 1, 1)",
    "INSERT INTO usage VALUES ('2026-01-14', 'm', 'many', 1, 1, 1)",
    "DROP TABLE kept",
    "DROP TABLE followed",
    "DROP TABLE published",
    "DROP TABLE usage",
)


async def filled(folder: Path, store: Store) -> tuple[Deployment, Web, str]:
    """A deployment with papers and one profile; the profile's path."""
    here = deployment(folder, start="2026-01-14T07:10:00", days=WEEK, days_back=3)
    here.store = store
    await here.refresh()
    web = web_of(here)
    await web.get("/rss?keywords=")
    sent = {"feeds": [{"name": "mine", "query": "keywords=study"}]}
    made = await web.client.post("/profiles", json=sent, headers={"Accept": "application/json"})
    return here, web, "/u/" + made.json()["url"].rsplit("/", 1)[1]


def web_of(here: Deployment) -> Web:
    """The app on this store; what it would fetch by itself goes nowhere."""
    web = open_web(here.store, settings=here.settings)
    now = here.clock.now() + timedelta(minutes=2)
    web.services.now = lambda: now

    async def none(*_: object) -> None:
        raise PaperfeedError("no arXiv here")

    web.services.refresh = none
    return web


async def survives(here: Deployment, warm: Web, profile: str) -> None:
    """Nothing crashes, in an instance with papers in memory and in a new one; two refreshes make it whole."""
    now = here.clock.now() + timedelta(minutes=2)
    warm.services.now = lambda: now
    for web in (warm, web_of(here)):
        for address in (*ADDRESSES, profile, f"{profile}/rss"):
            assert (await web.get(address)).status_code in (200, 410, 503), address
        for address in (f"{profile}/votes?", "/follow?categories=math.AG"):
            answer = await web.client.post(address, json={"id": "2601.00001", "vote": "more"})
            assert answer.status_code in (200, 303, 410, 503), address
    for address in ("/rss?keywords=", "/"):
        assert (await warm.get(address)).status_code == 200, address
    here.clock.set(datetime.fromisoformat(THURSDAY))
    try:
        await here.refresh()
    except PaperfeedError:  # the first to open a damaged file sets it aside
        await here.refresh()
    web = web_of(here)
    for address in ADDRESSES:
        assert (await web.get(address)).status_code == 200, address
    assert {record.day.day for record in (await here.manifest()).ledger} >= {13, 14, 15}


async def put(client: Redis, key: str, kind: str) -> None:
    await client.delete(key)
    if kind == "hash":
        await client.hset(key, mapping={"x": b"\xff", b"\xff": "y", "holder": "nobody"})
    elif kind == "list":
        await client.rpush(key, b"\xff", '{"a": 1}')
    elif kind == "zset":
        await client.zadd(key, {b"\xff\xfe": 9e18, "cs.XX": float("inf"), "no\n<b>category": 9e17})
    else:
        await client.set(key, BYTES[kind])


@pytest.mark.parametrize("kind", ["hash", "list", "zset", *BYTES])
@pytest.mark.parametrize("key", KEYS)
async def test_whatever_stands_under_a_key_of_redis(empty_redis_url, tmp_path, key, kind):
    """A value of another type is taken away by whoever meets it, a value that cannot be read is none."""
    store = open_store(empty_redis_url, data_dir=tmp_path, on_vercel=False)
    here, warm, profile = await filled(tmp_path, store)
    async with Redis.from_url(empty_redis_url) as client:
        await put(client, STORE_KEY_PREFIX + key, kind)
    await survives(here, warm, profile)
    await store.close()


@pytest.mark.parametrize("kind", ["hash", "zset", *BYTES])
@pytest.mark.parametrize("part", ["names", "head", "memory"])
async def test_profiles_are_never_taken_away(empty_redis_url, tmp_path, part, kind):
    """What cannot be fetched anew stays, for a backup to be put in its place; papers and their refresh go on."""
    store = open_store(empty_redis_url, data_dir=tmp_path, on_vercel=False)
    here, warm, profile = await filled(tmp_path, store)
    async with Redis.from_url(empty_redis_url) as client:
        (key,) = await client.keys(f"*profile*{part}*")
        await put(client, key.decode(), kind)
        await survives(here, warm, profile)
        assert await client.exists(key)
    await store.close()


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_whatever_stands_in_the_file(tmp_path, statement):
    """Other types in a column, missing rows and missing tables: the same."""
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    here, warm, profile = await filled(tmp_path, store)
    with sqlite3.connect(tmp_path / SQLITE_FILE_NAME) as other:
        other.execute(statement)
    other.close()
    await survives(here, warm, profile)
    await store.close()


@pytest.mark.parametrize("change", ["head = 'text'", "head = x'00'", "memory = 5", "name = x'ff'"])
async def test_whatever_stands_in_the_profiles_file(tmp_path, change):
    """One profile is unreadable; papers and their refresh are not."""
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    here, warm, profile = await filled(tmp_path, store)
    with sqlite3.connect(tmp_path / PROFILES_SQLITE_FILE) as other:
        other.execute(f"UPDATE kept SET {change}")
    other.close()
    for web in (warm, web_of(here)):
        for address in (profile, f"{profile}/rss", f"{profile}/export"):
            assert (await web.get(address)).status_code in (200, 404, 503)
    here.clock.set(datetime.fromisoformat(THURSDAY))
    await here.refresh()
    await store.close()


NOW = datetime(2026, 1, 14, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)


async def test_a_clock_that_went_wrong_locks_nobody_out(store: Store):
    """A lock or a gate that was left by a machine in the year 2031 does not close arXiv until then."""
    later = NOW.replace(year=2031)
    assert await store.claim_refresh("ahead", now=later, lease=LEASE)
    assert await store.claim_refresh("of these days", now=NOW, lease=LEASE)
    assert not await store.claim_refresh("another", now=NOW, lease=LEASE)
    await store.enter_gate("ahead", "rss.arxiv.org", now=later, spacing=GateSpacing(), lease=LEASE)
    await store.leave_gate("ahead", "rss.arxiv.org", now=later)
    await store.cool_gate(later + LEASE, "429")
    assert await store.gate_state(now=NOW) == GateState()
    answer = await store.enter_gate("of these days", "rss.arxiv.org", now=NOW, spacing=GateSpacing(), lease=LEASE)
    assert answer.gate_wait == 0
    assert (await store.enter_gate("another", "x", now=NOW, spacing=GateSpacing(), lease=LEASE)).gate_reason == "busy"
