"""Who may pay for a summary: one run at a time, so that two refreshes do the work of one."""

from dataclasses import dataclass
from datetime import timedelta

from core.clock import Clock
from core.store.base import Store
from core.summaries.plan import WantedSummary


@dataclass(slots=True)
class SummaryClaims:
    """One run's claims; ``summary_lease`` is longer than a call and its repair can take."""

    store: Store
    clock: Clock
    holder: str
    summary_lease: timedelta

    async def take(self, wanted_summary: WantedSummary) -> bool:
        """Take the right to pay for it; False when another run has it."""
        return await self._claim_summary(wanted_summary, self.summary_lease)

    async def let_go(self, wanted_summary: WantedSummary) -> None:
        """Give up the claim at once, so that another run may take it: nothing was paid."""
        await self._claim_summary(wanted_summary, timedelta(milliseconds=1))

    async def _claim_summary(self, wanted_summary: WantedSummary, summary_lease: timedelta) -> bool:
        summary_key, now = wanted_summary.key, self.clock.now()
        return await self.store.claim_summary(summary_key, self.holder, now=now, lease=summary_lease)
