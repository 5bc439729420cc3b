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
    """The lock as one holder has it. Whoever lost it must not write any more: ``renew_lease`` says so."""

    def __init__(self, lock_store: RefreshLockStore, lock_clock: Clock, holder: str) -> None:
        self._lock_store = lock_store
        self._lock_clock = lock_clock
        self._lock_holder = holder

    @property
    def holder(self) -> str:
        return self._lock_holder

    async def claim(self) -> None:
        """Take the lock for ``LOCK_LEASE``. Raises RefreshRunning when another holder has it, and StoreError."""
        if not await self._claim_lease():
            lease_ends = f"in {LOCK_LEASE.seconds} s at the latest"
            raise RefreshRunning(f"another refresh is running; it is done, or given up, {lease_ends}")

    async def renew_lease(self) -> None:
        """Prolong it for ``LOCK_LEASE``. Raises RefreshRunning when it was lost to another holder, and StoreError."""
        if not await self._claim_lease():
            raise RefreshRunning("another refresh has taken over")

    async def release(self) -> None:
        """Give it back; nothing happens when it was lost. Raises StoreError."""
        await self._lock_store.release_refresh(self._lock_holder)

    @asynccontextmanager
    async def lease_renewed(self) -> AsyncIterator[None]:
        """Go on renewing it while something long is done; a loss shows at the next ``renew_lease``."""
        lease_renewal = asyncio.create_task(self._keep_renewing_lease())
        try:
            yield
        finally:
            lease_renewal.cancel()
            with suppress(asyncio.CancelledError):
                await lease_renewal

    async def _keep_renewing_lease(self) -> None:
        with suppress(RefreshRunning):  # noticed, and reported, before anything is published
            while True:
                await self.renew_lease()
                await asyncio.sleep(_RENEW_LOCK_EVERY.total_seconds())  # real ones, as the model's service takes them

    async def _claim_lease(self) -> bool:
        return await self._lock_store.claim_refresh(self._lock_holder, now=self._lock_clock.now(), lease=LOCK_LEASE)
