"""
The way to arXiv: one request at a time and spaced, over all instances together. The owner of httpx.

Every request enters the gate that the store keeps and leaves it when it is over, whatever became of it.
"""

import asyncio
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from core.arxiv.body import ACCEPT_ENCODING, read_body
from core.arxiv.limits import ARXIV_HOSTS, ARXIV_SPACING, THROTTLING_HTTP_STATUSES, RequestLimits, Role, retry_after
from core.clock import Clock
from core.config.environment import VERSION, Environment
from core.errors import Missing, Throttled, Unreachable, UpstreamError
from core.store.base import GateStore

Transport = httpx.AsyncBaseTransport
"""What carries the requests; tests have their own."""

ACCEPT_ARXIV: Final[dict[Role, str]] = {
    "rss": "application/rss+xml, application/xml;q=0.9, text/xml;q=0.8",
    "site": "text/html",
    "api": "text/html, application/pdf, application/atom+xml, */*;q=0.5",
}

_MOST_HTTP_REDIRECTS: Final = 3
_HTTP_TRANSPORT_ERRORS: Final = (httpx.RequestError, TimeoutError)
_HTTP_CONNECT_ERRORS: Final = (httpx.ConnectError, httpx.ConnectTimeout)


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
        transport: Transport | None = None,
        deadline: datetime | None = None,
        limits: RequestLimits | None = None,
    ) -> None:
        self.request_deadline = deadline
        self.requests_made = 0
        """How many requests were made so far, those that failed included."""
        self.clock_offset: timedelta | None = None
        """How far this machine's clock is ahead of arXiv's, by the last answer's Date; None before there is one."""
        self._arxiv_gate = arxiv_gate
        self._clock = clock
        self._arxiv_gate_holder = holder
        self._limits = limits or RequestLimits()
        self._arxiv_urls: dict[Role, str] = {
            "rss": environment.rss_base_url,
            "site": environment.site_base_url,
            "api": environment.api_base_url,
        }
        self._http_client = httpx.AsyncClient(
            headers={
                "User-Agent": f"Paperfeed/{VERSION} (+{environment.contact})",
                "Accept-Encoding": ACCEPT_ENCODING,
            },
            timeout=httpx.Timeout(self._limits.http_read_seconds, connect=self._limits.http_connect_seconds),
            limits=httpx.Limits(max_connections=1),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        await self._http_client.__aenter__()
        return self

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._http_client.__aexit__(error_type, error, traceback)

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
            for _ in range(_MOST_HTTP_REDIRECTS + 1):
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
        except _HTTP_CONNECT_ERRORS as http_error:
            http_reason = str(http_error) or "no answer in time"
            raise Unreachable(f"could not connect to {self._arxiv_host(role)}: {http_reason}") from http_error
        except _HTTP_TRANSPORT_ERRORS:
            pass  # resets and timeouts come and go
        try:
            return await self._request_in_turn(role, arxiv_url)
        except _HTTP_TRANSPORT_ERRORS as http_error:
            http_reason = str(http_error) or "no answer in time"
            unread = f"could not read {arxiv_url.path} from {self._arxiv_host(role)}"
            raise UpstreamError(f"{unread}: {http_reason}") from http_error

    async def _request_in_turn(self, role: Role, arxiv_url: httpx.URL) -> bytes | httpx.URL:
        await self._enter_gate(role)
        self.requests_made += 1
        try:
            return await self._get_response(role, arxiv_url)
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
        if self.request_deadline is not None and request_at >= self.request_deadline:
            raise UpstreamError(f"no time left to ask {ARXIV_HOSTS[role]}")

    async def _get_response(self, role: Role, arxiv_url: httpx.URL) -> bytes | httpx.URL:
        async with (
            asyncio.timeout(self._response_timeout()),
            self._http_client.stream("GET", arxiv_url, headers={"Accept": ACCEPT_ARXIV[role]}) as response,
        ):
            self._compare_clocks(response.headers.get("Date", ""))
            if response.has_redirect_location:
                return _redirect_target(response)
            await self._check_status(role, response)
            return await self._read_body(response)

    def _compare_clocks(self, date_header: str) -> None:
        try:
            self.clock_offset = self._clock.now() - parsedate_to_datetime(date_header)
        except (ValueError, TypeError):  # no date, or one without a zone
            return

    def _response_timeout(self) -> float:
        if self.request_deadline is None:
            return self._limits.request_seconds
        arxiv_time_left = (self.request_deadline - self._clock.now()).total_seconds()
        return max(0.0, min(self._limits.request_seconds, arxiv_time_left))

    async def _check_status(self, role: Role, response: httpx.Response) -> None:
        http_status = f"{response.status_code} from {self._arxiv_host(role)}"
        if response.status_code in THROTTLING_HTTP_STATUSES:
            arxiv_answered_at = self._clock.now()
            arxiv_pause_seconds = retry_after(response.headers.get("Retry-After", ""), now=arxiv_answered_at)
            await self._arxiv_gate.cool_gate(arxiv_answered_at + timedelta(seconds=arxiv_pause_seconds), http_status)
            raise Throttled(f"{http_status}: left alone for {arxiv_pause_seconds:.0f} s", arxiv_pause_seconds)
        if response.status_code == httpx.codes.NOT_FOUND:
            raise Missing(f"{http_status} for {response.url.path}")
        if response.status_code != httpx.codes.OK:
            raise UpstreamError(f"{http_status} for {response.url.path}")

    async def _read_body(self, response: httpx.Response) -> bytes:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        content_encoding = response.headers.get("Content-Encoding", "")
        try:
            return await read_body(response.stream, content_encoding, most_bytes=self._limits.body_bytes)
        except UpstreamError as body_error:
            raise UpstreamError(f"could not read {response.url.path}: {body_error}") from body_error


def _redirect_target(response: httpx.Response) -> httpx.URL:
    arxiv_redirect = response.url.join(response.headers["Location"])
    if (arxiv_redirect.scheme, arxiv_redirect.netloc) != (response.url.scheme, response.url.netloc):
        raise UpstreamError(f"{response.url.host} redirects {response.url.path} to another host, {arxiv_redirect.host}")
    return arxiv_redirect
