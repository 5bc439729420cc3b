"""The failures of one run: remembered in the store for the next, told in the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core.clock import Clock
from core.log import event
from core.refresh_report import FailedSummary
from core.store.base import Store
from core.store.records import SummaryFailure, SummaryKey
from core.summaries.calls import retry_at
from core.summaries.plan import MOST_TRIES, Wanted

CUT_OFF: Final = "the refresh ended while it read the paper"
"""Noted before a document is parsed: one that takes the whole machine down is not read again and again."""


@dataclass(slots=True)
class Failures:
    """What failed before (``known``) and in this run (``found``); each is kept for ``keep``."""

    store: Store
    clock: Clock
    keep: timedelta
    known: Mapping[SummaryKey, SummaryFailure]
    found: list[FailedSummary] = field(default_factory=list)

    def tries(self, each: Wanted) -> int:
        """How often a summary was tried before this run."""
        known = self.known.get(each.key)
        return known.attempts if known else 0

    def is_last_try(self, wishes: Sequence[Wanted]) -> bool:
        """Whether one of them is given up when it fails now."""
        return any(self.tries(each) + 1 >= MOST_TRIES for each in wishes)

    async def begin_try(self, wishes: Sequence[Wanted]) -> None:
        """Count a try before something is read that may end the process."""
        now = self.clock.now()
        for each in wishes:
            attempts = self.tries(each) + 1
            await self._keep(each, SummaryFailure(CUT_OFF, attempts, retry_at(attempts, now)))

    async def forget_try(self, wishes: Sequence[Wanted]) -> None:
        """The process has survived it."""
        untried = SummaryFailure("", 0, self.clock.now())
        for each in wishes:
            await self._keep(each, self.known.get(each.key, untried))

    async def _keep(self, each: Wanted, failure: SummaryFailure) -> None:
        await self.store.note_failure(each.key, failure, keep=self.keep)

    async def note(self, wishes: Sequence[Wanted], reason: str, *, final: bool = False) -> None:
        """Count a failed try of each; ``final``: there will be no other."""
        for each in wishes:
            attempts = MOST_TRIES if final else self.tries(each) + 1
            failure = SummaryFailure(reason, attempts, retry_at(attempts, self.clock.now()))
            await self._keep(each, failure)
            given_up = attempts >= MOST_TRIES
            self.found.append(FailedSummary(each.key.arxiv_id, each.language, reason, given_up))
            event("summary.failed", arxiv_id=each.key.arxiv_id, language=each.language, error=reason, final=given_up)
