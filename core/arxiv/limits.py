"""How to be polite to arXiv: hosts, spacing, pauses, limits; and the clock by which it is done."""

import contextlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from msgspec import Struct

from core.store.records import GateSpacing

Role = Literal["rss", "site", "api"]

ARXIV_HOSTS: Final[dict[Role, str]] = {"rss": "rss.arxiv.org", "site": "arxiv.org", "api": "export.arxiv.org"}
"""What the gate calls the hosts, wherever a mirror or a test has them."""

_SITE_SPACING: Final = GateSpacing(gate_seconds_same_host=15.0)
ARXIV_SPACING: Final[dict[Role, GateSpacing]] = {"rss": GateSpacing(), "site": _SITE_SPACING, "api": GateSpacing()}
"""arXiv's terms of use say 3 s; the robots.txt of arxiv.org's pages says 15 s."""

THROTTLING_HTTP_STATUSES: Final = frozenset({403, 406, 429, 503})
"""The answers by which arXiv asks to be left alone."""

_SHORTEST_ARXIV_PAUSE_SECONDS: Final = 30.0
_USUAL_ARXIV_PAUSE_SECONDS: Final = 60.0
_LONGEST_ARXIV_PAUSE_SECONDS: Final = 900.0


class ArxivRequestLimits(Struct, frozen=True):
    """What one request may take: seconds, and bytes after decompression."""

    arxiv_connect_seconds: float = 10.0
    arxiv_read_seconds: float = 20.0
    request_seconds: float = 40.0
    arxiv_turn_seconds: float = 60.0  # of waiting at the gate
    body_bytes: int = 25 * 2**20

    @property
    def gate_lease(self) -> timedelta:
        """How long the gate is held for a client that died in its request."""
        return timedelta(seconds=self.request_seconds + 10)


def arxiv_retry_after(arxiv_retry_header: str, *, now: datetime) -> float:
    """Seconds to leave arXiv alone, from a Retry-After header in seconds or as a date; between 30 s and 15 min."""
    arxiv_pause_seconds = _USUAL_ARXIV_PAUSE_SECONDS
    if arxiv_retry_header.strip().isdecimal():
        arxiv_pause_seconds = float(arxiv_retry_header)
    elif arxiv_retry_header.strip():
        with contextlib.suppress(ValueError, OverflowError):
            arxiv_pause_end = parsedate_to_datetime(arxiv_retry_header)
            arxiv_pause_seconds = (arxiv_pause_end.replace(tzinfo=arxiv_pause_end.tzinfo or UTC) - now).total_seconds()
    return min(max(arxiv_pause_seconds, _SHORTEST_ARXIV_PAUSE_SECONDS), _LONGEST_ARXIV_PAUSE_SECONDS)
