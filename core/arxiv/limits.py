"""How to be polite to arXiv: hosts, spacing, pauses, limits; and the clock by which it is done."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from msgspec import Struct

from core.store.records import Spacing

Role = Literal["rss", "site", "api"]

HOSTS: Final[dict[Role, str]] = {"rss": "rss.arxiv.org", "site": "arxiv.org", "api": "export.arxiv.org"}
"""What the gate calls the hosts, wherever a mirror or a test has them."""

SPACING: Final[dict[Role, Spacing]] = {"rss": Spacing(), "site": Spacing(same_host=15.0), "api": Spacing()}
"""arXiv's terms of use say 3 s; the robots.txt of arxiv.org's pages says 15 s."""

THROTTLING: Final = frozenset({403, 406, 429, 503})
"""The answers by which arXiv asks to be left alone."""

_SHORTEST_PAUSE_SECONDS: Final = 30.0
_USUAL_PAUSE_SECONDS: Final = 60.0
_LONGEST_PAUSE_SECONDS: Final = 900.0


class Limits(Struct, frozen=True):
    """What one request may take: seconds, and bytes after decompression."""

    connect: float = 10.0
    read: float = 20.0
    total: float = 40.0
    turn: float = 60.0  # of waiting at the gate
    size: int = 25 * 2**20

    @property
    def lease(self) -> timedelta:
        """How long the gate is held for a client that died in its request."""
        return timedelta(seconds=self.total + 10)


def retry_after(header: str, *, now: datetime) -> float:
    """Seconds to leave arXiv alone, from a Retry-After header in seconds or as a date; between 30 s and 15 min."""
    pause_seconds = _USUAL_PAUSE_SECONDS
    if header.strip().isdecimal():
        pause_seconds = float(header)
    elif header.strip():
        try:
            retry_time = parsedate_to_datetime(header)
            pause_seconds = (retry_time.replace(tzinfo=retry_time.tzinfo or UTC) - now).total_seconds()
        except (ValueError, OverflowError):
            pause_seconds = _USUAL_PAUSE_SECONDS
    return min(max(pause_seconds, _SHORTEST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
