"""The failures of one run: remembered in the store for the next, told in the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core.clock import Clock
from core.log import event
from core.store.base import Store
from core.store.records import SummaryFailure, SummaryKey
from core.store.refresh_reports import FailedSummary
from core.summaries.calls import retry_at
from core.summaries.plan import MOST_SUMMARY_TRIES, WantedSummary

CUT_OFF: Final = "the refresh ended while it read the paper"
"""Noted before a document is parsed: one that takes the whole machine down is not read again and again."""


@dataclass(slots=True)
class Failures:
    """What failed before (``known_failures``) and in this run (``run_failures``); each is kept for ``retention``."""

    store: Store
    clock: Clock
    retention: timedelta
    known_failures: Mapping[SummaryKey, SummaryFailure]
    run_failures: list[FailedSummary] = field(default_factory=list)

    def tries(self, wish: WantedSummary) -> int:
        """How often a summary was tried before this run."""
        known_failure = self.known_failures.get(wish.key)
        return known_failure.attempts if known_failure else 0

    def is_last_try(self, wishes: Sequence[WantedSummary]) -> bool:
        """Whether one of them is given up when it fails now."""
        return any(self.tries(wish) + 1 >= MOST_SUMMARY_TRIES for wish in wishes)

    async def begin_try(self, wishes: Sequence[WantedSummary]) -> None:
        """Count a try before something is read that may end the process."""
        failed_at = self.clock.now()
        for wish in wishes:
            attempts = self.tries(wish) + 1
            await self._note_failure(wish, SummaryFailure(CUT_OFF, attempts, retry_at(attempts, failed_at)))

    async def forget_try(self, wishes: Sequence[WantedSummary]) -> None:
        """The process has survived it."""
        untried = SummaryFailure("", 0, self.clock.now())
        for wish in wishes:
            await self._note_failure(wish, self.known_failures.get(wish.key, untried))

    async def _note_failure(self, wish: WantedSummary, summary_failure: SummaryFailure) -> None:
        await self.store.note_failure(wish.key, summary_failure, ttl=self.retention)

    async def note(self, wishes: Sequence[WantedSummary], reason: str, *, final: bool = False) -> None:
        """Count a failed try of each; ``final``: there will be no other."""
        for wish in wishes:
            attempts = MOST_SUMMARY_TRIES if final else self.tries(wish) + 1
            summary_failure = SummaryFailure(reason, attempts, retry_at(attempts, self.clock.now()))
            await self._note_failure(wish, summary_failure)
            given_up = attempts >= MOST_SUMMARY_TRIES
            self.run_failures.append(FailedSummary(wish.key.arxiv_id, wish.language, reason, given_up))
            event(
                "summary.failed",
                arxiv_id=wish.key.arxiv_id,
                language=wish.language,
                error=reason,
                final=given_up,
            )
