"""Asking arXiv within a refresh: inside its time, under its lock, patient when told to wait, done when it is no use."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Final

from core.arxiv.client import ArxivClient
from core.arxiv.document import CategoryDocument, Source
from core.arxiv.limits import Role
from core.clock import Clock
from core.errors import ParseError, Throttled, Unreachable, UpstreamError
from core.store.lock import RefreshLock

DOCUMENT_TIME: Final = {"rss": timedelta(seconds=8), "listing": timedelta(seconds=30), "catchup": timedelta(seconds=30)}
"""What one document may take, the wait for its turn included: 3 s between requests, 15 s between pages of arxiv.org."""

PUBLISH_RESERVE: Final = timedelta(seconds=12)
"""Kept back for publishing and the report."""

LONGEST_PAUSE: Final = timedelta(minutes=2)
"""The longest wait for arXiv that is worth holding the lock; beyond it, the next refresh goes on."""

MOST_FAILURES_IN_A_ROW: Final = 4
"""So many failures in a row mean that arXiv cannot be reached now."""

_RENEW_AFTER: Final = timedelta(seconds=30)


ONLINE_AGAIN_IN: Final = timedelta(minutes=1)
"""When a machine without a connection looks whether it has one again; arXiv notices nothing of it."""


class RefreshStopped(Exception):
    """
    This refresh can ask nothing more; the text says why, ``until`` when it is worth asking again.

    ``offline``: arXiv's hosts could not even be connected to.
    """

    def __init__(self, reason: str, until: datetime | None = None, *, offline: bool = False) -> None:
        super().__init__(reason)
        self.until = until
        self.offline = offline


class DocumentFetcher:
    """
    Gets documents for one refresh.

    Raises RefreshStopped when the time is up, arXiv asks for a longer pause, or does not answer at all; RefreshRunning
    when the lock went to another refresh; ParseError and UpstreamError when one document is not to be had.
    """

    def __init__(self, arxiv: ArxivClient, lock: RefreshLock, clock: Clock, *, deadline: datetime) -> None:
        self._lock = lock
        self._arxiv = arxiv
        self._clock = clock
        self._deadline = deadline
        self._failures = 0
        self._unreachable: dict[Role, str] = {}  # and what was said of it
        self._skipped_documents = 0
        self.waits: list[str] = []

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        return self._arxiv.requests

    async def ask(self, source: Source, category: str, day: date) -> CategoryDocument:
        """Get one document."""
        role: Role = "rss" if source == "rss" else "site"
        if role in self._unreachable:
            self._note_unreachable(role, error := Unreachable(self._unreachable[role]))
            raise error
        while True:
            self._check_time_left(DOCUMENT_TIME[source])
            await self._lock.renew()
            try:
                document = await self._request(source, category, day)
            except Throttled as error:
                await self._sit_out_pause(error, DOCUMENT_TIME[source])
            except Unreachable as error:
                self._note_unreachable(role, error)
                raise
            except (ParseError, UpstreamError) as error:
                self._note_failure(error)
                raise
            else:
                self._failures = self._skipped_documents = 0
                return document

    async def _request(self, source: Source, category: str, day: date) -> CategoryDocument:
        requests: dict[Source, Callable[[], Awaitable[CategoryDocument]]] = {
            "rss": lambda: self._arxiv.rss(category),
            "listing": lambda: self._arxiv.listing(category),
            "catchup": lambda: self._arxiv.catchup(category, day),
        }
        return await requests[source]()

    def _check_time_left(self, document_time: timedelta) -> None:
        if self._clock.now() + document_time + PUBLISH_RESERVE > self._deadline:
            raise RefreshStopped("the time of this refresh is up")

    async def _sit_out_pause(self, error: Throttled, cost: timedelta) -> None:
        """Sit out a pause that arXiv asks for, if it ends in time."""
        pause_end = self._clock.now() + timedelta(seconds=error.retry_after)
        self.waits.append(str(error))
        if pause_end + cost + PUBLISH_RESERVE > self._deadline or len(self.waits) > MOST_FAILURES_IN_A_ROW:
            raise RefreshStopped(str(error), pause_end) from error
        if timedelta(seconds=error.retry_after) > LONGEST_PAUSE:
            raise RefreshStopped(str(error), pause_end) from error
        while (pause_left := pause_end - self._clock.now()) > timedelta(0):
            await self._lock.renew()
            await self._clock.sleep(min(pause_left, _RENEW_AFTER).total_seconds())

    def _note_unreachable(self, role: Role, error: Exception) -> None:
        """
        Leave a host alone that cannot be connected to, and stop when both cannot.

        On a weekend the feeds' host is not asked at all: then the other alone tells, after a few documents.
        """
        self._unreachable[role] = str(error)
        self._skipped_documents += role == "site"
        if len(self._unreachable) > 1 or self._skipped_documents >= MOST_FAILURES_IN_A_ROW:
            until = self._clock.now() + ONLINE_AGAIN_IN
            raise RefreshStopped(f"arXiv cannot be reached: {error}", until, offline=True) from error

    def _note_failure(self, error: Exception) -> None:
        self._failures += isinstance(error, UpstreamError)
        if self._failures >= MOST_FAILURES_IN_A_ROW:
            raise RefreshStopped(f"arXiv cannot be reached: {error}") from error
