"""One document within a refresh: asked for, judged, taken in or noted as nothing."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from core.arxiv.document import CategoryDocument, Source
from core.clock import Clock
from core.errors import ParseError, UpstreamError
from core.paper import ArxivId
from core.refresh.decide import Decision, decide
from core.refresh.fetch import DocumentFetcher
from core.refresh.ingest import Ingester
from core.refresh.merge import held_type
from core.refresh.progress import Progress
from core.refresh.scope import Scope, day_settled, from_archive, usual_size
from core.refresh.working_copy import WorkingCopy
from core.summaries.concurrent import ConcurrentSummaries


class FetchedDocument(Struct, frozen=True):
    """A document, and how long it took to come."""

    document: CategoryDocument
    took: timedelta


class DocumentReader:
    """Reads documents of the scope's categories and days; ``checkpoint`` lets readers have what was done."""

    def __init__(
        self,
        scope: Scope,
        working: WorkingCopy,
        document_fetcher: DocumentFetcher,
        progress: Progress,
        *,
        clock: Clock,
        checkpoint: Callable[[], Awaitable[object]],
        summaries: ConcurrentSummaries | None = None,
    ) -> None:
        self._scope, self._progress, self._clock = scope, progress, clock
        self._working, self._document_fetcher = working, document_fetcher
        self._checkpoint = checkpoint
        self._concurrent_summaries = summaries
        self.ingester = Ingester(scope, working, progress, clock)

    async def take_feed(self, fetched: FetchedDocument, peers: Sequence[CategoryDocument] = ()) -> None:
        """Judge a feed of the newest day, and take it in when it is good."""
        category = fetched.document.category
        decision = await self._judge(fetched, self._scope.newest, peers)
        if decision.takes_document:
            await self.ingester.accept(fetched.document, decision)
        elif decision.settles_day:
            self.ingester.note_nothing(category, self._scope.newest, "rss", decision)

    async def ask_referee(self, category: str, day: date) -> None:
        """Ask the listing, then the catch-up page: they name their day and count their papers."""
        for source in self._scope.referees(day, self._clock.now()):
            fetched = await self.fetch(source, category, day)
            if fetched is None:
                continue
            shows_wanted_day = self._shows_wanted_day(fetched.document, day)
            decision = await self._judge(fetched, day, is_told=not shows_wanted_day)
            if shows_wanted_day:
                await self._accept_for_shown_day(fetched)
            if decision.takes_document:
                await self.ingester.accept(fetched.document, decision)
                await self._publish_first_papers()
                return
            if decision.settles_day:
                self.ingester.note_nothing(category, day, source, decision)
                return
        self.ingester.note_unsettled(category, day)

    def _shows_wanted_day(self, document: CategoryDocument, day: date) -> bool:
        """Whether a list names another day than the one asked for, and that day is wanted too."""
        if document.day is None or document.day == day or document.day not in self._scope.days or not document.papers:
            return False
        return not day_settled(self._progress.record(document.category, document.day))

    async def _accept_for_shown_day(self, fetched: FetchedDocument) -> None:
        """Take a list as that of the day that it names."""
        assert fetched.document.day is not None
        decision = await self._judge(fetched, fetched.document.day)
        if decision.takes_document:
            await self.ingester.accept(fetched.document, decision)
            await self._publish_first_papers()

    async def _publish_first_papers(self) -> None:
        """Let readers of a new store have its first papers at once: the next page is 15 seconds away."""
        if self._working.held_days and not self._working.manifest.has_papers:
            await self._checkpoint()

    async def fetch(self, source: Source, category: str, day: date) -> FetchedDocument | None:
        """Ask for a document; None when it is not to be had now."""
        fetch_started = self._clock.now()
        try:
            document_request: Awaitable[CategoryDocument] = self._document_fetcher.ask(source, category, day)
            if self._concurrent_summaries:
                document_request = self._concurrent_summaries.publish_meanwhile(document_request, self._checkpoint)
            document = await document_request
        except (ParseError, UpstreamError) as failed_fetch:
            self._progress.note_failure(source, category, day, str(failed_fetch), self._clock.now() - fetch_started)
            return None
        return FetchedDocument(document, self._clock.now() - fetch_started)

    async def _judge(
        self, fetched: FetchedDocument, day: date, peers: Sequence[CategoryDocument] = (), *, is_told: bool = True
    ) -> Decision:
        decision = await self.judge(fetched.document, day, peers)
        self._progress.note_document(fetched.document, day, decision, fetched.took, is_told=is_told)
        return decision

    async def judge(self, document: CategoryDocument, day: date, peers: Sequence[CategoryDocument] = ()) -> Decision:
        """What to make of a document as the list of that day, by what is held of the days before."""
        previous = await self._working.previous(document.category, day)
        usual = usual_size(document.category, self._working.ledger, day)
        listed = await self._listed_in_archive(document, day) if document.source == "rss" else frozenset()
        now = self._clock.now()
        return decide(document, day, previous=previous, usual_size=usual, peers=peers, listed_ids=listed, now=now)

    async def _listed_in_archive(self, document: CategoryDocument, day: date) -> frozenset[ArxivId]:
        """The category's papers that came from its archive's page of that day, before its feed was read."""
        is_from_archive = from_archive(self._progress.record(document.category, day))
        held_papers = await self._working.held_papers(day) if is_from_archive else ()
        return frozenset(paper.arxiv_id for paper in held_papers if held_type(paper, document.category))
