"""Errors for people: the same sentence and status that programs get, on a page that leads on."""

from typing import Final

from fastapi import Request, Response

from api.templating import HTML, PAGE_HEADERS, page
from api.ui import choose_ui
from core.errors import ParseError
from core.render.formats import FEED_FORMATS

_TITLES: Final = {
    400: "That address asks for something else than it may",
    401: "This needs a secret",
    403: "That is not done here",
    404: "Not found",
    405: "That is not done here",
    410: "This is gone",
    429: "Too many at once",
    503: "Not ready yet",
}


def error_page(request: Request, status: int, message: str, headers: dict[str, str]) -> Response:
    """Say what was wrong, and lead to the builder with the address's own parameters still in it."""
    try:
        ui = choose_ui(request.query_params.get("ui", ""), request.headers.get("accept-language", ""))
    except ParseError:
        ui = choose_ui("", request.headers.get("accept-language", ""))
    is_feed = request.url.path.split("/")[1] in FEED_FORMATS
    again = f"/?{request.url.query}" if is_feed and request.url.query else ""
    is_saved = request.url.path.startswith("/u/") and status in (404, 410)
    title = ui.t(_TITLES.get(status, "Something went wrong here"))
    body = page("error.html", title=title, message=message, again=again, is_saved=is_saved, status=status, ui=ui)
    headers = {**headers, **PAGE_HEADERS, "Vary": "Accept, Accept-Encoding, Accept-Language"}
    return Response(body, status, headers, HTML)
