"""What every store of profiles promises, held against SQLite and a real Redis server."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from core.errors import StoreError
from core.store.open import open_store
from core.store.profiles import GONE_PROFILE, ProfileBlobs, StoredProfileLimits
from core.store.records import Manifest
from core.store.sqlite_profiles import PROFILES_SQLITE_FILE, SqliteProfileStore
from tests.support.stored import BLOBS, publish

NOW = datetime(2031, 3, 4, 5, 0, tzinfo=UTC)
KEEP = timedelta(days=180)
ONE, TWO = ProfileBlobs(b"head one", b"memory one"), ProfileBlobs(b"head two", b"memory two")
PLENTY = StoredProfileLimits(most_stored_profiles=100, most_stored_a_day=100)


class Killed(BaseException):
    """Nothing catches it by mistake."""


async def create(store, name, blobs=ONE, *, now=NOW, limits=PLENTY, ttl=KEEP):
    return await store.profiles.create_blobs(name, blobs, now=now, ttl=ttl, limits=limits)


async def test_a_profile_is_kept_whole(store):
    """
    What was created is read again, its head alone or all of it; of another name nothing is known.
    """
    assert await create(store, "a") == "created"
    assert await store.profiles.load_blobs("a") == ONE
    assert await store.profiles.load_head("a") == ONE.head
    assert await store.profiles.load_blobs("b") is None
    assert await store.profiles.load_head("b") is None
    assert await store.profiles.load_names(now=NOW) == ("a",)


async def test_a_name_is_given_once(store):
    """
    Creating never overwrites, not even what was deleted.
    """
    await create(store, "a")
    assert await create(store, "a", TWO) == "taken"
    assert await store.profiles.load_blobs("a") == ONE
    await store.profiles.delete("a", now=NOW)
    assert await create(store, "a", TWO) == "taken"


async def test_of_two_writers_one_wins(store):
    """
    Who wants to write must have read what is there: of many at once exactly one writes, and it is there whole.
    """
    await create(store, "a")
    blobs = [ProfileBlobs(b"head %d" % number, b"memory %d" % number) for number in range(8)]
    written = await asyncio.gather(
        *(store.profiles.replace_blobs("a", ONE.head, each, now=NOW, ttl=KEEP) for each in blobs)
    )
    assert sorted(written) == [False] * 7 + [True]
    assert await store.profiles.load_blobs("a") == blobs[written.index(True)]
    assert not await store.profiles.replace_blobs("nobody", ONE.head, TWO, now=NOW, ttl=KEEP)
    assert await store.profiles.load_blobs("nobody") is None


async def test_deleted_is_deleted_for_good(store):
    """
    A deleted profile leaves a mark that nothing overwrites and no limit counts.
    """
    await create(store, "a")
    assert await store.profiles.delete("a", now=NOW)
    assert not await store.profiles.delete("a", now=NOW)
    assert not await store.profiles.delete("never", now=NOW)
    assert await store.profiles.load_blobs("a") == ProfileBlobs(GONE_PROFILE, b"")
    for before in (GONE_PROFILE, ONE.head):
        assert not await store.profiles.replace_blobs("a", before, TWO, now=NOW, ttl=KEEP)
    assert await store.profiles.load_names(now=NOW) == ()
    assert await store.profiles.load_gone() == ("a",)
    assert await store.profiles.load_blobs("never") is None
    assert await create(store, "b", limits=StoredProfileLimits(1, 100)) == "created"


async def test_a_rotated_profile_moves(store):
    """
    The new name has it, the old one is gone, in one step; who read it before cannot write under the old name.
    """
    await create(store, "old")
    assert not await store.profiles.rotate_blobs("old", b"other", "new", TWO, now=NOW, ttl=KEEP)
    assert await store.profiles.rotate_blobs("old", ONE.head, "new", TWO, now=NOW, ttl=KEEP)
    assert await store.profiles.load_blobs("new") == TWO
    assert await store.profiles.load_head("old") == GONE_PROFILE
    assert not await store.profiles.replace_blobs("old", ONE.head, ONE, now=NOW, ttl=KEEP)
    assert await store.profiles.load_names(now=NOW) == ("new",)


async def test_creation_has_limits(store):
    """
    Only so many on one day, and so many in all; the next day there is room again for those that fit.
    """
    limits = StoredProfileLimits(most_stored_profiles=3, most_stored_a_day=2)
    assert [await create(store, name, limits=limits) for name in "abc"] == ["created", "created", "too many today"]
    tomorrow = NOW + timedelta(days=1)
    assert [await create(store, name, limits=limits, now=tomorrow) for name in "cd"] == ["created", "full"]
    assert await store.profiles.load_blobs("d") is None


async def test_a_backup_is_put_back(store):
    """
    Profiles and the marks of deleted ones come back under their names, over whatever is there.
    """
    await create(store, "a", TWO)
    await store.profiles.put_blobs("a", ONE, now=NOW, ttl=KEEP)
    await store.profiles.put_blobs("b", TWO, now=NOW, ttl=KEEP)
    await store.profiles.restore_gone(["c"], now=NOW)
    assert await store.profiles.load_blobs("a") == ONE
    assert await store.profiles.load_names(now=NOW) == ("a", "b")
    assert await store.profiles.load_gone() == ("c",)
    assert await store.profiles.load_head("c") == GONE_PROFILE


async def test_a_feed_reads_the_manifest_and_the_head_together(store):
    """
    What a profile's feed needs of a store comes in one verb, and equals what two would bring.
    """
    assert await store.load_manifest_and_head("a") == (None, None)
    ref = await publish(store, BLOBS)
    await create(store, "a")
    assert await store.load_manifest_and_head("a") == (Manifest("one", (ref,)), ONE.head)


async def test_redis_lets_an_unused_profile_expire(empty_redis_url):
    """
    Each write sets the end of both parts anew; the mark of a deleted profile has none.
    """
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    async with Redis.from_url(empty_redis_url) as client:
        await create(store, "a", ttl=timedelta(days=1))
        await store.profiles.replace_blobs("a", ONE.head, TWO, now=NOW, ttl=KEEP)
        for key in await client.keys("paperfeed-profiles:1:*:a"):
            assert KEEP - timedelta(minutes=1) < timedelta(milliseconds=await client.pttl(key)) <= KEEP
        assert await store.profiles.load_names(now=NOW + KEEP) == ()
        await store.profiles.delete("a", now=NOW)
        assert await client.pttl("paperfeed-profiles:1:head:a") == -1
        assert await client.exists("paperfeed-profiles:1:memory:a") == 0
    await store.close()


async def test_sqlite_lets_an_unused_profile_expire(tmp_path):
    """
    The same with a file, by its clock.
    """
    moment = [1000.0]
    store = SqliteProfileStore(tmp_path / PROFILES_SQLITE_FILE, expiry_clock=lambda: moment[0])
    await store.create_blobs("a", ONE, now=NOW, ttl=timedelta(seconds=60), limits=PLENTY)
    await store.create_blobs("b", ONE, now=NOW, ttl=timedelta(seconds=60), limits=PLENTY)
    await store.delete("b", now=NOW)
    moment[0] += 61
    assert await store.load_blobs("a") is None
    assert await store.load_names(now=NOW) == ()
    assert await store.load_head("b") == GONE_PROFILE
    store.close()


async def test_profiles_outlive_the_papers(tmp_path, redis_url):
    """
    A papers' file of another version, or their keys wiped under their prefix, costs no profile.
    """
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    await publish(store, BLOBS)
    await create(store, "a")
    await store.close()
    with sqlite3.connect(tmp_path / "paperfeed.sqlite3") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    with pytest.raises(StoreError, match="another version"):
        await store.load_manifest()
    assert await store.profiles.load_blobs("a") == ONE
    await store.close()


@pytest.mark.parametrize("cut", ["create", "replace", "rotate"])
async def test_a_killed_write_leaves_the_old_or_the_new(tmp_path, monkeypatch, cut):
    """
    A file that is written to when the process dies half way holds what it held before.
    """
    store = SqliteProfileStore(tmp_path / PROFILES_SQLITE_FILE)
    await store.create_blobs("a", ONE, now=NOW, ttl=KEEP, limits=PLENTY)
    put, calls = store._put_profile, []

    def dying(connection, *arguments):
        put(connection, *arguments)
        calls.append(arguments)
        raise Killed

    monkeypatch.setattr(store, "_put_profile", dying)
    writes = {
        "create": lambda: store.create_blobs("b", TWO, now=NOW, ttl=KEEP, limits=PLENTY),
        "replace": lambda: store.replace_blobs("a", ONE.head, TWO, now=NOW, ttl=KEEP),
        "rotate": lambda: store.rotate_blobs("a", ONE.head, "b", TWO, now=NOW, ttl=KEEP),
    }
    with pytest.raises(Killed):
        await writes[cut]()
    assert calls
    store.close()
    again = SqliteProfileStore(tmp_path / PROFILES_SQLITE_FILE)
    assert await again.load_blobs("a") == ONE
    assert await again.load_blobs("b") is None
    again.close()
