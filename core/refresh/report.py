"""What a refresh did, for people and for machines: frozen structs that msgspec writes as JSON."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from core.store.records import DayRecord
from core.store.refresh_reports import SummaryReport


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
    def verdict_words(self) -> str:
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
        return _FETCHED_DOCUMENT_NAMES[self.source]

    def __str__(self) -> str:
        """One line of progress."""
        fetched_papers = f"{self.items} papers" if self.items else "no papers"
        if self.items:
            fetched_replacements = self.replace + self.replace_cross
            fetched_papers += f" ({self.new} new, {self.cross} cross-listed, {fetched_replacements} replaced)"
        verdict_note = "" if self.decision is Verdict.FRESH else f" - {self.decision.verdict_words}: {self.reason}"
        return f"{self.category} {self.day} from {self.document}: {fetched_papers}, {self.seconds:.1f} s{verdict_note}"


_FETCHED_DOCUMENT_NAMES = {"rss": "the feed", "listing": "the listing", "catchup": "the catch-up page"}


class RefreshedCategory(Struct, frozen=True):
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
    categories: tuple[RefreshedCategory, ...]
    fetches: tuple[Fetch, ...]
    days: tuple[DayRecord, ...]  # announced and held, by type, of every category's day that was looked at
    anomalies: tuple[str, ...]
    gaps: int  # categories' days that are still to be fetched
    next_step: str
    next_at: datetime | None
    summaries: SummaryReport | None = None  # None: none were to be made
    reached: bool = True  # False: no connection to arXiv could be made
