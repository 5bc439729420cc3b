"""Who may pay for a summary: one run at a time, so that two refreshes do the work of one."""

from dataclasses import dataclass
from datetime import timedelta

from core.clock import Clock
from core.store.base import Store
from core.summaries.plan import WantedSummary


@dataclass(slots=True)
class Claims:
    """One run's claims; ``claim_lease`` is longer than a call and its repair can take."""

    store: Store
    clock: Clock
    holder: str
    claim_lease: timedelta

    async def take(self, wish: WantedSummary) -> bool:
        """Take the right to pay for it; False when another run has it."""
        return await self._claim_summary(wish, self.claim_lease)

    async def let_go(self, wish: WantedSummary) -> None:
        """Give up the claim at once, so that another run may take it: nothing was paid."""
        await self._claim_summary(wish, timedelta(milliseconds=1))

    async def _claim_summary(self, wish: WantedSummary, claim_lease: timedelta) -> bool:
        return await self.store.claim_summary(wish.key, self.holder, now=self.clock.now(), lease=claim_lease)
