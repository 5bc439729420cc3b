"""gzip for those who take it, where no edge does it: the same page in two encodings, told apart by its ETag."""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST: Final = 1000
"""Bytes; less than this is not worth compressing."""

_REFUSED: Final = re.compile(r"(gzip|\*)\s*;\s*q=0(\.0{0,3})?")
_SUFFIX: Final = '-gzip"'


class Compression:
    """
    Compresses for a reader who accepts gzip, and adds ``-gzip`` to the ETag of what such a reader gets.

    A strong ETag stands for the very bytes (RFC 9110, 8.8.3.3), so each encoding has its own; the suffix is taken off
    again when the reader sends it back.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzip = GZipMiddleware(self._answer_marked, minimum_size=SMALLEST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_varied(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(raw=message["headers"])["vary"] = "Accept-Encoding"
            await send(message)

        takes_gzip = scope["type"] == "http" and accepts_gzip(Headers(scope=scope).get("accept-encoding", ""))
        await (self._gzip if takes_gzip else self._app)(scope, receive, send_varied)

    async def _answer_marked(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if etag := headers.get("etag"):
                    headers["etag"] = etag.removesuffix('"') + _SUFFIX
            await send(message)

        await self._app(_without_suffix(scope), receive, send_marked)


def accepts_gzip(offered: str) -> bool:
    """Whether an Accept-Encoding names gzip and does not refuse it (``gzip;q=0``)."""
    names = [part.strip() for part in offered.lower().split(",")]
    return any(name.startswith("gzip") and not _REFUSED.fullmatch(name) for name in names)


def _without_suffix(scope: Scope) -> Scope:
    suffix, headers = _SUFFIX.encode(), scope["headers"]
    sent = [(name, value.replace(suffix, b'"') if name == b"if-none-match" else value) for name, value in headers]
    return {**scope, "headers": sent}
