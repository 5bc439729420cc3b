"""Values of another type under our keys: taken away, when what belongs there can be fetched or counted anew."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from core.log import event
from core.store.base import STORE_KEY_PREFIX

_REDIS_KEY_TYPES: Final = {
    "followed": b"zset",
    "published": b"set",
    "refresh": b"hash",
    "reports": b"list",
    "usage": b"hash",
    "writing": b"hash",
}
"""By the kind of the key; all others are strings."""

SendRedisCommand = Callable[..., Awaitable[Any]]


async def unlink_strays(send_redis_command: SendRedisCommand, redis_command: Sequence[str | bytes | int]) -> bool:
    """
    Take away the keys of a command that hold what we never put there; whether there were any.

    Keys of profiles do not begin with ``STORE_KEY_PREFIX``: nothing brings those back. Raises StoreError.
    """
    our_redis_keys = [part for part in redis_command if isinstance(part, str) and part.startswith(STORE_KEY_PREFIX)]
    stray_keys = []
    for redis_key in our_redis_keys:
        redis_type = await send_redis_command("TYPE", redis_key)
        redis_key_kind = redis_key.removeprefix(STORE_KEY_PREFIX).partition(":")[0]
        if redis_type not in (b"none", _REDIS_KEY_TYPES.get(redis_key_kind, b"string")):
            stray_keys.append(redis_key)
    if stray_keys:
        await send_redis_command("UNLINK", *stray_keys)
        event("store.strays_removed", keys=stray_keys, error="they held what Paperfeed never put there")
    return bool(stray_keys)
