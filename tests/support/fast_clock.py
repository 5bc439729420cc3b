"""Time that runs by itself, faster: for work that goes on side by side."""

import asyncio
import time
from datetime import datetime, timedelta

from tests.support.synthetic_world import VirtualClock


class FastClock(VirtualClock):
    """``speed`` seconds pass in each real one."""

    def __init__(self, start: datetime, *, speed: float) -> None:
        super().__init__(start)
        self._speed = speed
        self._begun = time.monotonic()

    def now(self) -> datetime:
        return self._now + timedelta(seconds=(time.monotonic() - self._begun) * self._speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self._speed)

    def tick(self, seconds: float) -> None:
        """A moment of the world passes by itself."""

    def set(self, moment: datetime) -> None:
        """Nothing moves this clock."""
