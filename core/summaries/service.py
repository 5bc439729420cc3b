"""
The model's service over HTTP: chat completions, line by line within bounds, and uploaded files.

With OpenAI's own client an error's body and a line of the stream are read whole, whatever their size; here nothing is.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final, Self

import httpx

from core.summaries.completion import Completion
from core.summaries.refusals import Refusal
from core.summaries.request import ModelStopped, Unanswered, Unreachable

MOST_STREAM_BYTES: Final = 16_000_000
"""Of one answer; a long chain of thoughts, a word an event, has 5 MB."""

MOST_LINE_BYTES: Final = 2_000_000
MOST_ERROR_BYTES: Final = 65_536
CONNECT_SECONDS: Final = 15.0
_DELETE_SECONDS: Final = 20.0
_FIRST_ERROR: Final = 300


class Refused(Exception):
    """The service answered, and not with a completion."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.said)
        self.refusal = refusal


class ModelService:
    """
    One address with one key; an async context manager.

    Raises Refused with what the service said, Unreachable when it was not reached, Unanswered when it took the question
    and no whole answer came, ModelStopped when the address is none.
    """

    def __init__(self, base_url: str, key: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._http: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        self._http = await asyncio.to_thread(self._connect)  # certificates are read: feeds go on being served
        return self

    def _connect(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self._key}", "Accept-Encoding": "identity", "User-Agent": "Paperfeed"}
        return httpx.AsyncClient(headers=headers)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http:
            await self._http.aclose()

    async def complete(self, body: dict[str, object], *, seconds: float) -> Completion:
        """Ask for a completion and read it as it comes, for at most ``seconds``."""
        completion = Completion()
        try:
            async with asyncio.timeout(seconds), self._answer("POST", "/chat/completions", seconds, body) as response:
                await _read(response, completion)
        except TimeoutError as error:
            raise Unanswered(f"no answer within {seconds:.0f} s") from error
        if completion.error:
            raise Refused(Refusal.of_object(completion.error, self.completions_address))
        return completion

    async def upload(self, name: str, document: bytes, *, seconds: float) -> str:
        """Hand over a PDF to read (DashScope's file-extract); returns the name it has there."""
        files = {"file": (name, document, "application/pdf")}
        try:
            async with asyncio.timeout(seconds):
                async with self._answer("POST", "/files", seconds, files=files) as response:
                    body = await _head(response, MOST_ERROR_BYTES)
        except TimeoutError as error:
            raise Unanswered(f"the file was not taken within {seconds:.0f} s") from error
        found = Refusal.object_in(body)
        identifier = found.get("id") if isinstance(found, dict) else None
        if not isinstance(identifier, str) or not identifier:
            raise Refused(Refusal.of(response.status_code, body, {}, self._address("/files")))
        return identifier

    async def delete(self, file: str) -> bool:
        """Delete an uploaded file; False when the service did not do it."""
        try:
            async with asyncio.timeout(_DELETE_SECONDS), self._answer("DELETE", f"/files/{file}", _DELETE_SECONDS):
                return True
        except (Refused, TimeoutError, Unreachable, Unanswered, ModelStopped):
            return False

    @property
    def completions_address(self) -> str:
        """What is asked, as it may be shown."""
        return self._address("/chat/completions")

    def _address(self, path: str) -> str:
        """The address as it may be shown: without what stands before an @."""
        scheme, _, rest = f"{self._base_url}{path}".partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"

    @asynccontextmanager
    async def _answer(
        self,
        method: str,
        path: str,
        seconds: float,
        body: dict[str, object] | None = None,
        *,
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and check its status."""
        assert self._http is not None, "the service is entered first"
        timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        fields = {"purpose": "file-extract"} if files else None
        address = self._address(path)
        try:
            async with self._http.stream(
                method, f"{self._base_url}{path}", json=body, files=files, data=fields, timeout=timeout
            ) as response:
                if response.status_code >= _FIRST_ERROR:
                    said = await _head(response, MOST_ERROR_BYTES)
                    raise Refused(Refusal.of(response.status_code, said, response.headers, address))
                yield response
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ModelStopped(f"OPENAI_BASE_URL: {address} is no address ({error})") from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unreachable(f"could not reach {address}: {error or 'no connection in time'}") from error
        except httpx.TimeoutException as error:
            raise Unanswered(f"no answer within {seconds:.0f} s") from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise Unanswered(f"the answer was cut off ({error or type(error).__name__})") from error


async def _read(response: httpx.Response, completion: Completion) -> None:
    """Read the lines of an answer until it is over, or too much."""
    rest, total = bytearray(), 0
    async for piece in response.aiter_bytes():
        total += len(piece)
        begun = len(rest)
        rest += piece
        if b"\n" in piece:
            *lines, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            if any(completion.take_line(line) for line in lines):
                return
        if total > MOST_STREAM_BYTES or len(rest) > MOST_LINE_BYTES or completion.overflows:
            raise Unanswered(f"the answer does not end: {total:,} bytes, {begun:,} of them in one line")
    completion.take_line(bytes(rest))
    completion.close()


async def _head(response: httpx.Response, most: int) -> bytes:
    """Read the beginning of a body."""
    found = bytearray()
    async for piece in response.aiter_bytes():
        found += piece[: most - len(found)]
        if len(found) >= most:
            break
    return bytes(found)
