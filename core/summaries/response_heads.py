"""The beginnings of a model service's answers that are no completions: what follows is not read."""

from collections.abc import AsyncIterator
from typing import Final, cast

import httpx2

MOST_REFUSAL_BYTES: Final = 65_536
_FIRST_REFUSAL_STATUS: Final = 300


class _RefusalHead(httpx2.AsyncByteStream):
    """The beginning of a refusal; what follows is not read."""

    def __init__(self, refusal_stream: httpx2.AsyncByteStream) -> None:
        self._refusal_stream = refusal_stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        refusal_bytes_left = MOST_REFUSAL_BYTES
        async for refusal_bytes in self._refusal_stream:
            yield refusal_bytes[:refusal_bytes_left]
            refusal_bytes_left -= len(refusal_bytes)
            if refusal_bytes_left <= 0:
                return

    async def aclose(self) -> None:
        await self._refusal_stream.aclose()


async def cut_refusal(service_response: httpx2.Response) -> None:
    """The client reads a refusal's body as a whole: let that be a part of it."""
    if service_response.status_code >= _FIRST_REFUSAL_STATUS:
        service_response.stream = _RefusalHead(cast("httpx2.AsyncByteStream", service_response.stream))


async def model_response_head(model_response: AsyncIterator[bytes]) -> bytes:
    """Read the beginning of a body."""
    model_response_head = bytearray()
    async for response_bytes in model_response:
        model_response_head += response_bytes[: MOST_REFUSAL_BYTES - len(model_response_head)]
        if len(model_response_head) >= MOST_REFUSAL_BYTES:
            break
    return bytes(model_response_head)
