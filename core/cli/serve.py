"""``make run``: papers first, then the server, and a loop that keeps both up to date."""

import asyncio
import contextlib
import logging
import shutil
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import uvicorn

from core.clock import SystemClock
from core.config import Config
from core.errors import ConfigError, Damaged, PaperfeedError, RefreshRunning
from core.feeds.health import is_current
from core.log import event, log_to_stderr
from core.notify.daily import notify_quietly
from core.refresh.run import refresh_within
from core.reports import RefreshReport, Verdict
from core.sample.publish import seed_sample
from core.store.base import Store
from core.store.records import Manifest

FOREGROUND: Final = timedelta(minutes=5)
"""How long a start may fetch before the server opens; what is left is fetched while it serves."""
BACKGROUND: Final = timedelta(minutes=30)
CHECK_EVERY: Final = timedelta(seconds=30)
"""How often it is looked whether something is due; that asks the store alone."""
AGAIN_AFTER: Final = timedelta(minutes=10)
"""The shortest time between two refreshes that want the same."""
LOCAL: Final = ("127.0.0.1", "0.0.0.0", "::1", "::")  # noqa: S104 - names of this machine, not what is listened on

Say = Callable[[str], None]


async def refresh_locally(
    config: Config, store: Store, say: Say | None = None, *, newest_only: bool = False
) -> RefreshReport:
    """Refresh from the command line, a line of progress for each document. Raises RefreshRunning, StoreError."""
    limit = FOREGROUND if newest_only else BACKGROUND
    report = await refresh_within(config, store, limit, say=say, newest_only=newest_only)
    if (told := await notify_quietly(config, store, now=SystemClock().now())) and say:
        say(told.outcome)
    return report


async def serve_locally(config: Config, store: Store, *, host: str, port: int, say: Say) -> None:
    """Open with papers in it, serve until interrupted, refresh whenever arXiv has announced something."""
    if sys.stderr.isatty():  # a person looks on: events are for logs, and failures still show
        log_to_stderr(logging.WARNING)
    listening = reserve(host, port)
    await open_with_papers(config, store, say)
    _print_addresses(config, host, listening.getsockname()[1], say)
    keeper = asyncio.create_task(keep_up_to_date(config, store, progress_line() if sys.stderr.isatty() else None))
    server = uvicorn.Server(uvicorn.Config("api.index:app", log_level="warning"))
    try:
        await server.serve(sockets=[listening])
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
        await store.close()


def reserve(host: str, port: int) -> socket.socket:
    """Take the port before anything is fetched, without listening yet. Raises ConfigError when it is not to be had."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise ConfigError(
            f"cannot listen on {host} port {port} ({error.strerror}); PORT and HOST choose others"
        ) from error
    return made


async def open_with_papers(config: Config, store: Store, say: Say) -> None:
    """Fetch the newest day when what is held is older; with neither arXiv nor papers, bring in the sample day."""
    if is_current(await _readable_manifest(store), config, now=SystemClock().now()):
        return
    say("Fetching what arXiv announced (3 seconds between requests, as arXiv asks) …")
    try:
        report = await refresh_locally(config, store, say, newest_only=True)
        say(report.outcome)
        reached = any(each.decision is not Verdict.FAILED for each in report.fetches)
    except RefreshRunning as error:
        say(f"{error}; its papers appear when it is done")
        reached = True
    held = await _readable_manifest(store)
    if not reached and (held is None or not held.batches):
        await seed_sample(store, now=SystemClock().now())
        say("arXiv could not be reached and nothing is held yet: the page shows fictional papers, marked as samples.")


async def _readable_manifest(store: Store) -> Manifest | None:
    """Return what is held; nothing, when it is damaged or another version of Paperfeed wrote it."""
    try:
        return await store.load_manifest()
    except Damaged:
        return None


async def keep_up_to_date(config: Config, store: Store, say: Say | None = None) -> None:
    """Refresh now (the older days are still missing) and whenever something is due; a failure waits for the next."""
    again_at = await _refresh_quietly(config, store, say)
    while True:
        await asyncio.sleep(CHECK_EVERY.total_seconds())
        now = SystemClock().now()
        try:
            manifest, followed = await store.load_manifest(), await store.followed(now=now)
        except PaperfeedError as error:
            event("refresh.failed", error=str(error))
            continue
        if is_asked_for(manifest, followed) or (now >= again_at and not is_current(manifest, config, now=now)):
            again_at = await _refresh_quietly(config, store, say)


def is_asked_for(manifest: Manifest | None, followed: Sequence[str]) -> bool:
    """Whether readers asked for a category that no refresh has looked at yet."""
    known = {state.category for state in manifest.categories} if manifest else set()
    return bool(manifest and set(followed) - known)


async def _refresh_quietly(config: Config, store: Store, say: Say | None) -> datetime:
    """Refresh; return when the next is worth it: what arXiv has not announced is not asked for every few minutes."""
    soonest = SystemClock().now() + AGAIN_AFTER
    try:
        report = await refresh_locally(config, store, say)
        if say:
            say(f"{report.outcome}\n")
    except PaperfeedError as error:
        event("refresh.failed", error=str(error))
        return soonest
    return max(soonest, report.next_at or soonest)


def progress_line() -> Say:
    """Make what shows progress on one line of a terminal, each text in place of the one before."""

    def say(line: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{line[: shutil.get_terminal_size().columns - 1]}")
        sys.stderr.flush()

    return say


def _print_addresses(config: Config, host: str, port: int, say: Say) -> None:
    base = config.environment.base_url or f"http://{'localhost' if host in LOCAL else host}:{port}"
    say("\nSubscribe to any of these in a feed reader; change the words to make it yours:")
    for path in ("/rss", "/atom", "/json", "/rss?keywords=kv%20cache", f"/rss/{config.settings.categories[0]}"):
        say(f"  {base}{path}")
    say(f"\nOpen {base}/ to build a feed. Stop with Ctrl-C.")
