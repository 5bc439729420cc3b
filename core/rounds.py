"""The rounds of a refresh: read the feeds, repair, backfill, prove. ``core.refresh`` tells the story."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from core.arxiv.documents import CategoryDocument, Source
from core.arxiv.gate import Clock
from core.asking import Asker, Over
from core.calendar import eastern_date, holiday_name, is_weekday, latest_weekday, listed_day, next_expected_announcement
from core.config import Settings
from core.errors import ParseError, UpstreamError
from core.ingest import Decision, believable, count_types, decide, missing, type_in
from core.log import event
from core.plan import gaps, held, settled, total, usual_size
from core.report import CategoryReport, Fetch, RefreshReport
from core.shelf import Shelf
from core.store.base import CategoryState, DayRecord, Freshness, LastRefresh, Manifest, Store

CHECKPOINT: Final = timedelta(seconds=30)
"""The most work that a refresh which is killed has to do again."""

SAID_TWICE: Final = 2
"""So often a past day's page must be empty before it is believed that arXiv announced nothing that day."""

AGAIN_IN: Final = timedelta(hours=1)
"""When it is worth asking again for what arXiv has not announced yet."""

MOST_REPORTS: Final = 60

_FRESHNESS: Final[dict[str, Freshness]] = {
    "fresh": "fresh",
    "empty-expected": "fresh",
    "partial": "partial",
    "stale": "stale",
    "empty-suspicious": "empty",
}


class Rounds:
    """One refresh's work, a round at a time; each may end early with Over, and what was done until then counts."""

    def __init__(
        self,
        shelf: Shelf,
        asker: Asker,
        clock: Clock,
        settings: Settings,
        categories: Sequence[str],
        *,
        say: Callable[[str], None],
    ) -> None:
        self._shelf = shelf
        self._asker = asker
        self._clock = clock
        self._settings = settings
        self._categories = categories
        self._say = say
        self._published = clock.now()
        self.today = eastern_date(clock.now())
        self.newest = latest_weekday(self.today)
        self.stopped: Over | None = None
        self._fetches: list[Fetch] = []
        self._anomalies: list[str] = []
        self._last: dict[str, Decision] = {}  # of each category, what was last decided about the newest day
        self._waiting: set[str] = set()  # categories of which arXiv itself says that they are not announced yet

    # -- the rounds

    async def read_feeds(self) -> None:
        """Read the feed of every category whose newest day is not held. On weekends the feeds are empty."""
        for category in self._categories if is_weekday(self.today) else ():
            record = self._record(category, self.newest)
            if not held(record) and not settled(record):
                await self._read_feed(category)
                await self._checkpoint()
        await self._publish()

    async def repair(self) -> None:
        """Ask the listing where the feed was not to be had, or not to be trusted."""
        for category in self._categories:
            record = self._record(category, self.newest)
            suspected = category in self._last and not self._last[category].settled
            if not settled(record) and (suspected or not held(record)) and not self._same_for_all(category):
                await self._ask_referee(category, self.newest)
                await self._checkpoint()
        await self._publish()

    async def backfill(self) -> None:
        """Fetch the days that are missing, oldest first."""
        for category, day in self._gaps():
            await self._ask_referee(category, day)
            await self._checkpoint()
        await self._publish()

    async def prove(self) -> None:
        """Compare with the listing what came from the feeds: it counts the papers of each type, the feeds do not."""
        for category in self._categories:
            record = self._record(category, self.newest)
            if held(record) and not settled(record) and not self._asked(category, self.newest, "listing", "catchup"):
                await self._ask_referee(category, self.newest)
                await self._checkpoint()
        await self._publish()

    # -- one document

    async def _read_feed(self, category: str) -> None:
        got = await self._get("rss", category, self.newest)
        if got is None:
            return
        document, decision = got
        if decision.takes:
            await self._accept(document, decision)
        elif decision.settled:
            self._note_nothing(category, self.newest, "rss", decision.reason)

    async def _ask_referee(self, category: str, day: date) -> None:
        """Ask the listing, then the catch-up page: they name their day and count their papers."""
        decision = None
        for source in self._referees(day):
            got = await self._get(source, category, day)
            if got is None:
                continue
            document, decision = got
            if decision.takes:
                await self._accept(document, decision)
                return
            if decision.settled:
                self._note_nothing(category, day, source, decision.reason)
                return
        if decision is not None:
            self._note_unsettled(category, day, decision)

    def _referees(self, day: date) -> tuple[Source, ...]:
        """The listing shows the last list alone; any other day is on its catch-up page."""
        return ("listing", "catchup") if day == listed_day(self._clock.now()) else ("catchup",)

    async def _get(self, source: Source, category: str, day: date) -> tuple[CategoryDocument, Decision] | None:
        """Ask for a document and judge it; None when it is not to be had now."""
        began = self._clock.now()
        try:
            document = await self._asker.ask(source, category, day)
        except (ParseError, UpstreamError) as error:
            self._note_failure(source, category, day, str(error), began)
            return None
        decision = decide(
            document,
            day,
            previous=await self._shelf.previous(category, day),
            usual=usual_size(category, self._shelf.ledger, day),
            now=self._clock.now(),
        )
        self._note(Fetch.of(document, day, decision, self._seconds(began)), decision)
        return document, decision

    async def _accept(self, document: CategoryDocument, decision: Decision) -> None:
        """Put a good document's papers into the batch of its day, and the difference it made into the ledger."""
        category, day = document.category, document.day
        assert day is not None
        before = [paper for paper in await self._shelf.papers(day) if type_in(paper, category)]
        record = self._record(category, day) or DayRecord(category, day)
        whole = document.source != "rss" and not document.skipped
        referee = whole and (record.tries > 0 or believable(document, len(before)))
        after = await self._shelf.take(document, referee=referee)
        counts = count_types(after, category)
        added = len(missing(document, before))
        removed = len(before) + added - total(counts)
        changed = bool(added or removed)
        complete = referee or (document.source != "rss" and total(counts) == total(document.totals))
        self._shelf.record(
            replace(
                record,
                announced=document.totals or record.announced,
                held=counts,
                source=document.source if changed or not record.source else record.source,
                complete=complete,
                note=self._difference(document, decision, record, added, removed),
                tries=record.tries + (document.source != "rss" and not complete),
            )
        )

    def _difference(
        self, document: CategoryDocument, decision: Decision, record: DayRecord, added: int, removed: int
    ) -> str:
        """Say in the ledger (and, where it was a repair, among the anomalies) what a document changed."""
        assert document.day is not None
        if not record.held:
            feed = self._last_feed(document.category, document.day)
            if document.source == "rss" or feed is None:
                return "" if decision.verdict == "fresh" else decision.reason
            return f"taken from the {document.source}; the feed: {feed.reason}"
        if not added and not removed:
            return record.note if decision.verdict == "fresh" else decision.reason
        note = f"repaired from the {document.source}: {added} papers added, {removed} taken away"
        self._anomalies.append(f"{document.category} {document.day}: {note}")
        return note

    # -- what there is to note

    def _note(self, fetch: Fetch, decision: Decision) -> None:
        self._fetches.append(fetch)
        self._say(str(fetch))
        if fetch.day == self.newest:
            self._last[fetch.category] = decision
        if fetch.decision not in ("fresh", "empty-expected"):
            self._anomalies.append(f"{fetch.category} {fetch.day} {fetch.source}: {fetch.decision}: {fetch.reason}")
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

    def _note_failure(self, source: Source, category: str, day: date, reason: str, began: datetime) -> None:
        decision = Decision("wrong", reason, "ask the listing" if source == "rss" else "wait")
        fetch = Fetch(category, day, source, "failed", reason, decision.next_step, self._seconds(began))
        self._note(fetch, decision)

    def _note_nothing(self, category: str, day: date, source: Source, reason: str) -> None:
        """The day is settled, and it has no papers of this category."""
        record = self._record(category, day)
        if not held(record):
            self._shelf.record(DayRecord(category, day, source=source, complete=True, note=reason))

    def _note_unsettled(self, category: str, day: date, decision: Decision) -> None:
        """Neither papers nor certainty: ask again another time; a past day that is empty twice is believed to be."""
        record = self._record(category, day) or DayRecord(category, day)
        if decision.verdict == "empty-suspicious" and day < self.today:
            record = replace(record, tries=record.tries + 1, source=record.source or "catchup")
            record = replace(record, complete=record.tries >= SAID_TWICE and not record.held)
        elif day == self.newest:
            self._waiting.add(category)
        self._shelf.record(replace(record, note=decision.reason))

    def _same_for_all(self, category: str) -> bool:
        """Whether this feed was empty like that of a category of which the listing says: not announced yet."""
        feeds = {each: self._last_feed(each, self.newest) for each in (category, *self._waiting)}
        empty = [feed is not None and feed.decision == "empty-suspicious" for feed in feeds.values()]
        if self._waiting and category not in self._waiting and all(empty):
            self._waiting.add(category)
            return True
        return False

    def _last_feed(self, category: str, day: date) -> Fetch | None:
        return next((each for each in self._fetches if _is(each, category, day) and each.source == "rss"), None)

    def _asked(self, category: str, day: date, *sources: str) -> bool:
        return any(_is(each, category, day) and each.source in sources for each in self._fetches)

    def _record(self, category: str, day: date) -> DayRecord | None:
        return self._shelf.ledger.get((category, day))

    def _gaps(self) -> list[tuple[str, date]]:
        return gaps(self._categories, self._shelf.ledger, self.newest, self._settings.days_back)

    def _seconds(self, began: datetime) -> float:
        return round((self._clock.now() - began).total_seconds(), 1)

    # -- publishing, and the end

    async def _checkpoint(self) -> None:
        if self._clock.now() - self._published >= CHECKPOINT:
            await self._publish()

    async def _publish(self, last: LastRefresh | None = None) -> Manifest:
        """Let readers have what was done so far, if this refresh still has the right to."""
        await self._asker.hold_lock()
        self._shelf.states = {name: self._state(name) for name in self._categories}
        retention = timedelta(days=self._settings.retention_days)
        manifest = await self._shelf.publish(self._clock.now(), retention=retention, last=last)
        self._published = self._clock.now()
        return manifest

    def _state(self, category: str) -> CategoryState:
        record = self._record(category, self.newest)
        before = self._shelf.states.get(category) or CategoryState(category)
        decision = self._last.get(category)
        freshness, reason = before.freshness, before.reason
        if held(record) or settled(record):
            partial = record is not None and record.tries > 0 and not record.complete
            freshness, reason = ("partial" if partial else "fresh"), record.note if record else ""
        elif decision is not None:
            freshness, reason = _FRESHNESS.get(decision.verdict, "unknown"), decision.reason
        good = freshness in ("fresh", "unknown")
        since = None if good else before.since if before.freshness == freshness else self._clock.now()
        checked = self._clock.now() if decision is not None else before.checked
        return CategoryState(category, self._last_day(category), freshness, reason, since, checked)

    def _last_day(self, category: str) -> date | None:
        """The last announcement that is held; a day on which arXiv had nothing for the category counts too."""
        ledger = self._shelf.ledger.values()
        own = (each for each in ledger if each.category == category and (each.held or each.complete))
        return max((each.day for each in own if each.held or not holiday_name(each.day)), default=None)

    async def finish(self, started: datetime) -> Manifest:
        """Publish the rest, and how it went."""
        if self.stopped:
            self._anomalies.append(str(self.stopped))
        next_step, _ = self._outlook()
        last = LastRefresh(started, self._clock.now(), self._ok(), self._outcome(), next_step)
        return await self._publish(last)

    async def report(self, started: datetime, store: Store) -> RefreshReport:
        """Put the report together, keep it, and log its gist."""
        next_step, next_at = self._outlook()
        finished = self._clock.now()
        report = RefreshReport(
            ok=self._ok(),
            outcome=self._outcome(),
            started=started,
            finished=finished,
            seconds=round((finished - started).total_seconds(), 1),
            requests=self._asker.requests,
            categories=tuple(self._category_report(name) for name in self._categories),
            fetches=tuple(self._fetches),
            days=self._days(),
            anomalies=(*self._asker.waits, *self._anomalies),
            gaps=len(self._gaps()),
            next_step=next_step,
            next_at=next_at,
        )
        await store.save_report(msgspec.json.encode(report), most=MOST_REPORTS)
        event("refresh.done", ok=report.ok, outcome=report.outcome, seconds=report.seconds, requests=report.requests)
        return report

    def _days(self) -> tuple[DayRecord, ...]:
        looked_at = {(each.category, each.day) for each in self._fetches}
        return tuple(record for key, record in sorted(self._shelf.ledger.items()) if key in looked_at)

    def _category_report(self, category: str) -> CategoryReport:
        fetches = [each for each in self._fetches if _is(each, category, self.newest)]
        record = self._record(category, self.newest) or DayRecord(category, self.newest)
        counts = dict(record.held)
        last = self._last.get(category)
        return CategoryReport(
            category=category,
            day=self.newest,
            items=total(record.held),
            new=counts.get("new", 0),
            cross=counts.get("cross", 0),
            replace=counts.get("replace", 0),
            complete=record.complete,
            skipped=max((len(each.skipped) for each in fetches), default=0),
            decision=last.verdict if last else "held",
            reason=last.reason if last else record.note or "held already",
            source=record.source,
            seconds=round(sum(each.seconds for each in fetches), 1),
        )

    def _lacking(self) -> list[str]:
        """The categories whose newest day is neither held nor known to be empty."""
        records = ((name, self._record(name, self.newest)) for name in self._categories)
        return [name for name, record in records if not held(record) and not settled(record)]

    def _ok(self) -> bool:
        return self._waiting.issuperset(self._lacking())

    def _outcome(self) -> str:
        lacking = self._lacking()
        good = len(self._categories) - len(lacking)
        outcome = f"{good} of {len(self._categories)} categories have the list of {self.newest:%A} {self.newest}"
        if lacking:
            why = self._last.get(lacking[0])
            outcome += f"; {lacking[0]}: {why.reason if why else self.stopped or 'not asked for'}"
        return outcome

    def _outlook(self) -> tuple[str, datetime | None]:
        """What the next refresh will do, and when that is worth it."""
        now = self._clock.now()
        if self.stopped and self.stopped.until:
            return f"{self.stopped}; the next refresh goes on then", self.stopped.until
        left = self._gaps()
        if left:
            category, day = left[0]
            return f"{len(left)} days of categories are still to be fetched, {category} of {day} first", now
        if lacking := self._lacking():
            return f"ask again for {', '.join(lacking)}", now + AGAIN_IN
        at, holiday = next_expected_announcement(now)
        because = f" (because of {holiday})" if holiday else ""
        return f"the next announcement is expected on {at:%A %Y-%m-%d}, at midnight in New York{because}", at


def _is(fetch: Fetch, category: str, day: date) -> bool:
    return fetch.category == category and fetch.day == day
