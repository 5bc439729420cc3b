"""``make run``: papers first, then the server, and a loop that keeps both up to date."""

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import uvicorn

from core.calendar import eastern_date, is_announcement_day
from core.cli.protocol import ServerH11Protocol
from core.cli.server_loop import SERVER_AGAIN_AFTER, refresh_locally, run_server_loop, served_manifest
from core.cli.terminal import TerminalEvents, progress_line
from core.clock import SystemClock
from core.config.read import Config
from core.errors import ConfigError, RefreshRunning, Unwritable
from core.feeds.health import are_followed_fresh
from core.log import log_to_stderr
from core.refresh.report import RefreshReport, Verdict
from core.render.links import url_with_key
from core.sample.publish import publish_sample
from core.store.base import Store

OPENING_FETCH_TIME: Final = timedelta(minutes=5)
"""How long a start may fetch before the server opens; what is left is fetched while it serves."""
OPEN_SERVER_AFTER: Final = timedelta(seconds=20)
"""How long a start waits for the whole of the last announcement when a part of it is there."""
LOCAL_SERVER_HOSTS: Final = ("127.0.0.1", "0.0.0.0", "::1", "::")  # noqa: S104 - names of this machine, not what is listened on

SayConsoleLine = Callable[[str], None]


class ProgressPrinter:
    """Says lines where the moment wants them: one under the other before the server opens, in one place after it."""

    def __init__(self, say: SayConsoleLine) -> None:
        self.say = say

    def __call__(self, console_line: str) -> None:
        self.say(console_line)


async def serve_locally(config: Config, server_store: Store, *, host: str, port: int, say: SayConsoleLine) -> None:
    """Open with papers in it, serve until interrupted, refresh whenever arXiv has announced something."""
    if sys.stderr.isatty():  # a person looks on: events are for logs, and failures still show
        log_to_stderr(logging.WARNING, TerminalEvents())
    server_socket = reserve_port(host, port)
    progress_printer = ProgressPrinter(say)
    opening_fetch = await open_with_papers(config, server_store, progress_printer)
    server_port, server_has_papers = server_socket.getsockname()[1], await _server_has_papers(server_store)
    _print_addresses(config, host, server_port, say, server_has_papers=server_has_papers)
    terminal_say = progress_line if sys.stderr.isatty() else None
    if opening_fetch:
        say("The rest of the last announcement is fetched while you read.")
        progress_printer.say = terminal_say or say
    server_loop = asyncio.create_task(run_server_loop(config, server_store, terminal_say, opening_fetch=opening_fetch))
    uvicorn_server = uvicorn.Server(uvicorn.Config("api.index:app", log_level="warning", http=ServerH11Protocol))
    try:
        await uvicorn_server.serve(sockets=[server_socket])
    finally:
        server_loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await server_loop
        await server_store.close()


def reserve_port(host: str, port: int) -> socket.socket:
    """Take the port before anything is fetched, without listening yet. Raises ConfigError when it is not to be had."""
    server_socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server_socket.bind((host, port))
    except OSError as bind_error:
        server_socket.close()
        raise ConfigError(
            f"cannot listen on {host} port {port} ({bind_error.strerror}); PORT and HOST choose others"
        ) from bind_error
    return server_socket


async def open_with_papers(config: Config, server_store: Store, say: SayConsoleLine) -> asyncio.Task[None] | None:
    """
    Fetch the newest day when what is held is older; with neither arXiv nor papers, bring in the sample day.

    Return what is still under way when a part of the day is there and the rest takes longer than ``OPEN_SERVER_AFTER``.
    """
    if are_followed_fresh(await served_manifest(server_store), config, now=SystemClock().now()):
        return None
    opening_fetch = asyncio.create_task(_fetch_for_opening(config, server_store, say))
    await asyncio.wait({opening_fetch}, timeout=OPEN_SERVER_AFTER.total_seconds())
    while not opening_fetch.done():
        if await _server_has_papers(server_store):
            return opening_fetch
        await asyncio.wait({opening_fetch}, timeout=1)
    await opening_fetch
    return None


async def _fetch_for_opening(config: Config, store: Store, say: SayConsoleLine) -> None:
    opening_newer_line = "Papers are held; asking arXiv for newer ones"
    opening_line = opening_newer_line if await _server_has_papers(store) else "Fetching what arXiv announced"
    say(f"{opening_line} ({_pace_in_words(SystemClock().now())}) …")
    try:
        opening_report = await refresh_locally(config, store, say, refresh_time=OPENING_FETCH_TIME, newest_only=True)
        say(opening_report.outcome)
    except RefreshRunning as opening_error:
        say(f"{opening_error}; its papers appear when it is done")
        return
    except Unwritable as opening_error:
        if not await _server_has_papers(store):
            raise
        say(f"{opening_error}. What is held is served meanwhile.")
        return
    server_manifest = await served_manifest(store)
    server_reached_arxiv = any(opening_fetch.decision is not Verdict.FAILED for opening_fetch in opening_report.fetches)
    if not server_reached_arxiv and (server_manifest is None or not server_manifest.batches):
        await publish_sample(store, now=SystemClock().now())
        say("arXiv could not be reached and nothing is held yet: the page shows fictional papers, marked as samples.")
        say(_next_try_in_words(opening_report))


def _pace_in_words(opening_moment: datetime) -> str:
    """How far apart arXiv is asked: its feeds are empty on a day without announcement, and its pages are read."""
    if is_announcement_day(eastern_date(opening_moment)):
        return "3 seconds between requests, as arXiv asks"
    return "nothing is announced today: arXiv's pages are read, 15 seconds apart as it asks, some two minutes"


def _next_try_in_words(opening_report: RefreshReport) -> str:
    if not opening_report.reached:
        return "It is tried again every minute: real papers appear by themselves once this machine is online."
    server_round_after = (opening_report.next_at or opening_report.finished) - opening_report.finished
    wait_minutes = max(1, *(round(wait.total_seconds() / 60) for wait in (server_round_after, SERVER_AGAIN_AFTER)))
    return f"It is tried again in {wait_minutes} minutes: real papers appear by themselves."


async def _server_has_papers(server_store: Store) -> bool:
    """Whether anything but samples is held."""
    server_manifest = await served_manifest(server_store)
    return bool(server_manifest and server_manifest.batches and not server_manifest.sample)


def _print_addresses(config: Config, host: str, port: int, say: SayConsoleLine, *, server_has_papers: bool) -> None:
    server_url = config.environment.base_url or f"http://{'localhost' if host in LOCAL_SERVER_HOSTS else host}:{port}"
    if not server_has_papers:
        say(f"\nOpen {url_with_key(f'{server_url}/', config.environment.access_key)} meanwhile. Stop with Ctrl-C.")
        return
    say("\nSubscribe to any of these in a feed reader; change the words to make it yours:")
    for printed_path in ("/rss", "/atom", "/json", "/rss?keywords=kv%20cache", f"/rss/{config.settings.categories[0]}"):
        say(f"  {url_with_key(server_url + printed_path, config.environment.access_key)}")
    say(f"\nOpen {url_with_key(f'{server_url}/', config.environment.access_key)} to build a feed. Stop with Ctrl-C.")
