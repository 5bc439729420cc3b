"""What every store promises, held against SQLite and a real Redis server."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from core.errors import StoreError
from core.paper import ArxivId, Summary
from core.store.base import STORE_KEY_PREFIX
from core.store.open import open_store
from core.store.records import (
    BatchBlobs,
    GateAnswer,
    GateSpacing,
    GateState,
    Manifest,
    SummaryFailure,
    SummaryKey,
    Usage,
)
from core.store.sqlite import SqliteStore

DAY = date(2031, 3, 4)
NOW = datetime(2031, 3, 4, 5, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
KEEP = timedelta(days=2)
BLOBS = BatchBlobs(b"papers", b"index")
KEY = SummaryKey(ArxivId("3103.00001"), 1, "en", "model-a", "p1")
SUMMARY = Summary(KEY.arxiv_id, 1, "en", "model-a", "p1", NOW, "Short.", (("Results", "<p>7</p>"),))
SPACING = GateSpacing(3.0, 15.0)
ROOT = Path(__file__).parent.parent.parent


async def publish(store, blobs=BLOBS, day=DAY, content="one"):
    ref = await store.save_batch(day, blobs, count=1, ttl=KEEP)
    await store.publish(Manifest(content, (ref,)))
    return ref


async def enter(store, holder, seconds, host="rss", lease=MINUTE):
    return await store.enter_gate(holder, host, now=NOW + seconds * SECOND, spacing=SPACING, lease=lease)


async def leave(store, holder, seconds, host="rss"):
    await store.leave_gate(holder, host, now=NOW + seconds * SECOND)


# -- batches


async def test_an_empty_store_has_nothing(store):
    """
    Nothing was published: no manifest, no batches, no progress, no reports, no wishes, an open gate.
    """
    assert await store.load_manifest() is None
    assert await store.load_batches([]) == {}
    assert await store.load_progress() is None
    assert await store.load_reports(5) == []
    assert await store.load_followed(now=NOW) == ()
    assert await store.gate_state(now=NOW) == GateState()
    assert await store.load_usage(DAY) == []
    assert (await store.load_summaries([]), await store.load_failures([])) == ({}, {})


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


# -- the refresh lock


async def test_one_claim_wins(store):
    """
    Of many claims at once, one wins; it may be prolonged by its holder and by nobody else.
    """
    names = [f"r{number}" for number in range(8)]
    won = await asyncio.gather(*(store.claim_refresh(name, now=NOW, lease=MINUTE) for name in names))
    assert sum(won) == 1
    winner = names[won.index(True)]
    assert await store.claim_refresh(winner, now=NOW + 50 * SECOND, lease=MINUTE)
    assert not await store.claim_refresh("late", now=NOW + 100 * SECOND, lease=MINUTE)
    assert await store.claim_refresh("late", now=NOW + 110 * SECOND, lease=MINUTE)


async def test_only_the_holder_releases(store):
    """
    A release by another changes nothing; after the holder's own, anybody may claim.
    """
    assert await store.claim_refresh("a", now=NOW, lease=MINUTE)
    await store.release_refresh("b")
    assert not await store.claim_refresh("b", now=NOW, lease=MINUTE)
    await store.release_refresh("a")
    assert await store.claim_refresh("b", now=NOW, lease=MINUTE)


# -- the gate


async def test_the_gate_is_one_at_a_time(store):
    """
    Of many at once, one enters; the others, and the same holder again, hear that it is busy.
    """
    answers = await asyncio.gather(*(enter(store, f"h{number}", 0) for number in range(8)))
    assert sorted(answer.gate_reason for answer in answers) == [""] + ["busy"] * 7
    inside = f"h{[answer.gate_wait for answer in answers].index(0.0)}"
    again = await enter(store, inside, 1)
    assert again.gate_reason == "busy"
    assert 0 < again.gate_wait <= 3


async def test_spacing_counts_from_leaving(store):
    """
    The next request starts 3 s after the end of the last one, 15 s after on the same host.
    """
    assert await enter(store, "a", 0) == GateAnswer(0.0)
    await leave(store, "a", 10)
    assert await enter(store, "b", 11, host="api") == GateAnswer(2.0, "spacing")
    assert await enter(store, "b", 11) == GateAnswer(14.0, "spacing")
    assert await enter(store, "b", 13, host="api") == GateAnswer(0.0)


async def test_a_dead_holder_counts_as_gone_when_its_lease_ends(store):
    """
    Who never leaves blocks the gate for its lease and the spacing after it, and no longer.
    """
    assert (await enter(store, "dead", 0, lease=30 * SECOND)).gate_wait == 0
    assert (await enter(store, "b", 29)).gate_reason == "busy"
    assert await enter(store, "b", 31, host="api") == GateAnswer(2.0, "spacing")
    assert await enter(store, "b", 33) == GateAnswer(12.0, "spacing")
    assert await enter(store, "b", 45) == GateAnswer(0.0)


async def test_who_leaves_late_frees_nothing(store):
    """
    A holder that leaves after its lease, when another is inside, lets no third in; spacing counts from the later.
    """
    await enter(store, "slow", 0, lease=10 * SECOND)
    assert (await enter(store, "b", 13, host="api")).gate_wait == 0
    await leave(store, "slow", 14)
    assert (await enter(store, "c", 20, host="api")).gate_reason == "busy"
    await leave(store, "b", 12, host="api")
    assert await enter(store, "c", 16, host="site") == GateAnswer(1.0, "spacing")


async def test_a_cool_down_closes_the_gate_for_all(store):
    """
    A cool-down closes the gate to everybody, is told with its reason, never shortened, and ends.
    """
    until = NOW + 60 * SECOND
    await store.cool_gate(until, "429 from rss.arxiv.org")
    await store.cool_gate(NOW + 5 * SECOND, "shorter")
    assert await enter(store, "a", 10) == GateAnswer(50.0, "cooling down: 429 from rss.arxiv.org")
    assert await store.gate_state(now=NOW) == GateState(until, "429 from rss.arxiv.org")
    await store.cool_gate(NOW + 90 * SECOND, "503")
    assert (await enter(store, "a", 60)).gate_wait == 30.0
    assert (await enter(store, "a", 90)).gate_wait == 0
    assert await store.gate_state(now=NOW + 90 * SECOND) == GateState()


@pytest.mark.parametrize("seed", range(3))
async def test_no_two_requests_within_the_spacing(store, seed):
    """
    Whatever the order of entering, leaving, dying and cooling down, requests never overlap nor stand too near.
    """
    dice = random.Random(seed)
    ended, ended_at, inside, clock, closed = {}, -99.0, {}, 0.0, 0.0
    for _ in range(150):
        clock += dice.choice([0.001, 0.5, 1.0, 3.0, 7.5])
        holder, host = dice.choice("abc"), dice.choice(["rss", "site"])
        for name, (where, lease) in list(inside.items()):
            if lease <= clock:  # died in silence
                ended[where] = ended_at = lease
                del inside[name]
        if dice.random() < 0.05:
            closed = max(closed, clock + 5)
            await store.cool_gate(NOW + (clock + 5) * SECOND, "429")
        if holder in inside:
            where, _lease = inside.pop(holder)
            await leave(store, holder, clock, where)
            ended[where] = ended_at = clock
        elif (await enter(store, holder, clock, host, lease=10 * SECOND)).gate_wait == 0:
            assert not inside
            assert clock >= closed
            assert clock - ended_at >= 3 - 1e-6
            assert clock - ended.get(host, -99) >= 15 - 1e-6
            inside[holder] = (host, clock + 10)


async def test_waiting_as_told_gets_one_in(store):
    """
    Who waits for as long as the gate said is let in, when nobody else came.
    """
    await enter(store, "a", 0)
    await leave(store, "a", 1.234567)
    answer = await enter(store, "b", 2)
    assert (await enter(store, "b", 2 + answer.gate_wait)).gate_wait == 0


async def test_instances_lose_nothing_at_the_gate(empty_redis_url):
    """
    Of turns that several instances take at the same moment on a real server, each counts: one enters, and a cool-down
    among them stands afterwards.
    """
    stores = [open_store(empty_redis_url, data_dir=Path(), on_vercel=False) for _ in range(6)]
    for round_ in range(10):
        at = round_ * 100
        until = NOW + (at + 60) * SECOND
        entering = [enter(each, f"h{number}", at) for number, each in enumerate(stores)]
        answers = await asyncio.gather(stores[round_ % 6].cool_gate(until, f"429 of {round_}"), *entering)
        assert sum(answer.gate_wait == 0 for answer in answers[1:]) <= 1
        assert await stores[0].gate_state(now=NOW + at * SECOND) == GateState(until, f"429 of {round_}")
        await asyncio.gather(*(leave(each, f"h{number}", at + 1) for number, each in enumerate(stores)))
    for each in stores:
        await each.close()


async def test_a_turn_alone_is_one_command(empty_redis_url):
    """
    An instance that nobody competes with asks Redis once to enter the gate, and once to leave it.
    """
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    async with Redis.from_url(empty_redis_url) as client:
        assert (await enter(store, "a", 0)).gate_wait == 0
        await leave(store, "a", 1)
        stats = await client.info("commandstats")
    await store.close()
    assert stats["cmdstat_eval"]["calls"] == 2


async def test_an_unreadable_gate_is_written_anew(empty_redis_url, tmp_path):
    """
    Garbage where the gate is kept stops nobody for good: the next turn writes it anew.
    """
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    async with Redis.from_url(empty_redis_url) as client:
        await client.set(f"{STORE_KEY_PREFIX}arxiv_gate", b"\xff{")
    assert await store.gate_state(now=NOW) == GateState()
    assert (await enter(store, "a", 0)).gate_wait == 0
    assert (await enter(store, "b", 1)).gate_reason == "busy"
    await store.close()


# -- progress, wishes, reports


async def test_progress_is_kept_whole(store):
    """
    The last progress saved is what the next refresh finds.
    """
    await store.save_progress(b"half", ttl=KEEP)
    await store.save_progress(b"\x00most", ttl=KEEP)
    assert await store.load_progress() == b"\x00most"


async def test_a_wish_counts_on_its_second_day(store):
    """
    Asked for again on the same day is one wish; on a later day it is a second one; other categories have their own.
    """
    ask = store.asked_before
    assert not await ask("cs.CV", day=DAY, ttl=KEEP)
    assert not await ask("cs.CV", day=DAY, ttl=KEEP)
    assert await ask("cs.CV", day=DAY + timedelta(days=1), ttl=KEEP)
    assert not await ask("math.AG", day=DAY + timedelta(days=1), ttl=KEEP)


async def test_wishes_are_bounded(store):
    """
    Beyond the most, a new wish is refused; one that is known is renewed all the same.
    """
    for category in ("math.AG", "cs.CV"):
        assert await store.follow(category, now=NOW, ttl=KEEP, most_followed=2)
    assert not await store.follow("q-bio.NC", now=NOW, ttl=KEEP, most_followed=2)
    assert await store.follow("cs.CV", now=NOW, ttl=KEEP, most_followed=2)
    assert await store.load_followed(now=NOW) == ("cs.CV", "math.AG")


async def test_expired_wishes_vanish(store):
    """
    A wish that nobody repeats within its time is gone and makes room for another.
    """
    await store.follow("math.AG", now=NOW, ttl=KEEP, most_followed=2)
    await store.follow("cs.CV", now=NOW, ttl=KEEP, most_followed=2)
    await store.follow("cs.CV", now=NOW + KEEP / 2, ttl=KEEP, most_followed=2)
    assert await store.load_followed(now=NOW + KEEP) == ("cs.CV",)
    assert await store.follow("q-bio.NC", now=NOW + KEEP, ttl=KEEP, most_followed=2)


async def test_a_notice_is_claimed_once(store):
    """
    Of many who claim a notice at once one may send it; given back, or once it has expired, it may be sent again.
    """
    taken = await asyncio.gather(*(store.claim_notice("day:mail", ttl=timedelta(days=1)) for _ in range(8)))
    assert sum(taken) == 1
    assert await store.claim_notice("day:chat", ttl=timedelta(milliseconds=50))
    await store.release_notice("day:mail")
    assert await store.claim_notice("day:mail", ttl=timedelta(days=1))
    await asyncio.sleep(0.1)
    assert await store.claim_notice("day:chat", ttl=timedelta(days=1))


async def test_reports_are_bounded_and_newest_first(store):
    """
    Only the newest reports are kept, and they come newest first.
    """
    for number in range(5):
        await store.save_report(str(number).encode(), most_reports=3)
    assert await store.load_reports(10) == [b"4", b"3", b"2"]
    assert await store.load_reports(1) == [b"4"]
    assert await store.load_reports(0) == []


# -- summaries


async def test_summaries_are_found_by_all_that_makes_them(store):
    """
    A summary is found under its own key, and not for another version, language, model or prompt.
    """
    others = [replace(KEY, version=2), replace(KEY, language="zh"), replace(KEY, model="b"), replace(KEY, prompt="p2")]
    await store.save_summary(KEY, SUMMARY, ttl=KEEP)
    assert await store.load_summaries([KEY, *others]) == {KEY: SUMMARY}


async def test_success_forgets_failure(store):
    """
    A failure noted is found until the summary is there.
    """
    failure = SummaryFailure("timed out", 2, NOW + MINUTE)
    await store.note_failure(KEY, failure, ttl=KEEP)
    assert await store.load_failures([KEY, replace(KEY, version=2)]) == {KEY: failure}
    await store.save_summary(KEY, SUMMARY, ttl=KEEP)
    assert await store.load_failures([KEY]) == {}


async def test_nobody_pays_twice(store):
    """
    One may write a summary at a time; after the lease another; once it exists, nobody.
    """
    claims = [store.claim_summary(KEY, f"h{number}", now=NOW, lease=MINUTE) for number in range(6)]
    assert sum(await asyncio.gather(*claims)) == 1
    assert await store.claim_summary(replace(KEY, version=2), "other", now=NOW, lease=MINUTE)
    assert await store.claim_summary(KEY, "later", now=NOW + MINUTE, lease=MINUTE)
    await store.save_summary(KEY, SUMMARY, ttl=KEEP)
    assert not await store.claim_summary(KEY, "last", now=NOW + 5 * MINUTE, lease=MINUTE)


async def test_usage_adds_up(store):
    """
    Counts added at the same time all count, by day and model; old days are forgotten.
    """
    old = Usage(DAY - timedelta(days=400), "m|1", 1)
    await store.add_usage(old)
    await asyncio.gather(*(store.add_usage(Usage(DAY, "m|1", 1, 0, 100, 10)) for _ in range(20)))
    await store.add_usage(Usage(DAY, "b", 0, 1))
    assert await store.load_usage(DAY - timedelta(days=500)) == [
        Usage(DAY, "b", 0, 1),
        Usage(DAY, "m|1", 20, 0, 2000, 200),
    ]
    assert await store.load_usage(DAY + timedelta(days=1)) == []


# -- several processes

CONTENDER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from core.store.open import open_store
from core.store.base import GateSpacing, Usage
async def main():
    store = open_store(sys.argv[1], data_dir=Path(sys.argv[2]), on_vercel=False)
    start, won = datetime(2031, 3, 4, tzinfo=UTC), []
    for turn in range(40):
        now = start + timedelta(seconds=turn)
        if await store.claim_refresh(sys.argv[3], now=now, lease=timedelta(milliseconds=1)):
            won.append(f"lock{turn}")
        answer = await store.enter_gate(sys.argv[3], "rss", now=now, spacing=GateSpacing(), lease=timedelta(seconds=9))
        if answer.gate_wait == 0:
            won.append(f"gate{turn}")
            await store.leave_gate(sys.argv[3], "rss", now=now)
        await store.add_usage(Usage(start.date(), "m", calls=1))
    await store.close()
    print(" ".join(won))
asyncio.run(main())
"""


async def test_processes_share_lock_gate_and_counts(store, tmp_path, request):
    """
    Two processes that start on one empty store at once never hold the same thing, nor lose a count.
    """
    url = request.getfixturevalue("redis_url") if store.backend == "redis" else ""
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", CONTENDER, url, str(tmp_path), name, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        for name in ("a", "b")
    ]
    outputs = await asyncio.gather(*(process.communicate() for process in started))
    assert [process.returncode for process in started] == [0, 0]
    won = [word for output, _ in outputs for word in output.decode().split()]
    assert any(word.startswith("lock") for word in won)
    turns = sorted(int(word[4:]) for word in won if word.startswith("gate"))
    assert turns
    assert all(later - earlier >= 3 for earlier, later in pairwise(turns))
    assert await store.load_usage(date(2031, 3, 4)) == [Usage(date(2031, 3, 4), "m", calls=80)]


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
    assert ttl[f"{STORE_KEY_PREFIX}blob:{first.papers}"] <= 3600
    assert ttl[f"{STORE_KEY_PREFIX}blob:{first.index}"] > 100 * 86400


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
