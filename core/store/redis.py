"""The store in Redis (or Valkey, or Upstash): shared by all instances, few commands, everything with a TTL."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from core.errors import StoreError
from core.store import codec
from core.store.base import DROPPED_BLOB_TTL, MANIFEST_TTL, REPORTS_TTL
from core.store.blobs import batch_ref_of, blob_names, blobs_by_name, join_batches
from core.store.gate import micros
from core.store.gate_turns import DecideGateTurn, GateTurnAnswer, GateTurns, decode_gate
from core.store.profiles import ProfileStore
from core.store.records import BatchBlobs, BatchRef, Manifest
from core.store.redis_connection import RedisConnection, redis_key, ttl_ms
from core.store.redis_profiles import RedisProfileStore, head_key
from core.store.redis_scripts import (
    ASKED_BEFORE_LUA,
    FOLLOW_LUA,
    PUBLISH_LUA,
    RELEASE_LUA,
    REPLACE_GATE_LUA,
    SAVE_BLOB_LUA,
    SAVE_REPORT_LUA,
)
from core.store.redis_summaries import RedisSummaries, claim

MOST_REDIS_REPLY_BYTES: Final = 8_000_000
"""The most that one reply is asked to hold: providers cut off at 10 MB."""

_GATE_TTL: Final = timedelta(days=7)
_MOST_GATE_TRIES: Final = 50  # of a turn at the gate, each lost to another instance's


class RedisStore(GateTurns, RedisSummaries):
    """Speaks the verbs of ``core.store.base.Store`` to a Redis server; nothing connects before the first of them."""

    def __init__(self, redis_url: str) -> None:
        self._redis = RedisConnection(redis_url)
        self._redis_profiles = RedisProfileStore(self._redis)
        self._decoded_manifest: tuple[bytes, Manifest] | None = None
        self._gate_blob_seen = b""  # as it was last found; empty: there is none

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
        return self._redis_profiles

    async def load_manifest(self) -> Manifest | None:
        return self._decode_manifest(await self._redis.command("GET", redis_key("manifest")))

    async def load_manifest_and_head(self, stored_hash: str) -> tuple[Manifest | None, bytes | None]:
        manifest_blob, stored_head = await self._redis.command("MGET", redis_key("manifest"), head_key(stored_hash))
        return self._decode_manifest(manifest_blob), stored_head

    def _decode_manifest(self, manifest_blob: bytes | None) -> Manifest | None:
        if manifest_blob is None:
            return None
        if self._decoded_manifest is None or self._decoded_manifest[0] != manifest_blob:
            self._decoded_manifest = (manifest_blob, codec.decode_manifest(manifest_blob))
        return self._decoded_manifest[1]

    async def load_batches(self, batch_refs: Sequence[BatchRef]) -> dict[date, BatchBlobs]:
        stored_blobs: dict[str, bytes] = {}
        for mget_names in _mget_portions(batch_refs):
            mget_reply = await self._redis.command("MGET", *(redis_key("blob", blob_name) for blob_name in mget_names))
            stored_blobs |= {name: blob for name, blob in zip(mget_names, mget_reply, strict=True) if blob is not None}
        return join_batches(batch_refs, stored_blobs)

    async def save_batch(self, day: date, batch_blobs: BatchBlobs, *, count: int, ttl: timedelta) -> BatchRef:
        for blob_name, blob in blobs_by_name(batch_blobs).items():
            await self._redis.run_lua(SAVE_BLOB_LUA, [redis_key("blob", blob_name)], blob, ttl_ms(ttl))
        return batch_ref_of(day, batch_blobs, count)

    async def publish(self, manifest: Manifest) -> None:
        blob_keys = [redis_key("blob", blob_name) for blob_name in blob_names(manifest.batches)]
        redis_keys = [redis_key("manifest"), redis_key("published"), *blob_keys]
        manifest_blob = codec.encode_manifest(manifest)
        await self._redis.run_lua(
            PUBLISH_LUA, redis_keys, manifest_blob, ttl_ms(MANIFEST_TTL), ttl_ms(DROPPED_BLOB_TTL)
        )

    async def claim_refresh(self, holder: str, *, now: datetime, lease: timedelta) -> bool:
        return await claim(self._redis, [redis_key("refresh")], holder, now, lease)

    async def release_refresh(self, holder: str) -> None:
        await self._redis.run_lua(RELEASE_LUA, [redis_key("refresh")], holder)

    async def _load_gate(self) -> bytes | None:
        gate_blob: bytes | None = await self._redis.command("GET", redis_key("arxiv_gate"))
        return gate_blob

    async def _take_gate_turn(self, decide: DecideGateTurn[GateTurnAnswer]) -> GateTurnAnswer:
        """Begin with the gate as this instance left it: alone, a turn is one command."""
        for _ in range(_MOST_GATE_TRIES):
            gate_blob_read = self._gate_blob_seen
            gate, gate_turn_answer = decide(decode_gate(gate_blob_read))
            gate_blob = msgspec.json.encode(gate)
            lua_arguments = (gate_blob_read, gate_blob, ttl_ms(_GATE_TTL))
            gate_blob_found = await self._redis.run_lua(REPLACE_GATE_LUA, [redis_key("arxiv_gate")], *lua_arguments)
            self._gate_blob_seen = gate_blob if gate_blob_found == gate_blob_read else gate_blob_found
            if gate_blob_found == gate_blob_read:
                return gate_turn_answer
        raise StoreError("could not take a turn at the gate to arXiv: too many others did at the same moment")

    async def save_progress(self, progress_blob: bytes, *, ttl: timedelta) -> None:
        await self._redis.command("SET", redis_key("progress"), progress_blob, "PX", ttl_ms(ttl))

    async def load_progress(self) -> bytes | None:
        progress_blob: bytes | None = await self._redis.command("GET", redis_key("progress"))
        return progress_blob

    async def asked_before(self, category: str, *, day: date, ttl: timedelta) -> bool:
        asked_redis_key = redis_key("asked", category)
        return bool(await self._redis.run_lua(ASKED_BEFORE_LUA, [asked_redis_key], day.isoformat(), ttl_ms(ttl)))

    async def follow(self, category: str, *, now: datetime, ttl: timedelta, most_followed: int) -> bool:
        lua_arguments = (category, micros(now), micros(now + ttl), most_followed, ttl_ms(ttl))
        return bool(await self._redis.run_lua(FOLLOW_LUA, [redis_key("followed")], *lua_arguments))

    async def load_followed(self, *, now: datetime) -> tuple[str, ...]:
        followed_members = await self._redis.command("ZRANGEBYSCORE", redis_key("followed"), f"({micros(now)}", "+inf")
        return tuple(sorted(followed_member.decode(errors="replace") for followed_member in followed_members))

    async def save_report(self, report_blob: bytes, *, most_reports: int) -> None:
        lua_arguments = (report_blob, most_reports, ttl_ms(REPORTS_TTL))
        await self._redis.run_lua(SAVE_REPORT_LUA, [redis_key("reports")], *lua_arguments)

    async def load_reports(self, most_reports: int) -> list[bytes]:
        lrange_newest = ("LRANGE", redis_key("reports"), 0, most_reports - 1)
        return list(await self._redis.command(*lrange_newest)) if most_reports > 0 else []

    async def claim_notice(self, notice_key: str, *, ttl: timedelta) -> bool:
        return bool(await self._redis.command("SET", redis_key("notice", notice_key), b"1", "NX", "PX", ttl_ms(ttl)))

    async def release_notice(self, notice_key: str) -> None:
        await self._redis.command("DEL", redis_key("notice", notice_key))

    async def close(self) -> None:
        await self._redis.close()


def _mget_portions(batch_refs: Sequence[BatchRef]) -> Iterator[list[str]]:
    """Divide the blobs' names so that none exceeds ``MOST_REDIS_REPLY_BYTES``: nearly always into one portion."""
    mget_names: list[str] = []
    mget_reply_bytes = 0
    for batch_ref in batch_refs:
        if mget_names and mget_reply_bytes + batch_ref.blobs_bytes > MOST_REDIS_REPLY_BYTES:
            yield mget_names
            mget_names, mget_reply_bytes = [], 0
        mget_names += blob_names([batch_ref])
        mget_reply_bytes += batch_ref.blobs_bytes
    if mget_names:
        yield mget_names
