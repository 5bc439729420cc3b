"""The failures of one run: remembered in the store for the next, told in the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock
from core.log import event
from core.store.base import Store
from core.store.records import SummaryFailure, SummaryKey
from core.store.refresh_reports import FailedSummary
from core.summaries.plan import MOST_SUMMARY_TRIES, WantedSummary

_READING_CUT_OFF: Final = "the refresh ended while it read the paper"
"""Noted before a document is parsed: one that takes the whole machine down is not read again and again."""

_FIRST_SUMMARY_RETRY: Final = timedelta(minutes=30)


@dataclass(slots=True)
class SummaryFailures:
    """What failed before (``known_failures``) and in this run (``run_failures``); kept for ``summary_failure_ttl``."""

    store: Store
    clock: Clock
    summary_failure_ttl: timedelta
    known_failures: Mapping[SummaryKey, SummaryFailure]
    run_failures: list[FailedSummary] = field(default_factory=list)

    def tries(self, wanted_summary: WantedSummary) -> int:
        """How often a summary was tried before this run."""
        known_failure = self.known_failures.get(wanted_summary.key)
        return known_failure.attempts if known_failure else 0

    def is_last_try(self, wanted_summaries: Sequence[WantedSummary]) -> bool:
        """Whether one of them is given up when it fails now."""
        return any(self.tries(wanted_summary) + 1 >= MOST_SUMMARY_TRIES for wanted_summary in wanted_summaries)

    async def begin_try(self, wanted_summaries: Sequence[WantedSummary]) -> None:
        """Count a try before something is read that may end the process."""
        summary_failed_at = self.clock.now()
        for wanted_summary in wanted_summaries:
            attempts = self.tries(wanted_summary) + 1
            summary_failure = SummaryFailure(_READING_CUT_OFF, attempts, _retry_summary_at(attempts, summary_failed_at))
            await self._note_failure(wanted_summary, summary_failure)

    async def forget_try(self, wanted_summaries: Sequence[WantedSummary]) -> None:
        """The process has survived it."""
        untried = SummaryFailure("", 0, self.clock.now())
        for wanted_summary in wanted_summaries:
            await self._note_failure(wanted_summary, self.known_failures.get(wanted_summary.key, untried))

    async def _note_failure(self, wanted_summary: WantedSummary, summary_failure: SummaryFailure) -> None:
        await self.store.note_failure(wanted_summary.key, summary_failure, ttl=self.summary_failure_ttl)

    async def note(self, wanted_summaries: Sequence[WantedSummary], reason: str, *, final: bool = False) -> None:
        """Count a failed try of each; ``final``: there will be no other."""
        for wanted_summary in wanted_summaries:
            attempts = MOST_SUMMARY_TRIES if final else self.tries(wanted_summary) + 1
            summary_failure = SummaryFailure(reason, attempts, _retry_summary_at(attempts, self.clock.now()))
            await self._note_failure(wanted_summary, summary_failure)
            summary_given_up = attempts >= MOST_SUMMARY_TRIES
            arxiv_id, summary_language = wanted_summary.key.arxiv_id, wanted_summary.language
            self.run_failures.append(FailedSummary(arxiv_id, summary_language, reason, summary_given_up))
            event("summary.failed", arxiv_id=arxiv_id, language=summary_language, error=reason, final=summary_given_up)


def _retry_summary_at(attempts: int, summary_failed_at: datetime) -> datetime:
    """When a failure is tried again at the earliest: half an hour after the first, two hours after the second."""
    return summary_failed_at + (_FIRST_SUMMARY_RETRY if attempts == 1 else 4 * _FIRST_SUMMARY_RETRY)
