"""Asking arXiv within a refresh: inside its time, under its lock, patient when told to wait, done when it is no use."""

from datetime import date, datetime, timedelta
from typing import Final

from core.arxiv.client import ArxivClient
from core.arxiv.document import CategoryDocument, Source
from core.arxiv.limits import Role
from core.clock import Clock
from core.errors import ParseError, Throttled, Unreachable, UpstreamError
from core.store.lock import RefreshLock

_REFEREE_FETCH_TIME: Final = timedelta(seconds=30)
DOCUMENT_TIME: Final = {"rss": timedelta(seconds=8), "listing": _REFEREE_FETCH_TIME, "catchup": _REFEREE_FETCH_TIME}
"""What one document may take, the wait for its turn included: 3 s between requests, 15 s between pages of arxiv.org."""

PUBLISH_RESERVE: Final = timedelta(seconds=12)
"""Kept back for publishing and the report."""

LONGEST_FETCH_PAUSE: Final = timedelta(minutes=2)
"""The longest wait for arXiv that is worth holding the lock; beyond it, the next refresh goes on."""

MOST_FAILED_FETCHES: Final = 4
"""So many failures in a row mean that arXiv cannot be reached now."""

_RENEW_REFRESH_LOCK_EVERY: Final = timedelta(seconds=30)

FETCH_WHEN_OFFLINE_AGAIN_IN: Final = timedelta(minutes=1)
"""When a machine without a connection looks whether it has one again; arXiv notices nothing of it."""


class RefreshStopped(Exception):
    """
    This refresh can ask nothing more; the text says why, ``resume_at`` when it is worth asking again.

    ``offline``: arXiv's hosts could not even be connected to.
    """

    def __init__(self, stop_reason: str, resume_at: datetime | None = None, *, offline: bool = False) -> None:
        super().__init__(stop_reason)
        self.resume_at = resume_at
        self.offline = offline


class DocumentFetcher:
    """
    Gets documents for one refresh.

    Raises RefreshStopped when the time is up, arXiv asks for a longer pause, or does not answer at all; RefreshRunning
    when the lock went to another refresh; ParseError and UpstreamError when one document is not to be had.
    """

    def __init__(self, arxiv: ArxivClient, refresh_lock: RefreshLock, clock: Clock, *, deadline: datetime) -> None:
        self._refresh_lock, self._arxiv, self._clock = refresh_lock, arxiv, clock
        self._refresh_deadline = deadline
        self._failed_fetches = 0
        self._unreachable_sources: dict[Role, str] = {}  # and what was said of it
        self._skipped_documents = 0
        self.throttled_waits: list[str] = []

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        return self._arxiv.arxiv_requests_made

    async def ask(self, source: Source, category: str, day: date) -> CategoryDocument:
        """Get one document."""
        role: Role = "rss" if source == "rss" else "site"
        if role in self._unreachable_sources:
            self._stop_when_unreachable(role, failed_refresh_fetch := Unreachable(self._unreachable_sources[role]))
            raise failed_refresh_fetch
        while True:
            self._check_refresh_time_left(DOCUMENT_TIME[source])
            await self._refresh_lock.renew_lease()
            try:
                document = await self._request(source, category, day)
            except Throttled as failed_refresh_fetch:
                await self._sit_out_pause(failed_refresh_fetch, DOCUMENT_TIME[source])
            except Unreachable as failed_refresh_fetch:
                self._stop_when_unreachable(role, failed_refresh_fetch)
                raise
            except (ParseError, UpstreamError) as failed_refresh_fetch:
                self._stop_after_failed_fetches(failed_refresh_fetch)
                raise
            else:
                self._failed_fetches = self._skipped_documents = 0
                return document

    async def _request(self, source: Source, category: str, day: date) -> CategoryDocument:
        if source == "catchup":
            return await self._arxiv.fetch_catchup(category, day)
        document_request = self._arxiv.fetch_rss if source == "rss" else self._arxiv.fetch_listing
        return await document_request(category)

    def _check_refresh_time_left(self, document_time: timedelta) -> None:
        if self._clock.now() + document_time + PUBLISH_RESERVE > self._refresh_deadline:
            raise RefreshStopped("the time of this refresh is up")

    async def _sit_out_pause(self, throttled: Throttled, document_time: timedelta) -> None:
        """Sit out a pause that arXiv asks for, if it ends in time."""
        refresh_pause = timedelta(seconds=throttled.retry_after)
        refresh_paused_until = self._clock.now() + refresh_pause
        self.throttled_waits.append(str(throttled))
        is_too_late = refresh_paused_until + document_time + PUBLISH_RESERVE > self._refresh_deadline
        if is_too_late or len(self.throttled_waits) > MOST_FAILED_FETCHES or refresh_pause > LONGEST_FETCH_PAUSE:
            raise RefreshStopped(str(throttled), refresh_paused_until) from throttled
        while (refresh_pause_left := refresh_paused_until - self._clock.now()) > timedelta(0):
            await self._refresh_lock.renew_lease()
            await self._clock.sleep(min(refresh_pause_left, _RENEW_REFRESH_LOCK_EVERY).total_seconds())

    def _stop_when_unreachable(self, role: Role, unreachable: Exception) -> None:
        """
        Leave a host alone that cannot be connected to, and stop when both cannot.

        On a weekend the feeds' host is not asked at all: then the other alone tells, after a few documents.
        """
        self._unreachable_sources[role] = str(unreachable)
        self._skipped_documents += role == "site"
        if len(self._unreachable_sources) > 1 or self._skipped_documents >= MOST_FAILED_FETCHES:
            resume_at = self._clock.now() + FETCH_WHEN_OFFLINE_AGAIN_IN
            raise RefreshStopped(f"arXiv cannot be reached: {unreachable}", resume_at, offline=True) from unreachable

    def _stop_after_failed_fetches(self, failed_refresh_fetch: Exception) -> None:
        self._failed_fetches += isinstance(failed_refresh_fetch, UpstreamError)
        if self._failed_fetches >= MOST_FAILED_FETCHES:
            raise RefreshStopped(f"arXiv cannot be reached: {failed_refresh_fetch}") from failed_refresh_fetch
