"""The reports of past refreshes that a store keeps, as people look at them; ``core.refresh.report`` has all of one."""

from datetime import datetime

import msgspec
from msgspec import Struct

from core.errors import UNREADABLE
from core.log import event
from core.store.base import Store


class FailedSummary(Struct, frozen=True):
    """A summary that did not come. ``final``: it will not be tried again."""

    arxiv_id: str
    language: str
    reason: str
    final: bool


class SummaryReport(Struct, frozen=True):
    """One run. ``ready`` summaries existed before it, ``left`` are for the next one."""

    model: str = ""
    ready: int = 0
    made: int = 0
    failed: tuple[FailedSummary, ...] = ()
    left: int = 0
    given_up: int = 0
    problem: str = ""  # what somebody has to do something about, in one line: a bad key, a missing prompt file
    paused: str = ""  # why the run ended before its work did: time, the day's budget, a pause that was asked for
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None  # in the configured currency; None when no price is configured
    seconds: float = 0.0

    @property
    def outcome(self) -> str:
        """One sentence for a log or a status page: what was made and paid for, what waits and why."""
        if self.problem:
            return (f"{self.made} summarized, then: " if self.made else "") + self.problem + self._tokens_paid
        stored_report_parts = [f"{self.made} summarized", f"{self.ready} ready before"]
        stored_report_parts += [f"{len(self.failed)} failed ({self.failed[-1].reason})"] if self.failed else []
        stored_report_parts += [f"{self.given_up} given up after several tries"] if self.given_up else []
        stored_report_parts += [f"{self.left} left for the next refresh"] if self.left else []
        return ", ".join(stored_report_parts) + (f" ({self.paused})" if self.paused else "") + self._tokens_paid

    @property
    def _tokens_paid(self) -> str:
        token_count = self.prompt_tokens + self.completion_tokens
        price_note = f", about {self.cost:g}" if self.cost else ""
        return f"; paid for: {token_count:,} tokens in {self.calls} calls{price_note}" if self.calls else ""


class PastRefresh(Struct, frozen=True):
    """A refresh of the past: the part of its RefreshReport that people look at."""

    started: datetime
    seconds: float
    ok: bool
    outcome: str
    anomalies: tuple[str, ...] = ()
    next_step: str = ""
    summaries: SummaryReport | None = None


async def recent_refreshes(store: Store, most_reports: int) -> tuple[PastRefresh, ...]:
    """Read the last reports, newest first; one of another version of Paperfeed is left out. Raises StoreError."""
    stored_refreshes = []
    for stored_report in await store.load_reports(most_reports):
        try:
            stored_refreshes.append(msgspec.json.decode(stored_report, type=PastRefresh))
        except UNREADABLE as stored_report_error:
            event("report.unreadable", error=str(stored_report_error))
    return tuple(stored_refreshes)
