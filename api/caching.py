"""How long an answer may be kept, as one table; validators; 304 before any work."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from fastapi import Request, Response
from msgspec import Struct

from core.lru import ByteBoundedCache
from core.search.turns import in_turn
from core.search.work import MOST_SEARCH_WORK

_QUOTED: Final = re.compile(r'"[^"]*"')  # in If-None-Match: the tags without W/, which weak comparison ignores


class CachePolicy(Struct, frozen=True):
    """How long an answer is fresh, and how long after that it may be shown while a new one is fetched."""

    fresh: timedelta
    stale: timedelta = timedelta(0)
    private: bool = False  # for who asked alone: no cache on the way keeps it

    @property
    def header(self) -> str:
        """The value of Cache-Control; without any lifetime the answer is not kept at all."""
        if not self.fresh:
            return "no-store"
        if self.private:
            return f"private, max-age={int(self.fresh.total_seconds())}"
        fresh, stale = int(self.fresh.total_seconds()), int(self.stale.total_seconds())
        value = f"public, max-age={fresh}, s-maxage={fresh}"
        return f"{value}, stale-while-revalidate={stale}" if stale else value


FEED: Final = CachePolicy(fresh=timedelta(minutes=15), stale=timedelta(days=1))
PAGE: Final = CachePolicy(fresh=timedelta(minutes=5), stale=timedelta(hours=1))
FILLING_FEED: Final = CachePolicy(fresh=timedelta(minutes=1))
FILLING_PAGE: Final = CachePolicy(fresh=timedelta(seconds=1))
"""The same while papers are on their way: who looks on sees them come."""
STATIC: Final = CachePolicy(fresh=timedelta(days=1), stale=timedelta(days=7))
CONFIG: Final = CachePolicy(fresh=timedelta(minutes=5))
PROFILE: Final = CachePolicy(fresh=timedelta(minutes=5), private=True)
CLIENT_ERROR: Final = CachePolicy(fresh=timedelta(minutes=1))
NEVER: Final = CachePolicy(fresh=timedelta(0))
"""For what is about this moment: health, refresh, errors of ours."""


class Validators(Struct, frozen=True):
    """What a reader sends back to learn whether anything changed."""

    etag: str
    modified: datetime

    @classmethod
    def of(cls, modified: datetime, *parts: str) -> "Validators":
        """An ETag from everything the bytes are made of, so that it is known before they are."""
        digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()
        return cls(f'"{digest}"', modified.astimezone(UTC).replace(microsecond=0))

    @property
    def headers(self) -> dict[str, str]:
        return {"ETag": self.etag, "Last-Modified": format_datetime(self.modified, usegmt=True)}

    def match(self, headers: Mapping[str, str]) -> bool:
        """Whether the reader has this already (RFC 9110: If-None-Match wins over If-Modified-Since)."""
        offered = headers.get("if-none-match")
        if offered is not None:
            return offered.strip() == "*" or self.etag in _QUOTED.findall(offered)
        return self._unchanged_since(headers.get("if-modified-since", ""))

    def _unchanged_since(self, text: str) -> bool:
        try:
            since = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # no date, or a zone beyond all clocks
            return False
        return self.modified <= (since if since.tzinfo else since.replace(tzinfo=UTC))


async def respond(
    request: Request,
    validators: Validators,
    policy: CachePolicy,
    media_type: str,
    render: Callable[[], bytes],
    *,
    headers: Mapping[str, str] | None = None,
    kept: ByteBoundedCache[str, bytes] | None = None,
) -> Response:
    """
    Answer with 304 when the reader has it already, else with what is ``kept`` under its ETag, or ``render`` makes.

    Raises what ``render`` does, Busy when too many wait for their turn, and BadQuery when matching takes more than a
    query may take, on the newest day alone.
    """
    common = {"Cache-Control": policy.header, "Vary": "Accept-Encoding", **validators.headers, **(headers or {})}
    if validators.match(request.headers):
        return Response(status_code=304, headers=common)
    body = kept.get(validators.etag) if kept is not None else None
    if body is None:
        # One slow query does not keep the others waiting.
        body = await in_turn(render, MOST_SEARCH_WORK, ends_early=True, searcher_gone=request.is_disconnected)
        if kept is not None:
            kept.put(validators.etag, body, len(body))
    return Response(body, headers=common, media_type=media_type)
