"""
One page of a whole archive in place of one for each of its categories, while many of them lack a day.

``/catchup/cs/2026-01-13`` (or ``/list/cs/new``, of the last announcement) has every paper of the day that is new in cs,
with all its categories, those cross-listed from other archives, and the replacements. It leaves out what was
cross-listed later from one category of the archive to another, and does not say to which of several categories an old
paper was cross-listed: what comes from it is a good day's list that stays unproven, until each category's own page is
read. (Of four recorded days it lacked one entry in 500. A paper that such an entry was the first to announce keeps the
date of the next day that names it.)
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from core.arxiv.document import CategoryDocument, announce_type_for
from core.clock import Clock
from core.paper import Announcement, AnnounceType, ArxivId, Paper
from core.refresh.decide import Decision, judge_day
from core.refresh.document_reader import DocumentReader
from core.refresh.merge import announced_order
from core.refresh.progress import Progress
from core.refresh.report import NextStep, Verdict
from core.refresh.scope import Scope, day_held, day_settled
from core.taxonomy import archive_members, archive_of

MANY_LACKING: Final = 6
"""So many categories of an archive must lack a day for its page, of 2,000 entries and more, to be the shorter way."""


class ArchiveReader:
    """Fills days of many categories from the pages of their archives."""

    def __init__(self, scope: Scope, progress: Progress, reader: DocumentReader, clock: Clock) -> None:
        self._scope, self._progress, self._reader, self._clock = scope, progress, reader, clock
        self._failed_archives: set[str] = set()
        self.empty_archives: set[tuple[str, date]] = set()
        """Archives and past days of which this refresh saw an empty page: nothing of theirs is to be asked again."""
        self.unannounced_archives: dict[str, Decision] = {}
        """Archives whose listing is still of an earlier day than the newest, and what it was taken for."""

    async def read_archive_pages(self, day: date) -> bool:
        """Read the pages of the day that save requests; return whether there were any. Raises RefreshStopped."""
        lacking_archives = list(self._lacking(day))
        for archive, _ in lacking_archives:
            if not await self._read_pages(archive, day):
                self._failed_archives.add(archive)  # its categories can still be asked one by one
        return bool(lacking_archives)

    async def _read_pages(self, archive: str, day: date) -> bool:
        """Take the archive's list of the day, or of the earlier day that it shows; False when there was none."""
        for source in self._scope.referees(day, self._clock.now()):
            fetched = await self._reader.fetch(source, archive, day) if source != "rss" else None
            if fetched is None:
                continue
            decision = judge_archive_page(fetched.document, day)
            self._progress.note_document(fetched.document, day, decision, fetched.took)
            shown_day = fetched.document.day
            if decision.verdict is Verdict.EMPTY_SUSPICIOUS and shown_day == day < self._scope.refresh_date:
                self._note_empty(archive, day, decision)
                return True
            if shown_day is None or shown_day > day or not fetched.document.papers:
                continue
            if shown_day < day:
                self.unannounced_archives[archive] = decision
            await self._take_parts(fetched.document, shown_day)
            return True
        return False

    def _note_empty(self, archive: str, day: date, decision: Decision) -> None:
        """A day that is over, and the whole archive has nothing of it: one witness for each of its categories."""
        self.empty_archives.add((archive, day))
        for category in self._scope.categories:
            if archive_of(category) == archive and self._lacks(category, day):
                self._reader.ingester.note_empty(category, day, decision.reason)

    def _lacking(self, day: date) -> Iterator[tuple[str, list[str]]]:
        """The archives of which many categories lack the day, with these."""
        lacking_by_archive: dict[str, list[str]] = {}
        for category in self._scope.categories:
            lacking_archive = archive_of(category)
            is_unannounced = day == self._scope.newest and lacking_archive in self.unannounced_archives
            if lacking_archive not in self._failed_archives and not is_unannounced and self._lacks(category, day):
                lacking_by_archive.setdefault(lacking_archive, []).append(category)
        yield from (lacking for lacking in lacking_by_archive.items() if len(lacking[1]) >= MANY_LACKING)

    def _lacks(self, category: str, day: date) -> bool:
        record = self._progress.record(category, day)
        return not day_held(record) and not day_settled(record)

    async def _take_parts(self, document: CategoryDocument, day: date) -> None:
        """Let each category that lacks the day have its part of the list."""
        if day not in self._scope.days:
            return
        for category in self._scope.categories:
            if archive_of(category) != document.category or not self._lacks(category, day):
                continue
            archive_part = category_part(document, category)
            if archive_part.papers and (await self._reader.judge(archive_part, day)).takes_document:
                await self._reader.ingester.accept(archive_part, judge_archive_page(document, day))


def judge_archive_page(document: CategoryDocument, day: date) -> Decision:
    """What such a page is taken for as the day's: good, and not all. An empty or older one settles nothing."""
    if wrong_page := judge_day(document, day):
        return wrong_page
    if not document.papers:
        return Decision(Verdict.EMPTY_SUSPICIOUS, f"nothing announced in all of {document.category}", NextStep.WAIT)
    reason = f"from the page of all of {document.category}: late cross-lists follow with the category's own page"
    return Decision(Verdict.PARTIAL, reason, NextStep.PUBLISH)


def category_part(document: CategoryDocument, category: str) -> CategoryDocument:
    """
    What an archive's page says of one category. Pure.

    It counts the archive's papers and not the category's, so the part has no totals.
    """
    first_new_of_day = min(_numbers_new_that_day(document.papers), default=None)
    page_papers = (paper for paper in document.papers if category in paper.categories)
    certain_page_papers = (paper for paper in page_papers if _is_certain(paper, document.category, first_new_of_day))
    part_papers = tuple(_announced_in(paper, category) for paper in certain_page_papers)
    return replace(document, category=category, papers=part_papers, totals=())


def _numbers_new_that_day(page_papers: Sequence[Paper]) -> Iterator[tuple[str, int, str]]:
    new_ids = (paper.arxiv_id for paper in page_papers if paper.announce_type is AnnounceType.NEW)
    return (announced_order(arxiv_id) for arxiv_id in new_ids if "/" not in arxiv_id)


def _is_certain(page_paper: Paper, archive: str, first_new_of_day: tuple[str, int, str] | None) -> bool:
    """Whether the paper stood in all its categories that day; of an old cross-listed one that is not known."""
    if page_paper.announce_type is not AnnounceType.CROSS or _is_new_that_day(page_paper.arxiv_id, first_new_of_day):
        return True
    return len(archive_members(archive) & set(page_paper.categories)) == 1


def _is_new_that_day(arxiv_id: ArxivId, first_new_of_day: tuple[str, int, str] | None) -> bool:
    return first_new_of_day is not None and "/" not in arxiv_id and announced_order(arxiv_id) >= first_new_of_day


def _announced_in(paper: Paper, category: str) -> Paper:
    archive_page_section = {AnnounceType.NEW: "new", AnnounceType.CROSS: "cross"}.get(paper.announce_type, "replace")
    announce_type = announce_type_for(category, archive_page_section, paper.categories)
    return replace(paper, announce_type=announce_type, announcements=(Announcement(category, announce_type),))
