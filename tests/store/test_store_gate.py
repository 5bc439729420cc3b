"""The gate to arXiv."""

import asyncio
import random
from pathlib import Path

import pytest
from redis.asyncio import Redis

from core.store.base import STORE_KEY_PREFIX
from core.store.open import open_store
from core.store.records import (
    GateAnswer,
    GateState,
)
from tests.support.stored import NOW, SECOND, enter


async def leave(store, holder, seconds, host="rss"):
    await store.leave_gate(holder, host, now=NOW + seconds * SECOND)


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
