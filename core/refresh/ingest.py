"""From a document that was judged good to the batch and the ledger: what is taken now, what waits, what it proves."""

from datetime import date
from typing import Final

from msgspec.structs import replace

from core.arxiv.document import CategoryDocument, Source
from core.clock import Clock
from core.refresh.decide import Decision
from core.refresh.merge import believable, born_that_day, count_types, missing, type_in
from core.refresh.progress import Progress
from core.refresh.scope import LATER, Scope, held, total
from core.refresh.working_copy import WorkingCopy
from core.store.records import DayRecord

SAID_TWICE: Final = 2
"""So often a past day's page must be empty before it is believed that arXiv announced nothing that day."""


class Ingester:
    """Takes documents in, and keeps the ledger: for each category and day what was announced, held and proven."""

    def __init__(self, scope: Scope, working: WorkingCopy, progress: Progress, clock: Clock) -> None:
        self._scope = scope
        self._working = working
        self._progress = progress
        self._clock = clock
        self._withheld: dict[tuple[str, date], tuple[CategoryDocument, Decision]] = {}

    async def accept(self, document: CategoryDocument, decision: Decision) -> None:
        """
        Put a good document's papers into the batch of its day.

        While an earlier day is to be fetched, only the papers born that day: the others may have been announced first
        on that one, and a date of publication never moves once it was given.
        """
        assert document.day is not None
        key = document.category, document.day
        if self._scope.waits_for_earlier(document.day, self._working.ledger, self._clock.now()):
            self._withheld[key] = document, decision
            born = born_that_day(document, await self._working.papers(document.day))
            if len(born.papers) < len(document.papers):
                await self._put(born, decision)
                return
        self._withheld.pop(key, None)
        await self._put(document, decision)

    async def release(self) -> None:
        """Look again at the documents of which a part was held back: more days are held now."""
        for document, decision in list(self._withheld.values()):
            await self.accept(document, decision)

    async def _put(self, document: CategoryDocument, decision: Decision) -> None:
        """Take the papers, and note in the ledger what that made of the day."""
        category, day = document.category, document.day
        assert day is not None
        before = [paper for paper in await self._working.papers(day) if type_in(paper, category)]
        record = self._progress.record(category, day) or DayRecord(category, day)
        withheld = (category, day) in self._withheld
        whole = document.source != "rss" and not document.skipped and not withheld
        referee = whole and (record.tries > 0 or believable(document, len(before)))
        after = await self._working.merge_document(document, referee=referee)
        counts = count_types(after, category)
        added = len(missing(document, before))
        removed = len(before) + added - total(counts)
        complete = referee or (bool(document.totals) and total(counts) == total(document.totals))
        self._working.record(
            replace(
                record,
                announced=document.totals or record.announced,
                held=counts,
                source=document.source if added or removed or not record.source else record.source,
                complete=complete,
                note=self._explain(document, decision, record, added, removed),
                tries=record.tries + (document.source != "rss" and not complete and not withheld),
            )
        )

    def _explain(
        self, document: CategoryDocument, decision: Decision, record: DayRecord, added: int, removed: int
    ) -> str:
        """Say in the ledger what a document changed; a repair is an anomaly too."""
        assert document.day is not None
        if (document.category, document.day) in self._withheld:
            return LATER
        judged = "" if decision.verdict == "fresh" else decision.reason
        if record.held and record.note != LATER:
            if not added and not removed:
                return judged or record.note
            note = f"repaired from the {document.source}: {added} papers added, {removed} taken away"
            self._progress.anomalies.append(f"{document.category} {document.day}: {note}")
            return note
        feed = self._progress.feed(document.category, document.day)
        if document.source == "rss" or feed is None or feed.decision == "fresh":
            return judged
        return f"taken from the {document.source}; of the feed: {feed.reason}"

    # -- days without papers

    def note_nothing(self, category: str, day: date, source: Source, decision: Decision) -> None:
        """The day is settled, and it has no papers of this category."""
        if not held(self._progress.record(category, day)):
            self._working.record(DayRecord(category, day, source=source, complete=True, note=decision.reason))

    def note_unsettled(self, category: str, day: date) -> None:
        """Neither papers nor certainty: ask again another time; a past day that is empty twice is believed to be."""
        record = self._progress.record(category, day) or DayRecord(category, day)
        referees = [each for each in self._progress.fetches(category, day) if each.source != "rss"]
        fetch = max(referees, key=lambda each: each.decision != "failed")
        if fetch.decision == "empty-suspicious" and day < self._scope.today:
            record = replace(record, tries=record.tries + 1, source=record.source or fetch.source)
            record = replace(record, complete=record.tries >= SAID_TWICE and not record.held)
        elif fetch.decision != "failed" and day == self._scope.newest:
            self._progress.waiting.add(category)
        self._working.record(replace(record, note=fetch.reason))
