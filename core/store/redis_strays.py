"""Values of another type under our keys: taken away, when what belongs there can be fetched or counted anew."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from core.log import event
from core.store.base import KEY_PREFIX

_KEY_TYPES: Final = {
    "followed": b"zset",
    "published": b"set",
    "refresh": b"hash",
    "reports": b"list",
    "usage": b"hash",
    "writing": b"hash",
}
"""By the kind of the key; all others are strings."""

Do = Callable[..., Awaitable[Any]]


async def unlink_strays(do: Do, command: Sequence[str | bytes | int]) -> bool:
    """
    Take away the keys of a command that hold what we never put there; whether there were any.

    Keys of profiles do not begin with ``KEY_PREFIX``: nothing brings those back. Raises StoreError.
    """
    keys = [part for part in command if isinstance(part, str) and part.startswith(KEY_PREFIX)]
    strays = []
    for key in keys:
        found = await do("TYPE", key)
        if found not in (b"none", _KEY_TYPES.get(key.removeprefix(KEY_PREFIX).partition(":")[0], b"string")):
            strays.append(key)
    if strays:
        await do("UNLINK", *strays)
        event("store.strays_removed", keys=strays, error="they held what Paperfeed never put there")
    return bool(strays)
