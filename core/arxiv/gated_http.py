"""
The way to arXiv: one request at a time and spaced, over all instances together. The owner of httpx.

Every request enters the gate that the store keeps and leaves it when it is over, whatever became of it.
"""

import asyncio
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from core.arxiv.body import ACCEPT_ENCODING, read_body
from core.arxiv.limits import (
    ARXIV_HOSTS,
    ARXIV_SPACING,
    THROTTLING_HTTP_STATUSES,
    ArxivRequestLimits,
    Role,
    arxiv_retry_after,
)
from core.clock import Clock
from core.config.environment import VERSION, Environment
from core.errors import Missing, Throttled, Unreachable, UpstreamError
from core.store.base import GateStore

ArxivTransport = httpx.AsyncBaseTransport
"""What carries the requests; tests have their own."""

ACCEPT_ARXIV: Final[dict[Role, str]] = {
    "rss": "application/rss+xml, application/xml;q=0.9, text/xml;q=0.8",
    "site": "text/html",
    "api": "text/html, application/pdf, application/atom+xml, */*;q=0.5",
}

_MOST_ARXIV_REDIRECTS: Final = 3
_ARXIV_TRANSPORT_ERRORS: Final = (httpx.RequestError, TimeoutError)
_ARXIV_CONNECT_ERRORS: Final = (httpx.ConnectError, httpx.ConnectTimeout)


class GatedHttp:
    """
    Asks arXiv politely; an async context manager.

    ``fetch`` raises Throttled while arXiv wants to be left alone (the gate is closed for everybody then), Missing for a
    404, Unreachable when there is no connection, UpstreamError for every other failure, also when the request would not
    be over by ``deadline``.
    """

    def __init__(
        self,
        arxiv_gate: GateStore,
        environment: Environment,
        *,
        clock: Clock,
        holder: str,
        transport: ArxivTransport | None = None,
        deadline: datetime | None = None,
        limits: ArxivRequestLimits | None = None,
    ) -> None:
        self.arxiv_request_deadline = deadline
        self.arxiv_requests_made = 0
        """How many requests were made so far, those that failed included."""
        self.arxiv_clock_offset: timedelta | None = None
        """How far this machine's clock is ahead of arXiv's, by the last answer's Date; None before there is one."""
        self._arxiv_gate, self._arxiv_gate_holder, self._clock = arxiv_gate, holder, clock
        self._limits = limits or ArxivRequestLimits()
        self._arxiv_urls: dict[Role, str] = {
            "rss": environment.rss_base_url,
            "site": environment.site_base_url,
            "api": environment.api_base_url,
        }
        self._arxiv_http = httpx.AsyncClient(
            headers={"User-Agent": f"Paperfeed/{VERSION} (+{environment.contact})", "Accept-Encoding": ACCEPT_ENCODING},
            timeout=httpx.Timeout(self._limits.arxiv_read_seconds, connect=self._limits.arxiv_connect_seconds),
            limits=httpx.Limits(max_connections=1),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        await self._arxiv_http.__aenter__()
        return self

    async def __aexit__(self, *arxiv_error: Any) -> None:
        await self._arxiv_http.__aexit__(*arxiv_error)

    def _arxiv_host(self, role: Role) -> str:
        """Who is asked, a mirror where one is set: what may stand before an @ is nobody's business."""
        return urlsplit(self._arxiv_urls[role]).netloc.rpartition("@")[2] or ARXIV_HOSTS[role]

    async def fetch(self, role: Role, arxiv_path: str) -> bytes:
        """
        Get one document when it is our turn; a broken connection is tried once more, one that was never made is not.

        Redirects are followed within the host, three at most.
        """
        try:
            arxiv_url = httpx.URL(self._arxiv_urls[role] + arxiv_path)
            for _ in range(_MOST_ARXIV_REDIRECTS + 1):
                body_or_redirect = await self._request_with_retry(role, arxiv_url)
                if isinstance(body_or_redirect, bytes):
                    return body_or_redirect
                arxiv_url = body_or_redirect
        except httpx.InvalidURL as arxiv_url_error:
            raise UpstreamError(f"no valid address of {self._arxiv_host(role)}: {arxiv_url_error}") from arxiv_url_error
        raise UpstreamError(f"{self._arxiv_host(role)} redirects without end from {arxiv_path}")

    async def _request_with_retry(self, role: Role, arxiv_url: httpx.URL) -> bytes | httpx.URL:
        try:
            return await self._request_in_turn(role, arxiv_url)
        except _ARXIV_CONNECT_ERRORS as arxiv_error:
            arxiv_reason = str(arxiv_error) or "no answer in time"
            raise Unreachable(f"could not connect to {self._arxiv_host(role)}: {arxiv_reason}") from arxiv_error
        except _ARXIV_TRANSPORT_ERRORS:
            pass  # resets and timeouts come and go
        try:
            return await self._request_in_turn(role, arxiv_url)
        except _ARXIV_TRANSPORT_ERRORS as arxiv_error:
            arxiv_reason = str(arxiv_error) or "no answer in time"
            unread_arxiv_page = f"could not read {arxiv_url.path} from {self._arxiv_host(role)}"
            raise UpstreamError(f"{unread_arxiv_page}: {arxiv_reason}") from arxiv_error

    async def _request_in_turn(self, role: Role, arxiv_url: httpx.URL) -> bytes | httpx.URL:
        await self._enter_gate(role)
        self.arxiv_requests_made += 1
        try:
            return await self._get_arxiv_response(role, arxiv_url)
        finally:
            await self._arxiv_gate.leave_gate(self._arxiv_gate_holder, ARXIV_HOSTS[role], now=self._clock.now())

    async def _enter_gate(self, role: Role) -> None:
        """Wait for our turn. Raises Throttled for a pause too long to sit out here, UpstreamError when time is up."""
        arxiv_waited_since = self._clock.now()
        while True:
            arxiv_asked_at = self._clock.now()
            self._check_request_deadline(role, arxiv_asked_at)
            spacing, gate_lease = ARXIV_SPACING[role], self._limits.gate_lease
            arxiv_gate_answer = await self._arxiv_gate.enter_gate(
                self._arxiv_gate_holder, ARXIV_HOSTS[role], now=arxiv_asked_at, spacing=spacing, lease=gate_lease
            )
            if arxiv_gate_answer.gate_wait <= 0:
                return
            arxiv_turn_at = arxiv_asked_at + timedelta(seconds=arxiv_gate_answer.gate_wait)
            if arxiv_gate_answer.gate_wait > ARXIV_SPACING["site"].gate_seconds_same_host:
                gate_closed = (
                    f"arXiv is left alone for {arxiv_gate_answer.gate_wait:.0f} s: {arxiv_gate_answer.gate_reason}"
                )
                raise Throttled(gate_closed, arxiv_gate_answer.gate_wait)
            self._check_request_deadline(role, arxiv_turn_at)
            if arxiv_turn_at - arxiv_waited_since > timedelta(seconds=self._limits.arxiv_turn_seconds):
                no_arxiv_turn = f"no turn within {self._limits.arxiv_turn_seconds:.0f} s"
                raise UpstreamError(f"{ARXIV_HOSTS[role]} is busy: {no_arxiv_turn}")
            await self._clock.sleep(arxiv_gate_answer.gate_wait)

    def _check_request_deadline(self, role: Role, request_at: datetime) -> None:
        if self.arxiv_request_deadline is not None and request_at >= self.arxiv_request_deadline:
            raise UpstreamError(f"no time left to ask {ARXIV_HOSTS[role]}")

    async def _get_arxiv_response(self, role: Role, arxiv_url: httpx.URL) -> bytes | httpx.URL:
        async with (
            asyncio.timeout(self._arxiv_response_timeout()),
            self._arxiv_http.stream("GET", arxiv_url, headers={"Accept": ACCEPT_ARXIV[role]}) as arxiv_response,
        ):
            self._compare_arxiv_clock(arxiv_response.headers.get("Date", ""))
            if arxiv_response.has_redirect_location:
                return _arxiv_redirect_target(arxiv_response)
            await self._check_arxiv_status(role, arxiv_response)
            return await self._read_arxiv_body(arxiv_response)

    def _compare_arxiv_clock(self, arxiv_date_header: str) -> None:
        try:
            self.arxiv_clock_offset = self._clock.now() - parsedate_to_datetime(arxiv_date_header)
        except (ValueError, TypeError):  # no date, or one without a zone
            return

    def _arxiv_response_timeout(self) -> float:
        if self.arxiv_request_deadline is None:
            return self._limits.request_seconds
        arxiv_time_left = (self.arxiv_request_deadline - self._clock.now()).total_seconds()
        return max(0.0, min(self._limits.request_seconds, arxiv_time_left))

    async def _check_arxiv_status(self, role: Role, arxiv_response: httpx.Response) -> None:
        arxiv_status = f"{arxiv_response.status_code} from {self._arxiv_host(role)}"
        if arxiv_response.status_code in THROTTLING_HTTP_STATUSES:
            arxiv_answered_at = self._clock.now()
            arxiv_pause_seconds = arxiv_retry_after(
                arxiv_response.headers.get("Retry-After", ""), now=arxiv_answered_at
            )
            await self._arxiv_gate.cool_gate(arxiv_answered_at + timedelta(seconds=arxiv_pause_seconds), arxiv_status)
            raise Throttled(f"{arxiv_status}: left alone for {arxiv_pause_seconds:.0f} s", arxiv_pause_seconds)
        if arxiv_response.status_code == httpx.codes.NOT_FOUND:
            raise Missing(f"{arxiv_status} for {arxiv_response.url.path}")
        if arxiv_response.status_code != httpx.codes.OK:
            raise UpstreamError(f"{arxiv_status} for {arxiv_response.url.path}")

    async def _read_arxiv_body(self, arxiv_response: httpx.Response) -> bytes:
        assert isinstance(arxiv_response.stream, httpx.AsyncByteStream)
        content_encoding = arxiv_response.headers.get("Content-Encoding", "")
        try:
            return await read_body(arxiv_response.stream, content_encoding, most_bytes=self._limits.body_bytes)
        except UpstreamError as arxiv_body_error:
            raise UpstreamError(f"could not read {arxiv_response.url.path}: {arxiv_body_error}") from arxiv_body_error


def _arxiv_redirect_target(arxiv_response: httpx.Response) -> httpx.URL:
    arxiv_redirect = arxiv_response.url.join(arxiv_response.headers["Location"])
    if (arxiv_redirect.scheme, arxiv_redirect.netloc) != (arxiv_response.url.scheme, arxiv_response.url.netloc):
        raise UpstreamError(
            f"{arxiv_response.url.host} redirects {arxiv_response.url.path} to another host, {arxiv_redirect.host}"
        )
    return arxiv_redirect
