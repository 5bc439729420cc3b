"""Summaries in Redis: those made, those that failed, who is at one, and the tokens they took."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from core.paper import Summary
from core.store import codec
from core.store.base import USAGE_TTL
from core.store.gate import micros
from core.store.records import SummaryFailure, SummaryKey, Usage
from core.store.redis_connection import RedisConnection, redis_key, ttl_ms
from core.store.redis_scripts import ADD_USAGE_LUA, CLAIM_LUA, SAVE_SUMMARY_LUA

_REDIS_CLAIM_SLACK: Final = timedelta(minutes=10)
_REDIS_USAGE_COUNTERS: Final = ("calls", "failures", "prompt_tokens", "completion_tokens")


class RedisSummaries:
    """Speaks the verbs of ``core.store.base.SummaryStore`` to a Redis server."""

    _redis: RedisConnection

    async def save_summary(self, summary_key: SummaryKey, summary: Summary, *, ttl: timedelta) -> None:
        redis_keys = [redis_key("summary", str(summary_key)), redis_key("failure", str(summary_key))]
        await self._redis.run_lua(SAVE_SUMMARY_LUA, redis_keys, codec.encode_summaries([summary]), ttl_ms(ttl))

    async def load_summaries(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        summary_blobs = await self._get_blobs("summary", keys)
        return {key: codec.decode_summaries(summary_blob)[0] for key, summary_blob in summary_blobs.items()}

    async def note_failure(self, summary_key: SummaryKey, failure: SummaryFailure, *, ttl: timedelta) -> None:
        failure_key, failure_blob = redis_key("failure", str(summary_key)), codec.encode_failure(failure)
        await self._redis.command("SET", failure_key, failure_blob, "PX", ttl_ms(ttl))

    async def load_failures(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, SummaryFailure]:
        failure_blobs = await self._get_blobs("failure", keys)
        return {key: codec.decode_failure(failure_blob) for key, failure_blob in failure_blobs.items()}

    async def _get_blobs(self, key_kind: str, keys: Sequence[SummaryKey]) -> dict[SummaryKey, bytes]:
        if not keys:
            return {}
        mget_reply = await self._redis.command("MGET", *(redis_key(key_kind, str(key)) for key in keys))
        return {key: blob for key, blob in zip(keys, mget_reply, strict=True) if blob is not None}

    async def claim_summary(self, summary_key: SummaryKey, holder: str, *, now: datetime, lease: timedelta) -> bool:
        redis_keys = [redis_key("writing", str(summary_key)), redis_key("summary", str(summary_key))]
        return await claim(self._redis, redis_keys, holder, now, lease)

    async def add_usage(self, usage: Usage) -> None:
        redis_fields: list[str | int] = []
        for counter in _REDIS_USAGE_COUNTERS:
            redis_fields += (f"{usage.day}|{counter}|{usage.model}", getattr(usage, counter))
        ttl_and_oldest_day = (ttl_ms(USAGE_TTL), str(usage.day - USAGE_TTL))
        await self._redis.run_lua(ADD_USAGE_LUA, [redis_key("usage")], *ttl_and_oldest_day, *redis_fields)

    async def load_usage(self, since: date) -> list[Usage]:
        usage_hash = await self._redis.command("HGETALL", redis_key("usage"))
        if isinstance(usage_hash, dict):
            return _usages(usage_hash.items(), since)
        return _usages(zip(usage_hash[::2], usage_hash[1::2], strict=True), since)


async def claim(redis: RedisConnection, redis_keys: list[str], holder: str, now: datetime, lease: timedelta) -> bool:
    """Claim the first of these keys for a holder, unless another has it and its lease lasts, or the second exists."""
    # The caller's clock decides; the server's TTL only clears up after it.
    lease_end, claim_ttl = micros(now + lease), ttl_ms(lease + _REDIS_CLAIM_SLACK)
    return bool(await redis.run_lua(CLAIM_LUA, redis_keys, holder, micros(now), lease_end, claim_ttl))


def _usages(redis_fields: Iterable[tuple[bytes, bytes]], since: date) -> list[Usage]:
    """Add up the counters by day and model; what is no counter of ours is left out."""
    stored_by_day: dict[tuple[date, str], dict[str, int]] = {}
    for redis_field, redis_value in redis_fields:
        try:
            day, counter, model = redis_field.decode().split("|", 2)
            stored_day, stored_amount = date.fromisoformat(day), int(redis_value)
        except ValueError:
            continue
        if stored_day >= since and counter in _REDIS_USAGE_COUNTERS:
            stored_by_day.setdefault((stored_day, model), {})[counter] = stored_amount
    return [Usage(day, model, **stored_counters) for (day, model), stored_counters in sorted(stored_by_day.items())]
