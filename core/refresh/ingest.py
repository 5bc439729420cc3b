"""From a document that was judged good to the batch and the ledger: what is taken now, what waits, what it proves."""

from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.arxiv.document import CategoryDocument, Source
from core.clock import Clock
from core.refresh.decide import Decision
from core.refresh.merge import count_announce_types, held_type, is_referee_believable, new_that_day, unheld_papers
from core.refresh.progress import Progress
from core.refresh.report import Fetch, Verdict
from core.refresh.scope import Scope, day_held, total_papers
from core.refresh.working_copy import WorkingCopy
from core.store.records import DayRecord

EMPTY_PAGES_BELIEVED: Final = 2
"""So often a past day's page must be empty before it is believed that arXiv announced nothing that day."""


class DocumentEffect(Struct, frozen=True):
    """What a document did to what is held of its category's day."""

    added: int
    removed: int
    withheld: bool  # only a part was taken
    proven: bool  # what is held is now what the document lists, paper by paper

    def repairs(self, before: DayRecord) -> bool:
        """Whether papers of the day were held already, and others now are."""
        return bool(before.held and not (before.withheld or self.withheld) and (self.added or self.removed))

    def repair_note(self, source: str) -> str:
        return f"repaired from the {source}: {self.added} papers added, {self.removed} taken away"


def ledger_after(
    record: DayRecord,
    document: CategoryDocument,
    held_counts: tuple[tuple[str, int], ...],
    effect: DocumentEffect,
    *,
    decision: Decision,
    feed_fetch: Fetch | None,
) -> DayRecord:
    """Return the day's record after a document was taken in; ``held_counts`` are what is held now, by type. Pure."""
    complete = effect.proven or (bool(document.totals) and total_papers(held_counts) == total_papers(document.totals))
    changes_held = bool(effect.added or effect.removed)
    return replace(
        record,
        announced=document.totals or record.announced,
        held=held_counts,
        source=document.source if changes_held or not record.source or not record.announced else record.source,
        complete=complete,
        note=_ledger_note(record, document, effect, decision, feed_fetch),
        tries=record.tries + (1 if document.totals and not complete and not effect.withheld else 0),
        withheld=effect.withheld,
    )


def _ledger_note(
    record: DayRecord, document: CategoryDocument, effect: DocumentEffect, decision: Decision, feed_fetch: Fetch | None
) -> str:
    """Say in the ledger what a document changed, for people."""
    if effect.withheld:
        return "papers that are older than this day follow when the days before it are held"
    if effect.repairs(record):
        return effect.repair_note(document.source)
    verdict_note = "" if decision.verdict is Verdict.FRESH else decision.reason
    if record.held and not record.withheld:
        return verdict_note or record.note
    if document.source == "rss" or feed_fetch is None or feed_fetch.decision is Verdict.FRESH:
        return verdict_note
    return f"taken from the {document.source}; of the feed: {feed_fetch.reason}"


class Ingester:
    """Takes documents in, and keeps the ledger: for each category and day what was announced, held and proven."""

    def __init__(self, scope: Scope, working: WorkingCopy, progress: Progress, clock: Clock) -> None:
        self._scope, self._progress, self._clock = scope, progress, clock
        self._working = working
        self._withheld: dict[tuple[str, date], tuple[CategoryDocument, Decision]] = {}

    async def accept(self, document: CategoryDocument, decision: Decision) -> None:
        """
        Put a good document's papers into the batch of its day.

        While an earlier day is to be fetched, only the papers born that day: the others may have been announced first
        on that one, and a date of publication never moves once it was given. A store that is filled for the first time
        takes all: there the dates are pulled back as the earlier days come.
        """
        assert document.day is not None
        ingested_day = document.category, document.day
        if not self._working.filling and self._scope.waits_for_earlier(
            document.day, self._working.ledger, self._clock.now()
        ):
            self._withheld[ingested_day] = document, decision
            new_papers = new_that_day(document, await self._working.held_papers(document.day))
            if len(new_papers.papers) < len(document.papers):
                await self._ingest(new_papers, decision)
                return
        self._withheld.pop(ingested_day, None)
        await self._ingest(document, decision)

    async def accept_withheld(self) -> None:
        """Look again at the documents of which a part was held back: more days are held now."""
        for document, decision in list(self._withheld.values()):
            await self.accept(document, decision)

    async def _ingest(self, document: CategoryDocument, decision: Decision) -> None:
        """Take the papers, and note in the ledger what that made of the day."""
        category, day = document.category, document.day
        assert day is not None
        papers_before = [paper for paper in await self._working.held_papers(day) if held_type(paper, category)]
        record = self._progress.record(category, day) or DayRecord(category, day)
        withheld = (category, day) in self._withheld
        is_complete_list = bool(document.totals) and not document.skipped and not withheld
        referee = is_complete_list and (record.tries > 0 or is_referee_believable(document, len(papers_before)))
        added_papers = len(unheld_papers(document, papers_before))
        held_counts = count_announce_types(await self._working.merge_document(document, referee=referee), category)
        removed_papers = len(papers_before) + added_papers - total_papers(held_counts)
        effect = DocumentEffect(added_papers, removed_papers, withheld=withheld, proven=referee)
        if effect.repairs(record):
            self._progress.anomalies.append(f"{category} {day}: {effect.repair_note(document.source)}")
        feed_fetch = self._progress.feed(category, day)
        record = ledger_after(record, document, held_counts, effect, decision=decision, feed_fetch=feed_fetch)
        self._working.note_in_ledger(record)

    # -- days without papers

    def note_nothing(self, category: str, day: date, source: Source, decision: Decision) -> None:
        """The day is settled, and it has no papers of this category."""
        if not day_held(self._progress.record(category, day)):
            self._working.note_in_ledger(DayRecord(category, day, source=source, complete=True, note=decision.reason))

    def note_unsettled(self, category: str, day: date) -> None:
        """Neither papers nor certainty: ask again another time; a past day that is empty twice is believed to be."""
        record = self._progress.record(category, day) or DayRecord(category, day)
        referee_fetches = [fetch for fetch in self._progress.fetches(category, day) if fetch.source != "rss"]
        # the catch-up page is asked last and knows most: it shows that very day, and whether it is over
        last_fetch = max(reversed(referee_fetches), key=lambda fetch: fetch.decision is not Verdict.FAILED)
        if last_fetch.decision is Verdict.EMPTY_SUSPICIOUS and day < self._scope.refresh_date:
            self.note_empty(category, day, last_fetch.reason)
            return
        if last_fetch.decision is not Verdict.FAILED and day == self._scope.newest:
            self._progress.waiting.add(category)
        self._working.note_in_ledger(replace(record, note=last_fetch.reason))

    def note_empty(self, category: str, day: date, reason: str) -> None:
        """A page of a day that is over has nothing: said twice, a refresh apart, it is believed."""
        record = self._progress.record(category, day) or DayRecord(category, day)
        record = replace(record, tries=record.tries + 1, source=record.source or "catchup", note=reason)
        self._working.note_in_ledger(replace(record, complete=record.tries >= EMPTY_PAGES_BELIEVED and not record.held))
