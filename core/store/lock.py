"""The refresh lock: one refresh at a time over all instances, claimed, renewed, released."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from core.clock import Clock
from core.errors import RefreshRunning
from core.store.base import RefreshLockStore

LEASE: Final = timedelta(minutes=2)
"""How long the lock outlives its holder: longer than any one step, renewed before each."""

_RENEW_EVERY: Final = LEASE / 3


class RefreshLock:
    """The lock as one holder has it. Whoever lost it must not write any more: ``renew`` says so."""

    def __init__(self, store: RefreshLockStore, clock: Clock, holder: str) -> None:
        self._store = store
        self._clock = clock
        self._holder = holder

    @property
    def holder(self) -> str:
        return self._holder

    async def claim(self) -> None:
        """Take the lock for ``LEASE``. Raises RefreshRunning when another holder has it, and StoreError."""
        if not await self._hold():
            raise RefreshRunning(
                f"another refresh is running; it is done, or given up, in {LEASE.seconds} s at the latest"
            )

    async def renew(self) -> None:
        """Prolong it for ``LEASE``. Raises RefreshRunning when it was lost to another holder, and StoreError."""
        if not await self._hold():
            raise RefreshRunning("another refresh has taken over")

    async def release(self) -> None:
        """Give it back; nothing happens when it was lost. Raises StoreError."""
        await self._store.release_refresh(self._holder)

    @asynccontextmanager
    async def renewed(self) -> AsyncIterator[None]:
        """Go on renewing it while something long is done; a loss shows at the next ``renew``."""
        renewing = asyncio.create_task(self._renew_on())
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _renew_on(self) -> None:
        with suppress(RefreshRunning):  # noticed, and reported, before anything is published
            while True:
                await self.renew()
                await asyncio.sleep(_RENEW_EVERY.total_seconds())  # real ones, as the model's service takes them

    async def _hold(self) -> bool:
        return await self._store.claim_refresh(self._holder, now=self._clock.now(), lease=LEASE)
