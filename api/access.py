"""
ACCESS_KEY: a deployment that only those see who know its key.

Readers send nothing but an address, so the key stands in it, as ``key``; pages get a cookie from the first address that
has it. The routes never see the key: it is taken off before, and nothing on the way may keep an answer.
"""

import hashlib
import hmac
import re
from datetime import timedelta
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import unquote_plus

from fastapi import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PARAMETER: Final = "key"
COOKIE: Final = "paperfeed_access"
COOKIE_LASTS: Final = timedelta(days=180)
OPEN: Final = (
    *("/api/refresh", "/update-cache", "/style.css", "/icon.svg", "/icon.png", "/robots.txt", "/favicon.ico"),
    *("/theme.js", "/htmx.min.js", "/page.js", "/paper.js", "/me.js", "/copy.js"),
)
"""Refreshing has a secret of its own; the others are what any deployment's first page is made of."""

_SHARED: Final = re.compile(r"public|,? ?s-maxage=\d+|,? ?stale-while-revalidate=\d+")
_PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>Paperfeed</title><link rel="stylesheet" href="/style.css"></head>
<body><main>
<h1>This Paperfeed is private</h1>
<p>{message}</p>
<form method="get" action="{path}">
<label>Key <input name="key" type="password" autocomplete="current-password" required></label>
<button>Open</button></form>
</main></body>
</html>
"""
_POLICY: Final = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class AccessLock:
    """Lets pass who has the key, in the address or in a cookie."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()
        self._cookie = hmac.new(self._key, b"paperfeed access", hashlib.sha256).hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        offered, query = _taken_off(scope.get("query_string", b""))
        headers = Headers(scope=scope)
        in_address = offered is not None and hmac.compare_digest(offered.encode(), self._key)
        if not in_address and not self._has_cookie(headers):
            await _refusal(headers, scope["path"], wrong=offered is not None)(scope, receive, send)
            return

        async def send_private(message: Message) -> None:
            if message["type"] == "http.response.start":
                _make_private(message)
                if in_address:
                    self._give_cookie(message, scope)
            await send(message)

        await self._app({**scope, "query_string": query}, receive, send_private)

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        return COOKIE in cookies and hmac.compare_digest(cookies[COOKIE].value.encode(), self._cookie.encode())

    def _give_cookie(self, message: Message, scope: Scope) -> None:
        """A page's links, and where it leads at once, have no key; feeds need no cookie, and no cache keeps one."""
        answer = MutableHeaders(raw=message["headers"])
        if not answer.get("content-type", "").startswith("text/html") and "location" not in answer:
            return
        forwarded = Headers(scope=scope).get("x-forwarded-proto", scope["scheme"])
        secure = "; Secure" if forwarded == "https" else ""
        lasts = int(COOKIE_LASTS.total_seconds())
        answer.append("set-cookie", f"{COOKIE}={self._cookie}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}")


def _taken_off(query: bytes) -> tuple[str | None, bytes]:
    """Split a query string into the key in it, if any, and all else as it came."""
    name = f"{PARAMETER}=".encode()
    parts = query.split(b"&")
    keys = [part for part in parts if part.startswith(name)]
    rest = b"&".join(part for part in parts if not part.startswith(name))
    return (unquote_plus(keys[0][len(name) :].decode("latin-1")) if keys else None), rest


def _make_private(message: Message) -> None:
    headers = MutableHeaders(raw=message["headers"])
    control = headers.get("cache-control", "")
    if "public" in control:
        headers["cache-control"] = "private" + _SHARED.sub("", control)
    headers["vary"] = ", ".join(dict.fromkeys([*filter(None, headers.get("vary", "").split(", ")), "Cookie"]))
    headers["x-robots-tag"] = "noindex, nofollow"


def _refusal(headers: Headers, path: str, *, wrong: bool) -> Response:
    """A form for people, a sentence for programs; neither tells what is here."""
    message = "This is not its key." if wrong else "It opens with its key."
    refused = {"Cache-Control": "no-store", "WWW-Authenticate": "Bearer", "X-Robots-Tag": "noindex, nofollow"}
    if "text/html" in headers.get("accept", ""):
        page = _PAGE.format(message=message, path=escape(path))
        return Response(page, 401, {**refused, "Content-Security-Policy": _POLICY}, "text/html; charset=utf-8")
    sentence = f"this Paperfeed is private: add key=… to the address. {message}\n"
    return Response(sentence, 401, refused, "text/plain; charset=utf-8")
