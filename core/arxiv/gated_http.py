"""
The way to arXiv: one request at a time and spaced, over all instances together. The owner of httpx.

Every request enters the gate that the store keeps and leaves it when it is over, whatever became of it.
"""

import asyncio
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final, Self

import httpx

from core.arxiv.body import ACCEPT_ENCODING, read_body
from core.arxiv.limits import HOSTS, SPACING, THROTTLING, Limits, Role, retry_after
from core.clock import Clock
from core.config import VERSION, Environment
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
_BROKEN: Final = (httpx.RequestError, TimeoutError)
_NO_CONNECTION: Final = (httpx.ConnectError, httpx.ConnectTimeout)


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
        self._bases: dict[Role, str] = {
            "rss": environment.rss_base_url,
            "site": environment.site_base_url,
            "api": environment.api_base_url,
        }
        self._http = httpx.AsyncClient(
            headers={
                "User-Agent": f"Paperfeed/{VERSION} (+{environment.contact})",
                "Accept-Encoding": ACCEPT_ENCODING,
            },
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect),
            limits=httpx.Limits(max_connections=1),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def fetch(self, role: Role, path: str) -> bytes:
        """
        Get one document when it is our turn; a broken connection is tried once more, one that was never made is not.

        Redirects are followed within the host, three at most.
        """
        try:
            url = httpx.URL(self._bases[role] + path)
            for _ in range(_MOST_REDIRECTS + 1):
                answer = await self._twice(role, url)
                if isinstance(answer, bytes):
                    return answer
                url = answer
        except httpx.InvalidURL as error:
            raise UpstreamError(f"no valid address of {HOSTS[role]}: {error}") from error
        raise UpstreamError(f"{HOSTS[role]} redirects without end from {path}")

    async def _twice(self, role: Role, url: httpx.URL) -> bytes | httpx.URL:
        try:
            return await self._in_turn(role, url)
        except _NO_CONNECTION as error:
            raise Unreachable(f"could not connect to {HOSTS[role]}: {error or 'no answer in time'}") from error
        except _BROKEN:
            pass  # resets and timeouts come and go
        try:
            return await self._in_turn(role, url)
        except _BROKEN as error:
            reason = str(error) or "no answer in time"
            raise UpstreamError(f"could not read {url.path} from {HOSTS[role]}: {reason}") from error

    async def _in_turn(self, role: Role, url: httpx.URL) -> bytes | httpx.URL:
        await self._enter(role)
        self.requests += 1
        try:
            return await self._exchange(role, url)
        finally:
            await self._store.leave_gate(self._holder, HOSTS[role], now=self._clock.now())

    async def _enter(self, role: Role) -> None:
        """Wait for our turn. Raises Throttled for a pause too long to sit out here, UpstreamError when time is up."""
        begun = self._clock.now()
        while True:
            now = self._clock.now()
            self._check_deadline(role, now)
            answer = await self._store.enter_gate(
                self._holder, HOSTS[role], now=now, spacing=SPACING[role], lease=self._limits.lease
            )
            if answer.wait <= 0:
                return
            after = now + timedelta(seconds=answer.wait)
            if answer.wait > SPACING["site"].same_host:
                raise Throttled(f"arXiv is left alone for {answer.wait:.0f} s: {answer.reason}", answer.wait)
            self._check_deadline(role, after)
            if after - begun > timedelta(seconds=self._limits.turn):
                raise UpstreamError(f"{HOSTS[role]} is busy: no turn within {self._limits.turn:.0f} s")
            await self._clock.sleep(answer.wait)

    def _check_deadline(self, role: Role, moment: datetime) -> None:
        if self.deadline is not None and moment >= self.deadline:
            raise UpstreamError(f"no time left to ask {HOSTS[role]}")

    async def _exchange(self, role: Role, url: httpx.URL) -> bytes | httpx.URL:
        async with (
            asyncio.timeout(self._time_left()),
            self._http.stream("GET", url, headers={"Accept": ACCEPT[role]}) as response,
        ):
            self._compare_clocks(response.headers.get("Date", ""))
            if response.has_redirect_location:
                return _redirect(response)
            await self._check_status(role, response)
            return await self._read(response)

    def _compare_clocks(self, date_header: str) -> None:
        try:
            self.clock_offset = self._clock.now() - parsedate_to_datetime(date_header)
        except (ValueError, TypeError):  # no date, or one without a zone
            return

    def _time_left(self) -> float:
        if self.deadline is None:
            return self._limits.total
        return max(0.0, min(self._limits.total, (self.deadline - self._clock.now()).total_seconds()))

    async def _check_status(self, role: Role, response: httpx.Response) -> None:
        said = f"{response.status_code} from {HOSTS[role]}"
        if response.status_code in THROTTLING:
            now = self._clock.now()
            pause = retry_after(response.headers.get("Retry-After", ""), now=now)
            await self._store.cool_down(now + timedelta(seconds=pause), said)
            raise Throttled(f"{said}: left alone for {pause:.0f} s", pause)
        if response.status_code == httpx.codes.NOT_FOUND:
            raise Missing(f"{said} for {response.url.path}")
        if response.status_code != httpx.codes.OK:
            raise UpstreamError(f"{said} for {response.url.path}")

    async def _read(self, response: httpx.Response) -> bytes:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        encoding = response.headers.get("Content-Encoding", "")
        try:
            return await read_body(response.stream, encoding, most=self._limits.size)
        except UpstreamError as error:
            raise UpstreamError(f"could not read {response.url.path}: {error}") from error


def _redirect(response: httpx.Response) -> httpx.URL:
    target = response.url.join(response.headers["Location"])
    if (target.scheme, target.netloc) != (response.url.scheme, response.url.netloc):
        raise UpstreamError(f"{response.url.host} redirects {response.url.path} to another host, {target.host}")
    return target
