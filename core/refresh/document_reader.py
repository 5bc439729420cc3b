"""One document within a refresh: asked for, judged, taken in or noted as nothing."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from core.arxiv.document import CategoryDocument, Source
from core.clock import Clock
from core.errors import ParseError, UpstreamError
from core.paper import ArxivId
from core.refresh.beside import Beside
from core.refresh.decide import Decision, decide
from core.refresh.fetch import DocumentFetcher
from core.refresh.ingest import Ingester
from core.refresh.merge import type_in
from core.refresh.progress import Progress
from core.refresh.scope import Scope, from_archive, settled, usual_size
from core.refresh.working_copy import WorkingCopy


class Got(Struct, frozen=True):
    """A document, and how long it took to come."""

    document: CategoryDocument
    took: timedelta


class DocumentReader:
    """Reads documents of the scope's categories and days; ``publish`` lets readers have what was done so far."""

    def __init__(
        self,
        scope: Scope,
        working: WorkingCopy,
        fetcher: DocumentFetcher,
        progress: Progress,
        *,
        clock: Clock,
        publish: Callable[[], Awaitable[object]],
        beside: Beside | None = None,
    ) -> None:
        self._scope = scope
        self._working = working
        self._fetcher = fetcher
        self._progress = progress
        self._clock = clock
        self._publish = publish
        self._beside = beside
        self.ingester = Ingester(scope, working, progress, clock)

    async def take_feed(self, got: Got, peers: Sequence[CategoryDocument] = ()) -> None:
        """Judge a feed of the newest day, and take it in when it is good."""
        category = got.document.category
        decision = await self._judge(got, self._scope.newest, peers)
        if decision.takes:
            await self.ingester.accept(got.document, decision)
        elif decision.settled:
            self.ingester.note_nothing(category, self._scope.newest, "rss", decision)

    async def ask_referee(self, category: str, day: date) -> None:
        """Ask the listing, then the catch-up page: they name their day and count their papers."""
        for source in self._scope.referees(day, self._clock.now()):
            got = await self.fetch(source, category, day)
            if got is None:
                continue
            decision = await self._judge(got, day)
            await self._file_elsewhere(got, day)
            if decision.takes:
                await self.ingester.accept(got.document, decision)
                return
            if decision.settled:
                self.ingester.note_nothing(category, day, source, decision)
                return
        self.ingester.note_unsettled(category, day)

    async def _file_elsewhere(self, got: Got, day: date) -> None:
        """Take a list that names another day than the one asked for as that day's, when that is wanted too."""
        found = got.document.day
        if found is None or found == day or found not in self._scope.window or not got.document.papers:
            return
        if not settled(self._progress.record(got.document.category, found)):
            decision = await self._judge(got, found)
            if decision.takes:
                await self.ingester.accept(got.document, decision)

    async def fetch(self, source: Source, category: str, day: date) -> Got | None:
        """Ask for a document; None when it is not to be had now."""
        began = self._clock.now()
        try:
            asking = self._fetcher.ask(source, category, day)
            document = await (self._beside.meanwhile(asking, self._publish) if self._beside else asking)
        except (ParseError, UpstreamError) as error:
            self._progress.failure(source, category, day, str(error), self._clock.now() - began)
            return None
        return Got(document, self._clock.now() - began)

    async def _judge(self, got: Got, day: date, peers: Sequence[CategoryDocument] = ()) -> Decision:
        decision = await self.judge(got.document, day, peers)
        self._progress.document(got.document, day, decision, got.took)
        return decision

    async def judge(self, document: CategoryDocument, day: date, peers: Sequence[CategoryDocument] = ()) -> Decision:
        """What to make of a document as the list of that day, by what is held of the days before."""
        previous = await self._working.previous(document.category, day)
        usual = usual_size(document.category, self._working.ledger, day)
        listed = await self._listed(document, day) if document.source == "rss" else frozenset()
        return decide(document, day, previous=previous, usual=usual, peers=peers, listed=listed, now=self._clock.now())

    async def _listed(self, document: CategoryDocument, day: date) -> frozenset[ArxivId]:
        """The category's papers that came from its archive's page of that day, before its feed was read."""
        if not from_archive(self._progress.record(document.category, day)):
            return frozenset()
        papers = await self._working.papers(day)
        return frozenset(paper.arxiv_id for paper in papers if type_in(paper, document.category))
