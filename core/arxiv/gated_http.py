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
from core.arxiv.limits import HOSTS, SPACING, THROTTLING, Limits, Role, retry_after
from core.clock import Clock
from core.config.environment import VERSION, Environment
from core.errors import Missing, Throttled, Unreachable, UpstreamError
from core.store.base import GateStore

Transport = httpx.AsyncBaseTransport
"""What carries the requests; tests have their own."""

ACCEPT: Final[dict[Role, str]] = {
    "rss": "application/rss+xml, application/xml;q=0.9, text/xml;q=0.8",
    "site": "text/html",
    "api": "text/html, application/pdf, application/atom+xml, */*;q=0.5",
}

_MOST_REDIRECTS: Final = 3
_TRANSPORT_ERRORS: Final = (httpx.RequestError, TimeoutError)
_CONNECTION_ERRORS: Final = (httpx.ConnectError, httpx.ConnectTimeout)


class GatedHttp:
    """
    Asks arXiv politely; an async context manager.

    ``fetch`` raises Throttled while arXiv wants to be left alone (the gate is closed for everybody then), Missing for a
    404, Unreachable when there is no connection, UpstreamError for every other failure, also when the request would not
    be over by ``deadline``.
    """

    def __init__(
        self,
        store: GateStore,
        environment: Environment,
        *,
        clock: Clock,
        holder: str,
        transport: Transport | None = None,
        deadline: datetime | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.deadline = deadline
        self.requests = 0
        """How many requests were made so far, those that failed included."""
        self.clock_offset: timedelta | None = None
        """How far this machine's clock is ahead of arXiv's, by the last answer's Date; None before there is one."""
        self._store = store
        self._clock = clock
        self._holder = holder
        self._limits = limits or Limits()
        self._base_urls: dict[Role, str] = {
            "rss": environment.rss_base_url,
            "site": environment.site_base_url,
            "api": environment.api_base_url,
        }
        self._http_client = httpx.AsyncClient(
            headers={
                "User-Agent": f"Paperfeed/{VERSION} (+{environment.contact})",
                "Accept-Encoding": ACCEPT_ENCODING,
            },
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect),
            limits=httpx.Limits(max_connections=1),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        await self._http_client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http_client.__aexit__(kind, error, trace)

    def _host(self, role: Role) -> str:
        """Who is asked, a mirror where one is set: what may stand before an @ is nobody's business."""
        return urlsplit(self._base_urls[role]).netloc.rpartition("@")[2] or HOSTS[role]

    async def fetch(self, role: Role, path: str) -> bytes:
        """
        Get one document when it is our turn; a broken connection is tried once more, one that was never made is not.

        Redirects are followed within the host, three at most.
        """
        try:
            url = httpx.URL(self._base_urls[role] + path)
            for _ in range(_MOST_REDIRECTS + 1):
                body_or_redirect = await self._request_with_retry(role, url)
                if isinstance(body_or_redirect, bytes):
                    return body_or_redirect
                url = body_or_redirect
        except httpx.InvalidURL as error:
            raise UpstreamError(f"no valid address of {self._host(role)}: {error}") from error
        raise UpstreamError(f"{self._host(role)} redirects without end from {path}")

    async def _request_with_retry(self, role: Role, url: httpx.URL) -> bytes | httpx.URL:
        try:
            return await self._request_in_turn(role, url)
        except _CONNECTION_ERRORS as error:
            reason = str(error) or "no answer in time"
            raise Unreachable(f"could not connect to {self._host(role)}: {reason}") from error
        except _TRANSPORT_ERRORS:
            pass  # resets and timeouts come and go
        try:
            return await self._request_in_turn(role, url)
        except _TRANSPORT_ERRORS as error:
            reason = str(error) or "no answer in time"
            raise UpstreamError(f"could not read {url.path} from {self._host(role)}: {reason}") from error

    async def _request_in_turn(self, role: Role, url: httpx.URL) -> bytes | httpx.URL:
        await self._enter_gate(role)
        self.requests += 1
        try:
            return await self._get_response(role, url)
        finally:
            await self._store.leave_gate(self._holder, HOSTS[role], now=self._clock.now())

    async def _enter_gate(self, role: Role) -> None:
        """Wait for our turn. Raises Throttled for a pause too long to sit out here, UpstreamError when time is up."""
        waiting_since = self._clock.now()
        while True:
            now = self._clock.now()
            self._check_request_deadline(role, now)
            gate_answer = await self._store.enter_gate(
                self._holder, HOSTS[role], now=now, spacing=SPACING[role], lease=self._limits.lease
            )
            if gate_answer.wait <= 0:
                return
            turn_at = now + timedelta(seconds=gate_answer.wait)
            if gate_answer.wait > SPACING["site"].same_host:
                raise Throttled(
                    f"arXiv is left alone for {gate_answer.wait:.0f} s: {gate_answer.reason}", gate_answer.wait
                )
            self._check_request_deadline(role, turn_at)
            if turn_at - waiting_since > timedelta(seconds=self._limits.turn):
                raise UpstreamError(f"{HOSTS[role]} is busy: no turn within {self._limits.turn:.0f} s")
            await self._clock.sleep(gate_answer.wait)

    def _check_request_deadline(self, role: Role, moment: datetime) -> None:
        if self.deadline is not None and moment >= self.deadline:
            raise UpstreamError(f"no time left to ask {HOSTS[role]}")

    async def _get_response(self, role: Role, url: httpx.URL) -> bytes | httpx.URL:
        async with (
            asyncio.timeout(self._response_timeout()),
            self._http_client.stream("GET", url, headers={"Accept": ACCEPT[role]}) as response,
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
        if self.deadline is None:
            return self._limits.total
        return max(0.0, min(self._limits.total, (self.deadline - self._clock.now()).total_seconds()))

    async def _check_status(self, role: Role, response: httpx.Response) -> None:
        http_status = f"{response.status_code} from {self._host(role)}"
        if response.status_code in THROTTLING:
            now = self._clock.now()
            pause_seconds = retry_after(response.headers.get("Retry-After", ""), now=now)
            await self._store.cool_down(now + timedelta(seconds=pause_seconds), http_status)
            raise Throttled(f"{http_status}: left alone for {pause_seconds:.0f} s", pause_seconds)
        if response.status_code == httpx.codes.NOT_FOUND:
            raise Missing(f"{http_status} for {response.url.path}")
        if response.status_code != httpx.codes.OK:
            raise UpstreamError(f"{http_status} for {response.url.path}")

    async def _read_body(self, response: httpx.Response) -> bytes:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        content_encoding = response.headers.get("Content-Encoding", "")
        try:
            return await read_body(response.stream, content_encoding, most=self._limits.size)
        except UpstreamError as error:
            raise UpstreamError(f"could not read {response.url.path}: {error}") from error


def _redirect_target(response: httpx.Response) -> httpx.URL:
    redirect_url = response.url.join(response.headers["Location"])
    if (redirect_url.scheme, redirect_url.netloc) != (response.url.scheme, response.url.netloc):
        raise UpstreamError(f"{response.url.host} redirects {response.url.path} to another host, {redirect_url.host}")
    return redirect_url
