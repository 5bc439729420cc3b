"""What a refresh saw and did: for the progress line, the log, the states of the categories and the report."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from core.arxiv.document import CategoryDocument, Source
from core.calendar import holiday_name, next_expected_announcement
from core.clock import Clock
from core.log import event
from core.refresh.decide import Decision
from core.refresh.fetch import RefreshStopped
from core.refresh.scope import Scope, held, settled, total
from core.refresh.working_copy import WorkingCopy
from core.reports import CategoryReport, Fetch, NextStep, RefreshReport, SkippedItem, Verdict
from core.store.records import CategoryState, DayRecord, Freshness, LastRefresh

AGAIN_IN: Final = timedelta(hours=1)
"""When it is worth asking again for what arXiv has not announced yet."""

_FRESHNESS: Final[dict[Verdict, Freshness]] = {
    Verdict.PARTIAL: "partial",
    Verdict.STALE: "stale",
    Verdict.EMPTY_SUSPICIOUS: "empty",
}


class Progress:
    """One refresh's notes."""

    def __init__(
        self, scope: Scope, working: WorkingCopy, clock: Clock, *, say: Callable[[str], None] | None = None
    ) -> None:
        self._scope = scope
        self._working = working
        self._clock = clock
        self._say = say
        self._fetches: list[Fetch] = []
        self._last: dict[str, Decision] = {}  # of each category, what was last decided about the newest day
        self.anomalies: list[str] = []
        self.waiting: set[str] = set()  # categories of which arXiv itself says that they are not announced yet
        self.stopped: RefreshStopped | None = None

    # -- notes

    def document(self, document: CategoryDocument, day: date, decision: Decision, took: timedelta) -> None:
        """Note a document and what it was taken for."""
        self._note(fetch_of(document, day, decision, _seconds(took)), decision)

    def failure(self, source: Source, category: str, day: date, reason: str, took: timedelta) -> None:
        """Note that a document was not to be had."""
        decision = Decision(Verdict.FAILED, reason, NextStep.ASK_LISTING if source == "rss" else NextStep.WAIT)
        self._note(Fetch(category, day, source, decision.verdict, reason, decision.next_step, _seconds(took)), decision)

    def _note(self, fetch: Fetch, decision: Decision) -> None:
        self._fetches.append(fetch)
        if self._say:
            self._say(str(fetch))
        if fetch.day == self._scope.newest:
            self._last[fetch.category] = decision
        if fetch.decision not in (Verdict.FRESH, Verdict.EMPTY_EXPECTED):
            self.anomalies.append(f"{fetch.category} {fetch.day} {fetch.source}: {fetch.decision}: {fetch.reason}")
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

    # -- what is known

    def record(self, category: str, day: date) -> DayRecord | None:
        return self._working.ledger.get((category, day))

    def last(self, category: str) -> Decision | None:
        """What was last decided in this refresh about the category's newest day."""
        return self._last.get(category)

    def fetches(self, category: str, day: date) -> Iterator[Fetch]:
        return (each for each in self._fetches if each.category == category and each.day == day)

    def feed(self, category: str, day: date) -> Fetch | None:
        """What the category's feed was found to be in this refresh."""
        return next((each for each in self.fetches(category, day) if each.source == "rss"), None)

    def gaps(self) -> list[tuple[str, date]]:
        return self._scope.gaps(self._working.ledger)

    def lacking(self) -> list[str]:
        """The categories whose newest day is neither held nor known to be empty."""
        records = ((name, self.record(name, self._scope.newest)) for name in self._scope.categories)
        return [name for name, record in records if not held(record) and not settled(record)]

    # -- what comes of it

    def states(self) -> dict[str, CategoryState]:
        return {name: self._state(name) for name in self._scope.categories}

    def _state(self, category: str) -> CategoryState:
        before = self._working.states.get(category) or CategoryState(category)
        freshness, reason = self._freshness(category, before)
        since = None if freshness == "fresh" else before.since or self._clock.now()
        checked = self._clock.now() if category in self._last else before.checked
        return CategoryState(category, self._last_day(category), freshness, reason, since, checked)

    def _freshness(self, category: str, before: CategoryState) -> tuple[Freshness, str]:
        record = self.record(category, self._scope.newest)
        if record is not None and (held(record) or settled(record)):
            return ("partial" if record.tries and not record.complete else "fresh"), record.note
        fetches = list(self.fetches(category, self._scope.newest))
        if not fetches:
            return before.freshness, before.reason
        judged = max(reversed(fetches), key=lambda fetch: fetch.decision is not Verdict.FAILED)  # the last witness
        if category in self.waiting:
            return "empty", judged.reason
        if judged.decision is Verdict.EMPTY_SUSPICIOUS and judged.source == "rss":
            return "unknown", judged.reason  # arXiv's feeds are empty now and then; its pages are believed
        return _FRESHNESS.get(judged.decision, "unknown"), judged.reason

    def _last_day(self, category: str) -> date | None:
        """The last announcement that is held; a day on which arXiv had nothing for the category counts too."""
        own = (each for each in self._working.ledger.values() if each.category == category)
        known = (each.day for each in own if each.held or (each.complete and not holiday_name(each.day)))
        return max(known, default=None)

    def last_refresh(self, started: datetime) -> LastRefresh:
        return LastRefresh(started, self._clock.now(), self._ok(), self._outcome(), self._outlook()[0])

    def report(self, started: datetime, *, requests: int, waits: Sequence[str]) -> RefreshReport:
        next_step, next_at = self._outlook()
        finished = self._clock.now()
        looked_at = {(each.category, each.day) for each in self._fetches}
        return RefreshReport(
            ok=self._ok(),
            outcome=self._outcome(),
            started=started,
            finished=finished,
            seconds=_seconds(finished - started),
            requests=requests,
            categories=tuple(self._category_report(name) for name in self._scope.categories),
            fetches=tuple(self._fetches),
            days=tuple(record for key, record in sorted(self._working.ledger.items()) if key in looked_at),
            anomalies=(*waits, *self.anomalies, *([str(self.stopped)] if self.stopped else [])),
            gaps=len(self.gaps()),
            next_step=next_step,
            next_at=next_at,
        )

    def _category_report(self, category: str) -> CategoryReport:
        fetches = list(self.fetches(category, self._scope.newest))
        record = self.record(category, self._scope.newest) or DayRecord(category, self._scope.newest)
        counts, last = dict(record.held), self._last.get(category)
        return CategoryReport(
            category=category,
            day=self._scope.newest,
            items=total(record.held),
            new=counts.get("new", 0),
            cross=counts.get("cross", 0),
            replace=counts.get("replace", 0),
            stale=any(each.decision is Verdict.STALE for each in fetches),
            complete=record.complete,
            skipped=max((len(each.skipped) for each in fetches), default=0),
            decision=last.verdict if last else "held",
            reason=last.reason if last else record.note or "held already",
            source=record.source,
            seconds=round(sum(each.seconds for each in fetches), 1),
        )

    def _ok(self) -> bool:
        """Nothing of the deployment's own categories is lacking but what arXiv has not announced."""
        return self.waiting.issuperset(self._scope.configured.intersection(self.lacking()))

    def _outcome(self) -> str:
        lacking = self.lacking()
        good, of = len(self._scope.categories) - len(lacking), len(self._scope.categories)
        outcome = f"{good} of {of} categories have the list of {self._scope.newest:%A} {self._scope.newest}"
        if lacking:
            why = self._last.get(lacking[0])
            outcome += f"; {lacking[0]}: {why.reason if why else self.stopped or 'not asked for'}"
        return outcome

    def _outlook(self) -> tuple[str, datetime | None]:
        """What the next refresh will do, and when that is worth it."""
        now = self._clock.now()
        if self.stopped and self.stopped.until:
            return f"{self.stopped}; the next refresh goes on then", self.stopped.until
        if left := self.gaps():
            category, day = left[0]
            return f"{len(left)} days of categories are still to be fetched, {category} of {day} first", now
        if lacking := self.lacking():
            return f"ask again for {', '.join(lacking)}", now + AGAIN_IN
        at, holiday = next_expected_announcement(now)
        because = f" (because of {holiday})" if holiday else ""
        return f"the next announcement is expected on {at:%A %Y-%m-%d}, at midnight in New York{because}", at


def fetch_of(document: CategoryDocument, day: date, decision: Decision, seconds: float) -> Fetch:
    """Count what a document holds, by announce type, and say what it was taken for."""
    counts = Counter(paper.announce_type.value for paper in document.papers)
    return Fetch(
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


def _seconds(took: timedelta) -> float:
    return round(took.total_seconds(), 1)
