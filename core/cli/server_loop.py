"""The loop of a local server: refresh whenever something is due, survive whatever goes wrong, and be seen to live."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from core.clock import SystemClock
from core.config.read import Config
from core.errors import Damaged, PaperfeedError, RefreshRunning, StoreError
from core.feeds.followed import is_new_category_followed
from core.feeds.health import are_followed_fresh
from core.feeds.loop_health import LOOP_HEALTH as SERVER_LOOP_HEALTH
from core.log import event
from core.notify.daily import notify_after_refresh
from core.refresh.report import RefreshReport
from core.refresh.run import SayProgress, refresh_within
from core.store.base import Store
from core.store.lock import LOCK_LEASE
from core.store.records import Manifest

SERVER_REFRESH_TIME: Final = timedelta(minutes=30)
"""How long one refresh may take while the server serves."""

SERVER_CHECK_EVERY: Final = timedelta(seconds=30)
"""How often it is looked whether something is due; that asks the store alone."""

_CHECK_WANTED_LOOKED_FOR_EVERY_SECONDS: Final = 0.5

SERVER_ONLINE_AGAIN_AFTER: Final = timedelta(minutes=1)
"""The same while this machine has no connection to arXiv."""

SERVER_AGAIN_AFTER: Final = timedelta(minutes=10)
"""The shortest time between two refreshes that want the same."""

SERVER_SUMMARIES_AGAIN_AFTER: Final = timedelta(minutes=30)
"""When summaries that did not come are worth another try."""


class ServerRound(Struct, frozen=True):
    """When the next refresh is worth it, though all papers are there (``due_anyway_at``) or only when some are not."""

    round_due_at: datetime
    due_anyway_at: datetime | None = None

    @classmethod
    def after(cls, server_report: RefreshReport, now: datetime) -> "ServerRound":
        """What arXiv has not announced is not asked for every few minutes; days that are missing are gone on with."""
        server_again_after = SERVER_AGAIN_AFTER if server_report.reached else SERVER_ONLINE_AGAIN_AFTER
        round_due_at = max(now + server_again_after, server_report.next_at or now)
        server_rounds_anyway = [round_due_at] if server_report.gaps else []
        if server_report.summaries and server_report.summaries.left:
            server_rounds_anyway.append(now + SERVER_SUMMARIES_AGAIN_AFTER)
        return cls(round_due_at, due_anyway_at=min(server_rounds_anyway, default=None))

    def is_due(self, manifest: Manifest | None, followed: Sequence[str], config: Config, *, now: datetime) -> bool:
        if is_new_category_followed(manifest, followed, config) or (self.due_anyway_at and now >= self.due_anyway_at):
            return True
        return now >= self.round_due_at and not are_followed_fresh(manifest, config, now=now)


async def run_server_loop(config: Config, server_store: Store, say: SayProgress | None = None) -> None:
    """
    Refresh at once (older days may be missing) and whenever something is due, until cancelled.

    Whatever a round raises is one line in the log and one try less; /health tells when no round comes any more.
    """
    server_round: ServerRound | None = None
    try:
        while True:
            server_round = await _next_round(config, server_store, say, server_round)
            await _pause_between_checks()
    finally:
        SERVER_LOOP_HEALTH.note_loop_end("the loop that refreshes has ended")


async def _pause_between_checks() -> None:
    """Wait ``SERVER_CHECK_EVERY``, or until somebody asks for what is not held."""
    check_again_at = SystemClock().now() + SERVER_CHECK_EVERY
    while (check_pause := (check_again_at - SystemClock().now()).total_seconds()) > 0:
        if SERVER_LOOP_HEALTH.is_check_wanted:
            break
        await asyncio.sleep(min(check_pause, _CHECK_WANTED_LOOKED_FOR_EVERY_SECONDS))
    SERVER_LOOP_HEALTH.is_check_wanted = False


async def _next_round(
    config: Config, store: Store, say: SayProgress | None, server_round: ServerRound | None
) -> ServerRound:
    """Refresh when it is due; None: now. Raises nothing."""
    server_round_start = SystemClock().now()
    SERVER_LOOP_HEALTH.note_loop_beat(server_round_start, SERVER_LOOP_HEALTH.loop_failure)
    try:
        if server_round is None or await _is_round_due(config, store, server_round, server_round_start):
            with SERVER_LOOP_HEALTH.refreshing():
                server_round = await _refresh_for_server(config, store, say)
        SERVER_LOOP_HEALTH.note_loop_beat(SystemClock().now())
    except RefreshRunning as server_error:  # of another process, perhaps one that was killed: its lock runs out
        event("refresh.failed", error=str(server_error))
        return ServerRound(server_round_start + LOCK_LEASE, due_anyway_at=server_round_start + LOCK_LEASE)
    except Exception as server_error:  # noqa: BLE001 - the loop goes on whatever a round meets
        error_class = "" if isinstance(server_error, PaperfeedError) else f"{type(server_error).__name__}: "
        event("refresh.failed", error=f"{error_class}{server_error}")
        SERVER_LOOP_HEALTH.note_loop_beat(SystemClock().now(), _public_loop_failure(server_error))
        return ServerRound(SystemClock().now() + SERVER_AGAIN_AFTER)
    return server_round


def _public_loop_failure(server_error: Exception) -> str:
    """What /health may tell strangers of it: no path, no server, nothing that a library says."""
    if isinstance(server_error, StoreError):
        return server_error.public_message
    is_paperfeed_error = isinstance(server_error, PaperfeedError)
    return str(server_error) if is_paperfeed_error else f"{type(server_error).__name__}; the log says more"


async def _is_round_due(config: Config, server_store: Store, server_round: ServerRound, now: datetime) -> bool:
    server_followed = await server_store.load_followed(now=now)
    return server_round.is_due(await served_manifest(server_store), server_followed, config, now=now)


async def served_manifest(server_store: Store) -> Manifest | None:
    """Return what is held; nothing, when it is damaged or another version wrote it: a refresh starts anew."""
    try:
        return await server_store.load_manifest()
    except Damaged:
        return None


async def refresh_locally(
    config: Config,
    server_store: Store,
    say: SayProgress | None = None,
    *,
    refresh_time: timedelta = SERVER_REFRESH_TIME,
    newest_only: bool = False,
) -> RefreshReport:
    """Refresh and notify, a line of progress for each document. Raises RefreshRunning, StoreError."""
    server_report = await refresh_within(config, server_store, refresh_time, say=say, newest_only=newest_only)
    if (server_notices := await notify_after_refresh(config, server_store, now=SystemClock().now())) and say:
        say(server_notices.notice_outcome)
    return server_report


async def _refresh_for_server(config: Config, server_store: Store, say: SayProgress | None) -> ServerRound:
    server_report = await refresh_locally(config, server_store, say)
    if say:
        say(f"{console_status(await server_store.load_manifest(), server_report)}\n")
    return ServerRound.after(server_report, SystemClock().now())


def console_status(server_manifest: Manifest | None, server_report: RefreshReport) -> str:
    """Say how much there is now, in a sentence, and what comes next; what is wrong comes first."""
    served_batches = server_manifest.batches if server_manifest and not server_manifest.sample else ()
    served_days = [served_batch.day for served_batch in served_batches]
    console_line = "" if server_report.ok else f"{server_report.outcome}. "
    if served_days:
        served_papers = sum(served_batch.paper_count for served_batch in served_batches)
        served_period = f"{min(served_days)} to {max(served_days)}" if len(served_days) > 1 else f"{served_days[0]}"
        served_in_words = f"{served_papers:,} papers of {len(served_days)} days are held, {served_period}"
        console_line += f"{'So far' if server_report.gaps else 'Whole'}: {served_in_words}. "
    return f"{console_line}Next: {server_report.next_step}."
