"""
The model's service over HTTP: completions line by line within bounds, and uploaded files. The owner of ``openai``.

The client would read an error's body and a line of a stream whole, whatever their size, and its own parser of streams
takes any odd event for the end: so it sends the requests, and what comes back is read here.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self, cast

import httpx2

from core.summaries.completion import Completion
from core.summaries.refusals import ModelRefusal
from core.summaries.request import ModelStopped, ModelUnanswered, ModelUnreachable
from core.summaries.response_heads import cut_refusal, model_response_head

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionMessageParam

MOST_STREAM_BYTES: Final = 16_000_000
"""Of one answer; a long chain of thoughts, a word an event, has 5 MB."""

MOST_EVENT_BYTES: Final = 2_000_000
MODEL_CONNECT_SECONDS: Final = 15.0
_DELETE_UPLOAD_SECONDS: Final = 20.0


class ModelRefused(Exception):
    """The service answered, and not with a completion."""

    def __init__(self, refusal: ModelRefusal) -> None:
        super().__init__(refusal.service_words)
        self.refusal = refusal


class ModelService:
    """
    One address with one key; an async context manager.

    Raises ModelRefused with what the service said, ModelUnreachable when it was not reached, ModelUnanswered when it
    took the question and no whole answer came, ModelStopped when the address is none.
    """

    def __init__(self, openai_url: str, openai_key: str) -> None:
        self._openai_url = openai_url.rstrip("/")
        self._openai_key = openai_key
        self._openai_client: openai.AsyncOpenAI | None = None

    async def __aenter__(self) -> Self:
        self._openai_client = await asyncio.to_thread(self._connect_openai)  # feeds go on being served meanwhile
        return self

    def _connect_openai(self) -> "openai.AsyncOpenAI":
        import openai  # noqa: PLC0415 - a second or two to import, and only who writes needs it

        openai_http = openai.DefaultAsyncHttpxClient(
            headers={"Accept-Encoding": "identity"},
            follow_redirects=False,  # the key is for the address that was set
            event_hooks={"response": [cut_refusal]},
        )
        return openai.AsyncOpenAI(
            api_key=self._openai_key, base_url=self._openai_url, max_retries=0, http_client=openai_http
        )

    async def __aexit__(self, *exception: object) -> None:
        if self._openai_client:
            await self._openai_client.close()

    async def complete(self, completion_request: dict[str, object], *, seconds: float) -> Completion:
        """Ask for a completion and read it as it comes, for at most ``seconds``."""
        completion = Completion()
        create_completion = self._open_client().chat.completions.with_streaming_response.create
        completion_parameters = ("model", "messages", "stream")
        extra_options = {
            name: option for name, option in completion_request.items() if name not in completion_parameters
        }
        with self._model_errors("/chat/completions", seconds):
            async with (
                asyncio.timeout(seconds),
                create_completion(
                    model=cast("str", completion_request.get("model")),
                    messages=cast("list[ChatCompletionMessageParam]", completion_request.get("messages")),
                    stream=True,
                    extra_body=extra_options,
                    timeout=_openai_timeout(seconds),
                ) as service_response,
            ):
                await _read_completion(service_response.iter_bytes(), completion)
        if completion.service_error:
            raise ModelRefused(ModelRefusal.of_object(completion.service_error, self.completions_address))
        return completion

    async def upload_pdf(self, pdf_name: str, pdf_document: bytes, *, seconds: float) -> str:
        """Hand over a PDF to read (DashScope's file-extract); returns the name it has there."""
        create_upload = self._open_client().files.with_streaming_response.create
        pdf_upload = (pdf_name, pdf_document, "application/pdf")
        file_extract = cast("Any", "file-extract")  # the client knows OpenAI's purposes only
        with self._model_errors("/files", seconds):
            async with (
                asyncio.timeout(seconds),
                create_upload(
                    file=pdf_upload, purpose=file_extract, timeout=_openai_timeout(seconds)
                ) as upload_response,
            ):
                upload_body = await model_response_head(upload_response.iter_bytes())
        upload_object = ModelRefusal.object_in(upload_body)
        uploaded_file = upload_object.get("id") if isinstance(upload_object, dict) else None
        if not isinstance(uploaded_file, str) or not uploaded_file:
            raise ModelRefused(ModelRefusal.of(0, upload_body, {}, self._service_address("/files")))
        return uploaded_file

    async def delete_upload(self, uploaded_file: str) -> bool:
        """Delete an uploaded file; False when the service did not do it."""
        delete_upload = self._open_client().files.with_streaming_response.delete
        try:
            with self._model_errors("/files", _DELETE_UPLOAD_SECONDS):
                async with (
                    asyncio.timeout(_DELETE_UPLOAD_SECONDS),
                    delete_upload(uploaded_file, timeout=_openai_timeout(_DELETE_UPLOAD_SECONDS)),
                ):
                    return True
        except (ModelRefused, ModelUnreachable, ModelUnanswered, ModelStopped):
            return False

    @property
    def completions_address(self) -> str:
        """What is asked, as it may be shown."""
        return self._service_address("/chat/completions")

    def _service_address(self, service_path: str) -> str:
        """The address as it may be shown: without what stands before an @."""
        openai_scheme, _, openai_host = f"{self._openai_url}{service_path}".partition("://")
        return f"{openai_scheme}://{openai_host.rpartition('@')[2]}"

    def _open_client(self) -> "openai.AsyncOpenAI":
        assert self._openai_client is not None, "the service is entered first"
        return self._openai_client

    @contextmanager
    def _model_errors(self, service_path: str, seconds: float) -> Iterator[None]:
        """Raise the client's errors as ours."""
        import openai  # noqa: PLC0415

        service_address = self._service_address(service_path)
        try:
            yield
        except openai.APIStatusError as openai_error:
            http_status, response = openai_error.status_code, openai_error.response
            model_refusal = ModelRefusal.of(http_status, response.content, response.headers, service_address)
            raise ModelRefused(model_refusal) from openai_error
        except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException) as openai_error:
            if isinstance(openai_error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout):
                raise ModelUnreachable(f"could not reach {service_address}: no connection in time") from openai_error
            raise ModelUnanswered(f"no answer within {seconds:.0f} s") from openai_error
        except (openai.APIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as openai_error:
            raise _connection_error(openai_error, service_address) from openai_error


def _connection_error(error: Exception, service_address: str) -> ModelUnreachable | ModelUnanswered | ModelStopped:
    openai_error = error.__cause__ or error
    if isinstance(openai_error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return ModelStopped(f"OPENAI_BASE_URL: {service_address} is no address ({openai_error})")
    if isinstance(openai_error, httpx2.ConnectError):
        return ModelUnreachable(f"could not reach {service_address}: {openai_error}")
    return ModelUnanswered(f"the answer was cut off ({str(openai_error) or type(openai_error).__name__})")


def _openai_timeout(seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(seconds, connect=min(seconds, MODEL_CONNECT_SECONDS))


async def _read_completion(answer_stream: AsyncIterator[bytes], completion: Completion) -> None:
    """Read the lines of an answer until it is over, or too much."""
    unfinished_event, answer_size = bytearray(), 0
    async for answer_bytes in answer_stream:
        answer_size += len(answer_bytes)
        unfinished_event += answer_bytes
        if b"\n" in answer_bytes:
            *event_lines, last_event = bytes(unfinished_event).split(b"\n")
            unfinished_event = bytearray(last_event)
            if any(completion.take_completion_line(event_line) for event_line in event_lines):
                return
        if answer_size > MOST_STREAM_BYTES or len(unfinished_event) > MOST_EVENT_BYTES or completion.overflows:
            raise ModelUnanswered(
                f"the answer does not end: {answer_size:,} bytes came, {len(unfinished_event):,} of them in one line"
            )
    completion.take_completion_line(bytes(unfinished_event))
    completion.end_completion()
