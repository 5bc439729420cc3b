"""An answer that everybody may share for a few seconds: however many ask, the store is asked once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

T = TypeVar("T")

LOOK_AGAIN: Final = timedelta(seconds=15)
"""How old /health and /status may be: a monitor that asks each second costs four looks a minute."""


class Remembered(Generic[T]):
    """Keeps the last answer for ``LOOK_AGAIN``; those who come while it is looked for wait for the same one."""

    def __init__(self, lasts: timedelta = LOOK_AGAIN) -> None:
        self._lasts = lasts
        self._found: tuple[datetime, T] | None = None
        self._looking = asyncio.Lock()

    async def get(self, now: datetime, look: Callable[[], Awaitable[T]]) -> T:
        """Return what is known, or ``look``. Raises what ``look`` does, which is not kept."""
        async with self._looking:
            if self._found is None or not timedelta(0) <= now - self._found[0] < self._lasts:
                self._found = now, await look()
            return self._found[1]

    def forget(self) -> None:
        """Look again the next time: something is known to have changed."""
        self._found = None
