"""``make run``: papers first, then the server, and a loop that keeps both up to date."""

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import uvicorn

from core.cli.keeper import AGAIN_AFTER, keep_up_to_date, refresh_locally
from core.cli.protocol import BoundedH11Protocol
from core.cli.terminal import PlainEvents, progress_line
from core.clock import SystemClock
from core.config.read import Config
from core.errors import ConfigError, Damaged, RefreshRunning, Unwritable
from core.feeds.health import is_current
from core.log import log_to_stderr
from core.refresh.report import RefreshReport, Verdict
from core.render.links import url_with_key
from core.sample.publish import seed_sample
from core.store.base import Store
from core.store.records import Manifest

FOREGROUND_FETCH: Final = timedelta(minutes=5)
"""How long a start may fetch before the server opens; what is left is fetched while it serves."""
OPEN_SERVER_AFTER: Final = timedelta(seconds=20)
"""How long a start waits for the whole of the last announcement when a part of it is there."""
LOCAL_HOSTS: Final = ("127.0.0.1", "0.0.0.0", "::1", "::")  # noqa: S104 - names of this machine, not what is listened on

Say = Callable[[str], None]


class ProgressPrinter:
    """Says lines where the moment wants them: one under the other before the server opens, in one place after it."""

    def __init__(self, say: Say) -> None:
        self.say = say

    def __call__(self, line: str) -> None:
        self.say(line)


async def serve_locally(config: Config, store: Store, *, host: str, port: int, say: Say) -> None:
    """Open with papers in it, serve until interrupted, refresh whenever arXiv has announced something."""
    if sys.stderr.isatty():  # a person looks on: events are for logs, and failures still show
        log_to_stderr(logging.WARNING, PlainEvents())
    server_socket = reserve_port(host, port)
    printer = ProgressPrinter(say)
    remaining_fetch = await open_with_papers(config, store, printer)
    _print_addresses(config, host, server_socket.getsockname()[1], say, any_papers=await _has_papers(store))
    on_progress_line = progress_line if sys.stderr.isatty() else None
    if remaining_fetch:
        say("The rest of the last announcement is fetched while you read.")
        printer.say = on_progress_line or say
    refresh_loop = asyncio.create_task(keep_up_to_date(config, store, on_progress_line, after=remaining_fetch))
    server = uvicorn.Server(uvicorn.Config("api.index:app", log_level="warning", http=BoundedH11Protocol))
    try:
        await server.serve(sockets=[server_socket])
    finally:
        refresh_loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await refresh_loop
        await store.close()


def reserve_port(host: str, port: int) -> socket.socket:
    """Take the port before anything is fetched, without listening yet. Raises ConfigError when it is not to be had."""
    server_socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server_socket.bind((host, port))
    except OSError as error:
        server_socket.close()
        raise ConfigError(
            f"cannot listen on {host} port {port} ({error.strerror}); PORT and HOST choose others"
        ) from error
    return server_socket


async def open_with_papers(config: Config, store: Store, say: Say) -> asyncio.Task[None] | None:
    """
    Fetch the newest day when what is held is older; with neither arXiv nor papers, bring in the sample day.

    Return what is still under way when a part of the day is there and the rest takes longer than ``OPEN_SERVER_AFTER``.
    """
    if is_current(await _readable_manifest(store), config, now=SystemClock().now()):
        return None
    newest_fetch = asyncio.create_task(_fetch_newest(config, store, say))
    await asyncio.wait({newest_fetch}, timeout=OPEN_SERVER_AFTER.total_seconds())
    while not newest_fetch.done():
        if await _has_papers(store):
            return newest_fetch
        await asyncio.wait({newest_fetch}, timeout=1)
    await newest_fetch
    return None


async def _fetch_newest(config: Config, store: Store, say: Say) -> None:
    doing = (
        "Papers are held; asking arXiv for newer ones" if await _has_papers(store) else "Fetching what arXiv announced"
    )
    say(f"{doing} (3 seconds between requests, as arXiv asks) …")
    try:
        report = await refresh_locally(config, store, say, limit=FOREGROUND_FETCH, newest_only=True)
        say(report.outcome)
    except RefreshRunning as error:
        say(f"{error}; its papers appear when it is done")
        return
    except Unwritable as error:
        if not await _has_papers(store):
            raise
        say(f"{error}. What is held is served meanwhile.")
        return
    manifest = await _readable_manifest(store)
    answered = any(fetch.decision is not Verdict.FAILED for fetch in report.fetches)
    if not answered and (manifest is None or not manifest.batches):
        await seed_sample(store, now=SystemClock().now())
        say("arXiv could not be reached and nothing is held yet: the page shows fictional papers, marked as samples.")
        say(_next_try(report))


def _next_try(report: RefreshReport) -> str:
    if not report.reached:
        return "It is tried again every minute: real papers appear by themselves once this machine is online."
    next_try = report.next_at or report.finished
    wait_minutes = max(
        1, round((next_try - report.finished).total_seconds() / 60), round(AGAIN_AFTER.total_seconds() / 60)
    )
    return f"It is tried again in {wait_minutes} minutes: real papers appear by themselves."


async def _has_papers(store: Store) -> bool:
    """Whether anything but samples is held."""
    manifest = await _readable_manifest(store)
    return bool(manifest and manifest.batches and not manifest.sample)


async def _readable_manifest(store: Store) -> Manifest | None:
    """Return what is held; nothing, when it is damaged or another version of Paperfeed wrote it."""
    try:
        return await store.load_manifest()
    except Damaged:
        return None


def _print_addresses(config: Config, host: str, port: int, say: Say, *, any_papers: bool) -> None:
    base_url = config.environment.base_url or f"http://{'localhost' if host in LOCAL_HOSTS else host}:{port}"
    if not any_papers:
        say(f"\nOpen {url_with_key(f'{base_url}/', config.environment.access_key)} meanwhile. Stop with Ctrl-C.")
        return
    say("\nSubscribe to any of these in a feed reader; change the words to make it yours:")
    for feed_path in ("/rss", "/atom", "/json", "/rss?keywords=kv%20cache", f"/rss/{config.settings.categories[0]}"):
        say(f"  {url_with_key(base_url + feed_path, config.environment.access_key)}")
    say(f"\nOpen {url_with_key(f'{base_url}/', config.environment.access_key)} to build a feed. Stop with Ctrl-C.")
