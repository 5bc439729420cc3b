"""
The model's service over HTTP: completions line by line within bounds, and uploaded files. The owner of ``openai``.

The client would read an error's body and a line of a stream whole, whatever their size, and its own parser of streams
takes any odd event for the end: so it sends the requests, and what comes back is read here.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast

import httpx2

from core.summaries.completion import Completion
from core.summaries.refusals import ModelRefusal
from core.summaries.request import ModelStopped, ModelUnanswered, ModelUnreachable

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionMessageParam

MOST_STREAM_BYTES: Final = 16_000_000
"""Of one answer; a long chain of thoughts, a word an event, has 5 MB."""

MOST_LINE_BYTES: Final = 2_000_000
MOST_ERROR_BYTES: Final = 65_536
CONNECT_SECONDS: Final = 15.0
_DELETE_SECONDS: Final = 20.0
_FIRST_ERROR: Final = 300


class ModelRefused(Exception):
    """The service answered, and not with a completion."""

    def __init__(self, refusal: ModelRefusal) -> None:
        super().__init__(refusal.said)
        self.refusal = refusal


class _Head(httpx2.AsyncByteStream):
    """The beginning of a body; what follows is not read."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_ERROR_BYTES
        async for piece in self._stream:
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound_error(response: httpx2.Response) -> None:
    """The client reads an error's body as a whole: let that be a part of it."""
    if response.status_code >= _FIRST_ERROR:
        response.stream = _Head(cast("httpx2.AsyncByteStream", response.stream))


class ModelService:
    """
    One address with one key; an async context manager.

    Raises ModelRefused with what the service said, ModelUnreachable when it was not reached, ModelUnanswered when it
    took the question and no whole answer came, ModelStopped when the address is none.
    """

    def __init__(self, base_url: str, key: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._client: openai.AsyncOpenAI | None = None

    async def __aenter__(self) -> Self:
        self._client = await asyncio.to_thread(self._connect)  # feeds go on being served meanwhile
        return self

    def _connect(self) -> "openai.AsyncOpenAI":
        import openai  # noqa: PLC0415 - a second or two to import, and only who writes needs it

        http = openai.DefaultAsyncHttpxClient(
            headers={"Accept-Encoding": "identity"},
            follow_redirects=False,  # the key is for the address that was set
            event_hooks={"response": [_bound_error]},
        )
        return openai.AsyncOpenAI(api_key=self._key, base_url=self._base_url, max_retries=0, http_client=http)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client:
            await self._client.close()

    async def complete(self, body: dict[str, object], *, seconds: float) -> Completion:
        """Ask for a completion and read it as it comes, for at most ``seconds``."""
        completion = Completion()
        create = self._open().chat.completions.with_streaming_response.create
        with self._translated("/chat/completions", seconds):
            async with (
                asyncio.timeout(seconds),
                create(
                    model=cast("str", body.get("model")),
                    messages=cast("list[ChatCompletionMessageParam]", body.get("messages")),
                    stream=True,
                    extra_body={name: body[name] for name in body if name not in ("model", "messages", "stream")},
                    timeout=_timeout(seconds),
                ) as response,
            ):
                await _read(response.iter_bytes(), completion)
        if completion.error:
            raise ModelRefused(ModelRefusal.of_object(completion.error, self.completions_address))
        return completion

    async def upload(self, name: str, document: bytes, *, seconds: float) -> str:
        """Hand over a PDF to read (DashScope's file-extract); returns the name it has there."""
        create = self._open().files.with_streaming_response.create
        file, purpose = (
            (name, document, "application/pdf"),
            cast("Any", "file-extract"),
        )  # the client knows OpenAI's only
        with self._translated("/files", seconds):
            async with (
                asyncio.timeout(seconds),
                create(file=file, purpose=purpose, timeout=_timeout(seconds)) as response,
            ):
                body = await _head(response.iter_bytes())
        found = ModelRefusal.object_in(body)
        identifier = found.get("id") if isinstance(found, dict) else None
        if not isinstance(identifier, str) or not identifier:
            raise ModelRefused(ModelRefusal.of(0, body, {}, self._address("/files")))
        return identifier

    async def delete(self, file: str) -> bool:
        """Delete an uploaded file; False when the service did not do it."""
        delete = self._open().files.with_streaming_response.delete
        try:
            with self._translated("/files", _DELETE_SECONDS):
                async with asyncio.timeout(_DELETE_SECONDS), delete(file, timeout=_timeout(_DELETE_SECONDS)):
                    return True
        except (ModelRefused, ModelUnreachable, ModelUnanswered, ModelStopped):
            return False

    @property
    def completions_address(self) -> str:
        """What is asked, as it may be shown."""
        return self._address("/chat/completions")

    def _address(self, path: str) -> str:
        """The address as it may be shown: without what stands before an @."""
        scheme, _, rest = f"{self._base_url}{path}".partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"

    def _open(self) -> "openai.AsyncOpenAI":
        assert self._client is not None, "the service is entered first"
        return self._client

    @contextmanager
    def _translated(self, path: str, seconds: float) -> Iterator[None]:
        """Raise the client's errors as ours."""
        import openai  # noqa: PLC0415

        try:
            yield
        except openai.APIStatusError as error:
            response, address = error.response, self._address(path)
            raise ModelRefused(
                ModelRefusal.of(error.status_code, response.content, response.headers, address)
            ) from error
        except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException) as error:
            if isinstance(error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout):
                raise ModelUnreachable(f"could not reach {self._address(path)}: no connection in time") from error
            raise ModelUnanswered(f"no answer within {seconds:.0f} s") from error
        except (openai.APIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise self._lost(error, path) from error

    def _lost(self, error: Exception, path: str) -> ModelUnreachable | ModelUnanswered | ModelStopped:
        cause = error.__cause__ or error
        if isinstance(cause, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return ModelStopped(f"OPENAI_BASE_URL: {self._address(path)} is no address ({cause})")
        if isinstance(cause, httpx2.ConnectError):
            return ModelUnreachable(f"could not reach {self._address(path)}: {cause}")
        return ModelUnanswered(f"the answer was cut off ({str(cause) or type(cause).__name__})")


def _timeout(seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


async def _read(pieces: AsyncIterator[bytes], completion: Completion) -> None:
    """Read the lines of an answer until it is over, or too much."""
    rest, total = bytearray(), 0
    async for piece in pieces:
        total += len(piece)
        rest += piece
        if b"\n" in piece:
            *lines, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            if any(completion.take_line(line) for line in lines):
                return
        if total > MOST_STREAM_BYTES or len(rest) > MOST_LINE_BYTES or completion.overflows:
            raise ModelUnanswered(f"the answer does not end: {total:,} bytes came, {len(rest):,} of them in one line")
    completion.take_line(bytes(rest))
    completion.close()


async def _head(pieces: AsyncIterator[bytes]) -> bytes:
    """Read the beginning of a body."""
    found = bytearray()
    async for piece in pieces:
        found += piece[: MOST_ERROR_BYTES - len(found)]
        if len(found) >= MOST_ERROR_BYTES:
            break
    return bytes(found)
