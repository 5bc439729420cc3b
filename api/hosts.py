"""
The Host that a request names: whose feed addresses are made of it, and who may keep them.

A deployment that knows its own address (``BASE_URL``, or the platform's proxy) takes no word for it. Any other answers
under the name it was called by, and then the answer is for the caller alone: no shared cache may hand it to others.
"""

import re
from typing import Final

from fastapi.responses import PlainTextResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?", re.ASCII)
_SHARED: Final = re.compile(r", s-maxage=\d+|, stale-while-revalidate=\d+")


class HostGuard:
    """Refuses what is no host name; keeps answers under an unconfirmed one out of shared caches."""

    def __init__(self, app: ASGIApp, *, confirmed: bool) -> None:
        self._app = app
        self._confirmed = confirmed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) > 1 or not all(HOST.fullmatch(value.decode("latin-1")) for value in named):
            await PlainTextResponse("host: must be one host name, with a port at most\n", 400)(scope, receive, send)
            return

        async def send_private(message: Message) -> None:
            if message["type"] == "http.response.start" and not self._confirmed:
                headers = MutableHeaders(raw=message["headers"])
                kept = headers.get("cache-control", "")
                if kept.startswith("public"):
                    headers["cache-control"] = _SHARED.sub("", kept).replace("public", "private", 1)
            await send(message)

        await self._app(scope, receive, send_private)
