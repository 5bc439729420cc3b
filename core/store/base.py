"""What Paperfeed keeps, and the verbs that every store speaks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from core.paper import Summary
from core.store.profiles import ProfileStore
from core.store.records import (
    BatchBlobs,
    BatchRef,
    GateAnswer,
    GateSpacing,
    GateState,
    Manifest,
    SummaryFailure,
    SummaryKey,
    Usage,
)

STORE_KEY_PREFIX: Final = "paperfeed:2:"
"""Every key's beginning; the number is the codec's version, so that no deployment reads another's bytes."""

MANIFEST_TTL: Final = timedelta(days=120)
"""How long a deployment that nobody refreshes any more keeps what it has."""

DROPPED_BLOB_TTL: Final = timedelta(hours=1)
"""How long a blob that the manifest no longer names stays for those who still work with the previous one."""

REPORTS_TTL: Final = timedelta(days=120)

USAGE_TTL: Final = timedelta(days=120)
"""For how many days the counts of calls and tokens are kept."""


class BatchStore(Protocol):
    """Announcement days: what readers load, and what a refresh writes, blobs first, the manifest last."""

    async def load_manifest(self) -> Manifest | None:
        """Read the manifest: one command. None when nothing was ever published."""

    async def load_batches(self, batch_refs: Sequence[BatchRef]) -> dict[date, BatchBlobs]:
        """Read the blobs of these days in one command. A day of which a blob is missing or damaged is left out."""

    async def save_batch(self, day: date, batch_blobs: BatchBlobs, *, count: int, ttl: timedelta) -> BatchRef:
        """Save a day's blobs under the hashes of their content; readers see nothing of it before ``publish``."""

    async def publish(self, manifest: Manifest) -> None:
        """
        Replace the manifest: the one write that readers notice.

        The batches it names stay as long as it does; those that only the previous one named expire within the hour,
        those saved and never published after their ``ttl``.
        """


class RefreshLockStore(Protocol):
    """One refresh at a time."""

    async def claim_refresh(self, holder: str, *, now: datetime, lease: timedelta) -> bool:
        """Take the refresh lock for ``lease``, or prolong it when ``holder`` has it. False: another has it."""

    async def release_refresh(self, holder: str) -> None:
        """Give the lock back; nothing happens when it has another holder by now."""


class GateStore(Protocol):
    """The arXiv gate: one request, one connection at a time, over all instances."""

    async def enter_gate(
        self, holder: str, host: str, *, now: datetime, spacing: GateSpacing, lease: timedelta
    ) -> GateAnswer:
        """Ask to make one request to ``host`` now; atomic. Who enters must leave, or the lease runs out."""

    async def leave_gate(self, holder: str, host: str, *, now: datetime) -> None:
        """Say that the request is over: spacing counts from here."""

    async def cool_gate(self, until: datetime, reason: str) -> None:
        """Close the gate to everybody until then (never shortens a cool-down)."""

    async def gate_state(self, *, now: datetime) -> GateState:
        """Read whether the gate is cooling down."""


class FollowingStore(Protocol):
    """Categories that readers asked for and nobody configured."""

    async def asked_before(self, category: str, *, day: date, ttl: timedelta) -> bool:
        """Note that a category was asked for on ``day``; whether it was on an earlier day too, within ``ttl``."""

    async def follow(self, category: str, *, now: datetime, ttl: timedelta, most_followed: int) -> bool:
        """Note the wish (again); False when ``most`` other categories are followed already."""

    async def load_followed(self, *, now: datetime) -> tuple[str, ...]:
        """The categories asked for within their ``ttl``, sorted."""


class ReportStore(Protocol):
    """Reports of refreshes, newest first, a bounded number; and the mark of one that was cut short."""

    async def save_report(self, report_blob: bytes, *, most_reports: int) -> None: ...

    async def load_reports(self, most_reports: int) -> list[bytes]: ...

    async def save_progress(self, progress_blob: bytes, *, ttl: timedelta) -> None:
        """Keep what a refresh has done so far, for the next one to go on."""

    async def load_progress(self) -> bytes | None: ...


class SummaryStore(Protocol):
    """Summaries, what failed, and what they cost."""

    async def save_summary(self, summary_key: SummaryKey, summary: Summary, *, ttl: timedelta) -> None:
        """Save one summary the moment it exists; a failure noted for the key is forgotten."""

    async def load_summaries(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        """Read the summaries that exist of these, in one command."""

    async def note_failure(self, summary_key: SummaryKey, failure: SummaryFailure, *, ttl: timedelta) -> None: ...

    async def load_failures(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, SummaryFailure]: ...

    async def claim_summary(self, summary_key: SummaryKey, holder: str, *, now: datetime, lease: timedelta) -> bool:
        """Take the right to pay for this summary; False when another has it, or when it exists by now."""

    async def add_usage(self, usage: Usage) -> None:
        """Add these counts to the day's and model's."""

    async def load_usage(self, since: date) -> list[Usage]: ...


class NoticeStore(Protocol):
    """Which notices were sent, so that nobody is told the same twice."""

    async def claim_notice(self, notice_key: str, *, ttl: timedelta) -> bool:
        """Take the right to send this one; False when somebody has taken it within ``ttl``. Atomic."""

    async def release_notice(self, notice_key: str) -> None:
        """Give the right back: it could not be sent."""


class Store(BatchStore, RefreshLockStore, GateStore, FollowingStore, ReportStore, SummaryStore, NoticeStore, Protocol):
    """
    Keeps batches, summaries, the refresh lock and the arXiv gate, over all instances together.

    Every method raises StoreError, with a reason that holds no secret, when the store does not answer. Everything it
    keeps has an expiry. ``now`` is an aware datetime, never read from a clock here.
    """

    @property
    def backend(self) -> str:
        """``redis`` or ``sqlite``."""

    @property
    def durable(self) -> bool:
        """False when what is kept is lost with the instance (SQLite under /tmp on Vercel)."""

    def unwritable(self) -> str:
        """Why it takes nothing now, for anybody to read; "" when that cannot be told without writing."""

    @property
    def profiles(self) -> ProfileStore:
        """Saved feeds and their votes: apart from the papers, and older than their codec."""

    async def load_manifest_and_head(self, stored_hash: str) -> tuple[Manifest | None, bytes | None]:
        """``load_manifest`` and ``profiles.load_head`` in one command: what a profile's feed needs."""

    async def close(self) -> None: ...
