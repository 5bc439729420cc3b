"""Summaries, their failures and what they cost."""

import asyncio
from datetime import timedelta

from msgspec.structs import replace

from core.store.records import (
    SummaryFailure,
    Usage,
)
from tests.support.stored import DAY, KEEP, KEY, MINUTE, NOW, SUMMARY

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
