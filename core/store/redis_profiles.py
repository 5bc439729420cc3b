"""Profiles in Redis: two strings each, and one sorted set of their names by the time at which they expire."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from core.store.gate import micros
from core.store.profiles import GONE, PROFILE_PREFIX, Created, CreationLimits, ProfileBlobs
from core.store.redis_connection import RedisConnection, in_ms

_CREATION_COUNT_KEPT: Final = timedelta(days=2)
"""How long a day's count of new profiles stays."""
_CREATION_ANSWERS: Final[tuple[Created, ...]] = ("created", "taken", "full", "too many today")

_CREATE: Final = """
-- KEYS: head, memory, names, the day's count
-- ARGV: name, head, memory, TTL (ms), now, until (microseconds), most, most a day, TTL of the count (ms)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[5])
if redis.call('EXISTS', KEYS[1]) == 1 then return 1 end
if redis.call('ZCOUNT', KEYS[3], '-inf', '(+inf') >= tonumber(ARGV[7]) then return 2 end
if tonumber(redis.call('GET', KEYS[4]) or '0') >= tonumber(ARGV[8]) then return 3 end
redis.call('INCR', KEYS[4])
redis.call('PEXPIRE', KEYS[4], ARGV[9])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[6], ARGV[1])
return 0
"""

_REPLACE_PROFILE: Final = """
-- KEYS: head, memory, names, [new head, new memory]
-- ARGV: name, head as it was, head, memory, TTL (ms), until (microseconds), new name or the same
local held = redis.call('GET', KEYS[1])
if not held or held == '' or held ~= ARGV[2] then return 0 end
if KEYS[4] then
  redis.call('SET', KEYS[1], '')
  redis.call('DEL', KEYS[2])
  redis.call('ZADD', KEYS[3], '+inf', ARGV[1])
end
redis.call('SET', KEYS[4] or KEYS[1], ARGV[3], 'PX', ARGV[5])
redis.call('SET', KEYS[5] or KEYS[2], ARGV[4], 'PX', ARGV[5])
redis.call('ZADD', KEYS[3], ARGV[6], ARGV[7])
return 1
"""

_DELETE: Final = """
-- KEYS: head, memory, names   ARGV: name
local held = redis.call('GET', KEYS[1])
if not held or held == '' then return 0 end
redis.call('SET', KEYS[1], '')
redis.call('DEL', KEYS[2])
redis.call('ZADD', KEYS[3], '+inf', ARGV[1])
return 1
"""

_RESTORE: Final = """
-- KEYS: head, memory, names   ARGV: name, head, memory, TTL (ms), until (microseconds)
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
return 1
"""


class RedisProfileStore:
    """Speaks the verbs of ``core.store.profiles.ProfileStore`` over a store's connection."""

    def __init__(self, connection: RedisConnection) -> None:
        self._do, self._eval = connection.do, connection.eval

    async def load_head(self, name: str) -> bytes | None:
        head: bytes | None = await self._do("GET", head_key(name))
        return head

    async def load(self, name: str) -> ProfileBlobs | None:
        head, memory = await self._do("MGET", head_key(name), _memory_key(name))
        return None if head is None else ProfileBlobs(head, memory or b"")

    async def create(
        self, name: str, blobs: ProfileBlobs, *, now: datetime, ttl: timedelta, limits: CreationLimits
    ) -> Created:
        keys = [*_keys(name), f"{PROFILE_PREFIX}created:{now:%Y-%m-%d}"]
        times = (in_ms(ttl), micros(now), micros(now + ttl))
        most = (limits.most, limits.most_a_day, in_ms(_CREATION_COUNT_KEPT))
        answer: int = await self._eval(_CREATE, keys, name, blobs.head, blobs.memory, *times, *most)
        return _CREATION_ANSWERS[answer]

    async def replace(self, name: str, before: bytes, blobs: ProfileBlobs, *, now: datetime, ttl: timedelta) -> bool:
        values = (before, blobs.head, blobs.memory, in_ms(ttl), micros(now + ttl))
        return bool(await self._eval(_REPLACE_PROFILE, _keys(name), name, *values, name))

    async def rotate(
        self, name: str, before: bytes, new_name: str, blobs: ProfileBlobs, *, now: datetime, ttl: timedelta
    ) -> bool:
        keys = [*_keys(name), head_key(new_name), _memory_key(new_name)]
        values = (before, blobs.head, blobs.memory, in_ms(ttl), micros(now + ttl))
        return bool(await self._eval(_REPLACE_PROFILE, keys, name, *values, new_name))

    async def delete(self, name: str, *, now: datetime) -> bool:  # noqa: ARG002 - SQLite needs the time
        return bool(await self._eval(_DELETE, _keys(name), name))

    async def names(self, *, now: datetime) -> tuple[str, ...]:
        found = await self._do("ZRANGEBYSCORE", _NAMES, f"({micros(now)}", "(+inf")
        return tuple(sorted(name.decode(errors="replace") for name in found))

    async def gone(self) -> tuple[str, ...]:
        found = await self._do("ZRANGEBYSCORE", _NAMES, "+inf", "+inf")
        return tuple(sorted(name.decode(errors="replace") for name in found))

    async def restore(self, name: str, blobs: ProfileBlobs, *, now: datetime, ttl: timedelta) -> None:
        keys = _keys(name)
        await self._eval(_RESTORE, keys, name, blobs.head, blobs.memory, in_ms(ttl), micros(now + ttl))

    async def restore_gone(self, names: Sequence[str], *, now: datetime) -> None:  # noqa: ARG002
        for name in names:
            await self._do("SET", head_key(name), GONE)
            await self._do("ZADD", _NAMES, "+inf", name)


_NAMES: Final = PROFILE_PREFIX + "names"


def head_key(name: str) -> str:
    """Where a profile's head is kept: read together with the manifest in one command."""
    return f"{PROFILE_PREFIX}head:{name}"


def _memory_key(name: str) -> str:
    return f"{PROFILE_PREFIX}memory:{name}"


def _keys(name: str) -> list[str]:
    return [head_key(name), _memory_key(name), _NAMES]
