"""Errors as answers: the table of status codes, one sentence for readers, and a line in the log for the operator."""

from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api import refresh
from api.caching import CLIENT_ERROR, NEVER
from core.errors import (
    BadQuery,
    Busy,
    Forbidden,
    Gone,
    NoPapersYet,
    NotConfigured,
    NotFound,
    PaperfeedError,
    RefreshRunning,
    Refused,
    StoreError,
    TooMany,
    UpstreamError,
)
from core.log import event

STATUS: Final[dict[type[PaperfeedError], int]] = {
    BadQuery: 400,
    Forbidden: 401,
    Refused: 403,
    Gone: 410,  # before what it is a kind of
    NotFound: 404,
    TooMany: 429,
    Busy: 503,
    RefreshRunning: 409,
    UpstreamError: 502,
    NotConfigured: 503,
    NoPapersYet: 503,
    StoreError: 503,
}
RETRY_AFTER: Final = "60"
"""Seconds after which a 429 or 503 is worth another try."""
BUSY_RETRY_AFTER: Final = "5"
"""The same when more was asked for at once than one process makes."""
SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Last-Modified, X-Feed-Stale"),
)


def shown_path(request: Request) -> str:
    """The path as a log may have it: without a profile's secret."""
    path = request.url.path
    return "/u/…" if path.startswith("/u/") else path


def error_response(request: Request, status: int, message: str, **extra: str) -> Response:
    """One sentence on one line: JSON where a JSON address was asked, a page for browsers, plain text elsewhere."""
    message = "".join(character if character.isprintable() else " " for character in message)
    headers = {"Cache-Control": (CLIENT_ERROR if status in (400, 404) else NEVER).header}
    if status in (429, 503):
        headers["Retry-After"] = RETRY_AFTER
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if request.url.path.startswith(("/json", "/api", "/health", "/config", "/update-cache")):
        return JSONResponse({"error": message, **extra}, status, headers)
    if "text/html" in request.headers.get("accept", ""):  # a browser asks: no feed reader and no script names HTML
        from api.pages.errors import error_page  # noqa: PLC0415 - feeds do without pages

        return error_page(request, status, message, headers)
    headers["Vary"] = "Accept, Accept-Encoding"
    return PlainTextResponse(message + "\n", status, headers)


async def on_paperfeed_error(request: Request, error: Exception) -> Response:
    """Answer with the table's status; what is our fault leaves one line in the log."""
    assert isinstance(error, PaperfeedError)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    if status >= 500 and not isinstance(error, NoPapersYet | Busy):  # a flood is no flood of lines
        event("request.failed", path=shown_path(request), status=status, error=str(error))
    parameter = {"parameter": error.parameter} if isinstance(error, BadQuery) else {}
    said = error.public_message if isinstance(error, StoreError) else str(error)
    response = error_response(request, status, said, **parameter)
    if isinstance(error, Busy):
        response.headers["Retry-After"] = BUSY_RETRY_AFTER
    if isinstance(error, NoPapersYet):
        response.background = refresh.fill_empty_store(request.app.state.services)
    return response


async def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = "no page and no feed has this address; / makes feeds" if error.status_code == 404 else str(error.detail)
    response = error_response(request, error.status_code, message.lower())
    response.headers.update(error.headers or {})
    return response


async def on_client_gone(request: Request, _: Exception) -> Response:
    """Nobody reads this: who sent half a body, or a broken one, has been shown out."""
    return error_response(request, 400, "the request broke off")


async def on_unexpected_error(request: Request, error: Exception) -> Response:
    """Tell the operator what, the reader that: never a traceback in an answer."""
    event("request.crashed", path=shown_path(request), error=f"{type(error).__name__}: {error}")
    response = error_response(request, 500, "something went wrong here; the log of this deployment says what")
    response.raw_headers += SECURITY_HEADERS  # no middleware of ours sees this answer
    return response


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error of ours, of the framework and of nobody by the table above."""
    app.add_exception_handler(PaperfeedError, on_paperfeed_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_unexpected_error)
    app.add_exception_handler(ClientDisconnect, on_client_gone)
