"""Profiles in Redis: two strings each, and one sorted set of their names by the time at which they expire."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from core.store.gate import micros
from core.store.profiles import GONE_PROFILE, PROFILE_KEY_PREFIX, CreationAnswer, ProfileBlobs, StoredProfileLimits
from core.store.redis_connection import RedisConnection, ttl_ms

_CREATION_COUNT_TTL: Final = timedelta(days=2)
"""How long a day's count of new profiles stays."""
_CREATE_LUA_ANSWERS: Final[tuple[CreationAnswer, ...]] = ("created", "taken", "full", "too many today")

_CREATE_LUA: Final = """
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

_REPLACE_LUA: Final = """
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

_DELETE_LUA: Final = """
-- KEYS: head, memory, names   ARGV: name
local held = redis.call('GET', KEYS[1])
if not held or held == '' then return 0 end
redis.call('SET', KEYS[1], '')
redis.call('DEL', KEYS[2])
redis.call('ZADD', KEYS[3], '+inf', ARGV[1])
return 1
"""

_RESTORE_LUA: Final = """
-- KEYS: head, memory, names   ARGV: name, head, memory, TTL (ms), until (microseconds)
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
return 1
"""


class RedisProfileStore:
    """Speaks the verbs of ``core.store.profiles.ProfileStore`` over a store's connection."""

    def __init__(self, redis: RedisConnection) -> None:
        self._redis = redis

    async def load_head(self, stored_hash: str) -> bytes | None:
        stored_head: bytes | None = await self._redis.command("GET", head_key(stored_hash))
        return stored_head

    async def load_blobs(self, stored_hash: str) -> ProfileBlobs | None:
        stored_head, stored_memory = await self._redis.command("MGET", head_key(stored_hash), _memory_key(stored_hash))
        return None if stored_head is None else ProfileBlobs(stored_head, stored_memory or b"")

    async def create_blobs(
        self,
        stored_hash: str,
        profile_blobs: ProfileBlobs,
        *,
        now: datetime,
        ttl: timedelta,
        limits: StoredProfileLimits,
    ) -> CreationAnswer:
        redis_keys = [*_profile_keys(stored_hash), f"{PROFILE_KEY_PREFIX}created:{now:%Y-%m-%d}"]
        lua_arguments: list[str | bytes | int] = [profile_blobs.head, profile_blobs.memory]
        lua_arguments += (ttl_ms(ttl), micros(now), micros(now + ttl))
        lua_arguments += (limits.most_stored_profiles, limits.most_stored_a_day, ttl_ms(_CREATION_COUNT_TTL))
        lua_answer: int = await self._redis.run_lua(_CREATE_LUA, redis_keys, stored_hash, *lua_arguments)
        return _CREATE_LUA_ANSWERS[lua_answer]

    async def replace_blobs(
        self, stored_hash: str, stored_head: bytes, profile_blobs: ProfileBlobs, *, now: datetime, ttl: timedelta
    ) -> bool:
        lua_arguments = (stored_head, profile_blobs.head, profile_blobs.memory, ttl_ms(ttl), micros(now + ttl))
        redis_keys = _profile_keys(stored_hash)
        return bool(await self._redis.run_lua(_REPLACE_LUA, redis_keys, stored_hash, *lua_arguments, stored_hash))

    async def rotate_blobs(
        self,
        stored_hash: str,
        stored_head: bytes,
        new_stored_hash: str,
        profile_blobs: ProfileBlobs,
        *,
        now: datetime,
        ttl: timedelta,
    ) -> bool:
        redis_keys = [*_profile_keys(stored_hash), head_key(new_stored_hash), _memory_key(new_stored_hash)]
        lua_arguments = (stored_head, profile_blobs.head, profile_blobs.memory, ttl_ms(ttl), micros(now + ttl))
        return bool(await self._redis.run_lua(_REPLACE_LUA, redis_keys, stored_hash, *lua_arguments, new_stored_hash))

    async def delete(self, stored_hash: str, *, now: datetime) -> bool:  # noqa: ARG002 - SQLite needs the time
        return bool(await self._redis.run_lua(_DELETE_LUA, _profile_keys(stored_hash), stored_hash))

    async def load_names(self, *, now: datetime) -> tuple[str, ...]:
        redis_names = await self._redis.command("ZRANGEBYSCORE", _REDIS_NAMES_KEY, f"({micros(now)}", "(+inf")
        return tuple(sorted(redis_name.decode(errors="replace") for redis_name in redis_names))

    async def load_gone(self) -> tuple[str, ...]:
        gone_redis_members = await self._redis.command("ZRANGEBYSCORE", _REDIS_NAMES_KEY, "+inf", "+inf")
        return tuple(sorted(gone_redis_member.decode(errors="replace") for gone_redis_member in gone_redis_members))

    async def put_blobs(self, stored_hash: str, profile_blobs: ProfileBlobs, *, now: datetime, ttl: timedelta) -> None:
        lua_arguments = (profile_blobs.head, profile_blobs.memory, ttl_ms(ttl), micros(now + ttl))
        await self._redis.run_lua(_RESTORE_LUA, _profile_keys(stored_hash), stored_hash, *lua_arguments)

    async def restore_gone(self, stored_hashes: Sequence[str], *, now: datetime) -> None:  # noqa: ARG002
        for stored_hash in stored_hashes:
            await self._redis.command("SET", head_key(stored_hash), GONE_PROFILE)
            await self._redis.command("ZADD", _REDIS_NAMES_KEY, "+inf", stored_hash)


_REDIS_NAMES_KEY: Final = PROFILE_KEY_PREFIX + "names"


def head_key(stored_hash: str) -> str:
    """Where a profile's head is kept: read together with the manifest in one command."""
    return f"{PROFILE_KEY_PREFIX}head:{stored_hash}"


def _memory_key(stored_hash: str) -> str:
    return f"{PROFILE_KEY_PREFIX}memory:{stored_hash}"


def _profile_keys(stored_hash: str) -> list[str]:
    return [head_key(stored_hash), _memory_key(stored_hash), _REDIS_NAMES_KEY]
