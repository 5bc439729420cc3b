"""A pool of connections to Redis, shared by all that is kept there; its errors become sentences without a secret."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from redis import exceptions as redis_exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff

from core.errors import STORE_FULL, STORE_READ_ONLY, StoreError, Unwritable
from core.store.base import STORE_KEY_PREFIX

_REDIS_TIMEOUT_SECONDS: Final = 10.0
_REDIS_LOGIN_ERRORS: Final = (
    redis_exceptions.AuthenticationError,
    redis_exceptions.AuthorizationError,
    redis_exceptions.NoPermissionError,
)
_UNWRITABLE_REDIS: Final = {"OOM": STORE_FULL, "READONLY": STORE_READ_ONLY, "MISCONF": STORE_FULL}
"""What a Redis that takes nothing calls it, and what strangers are told."""


class WrongKeyType(StoreError):
    """A key holds a value of another type than the command is for."""


class RedisConnection:
    """Sends commands to a Redis server; nothing connects before the first of them."""

    def __init__(self, redis_url: str) -> None:
        # RESP2 and no driver information: a connection costs no round trips beyond AUTH.
        try:
            redis_pool = BlockingConnectionPool.from_url(
                redis_url,
                max_connections=8,
                timeout=_REDIS_TIMEOUT_SECONDS,
                protocol=2,
                driver_info=None,
                socket_timeout=_REDIS_TIMEOUT_SECONDS,
                socket_connect_timeout=5.0,
                retry=Retry(ConstantBackoff(0.05), 1),
            )
        except ValueError as redis_url_error:
            redis_url_shape = "it must look like redis://user:password@host:port"
            raise StoreError(f"the Redis address is not valid: {redis_url_shape}") from redis_url_error
        self._redis_client = Redis.from_pool(redis_pool)
        self._redis_password = str(redis_pool.connection_kwargs.get("password") or "")

    async def close(self) -> None:
        with self._redis_errors():
            await self._redis_client.aclose()

    async def command(self, *redis_command: str | bytes | int) -> Any:
        """Send one command; once more when a value of another type stood in its way. Raises StoreError."""
        try:
            return await self._send_command(*redis_command)
        except WrongKeyType:
            from core.store.redis_strays import unlink_strays  # noqa: PLC0415 - the request path does without

            if not await unlink_strays(self._send_command, redis_command):
                raise
        return await self._send_command(*redis_command)

    # execute_command answers with whatever the command answers with.
    async def _send_command(self, *redis_command: str | bytes | int) -> Any:
        with self._redis_errors():
            return await self._redis_client.execute_command(*redis_command)  # type: ignore[no-untyped-call]  # redis-py's gap

    async def run_lua(self, lua_script: str, redis_keys: Sequence[str], *lua_arguments: str | bytes | int) -> Any:
        """Run a script: one command. Raises StoreError."""
        return await self.command("EVAL", lua_script, len(redis_keys), *redis_keys, *lua_arguments)

    @contextlib.contextmanager
    def _redis_errors(self) -> Iterator[None]:
        """Translate the library's errors into sentences that name neither address nor password."""
        try:
            yield
        except _REDIS_LOGIN_ERRORS as redis_error:
            raise StoreError("Redis refused the user or the password") from redis_error
        except (redis_exceptions.TimeoutError, TimeoutError) as redis_error:
            raise StoreError("Redis did not answer in time") from redis_error
        except (redis_exceptions.ConnectionError, OSError) as redis_error:
            raise StoreError("could not connect to Redis, or the connection broke") from redis_error
        except redis_exceptions.RedisError as redis_error:
            raise self._refused_command(str(redis_error)) from redis_error

    def _refused_command(self, redis_message: str) -> StoreError:
        """Tell apart what can be mended: a value of another type, a Redis that is full, one that is a replica."""
        redis_refusal = f"Redis refused: {self._without_redis_password(redis_message)[:200]}"
        if "WRONGTYPE" in redis_message:
            return WrongKeyType(redis_refusal)
        for redis_error_code, public_refusal in _UNWRITABLE_REDIS.items():
            if redis_error_code in redis_message:
                return Unwritable(redis_refusal, public_refusal)
        return StoreError(redis_refusal)

    def _without_redis_password(self, redis_message: str) -> str:
        return redis_message.replace(self._redis_password, "***") if self._redis_password else redis_message


def redis_key(key_kind: str, name: str = "") -> str:
    return f"{STORE_KEY_PREFIX}{key_kind}:{name}" if name else STORE_KEY_PREFIX + key_kind


def ttl_ms(ttl: timedelta) -> int:
    """A TTL as Redis wants it, at least 1."""
    return max(1, ttl // timedelta(milliseconds=1))
