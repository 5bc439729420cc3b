"""
What a page says once, after a form: in a cookie for a minute, taken away by the page that says it.

So a form is answered by a redirect, which no reload repeats, and nothing but the address of the page stands in one.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Final

import msgspec
from fastapi import Request, Response
from msgspec import Struct

from core.errors import UNREADABLE

COOKIE: Final = "paperfeed_saved"
_LASTS: Final = 60  # seconds
_MOST_BYTES: Final = 2800  # of JSON: browsers keep cookies of 4 kB
_PATH: Final = "/u"


class Saved(Struct, frozen=True):
    """What was done: a profile was made (or changed), and what was understood of what was brought along."""

    made: bool = False
    told: tuple[str, ...] = ()


def tell_next_page(response: Response, saved: Saved) -> Response:
    response.set_cookie(COOKIE, _written(saved.made, saved.told), _LASTS, path=_PATH, httponly=True, samesite="lax")
    return response


def _written(made: bool, told: Sequence[str]) -> str:
    """As many sentences as a cookie holds."""
    body = msgspec.json.encode(Saved(made, tuple(told)))
    return urlsafe_b64encode(body).decode() if len(body) <= _MOST_BYTES else _written(made, told[:-1])


def told_by_last_page(request: Request) -> Saved | None:
    try:
        return msgspec.json.decode(urlsafe_b64decode(request.cookies.get(COOKIE, "")), type=Saved)
    except (*UNREADABLE, ValueError):  # none, or not of ours
        return None


def tell_no_more(response: Response) -> None:
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="lax")
