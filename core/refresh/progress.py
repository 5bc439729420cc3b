"""What a refresh saw and did, note by note: for the progress line, the log, and what comes of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from core.arxiv.document import CategoryDocument, Source
from core.clock import Clock
from core.log import event
from core.refresh.decide import Decision
from core.refresh.fetch import RefreshStopped
from core.refresh.report import Fetch, NextStep, SkippedItem, Verdict
from core.refresh.scope import Scope, day_held, day_settled
from core.refresh.working_copy import WorkingCopy
from core.store.records import DayRecord


class Progress:
    """One refresh's notes."""

    def __init__(
        self, scope: Scope, working: WorkingCopy, clock: Clock, *, say: Callable[[str], None] | None = None
    ) -> None:
        self.scope, self.working, self.clock = scope, working, clock
        self._say_progress = say
        self.noted_fetches: list[Fetch] = []
        self.newest_decisions: dict[str, Decision] = {}  # of each category, what was last decided about the newest day
        self.anomalies: list[str] = []
        self.waiting: set[str] = set()  # categories of which arXiv itself says that they are not announced yet
        self.stopped: RefreshStopped | None = None

    # -- notes

    def note_document(
        self, document: CategoryDocument, day: date, decision: Decision, took: timedelta, *, is_told: bool = True
    ) -> None:
        """Note a document and what it was taken for; not ``is_told``: it is told of another day, which it shows."""
        self._note_fetch(fetch_of(document, day, decision, fetch_seconds(took)), decision, is_told=is_told)

    def note_failure(self, source: Source, category: str, day: date, reason: str, took: timedelta) -> None:
        """Note that a document was not to be had."""
        decision = Decision(Verdict.FAILED, reason, NextStep.ASK_LISTING if source == "rss" else NextStep.WAIT)
        self._note_fetch(
            Fetch(category, day, source, decision.verdict, reason, decision.next_step, fetch_seconds(took)), decision
        )

    def _note_fetch(self, fetch: Fetch, decision: Decision, *, is_told: bool = True) -> None:
        self.noted_fetches.append(fetch)
        if fetch.day == self.scope.newest:
            self.newest_decisions[fetch.category] = decision
        if is_told:
            self._tell_of_fetch(fetch)

    def _tell_of_fetch(self, fetch: Fetch) -> None:
        """Tell of it in a line of progress, in the log and, where it is out of the ordinary, in the report."""
        if self._say_progress:
            self._say_progress(str(fetch))
        if fetch.decision not in (Verdict.FRESH, Verdict.EMPTY_EXPECTED):
            self.anomalies.append(
                f"{fetch.category} {fetch.day}, {fetch.document}: {fetch.decision.verdict_words}: {fetch.reason}"
            )
        event(
            "refresh.category",
            category=fetch.category,
            day=fetch.day,
            source=fetch.source,
            decision=fetch.decision,
            reason=fetch.reason,
            next_step=fetch.next_step,
            items=fetch.items,
            skipped=len(fetch.skipped),
            seconds=fetch.seconds,
        )

    def note_waiting(self, waiting_categories: Iterable[str], decision: Decision) -> None:
        """Note of categories that arXiv has not announced them yet, and what says so."""
        for waiting_category in waiting_categories:
            self.waiting.add(waiting_category)
            self.newest_decisions.setdefault(waiting_category, decision)

    # -- what is known

    def record(self, category: str, day: date) -> DayRecord | None:
        return self.working.ledger.get((category, day))

    def is_left_unsettled(self, category: str) -> bool:
        """Whether what was last decided in this refresh about the category's newest day leaves something to ask."""
        last_decision = self.newest_decisions.get(category)
        return last_decision is not None and not last_decision.settles_day

    def fetches(self, category: str, day: date) -> Iterator[Fetch]:
        return (fetch for fetch in self.noted_fetches if fetch.category == category and fetch.day == day)

    def feed(self, category: str, day: date) -> Fetch | None:
        """What the category's feed was found to be in this refresh."""
        return next((fetch for fetch in self.fetches(category, day) if fetch.source == "rss"), None)

    def gaps(self) -> list[tuple[str, date]]:
        return self.scope.gaps(self.working.ledger)

    def lacking(self) -> list[str]:
        """The categories whose newest day is neither held nor known to be empty."""
        newest_records = ((category, self.record(category, self.scope.newest)) for category in self.scope.categories)
        return [category for category, record in newest_records if not day_held(record) and not day_settled(record)]


def fetch_of(document: CategoryDocument, day: date, decision: Decision, seconds: float) -> Fetch:
    """Count what a document holds, by announce type, and say what it was taken for."""
    fetched_counts = Counter(paper.announce_type.value for paper in document.papers)
    return Fetch(
        document.category,
        day,
        document.source,
        decision.verdict,
        decision.reason,
        decision.next_step,
        seconds,
        len(document.papers),
        fetched_counts["new"],
        fetched_counts["cross"],
        fetched_counts["replace"],
        fetched_counts["replace-cross"],
        tuple(SkippedItem(skipped_item.name, skipped_item.reason) for skipped_item in document.skipped),
    )


def fetch_seconds(took: timedelta) -> float:
    return round(took.total_seconds(), 1)
