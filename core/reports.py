"""What a refresh did, for people and for machines: frozen structs that msgspec writes as JSON."""

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from core.store.base import DayRecord
from core.summaries.report import SummaryReport

if TYPE_CHECKING:  # who only reads reports (the web) does without the parsers
    from core.arxiv.document import CategoryDocument
    from core.refresh.decide import Decision


class SkippedItem(Struct, frozen=True):
    """An item of a document that could not be read."""

    name: str
    reason: str


class Fetch(Struct, frozen=True):
    """One document asked for, and what it was taken for."""

    category: str
    day: date  # the announcement day that was asked for
    source: str  # "rss", "listing" or "catchup"
    decision: str  # a Verdict of core.refresh.decide, or "failed" when nothing came
    reason: str
    next_step: str
    seconds: float
    items: int = 0
    new: int = 0
    cross: int = 0
    replace: int = 0
    replace_cross: int = 0
    skipped: tuple[SkippedItem, ...] = ()

    @classmethod
    def of(cls, document: "CategoryDocument", day: date, decision: "Decision", seconds: float) -> "Fetch":
        """Count what the document holds."""
        counts = Counter(paper.announce_type.value for paper in document.papers)
        return cls(
            document.category,
            day,
            document.source,
            decision.verdict,
            decision.reason,
            decision.next_step,
            seconds,
            len(document.papers),
            counts["new"],
            counts["cross"],
            counts["replace"],
            counts["replace-cross"],
            tuple(SkippedItem(each.name, each.reason) for each in document.skipped),
        )

    def __str__(self) -> str:
        """One line of progress."""
        found = f"{self.items} papers" if self.items else "no papers"
        if self.items:
            found += f" ({self.new} new, {self.cross} cross-listed, {self.replace + self.replace_cross} replaced)"
        judged = "" if self.decision == "fresh" else f" - {self.decision}: {self.reason}"
        return f"{self.category} {self.day} from {_SOURCES[self.source]}: {found}, {self.seconds:.1f} s{judged}"


_SOURCES = {"rss": "the feed", "listing": "the listing", "catchup": "the catch-up page"}


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
