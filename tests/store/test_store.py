"""What every store promises, held against SQLite and a real Redis server."""

import asyncio
import sys
from datetime import date, timedelta
from itertools import pairwise

from core.store.records import (
    GateState,
    Usage,
)
from tests.support.stored import DAY, KEEP, MINUTE, NOW, ROOT, SECOND

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
