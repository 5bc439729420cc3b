"""What a refresh did, for people and for machines: frozen structs that msgspec writes as JSON."""

from datetime import date, datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from core.errors import UNREADABLE
from core.log import event
from core.store.base import Store
from core.store.records import DayRecord


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
        outcome_parts = [f"{self.made} summarized", f"{self.ready} ready before"]
        outcome_parts += [f"{len(self.failed)} failed ({self.failed[-1].reason})"] if self.failed else []
        outcome_parts += [f"{self.given_up} given up after several tries"] if self.given_up else []
        outcome_parts += [f"{self.left} left for the next refresh"] if self.left else []
        return ", ".join(outcome_parts) + (f" ({self.paused})" if self.paused else "") + self._tokens_paid

    @property
    def _tokens_paid(self) -> str:
        token_count = self.prompt_tokens + self.completion_tokens
        price_note = f", about {self.cost:g}" if self.cost else ""
        return f"; paid for: {token_count:,} tokens in {self.calls} calls{price_note}" if self.calls else ""


class Verdict(StrEnum):
    """What a document was taken for; FAILED when none came."""

    FRESH = "fresh"
    STALE = "stale"
    EMPTY_EXPECTED = "empty-expected"
    EMPTY_SUSPICIOUS = "empty-suspicious"
    PARTIAL = "partial"
    WRONG = "wrong"
    FAILED = "failed"

    @property
    def words(self) -> str:
        """In words, for people who do not know this program."""
        return _VERDICT_WORDS[self]


_VERDICT_WORDS = {
    Verdict.FRESH: "good",
    Verdict.STALE: "an older list again",
    Verdict.EMPTY_EXPECTED: "empty, as expected",
    Verdict.EMPTY_SUSPICIOUS: "empty, unexpectedly",
    Verdict.PARTIAL: "not all of it",
    Verdict.WRONG: "not what was asked for",
    Verdict.FAILED: "no good answer",
}


class NextStep(StrEnum):
    """What follows from a document."""

    PUBLISH = "publish"
    PUBLISH_AND_CHECK = "publish-and-check"  # the listing tells what the feed lacks
    ASK_LISTING = "ask-listing"
    WAIT = "wait"
    NOTHING = "nothing"


class SkippedItem(Struct, frozen=True):
    """An item of a document that could not be read."""

    name: str
    reason: str


class Fetch(Struct, frozen=True):
    """One document asked for, and what it was taken for."""

    category: str
    day: date  # the announcement day that was asked for
    source: str  # "rss", "listing" or "catchup"
    decision: Verdict
    reason: str  # a sentence for people
    next_step: NextStep
    seconds: float
    items: int = 0
    new: int = 0
    cross: int = 0
    replace: int = 0
    replace_cross: int = 0
    skipped: tuple[SkippedItem, ...] = ()

    @property
    def document(self) -> str:
        """Which document it is, in words."""
        return _DOCUMENT_NAMES[self.source]

    def __str__(self) -> str:
        """One line of progress."""
        papers_found = f"{self.items} papers" if self.items else "no papers"
        if self.items:
            replaced = self.replace + self.replace_cross
            papers_found += f" ({self.new} new, {self.cross} cross-listed, {replaced} replaced)"
        verdict_note = "" if self.decision is Verdict.FRESH else f" - {self.decision.words}: {self.reason}"
        return f"{self.category} {self.day} from {self.document}: {papers_found}, {self.seconds:.1f} s{verdict_note}"


_DOCUMENT_NAMES = {"rss": "the feed", "listing": "the listing", "catchup": "the catch-up page"}


class CategoryReport(Struct, frozen=True):
    """A followed category after the refresh: its newest announcement as it is held, and how it got here."""

    category: str
    day: date
    items: int
    new: int
    cross: int
    replace: int
    stale: bool  # its feed was yesterday's list; what is held came from the listing, if anything did
    complete: bool
    skipped: int
    decision: str
    reason: str
    source: str
    seconds: float


class RefreshReport(Struct, frozen=True):
    """The whole refresh. ``ok``: every category has its newest announcement, or arXiv has not announced it yet."""

    ok: bool
    outcome: str
    started: datetime
    finished: datetime
    seconds: float
    requests: int
    categories: tuple[CategoryReport, ...]
    fetches: tuple[Fetch, ...]
    days: tuple[DayRecord, ...]  # announced and held, by type, of every category's day that was looked at
    anomalies: tuple[str, ...]
    gaps: int  # categories' days that are still to be fetched
    next_step: str
    next_at: datetime | None
    summaries: SummaryReport | None = None  # None: none were to be made
    reached: bool = True  # False: no connection to arXiv could be made


class PastRefresh(msgspec.Struct, frozen=True):
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
    past_refreshes = []
    for stored_report in await store.reports(most_reports):
        try:
            past_refreshes.append(msgspec.json.decode(stored_report, type=PastRefresh))
        except UNREADABLE as error:
            event("report.unreadable", error=str(error))
    return tuple(past_refreshes)
