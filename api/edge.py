"""What a deployment's edge does, for a machine without one: gzip, and the files of ``public/``."""

import re
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.caching import STATIC

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
                headers = MutableHeaders(raw=message["headers"])
                names = [*headers.get("vary", "").split(", "), "Accept-Encoding"]  # once, whoever said it before
                headers["vary"] = ", ".join(dict.fromkeys(name for name in names if name))
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


def files_of(folder: Path) -> APIRouter:
    """One address for each file, so that any other keeps its own 404 or 405."""
    router, files = APIRouter(), StaticFiles(directory=folder)

    def add(name: str) -> None:
        async def file(request: Request) -> Response:
            response = await files.get_response(name, request.scope)
            response.headers["Cache-Control"] = STATIC.header
            return response

        router.add_api_route(f"/{name}", file, methods=["GET", "HEAD"], response_class=Response)

    for path in sorted(folder.iterdir()):
        if path.is_file():
            add(path.name)
    return router
