"""What Paperfeed keeps, and the verbs that every store speaks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal, Protocol

from msgspec import Struct

from core.paper import ArxivId, Summary

KEY_PREFIX: Final = "paperfeed:2:"
"""Every key's beginning; the number is the codec's version, so that no deployment reads another's bytes."""

MANIFEST_TTL: Final = timedelta(days=120)
"""How long a deployment that nobody refreshes any more keeps what it has."""

DROPPED_TTL: Final = timedelta(hours=1)
"""How long a blob that the manifest no longer names stays for those who still work with the previous one."""

REPORTS_TTL: Final = timedelta(days=120)

USAGE_KEPT: Final = timedelta(days=120)
"""For how many days the counts of calls and tokens are kept."""

Freshness = Literal["fresh", "stale", "partial", "empty", "unknown"]


class BatchRef(Struct, frozen=True):
    """Where one announcement day is kept: the names of its immutable blobs, each the hash of its content."""

    day: date
    papers: str
    index: str
    summaries: str = ""  # "" while none of its papers has a summary
    count: int = 0
    size: int = 0  # bytes of the blobs together, so that no reply grows too large
    checksum: int = 0  # CRC-32 of the blobs one after the other: five times as quick to check as their names


class CategoryState(Struct, frozen=True):
    """What we know of one followed category after the last refresh. ``announced``/``held`` count by type."""

    category: str
    last_day: date | None = None  # the last announcement held
    freshness: Freshness = "unknown"
    reason: str = ""  # a sentence for people
    since: datetime | None = None  # stale (or partial) since
    checked: datetime | None = None


class DayRecord(Struct, frozen=True):
    """One category's announcement day, for the ledger: what arXiv's listing said and what is held, by type."""

    category: str
    day: date
    announced: tuple[tuple[str, int], ...] = ()  # (("new", 62), ("cross", 127), ("replace", 108)); () = not known
    held: tuple[tuple[str, int], ...] = ()
    source: str = ""  # "rss", "listing", "catchup"
    complete: bool = False  # what arXiv's listing has is held, paper by paper, or it was seen to have nothing
    note: str = ""
    tries: int = 0  # how often the listing was read and a difference, or nothing at all, was found


class LastRefresh(Struct, frozen=True):
    """How the last refresh went."""

    started: datetime
    finished: datetime
    ok: bool
    outcome: str  # one sentence
    next_step: str = ""


class Manifest(Struct, frozen=True):
    """
    The table of contents: small, read by every request that has no fresh memo, and written last.

    ``content`` changes when, and only when, what feeds are made of changes; it is the heart of every ETag.
    """

    content: str
    batches: tuple[BatchRef, ...] = ()  # newest first
    categories: tuple[CategoryState, ...] = ()
    ledger: tuple[DayRecord, ...] = ()
    last_refresh: LastRefresh | None = None
    changed: datetime | None = None  # when ``content`` last changed: every feed's Last-Modified
    sample: bool = False  # the bundled sample day, which the first real refresh throws away


class BatchBlobs(Struct, frozen=True):
    """The bytes of one announcement day, as ``core.store.codec`` and ``core.index.writer`` write them."""

    papers: bytes
    index: bytes
    summaries: bytes = b""


class SummaryKey(Struct, frozen=True):
    """What makes a summary the same summary: asked for again, it is not paid for again."""

    arxiv_id: ArxivId
    version: int
    language: str
    model: str
    prompt: str

    def __str__(self) -> str:
        return f"{self.arxiv_id}v{self.version}:{self.language}:{self.model}:{self.prompt}"


class SummaryFailure(Struct, frozen=True):
    """A summary that did not come: how often it was tried, why the last try failed, when to try again."""

    reason: str
    attempts: int
    retry_at: datetime


class Usage(Struct, frozen=True):
    """What one model cost on one day."""

    day: date
    model: str
    calls: int = 0
    failures: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class GateAnswer(Struct, frozen=True):
    """May the caller ask arXiv now? ``wait`` is 0 when it may, else seconds until it is worth asking again."""

    wait: float
    reason: str = ""  # "spacing", "busy", "cooling down: 429 from rss.arxiv.org"


class GateState(Struct, frozen=True):
    """The gate as /health and /status show it."""

    cooling_until: datetime | None = None
    reason: str = ""


class Spacing(Struct, frozen=True):
    """How far apart requests to arXiv must be, in seconds from the end of one to the start of the next."""

    any_host: float = 3.0
    same_host: float = 3.0  # 15 for arxiv.org's pages


class Store(Protocol):
    """
    Keeps batches, summaries, the refresh lock and the arXiv gate, over all instances together.

    Every method raises StoreError, with a reason that holds no secret, when the store does not answer. Everything it
    keeps has an expiry. ``now`` is an aware datetime, never read from a clock here.
    """

    @property
    def name(self) -> str:
        """``redis`` or ``sqlite``."""

    @property
    def lasting(self) -> bool:
        """False when what is kept is lost with the instance (SQLite under /tmp on Vercel)."""

    # -- what readers need: the manifest (one command), then blobs (one command)

    async def load_manifest(self) -> Manifest | None:
        """Read the manifest: one command. None when nothing was ever published."""

    async def load_batches(self, refs: Sequence[BatchRef]) -> dict[date, BatchBlobs]:
        """Read the blobs of these days in one command. A day of which a blob is missing or damaged is left out."""

    # -- what the refresh writes: blobs first, the manifest last

    async def save_batch(self, day: date, blobs: BatchBlobs, *, count: int, keep: timedelta) -> BatchRef:
        """Save a day's blobs under the hashes of their content; readers see nothing of it before ``publish``."""

    async def publish(self, manifest: Manifest) -> None:
        """
        Replace the manifest: the one write that readers notice.

        The batches it names stay as long as it does; those that only the previous one named expire within the hour,
        those saved and never published after their ``keep``.
        """

    # -- one refresh at a time

    async def claim_refresh(self, holder: str, *, now: datetime, lease: timedelta) -> bool:
        """Take the refresh lock for ``lease``, or prolong it when ``holder`` has it. False: another has it."""

    async def release_refresh(self, holder: str) -> None:
        """Give the lock back; nothing happens when it has another holder by now."""

    # -- the arXiv gate: one request, one connection at a time, over all instances

    async def enter_gate(
        self, holder: str, host: str, *, now: datetime, spacing: Spacing, lease: timedelta
    ) -> GateAnswer:
        """Ask to make one request to ``host`` now; atomic. Who enters must leave, or the lease runs out."""

    async def leave_gate(self, holder: str, host: str, *, now: datetime) -> None:
        """Say that the request is over: spacing counts from here."""

    async def cool_down(self, until: datetime, reason: str) -> None:
        """Close the gate to everybody until then (never shortens a cool-down)."""

    async def gate_state(self, *, now: datetime) -> GateState:
        """Read whether the gate is cooling down."""

    # -- partial work of a refresh that was cut short

    async def save_progress(self, progress: bytes, *, keep: timedelta) -> None:
        """Keep what a refresh has done so far, for the next one to go on."""

    async def load_progress(self) -> bytes | None: ...

    # -- categories that readers asked for and nobody configured

    async def follow(self, category: str, *, now: datetime, keep: timedelta, most: int) -> bool:
        """Note the wish (again); False when ``most`` other categories are followed already."""

    async def followed(self, *, now: datetime) -> tuple[str, ...]:
        """The categories asked for within their ``keep``, sorted."""

    # -- reports of refreshes, newest first, a bounded number

    async def save_report(self, report: bytes, *, most: int) -> None: ...

    async def reports(self, most: int) -> list[bytes]: ...

    # -- summaries

    async def save_summary(self, key: SummaryKey, summary: Summary, *, keep: timedelta) -> None:
        """Save one summary the moment it exists; a failure noted for the key is forgotten."""

    async def summaries(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        """Read the summaries that exist of these, in one command."""

    async def note_failure(self, key: SummaryKey, failure: SummaryFailure, *, keep: timedelta) -> None: ...

    async def failures(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, SummaryFailure]: ...

    async def claim_summary(self, key: SummaryKey, holder: str, *, now: datetime, lease: timedelta) -> bool:
        """Take the right to pay for this summary; False when another has it, or when it exists by now."""

    async def add_usage(self, usage: Usage) -> None:
        """Add these counts to the day's and model's."""

    async def usage(self, since: date) -> list[Usage]: ...

    async def close(self) -> None: ...
