"""What a store keeps: frozen structs, written field by field, so that moving them changes no stored byte."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct, field

from core.paper import ArxivId

Freshness = Literal["fresh", "stale", "partial", "empty", "unknown"]


class BatchRef(Struct, frozen=True):
    """Where one announcement day is kept: the names of its immutable blobs, each the hash of its content."""

    day: date
    papers_blob_name: str = field(name="papers")
    index_blob_name: str = field(name="index")
    summaries_blob_name: str = field(name="summaries", default="")  # "" while none of its papers has a summary
    paper_count: int = field(name="count", default=0)
    blobs_bytes: int = field(name="size", default=0)  # together, so that no reply grows too large
    blobs_checksum: int = field(name="checksum", default=0)  # CRC-32, five times as quick to check as names


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
    note: str = ""  # a sentence for people
    tries: int = 0  # how often the listing was read and a difference, or nothing at all, was found
    withheld: bool = False  # only a part was taken: papers first announced earlier follow when the days before are held
    here: datetime | None = None  # when readers first had what is held; None in manifests written before it was noted


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
    filling: bool = False  # the first window of days is not whole yet: dates of papers may still move to an earlier day
    sample: bool = False  # the bundled sample day, which the first real refresh throws away

    @property
    def has_papers(self) -> bool:
        """Whether anything but samples is held."""
        return bool(self.batches) and not self.sample


class BatchBlobs(Struct, frozen=True):
    """The bytes of one announcement day, as ``core.store.codec`` and ``core.index.writer`` write them."""

    papers_blob: bytes
    index_blob: bytes
    summaries_blob: bytes = b""


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
    """May the caller ask arXiv now? ``gate_wait`` is 0 when it may, else seconds until it is worth asking again."""

    gate_wait: float
    gate_reason: str = ""  # "spacing", "busy", "cooling down: 429 from rss.arxiv.org"


class GateState(Struct, frozen=True):
    """The gate as /health and /status show it."""

    gate_cooling_until: datetime | None = None
    gate_reason: str = ""


class GateSpacing(Struct, frozen=True):
    """How far apart requests to arXiv must be, in seconds from the end of one to the start of the next."""

    gate_seconds_any_host: float = 3.0
    gate_seconds_same_host: float = 3.0  # 15 for arxiv.org's pages
