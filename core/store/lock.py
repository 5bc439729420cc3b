"""The refresh lock: one refresh at a time over all instances, claimed, renewed, released."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from core.clock import Clock
from core.errors import RefreshRunning
from core.store.base import RefreshLockStore

LOCK_LEASE: Final = timedelta(minutes=2)
"""How long the lock outlives its holder: longer than any one step, renewed before each."""

_RENEW_LOCK_EVERY: Final = LOCK_LEASE / 3


class RefreshLock:
    """The lock as one holder has it. Whoever lost it must not write any more: ``renew`` says so."""

    def __init__(self, lock_store: RefreshLockStore, clock: Clock, holder: str) -> None:
        self._lock_store = lock_store
        self._clock = clock
        self._holder = holder

    @property
    def holder(self) -> str:
        return self._holder

    async def claim(self) -> None:
        """Take the lock for ``LOCK_LEASE``. Raises RefreshRunning when another holder has it, and StoreError."""
        if not await self._claim_lease():
            raise RefreshRunning(
                f"another refresh is running; it is done, or given up, in {LOCK_LEASE.seconds} s at the latest"
            )

    async def renew(self) -> None:
        """Prolong it for ``LOCK_LEASE``. Raises RefreshRunning when it was lost to another holder, and StoreError."""
        if not await self._claim_lease():
            raise RefreshRunning("another refresh has taken over")

    async def release(self) -> None:
        """Give it back; nothing happens when it was lost. Raises StoreError."""
        await self._lock_store.release_refresh(self._holder)

    @asynccontextmanager
    async def renewed(self) -> AsyncIterator[None]:
        """Go on renewing it while something long is done; a loss shows at the next ``renew``."""
        lock_renewal = asyncio.create_task(self._keep_renewing())
        try:
            yield
        finally:
            lock_renewal.cancel()
            with suppress(asyncio.CancelledError):
                await lock_renewal

    async def _keep_renewing(self) -> None:
        with suppress(RefreshRunning):  # noticed, and reported, before anything is published
            while True:
                await self.renew()
                await asyncio.sleep(_RENEW_LOCK_EVERY.total_seconds())  # real ones, as the model's service takes them

    async def _claim_lease(self) -> bool:
        return await self._lock_store.claim_refresh(self._holder, now=self._clock.now(), lease=LOCK_LEASE)
