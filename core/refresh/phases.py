"""The phases of a refresh: read the feeds, repair, backfill, prove. ``core.refresh.run`` tells the story."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Final

from core.arxiv.document import CategoryDocument
from core.calendar import holiday_name
from core.clock import Clock
from core.refresh.archives import ArchiveReader
from core.refresh.document_reader import DocumentReader, FetchedDocument
from core.refresh.fetch import DocumentFetcher
from core.refresh.outcome import category_states
from core.refresh.progress import Progress
from core.refresh.scope import Scope, day_held, day_settled, from_archive
from core.refresh.working_copy import WorkingCopy
from core.store.lock import RefreshLock
from core.store.records import LastRefresh, Manifest
from core.summaries.concurrent import ConcurrentSummaries
from core.taxonomy import archive_of

CHECKPOINT_EVERY: Final = timedelta(minutes=1)
"""The most work that a refresh which is killed has to do again."""
FILLING_CHECKPOINT_EVERY: Final = timedelta(seconds=10)  # of a new store, on which its first readers look


class Phases:
    """One refresh's work, a phase at a time. Each may end early with RefreshStopped; what was done by then counts."""

    def __init__(
        self,
        scope: Scope,
        working: WorkingCopy,
        fetcher: DocumentFetcher,
        refresh_lock: RefreshLock,
        progress: Progress,
        *,
        clock: Clock,
        concurrent_summaries: ConcurrentSummaries | None = None,
        look_for_newcomers: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._concurrent_summaries = concurrent_summaries
        self._look_for_newcomers = look_for_newcomers  # what may be done between two documents of older days
        self._scope, self._progress, self._clock = scope, progress, clock
        self._working, self._refresh_lock = working, refresh_lock
        self._last_checkpoint = clock.now()
        self._reader = DocumentReader(
            scope, working, fetcher, progress, clock=clock, checkpoint=self.publish, summaries=concurrent_summaries
        )
        self._archives = ArchiveReader(scope, progress, self._reader, clock)

    async def read_archives(self) -> None:
        """On a new store of many categories: their newest day from their archives' pages, all but late cross-lists."""
        if self._working.filling and await self._archives.read_archive_pages(self._scope.newest):
            await self.publish()

    async def read_feeds(self) -> None:
        """
        Read the feed of every category whose newest day is not whole. On weekends and holidays the feeds are empty.

        Those with no earlier list to be compared with are compared with each other, so they wait for the last of them.
        """
        peer_documents: list[CategoryDocument] = []
        uncompared_feeds: list[FetchedDocument] = []
        for category in self._unfetched_categories() if self._scope.refresh_date == self._scope.newest else ():
            fetched = await self._reader.fetch("rss", category, self._scope.newest)
            if fetched is None:
                continue
            peer_documents.append(fetched.document)
            if not fetched.document.papers or await self._can_be_judged(category):
                await self._reader.take_feed(fetched)
                if not fetched.document.papers and await self._nothing_announced_yet(category):
                    break
                await self._checkpoint()
            else:
                uncompared_feeds.append(fetched)
        for fetched in uncompared_feeds:
            await self._reader.take_feed(fetched, peer_documents)
        await self._reader.ingester.accept_withheld()
        await self.publish()

    def _unfetched_categories(self) -> list[str]:
        newest_records = {name: self._progress.record(name, self._scope.newest) for name in self._scope.categories}
        unsettled_records = {name: record for name, record in newest_records.items() if not day_settled(record)}
        return [name for name, record in unsettled_records.items() if not day_held(record) or from_archive(record)]

    async def _can_be_judged(self, category: str) -> bool:
        """Whether there is something of the category's own to compare its feed with."""
        newest_record = self._progress.record(category, self._scope.newest)
        return from_archive(newest_record) or bool(await self._working.previous(category, self._scope.newest))

    async def _nothing_announced_yet(self, category: str) -> bool:
        """
        Whether arXiv, which announces all at once, has announced nothing today: then no other feed is asked for.

        Two witnesses say so: this feed, which is empty, and a listing that still shows an earlier day, its own or its
        archive's.
        """
        if (waiting_archive := archive_of(category)) in self._archives.unannounced_archives:
            self._progress.note_waiting(self._progress.lacking(), self._archives.unannounced_archives[waiting_archive])
        elif not day_settled(self._progress.record(category, self._scope.newest)):
            await self._reader.ask_referee(category, self._scope.newest)
        if category not in self._progress.waiting:
            return False
        self._progress.note_waiting(self._progress.lacking(), self._progress.newest_decisions[category])
        return True

    async def repair(self) -> None:
        """Ask the listing where the feed was not to be had, or not to be trusted; an archive's page where many lack."""
        if await self._archives.read_archive_pages(self._scope.newest):
            await self.publish()
        for category in self._scope.categories:
            if self._needs_repair(category):
                await self._reader.ask_referee(category, self._scope.newest)
                await self._checkpoint()
        await self.publish()

    def _needs_repair(self, category: str) -> bool:
        if category in self._progress.waiting or self._was_fetched(category, self._scope.newest):
            return False
        record = self._progress.record(category, self._scope.newest)
        return not day_settled(record) and (not day_held(record) or self._progress.is_left_unsettled(category))

    def _was_fetched(self, category: str, day: date) -> bool:
        """Whether this refresh asked for the category's own page of the day already."""
        return any(fetch.source != "rss" for fetch in self._progress.fetches(category, day))

    async def read_last_list(self) -> None:
        """When arXiv has announced nothing on the newest day, what it announced last is what readers wait for."""
        last_held_day = next((held_day for held_day in self._working.held_days if held_day < self._scope.newest), None)
        waiting_categories = [category for category in self._scope.categories if category in self._progress.waiting]
        if last_held_day is None or not waiting_categories:
            return
        if await self._archives.read_archive_pages(last_held_day):
            await self.publish()
        last_lists = ((category, last_held_day) for category in waiting_categories)
        await self._backfill_days([gap for gap in last_lists if not day_held(self._progress.record(*gap))])

    async def backfill(self) -> None:
        """Fetch the days that were never asked for: on a new store the latest first, else in the order of dates."""
        for day in sorted({day for _, day in self._gaps()}, reverse=self._working.filling):
            if not holiday_name(day) and await self._archives.read_archive_pages(day):
                await (self.publish() if self._working.filling else self._checkpoint())
        gaps = self._scope.gaps(self._working.ledger, newest_first=self._working.filling)
        never_asked = [gap for gap in gaps if gap not in self._working.ledger]
        for gaps_to_fill in sorted((self._incomplete(), never_asked), key=len):  # what takes less time first
            await self._backfill_days(gaps_to_fill)
        self._end_filling()

    def _end_filling(self) -> None:
        """The first days are whole when none of them is known from its archive's page alone: dates move no more."""
        self._working.filling &= any(from_archive(self._progress.record(*gap)) for gap in self._gaps())

    def _incomplete(self) -> list[tuple[str, date]]:
        """On a new store the categories whose last day is known from their archive's page alone: own pages have all."""
        last_held_day = next((held_day for held_day in self._working.held_days if held_day <= self._scope.newest), None)
        if last_held_day is None or not self._working.filling:
            return []
        last_lists = ((category, last_held_day) for category in self._scope.categories)
        return [last_list for last_list in last_lists if from_archive(self._progress.record(*last_list))]

    async def ask_again(self) -> None:
        """Fetch the days that an earlier try did not settle or that came from an archive's page, the latest first."""
        await self._backfill_days(self._scope.gaps(self._working.ledger, newest_first=True))
        self._end_filling()

    def _gaps(self) -> list[tuple[str, date]]:
        return self._scope.gaps(self._working.ledger)

    async def _backfill_days(self, gaps_to_fill: Sequence[tuple[str, date]]) -> None:
        for category, day in gaps_to_fill:
            archive_lists_nothing = (archive_of(category), day) in self._archives.empty_archives
            if not archive_lists_nothing and not any(self._progress.fetches(category, day)):
                await self._reader.ask_referee(category, day)
                await self._checkpoint()
        await self._reader.ingester.accept_withheld()
        await self.publish()

    async def prove(self) -> None:
        """Compare with the listing what came from the feeds: it counts the papers of each type, the feeds do not."""
        for category in self._scope.categories:
            record = self._progress.record(category, self._scope.newest)
            if day_held(record) and not day_settled(record) and not self._was_fetched(category, self._scope.newest):
                await self._reader.ask_referee(category, self._scope.newest)
                await self._checkpoint()
        await self.publish()

    async def publish(self, last_refresh: LastRefresh | None = None) -> Manifest:
        """Let readers have what was done so far, if this refresh still has the right to."""
        await self._refresh_lock.renew_lease()
        self._working.states = category_states(self._progress)
        await self._working.publish(self._clock.now(), retention=self._scope.retention, last=last_refresh)
        self._last_checkpoint = self._clock.now()
        await self._publish_summaries_beside_backfill()
        return self._working.manifest

    def begin_summaries_beside_backfill(self) -> None:
        """Readers have the newest day: its papers may be summarized while older days are fetched."""
        if self._concurrent_summaries:
            self._concurrent_summaries.start_summaries(self._working.manifest)

    async def _publish_summaries_beside_backfill(self) -> None:
        """Let readers have the summaries that were made meanwhile; the working copy goes on from there."""
        if self._concurrent_summaries and self._concurrent_summaries.has_unpublished_summaries:
            await self._concurrent_summaries.publish_summaries()
            await self._working.adopt()

    async def _checkpoint(self) -> None:
        """Between two documents: publish what a killed refresh would lose, and see what readers ask for meanwhile."""
        checkpoint_every = FILLING_CHECKPOINT_EVERY if self._working.filling else CHECKPOINT_EVERY
        if self._clock.now() - self._last_checkpoint >= checkpoint_every:
            await self.publish()
        if self._look_for_newcomers:
            await self._look_for_newcomers()
