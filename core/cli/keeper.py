"""The loop of a local server: refresh whenever something is due, survive whatever goes wrong, and be seen to live."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from core.clock import SystemClock
from core.config.followed import categories_to_follow
from core.config.read import Config
from core.errors import Damaged, PaperfeedError, RefreshRunning, StoreError
from core.feeds.health import is_current
from core.feeds.loop_health import LOOP_HEALTH
from core.log import event
from core.notify.daily import notify_after_refresh
from core.refresh.report import RefreshReport
from core.refresh.run import Say, refresh_within
from core.store.base import Store
from core.store.lock import LOCK_LEASE
from core.store.records import Manifest

BACKGROUND: Final = timedelta(minutes=30)
"""How long one refresh may take while the server serves."""

CHECK_EVERY: Final = timedelta(seconds=30)
"""How often it is looked whether something is due; that asks the store alone."""

ONLINE_AGAIN_AFTER: Final = timedelta(minutes=1)
"""The same while this machine has no connection to arXiv."""

AGAIN_AFTER: Final = timedelta(minutes=10)
"""The shortest time between two refreshes that want the same."""

SUMMARIES_AGAIN_AFTER: Final = timedelta(minutes=30)
"""When summaries that did not come are worth another try."""


class NextRound(Struct, frozen=True):
    """When the next refresh is worth it, though all papers are there (``anyway``) or only when some are not."""

    at: datetime
    anyway: datetime | None = None

    @classmethod
    def after(cls, report: RefreshReport, now: datetime) -> "NextRound":
        """What arXiv has not announced is not asked for every few minutes; days that are missing are gone on with."""
        at = max(now + (AGAIN_AFTER if report.reached else ONLINE_AGAIN_AFTER), report.next_at or now)
        summaries = now + SUMMARIES_AGAIN_AFTER if report.summaries and report.summaries.left else None
        return cls(at, min((each for each in (at if report.gaps else None, summaries) if each), default=None))

    def is_due(self, manifest: Manifest | None, followed: Sequence[str], config: Config, *, now: datetime) -> bool:
        if is_asked_for(manifest, followed, config) or (self.anyway and now >= self.anyway):
            return True
        return now >= self.at and not is_current(manifest, config, now=now)


async def keep_up_to_date(
    config: Config, store: Store, say: Say | None = None, *, after: asyncio.Task[None] | None = None
) -> None:
    """
    Refresh now (the older days are still missing) and whenever something is due, until cancelled; ``after`` first.

    Whatever a round raises is one line in the log and one try less; /health tells when no round comes any more.
    """
    coming = NextRound(SystemClock().now())
    try:
        if after:
            await _outlived(after)
        coming = await _round(config, store, say, None)
        while True:
            await asyncio.sleep(CHECK_EVERY.total_seconds())
            coming = await _round(config, store, say, coming)
    finally:
        LOOP_HEALTH.note_loop_end("the loop that refreshes has ended")


async def _outlived(task: asyncio.Task[None]) -> None:
    """Wait for what the start left under way; what it raises is one line in the log."""
    try:
        await task
    except Exception as error:  # noqa: BLE001 - the loop begins whatever came of it
        event("refresh.failed", error=f"{type(error).__name__}: {error}")


async def _round(config: Config, store: Store, say: Say | None, coming: NextRound | None) -> NextRound:
    """Refresh when it is due; None: now. Raises nothing."""
    now = SystemClock().now()
    LOOP_HEALTH.note_loop_beat(now, LOOP_HEALTH.loop_failure)
    try:
        if coming is None or await _is_due(config, store, coming, now):
            coming = await _refresh(config, store, say)
        LOOP_HEALTH.note_loop_beat(SystemClock().now())
    except RefreshRunning as error:  # of another process, perhaps one that was killed: its lock runs out
        event("refresh.failed", error=str(error))
        return NextRound(now + LOCK_LEASE, anyway=now + LOCK_LEASE)
    except Exception as error:  # noqa: BLE001 - the loop goes on whatever a round meets
        said = str(error) if isinstance(error, PaperfeedError) else f"{type(error).__name__}: {error}"
        event("refresh.failed", error=said)
        LOOP_HEALTH.note_loop_beat(SystemClock().now(), _public(error))
        return NextRound(SystemClock().now() + AGAIN_AFTER)
    return coming


def _public(error: Exception) -> str:
    """What /health may tell strangers of it: no path, no server, nothing that a library says."""
    if isinstance(error, StoreError):
        return error.public
    return str(error) if isinstance(error, PaperfeedError) else f"{type(error).__name__}; the log says more"


async def _is_due(config: Config, store: Store, coming: NextRound, now: datetime) -> bool:
    try:
        manifest = await store.load_manifest()
    except Damaged:  # a refresh starts anew
        manifest = None
    return coming.is_due(manifest, await store.followed(now=now), config, now=now)


def is_asked_for(manifest: Manifest | None, followed: Sequence[str], config: Config) -> bool:
    """Whether readers asked for a category that no refresh has looked at yet, and that one would."""
    known = {state.category for state in manifest.categories} if manifest else set()
    return bool(manifest and set(categories_to_follow(config.settings, followed)) - known)


async def refresh_locally(
    config: Config, store: Store, say: Say | None = None, *, limit: timedelta = BACKGROUND, newest_only: bool = False
) -> RefreshReport:
    """Refresh and notify, a line of progress for each document. Raises RefreshRunning, StoreError."""
    report = await refresh_within(config, store, limit, say=say, newest_only=newest_only)
    if (told := await notify_after_refresh(config, store, now=SystemClock().now())) and say:
        say(told.notice_outcome)
    return report


async def _refresh(config: Config, store: Store, say: Say | None) -> NextRound:
    report = await refresh_locally(config, store, say)
    if say:
        say(f"{what_is_held(await store.load_manifest(), report)}\n")
    return NextRound.after(report, SystemClock().now())


def what_is_held(manifest: Manifest | None, report: RefreshReport) -> str:
    """Say how much there is now, in a sentence, and what comes next; what is wrong comes first."""
    days = [ref.day for ref in manifest.batches] if manifest and not manifest.sample else []
    said = "" if report.ok else f"{report.outcome}. "
    if manifest and days:
        papers = sum(ref.count for ref in manifest.batches)
        among = f"{min(days)} to {max(days)}" if len(days) > 1 else f"{days[0]}"
        said += f"{'Whole' if not report.gaps else 'So far'}: {papers:,} papers of {len(days)} days are held, {among}. "
    return f"{said}Next: {report.next_step}."
