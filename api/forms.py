"""What a page's form or a program sends: bounded, read once, and never taken from another site's page."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException

from core.errors import BadQuery, Refused

MOST_BYTES: Final = 1_000_000
"""Of a body; a profile with all its votes is smaller."""
_MOST_FIELDS: Final = 100
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


async def read_body(request: Request) -> bytes:
    """Read what was sent, and no more than ``MOST_BYTES`` of it. Raises Refused for another site's form."""
    check_same_site(request)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"at most {MOST_BYTES:,} bytes are taken")
    return bytes(body)


def check_same_site(request: Request) -> None:
    """
    Refuse what a browser sends for a page of another site.

    Every browser of these days says which with Sec-Fetch-Site; Origin is null on pages that hide their address, as
    ours do. Programs say neither, and no page can make them.
    """
    site = request.headers.get("sec-fetch-site", "none")
    origin = request.headers.get("origin", "null")
    hosts = {request.headers.get("host"), request.headers.get("x-forwarded-host")} - {"", None}  # file:// has no host
    if site not in ("same-origin", "none") or (origin != "null" and urlsplit(origin).netloc not in hosts):
        raise Refused("this was sent by another site's page; use the form at this address")


def content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def wants_json(request: Request) -> bool:
    """Whether an answer as JSON is asked for; browsers ask for a page."""
    return JSON in request.headers.get("accept", "") or content_type(request) == JSON


async def read_form(request: Request) -> Mapping[str, str]:
    """Read the fields of a form; of two with one name the last. Raises BadQuery, Refused."""
    body = await read_body(request)
    if content_type(request) not in (FORM, ""):
        raise BadQuery("content-type", f"must be {FORM} or {JSON}, got {content_type(request)[:60]}")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise BadQuery("body", f"could not be read as a form: {error}") from error
