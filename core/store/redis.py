"""The store in Redis (or Valkey, or Upstash): shared by all instances, few commands, everything with a TTL."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from core.errors import StoreError
from core.paper import Summary
from core.store import codec, redis_scripts
from core.store.base import DROPPED_TTL, KEY_PREFIX, MANIFEST_TTL, REPORTS_TTL, USAGE_KEPT
from core.store.blobs import gather, named, pack, ref_of
from core.store.gate import micros
from core.store.gate_turns import Answer, Decide, GateTurns, gate_of
from core.store.profiles import ProfileStore
from core.store.records import (
    BatchBlobs,
    BatchRef,
    Manifest,
    SummaryFailure,
    SummaryKey,
    Usage,
)
from core.store.redis_connection import RedisConnection, in_ms
from core.store.redis_profiles import RedisProfileStore, head_key

MOST_REPLY_BYTES: Final = 8_000_000
"""The most that one reply is asked to hold: providers cut off at 10 MB."""

GATE_TTL: Final = timedelta(days=7)
_MOST_TRIES: Final = 50  # of a turn at the gate, each lost to another instance's
_LOCK_SLACK: Final = timedelta(minutes=10)
_USAGE_COUNTERS: Final = ("calls", "failures", "prompt_tokens", "completion_tokens")


class RedisStore(GateTurns):
    """Speaks the verbs of ``core.store.base.Store`` to a Redis server; nothing connects before the first of them."""

    def __init__(self, url: str) -> None:
        self._connection = RedisConnection(url)
        self._do, self._eval = self._connection.do, self._connection.eval
        self._profiles = RedisProfileStore(self._connection)
        self._seen_manifest: tuple[bytes, Manifest] | None = None
        self._gate = b""  # as it was last found; empty: there is none

    @property
    def backend(self) -> str:
        return "redis"

    @property
    def durable(self) -> bool:
        return True

    def unwritable(self) -> str:
        return ""  # only a refused command tells

    @property
    def profiles(self) -> ProfileStore:
        return self._profiles

    async def load_manifest(self) -> Manifest | None:
        return self._manifest(await self._do("GET", _key("manifest")))

    async def load_manifest_and_head(self, name: str) -> tuple[Manifest | None, bytes | None]:
        data, head = await self._do("MGET", _key("manifest"), head_key(name))
        return self._manifest(data), head

    def _manifest(self, data: bytes | None) -> Manifest | None:
        if data is None:
            return None
        if self._seen_manifest is None or self._seen_manifest[0] != data:
            self._seen_manifest = (data, codec.decode_manifest(data))
        return self._seen_manifest[1]

    async def load_batches(self, refs: Sequence[BatchRef]) -> dict[date, BatchBlobs]:
        found: dict[str, bytes] = {}
        for names in _reply_portions(refs):
            values = await self._do("MGET", *(_key("blob", name) for name in names))
            found |= {name: value for name, value in zip(names, values, strict=True) if value is not None}
        return gather(refs, found)

    async def save_batch(self, day: date, blobs: BatchBlobs, *, count: int, ttl: timedelta) -> BatchRef:
        for name, data in pack(blobs).items():
            await self._eval(redis_scripts.SAVE, [_key("blob", name)], data, in_ms(ttl))
        return ref_of(day, blobs, count)

    async def publish(self, manifest: Manifest) -> None:
        keys = [_key("manifest"), _key("published"), *(_key("blob", name) for name in named(manifest.batches))]
        data = codec.encode_manifest(manifest)
        await self._eval(redis_scripts.PUBLISH, keys, data, in_ms(MANIFEST_TTL), in_ms(DROPPED_TTL))

    async def claim_refresh(self, holder: str, *, now: datetime, lease: timedelta) -> bool:
        return await self._claim([_key("refresh")], holder, now, lease)

    async def release_refresh(self, holder: str) -> None:
        await self._eval(redis_scripts.RELEASE, [_key("refresh")], holder)

    async def _claim(self, keys: list[str], holder: str, now: datetime, lease: timedelta) -> bool:
        # The caller's clock decides; the server's TTL only clears up after it.
        end = micros(now + lease)
        return bool(await self._eval(redis_scripts.CLAIM, keys, holder, micros(now), end, in_ms(lease + _LOCK_SLACK)))

    async def _load_gate(self) -> bytes | None:
        data: bytes | None = await self._do("GET", _key("arxiv_gate"))
        return data

    async def _turn(self, decide: Decide[Answer]) -> Answer:
        """Begin with the gate as this instance left it: alone, a turn is one command."""
        for _ in range(_MOST_TRIES):
            read = self._gate
            gate, answer = decide(gate_of(read))
            written = msgspec.json.encode(gate)
            found = await self._eval(redis_scripts.REPLACE, [_key("arxiv_gate")], read, written, in_ms(GATE_TTL))
            self._gate = written if found == read else found
            if found == read:
                return answer
        raise StoreError("could not take a turn at the gate to arXiv: too many others did at the same moment")

    async def save_progress(self, progress: bytes, *, ttl: timedelta) -> None:
        await self._do("SET", _key("progress"), progress, "PX", in_ms(ttl))

    async def load_progress(self) -> bytes | None:
        data: bytes | None = await self._do("GET", _key("progress"))
        return data

    async def asked_before(self, category: str, *, day: date, ttl: timedelta) -> bool:
        return bool(
            await self._eval(redis_scripts.ASKED_BEFORE, [_key("asked", category)], day.isoformat(), in_ms(ttl))
        )

    async def follow(self, category: str, *, now: datetime, ttl: timedelta, most: int) -> bool:
        times = (micros(now), micros(now + ttl))
        return bool(await self._eval(redis_scripts.FOLLOW, [_key("followed")], category, *times, most, in_ms(ttl)))

    async def followed(self, *, now: datetime) -> tuple[str, ...]:
        found = await self._do("ZRANGEBYSCORE", _key("followed"), f"({micros(now)}", "+inf")
        return tuple(sorted(category.decode(errors="replace") for category in found))

    async def save_report(self, report: bytes, *, most: int) -> None:
        await self._eval(redis_scripts.SAVE_REPORT, [_key("reports")], report, most, in_ms(REPORTS_TTL))

    async def reports(self, most: int) -> list[bytes]:
        return list(await self._do("LRANGE", _key("reports"), 0, most - 1)) if most > 0 else []

    async def claim_notice(self, name: str, *, ttl: timedelta) -> bool:
        return bool(await self._do("SET", _key("notice", name), b"1", "NX", "PX", in_ms(ttl)))

    async def release_notice(self, name: str) -> None:
        await self._do("DEL", _key("notice", name))

    async def save_summary(self, key: SummaryKey, summary: Summary, *, ttl: timedelta) -> None:
        keys = [_key("summary", str(key)), _key("failure", str(key))]
        await self._eval(redis_scripts.SAVE_SUMMARY, keys, codec.encode_summaries([summary]), in_ms(ttl))

    async def summaries(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        found = await self._get_each("summary", keys)
        return {key: codec.decode_summaries(data)[0] for key, data in found.items()}

    async def note_failure(self, key: SummaryKey, failure: SummaryFailure, *, ttl: timedelta) -> None:
        await self._do("SET", _key("failure", str(key)), codec.encode_failure(failure), "PX", in_ms(ttl))

    async def failures(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, SummaryFailure]:
        found = await self._get_each("failure", keys)
        return {key: codec.decode_failure(data) for key, data in found.items()}

    async def _get_each(self, kind: str, keys: Sequence[SummaryKey]) -> dict[SummaryKey, bytes]:
        if not keys:
            return {}
        values = await self._do("MGET", *(_key(kind, str(key)) for key in keys))
        return {key: value for key, value in zip(keys, values, strict=True) if value is not None}

    async def claim_summary(self, key: SummaryKey, holder: str, *, now: datetime, lease: timedelta) -> bool:
        return await self._claim([_key("writing", str(key)), _key("summary", str(key))], holder, now, lease)

    async def add_usage(self, usage: Usage) -> None:
        added = [(f"{usage.day}|{counter}|{usage.model}", getattr(usage, counter)) for counter in _USAGE_COUNTERS]
        flat = [part for pair in added for part in pair]
        await self._eval(
            redis_scripts.ADD_USAGE, [_key("usage")], in_ms(USAGE_KEPT), str(usage.day - USAGE_KEPT), *flat
        )

    async def usage(self, since: date) -> list[Usage]:
        flat = await self._do("HGETALL", _key("usage"))
        pairs = flat.items() if isinstance(flat, dict) else zip(flat[::2], flat[1::2], strict=True)
        return _usages(pairs, since)

    async def close(self) -> None:
        await self._connection.close()


def _key(kind: str, name: str = "") -> str:
    return f"{KEY_PREFIX}{kind}:{name}" if name else KEY_PREFIX + kind


def _reply_portions(refs: Sequence[BatchRef]) -> Iterator[list[str]]:
    """Divide the blobs' names so that no reply grows beyond ``MOST_REPLY_BYTES``: nearly always into one portion."""
    blob_names: list[str] = []
    reply_bytes = 0
    for ref in refs:
        if blob_names and reply_bytes + ref.size > MOST_REPLY_BYTES:
            yield blob_names
            blob_names, reply_bytes = [], 0
        blob_names += named([ref])
        reply_bytes += ref.size
    if blob_names:
        yield blob_names


def _usages(amounts: Iterable[tuple[bytes, bytes]], since: date) -> list[Usage]:
    """Add up the counters by day and model; what is no counter of ours is left out."""
    totals: dict[tuple[date, str], dict[str, int]] = {}
    for name, amount in amounts:
        try:
            day, counter, model = name.decode().split("|", 2)
            on, number = date.fromisoformat(day), int(amount)
        except ValueError:
            continue
        if on >= since and counter in _USAGE_COUNTERS:
            totals.setdefault((on, model), {})[counter] = number
    return [Usage(day, model, **counts) for (day, model), counts in sorted(totals.items())]
