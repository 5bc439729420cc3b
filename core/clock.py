"""The only reading of the time: everything else is given ``now``, or a clock that a test can wind."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


def utc_now() -> datetime:
    """The one place where the web reads the clock."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> datetime:
        """The time, with a time zone."""

    async def sleep(self, seconds: float) -> None:
        """Let so much time pass."""


class SystemClock:
    """The real one."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
