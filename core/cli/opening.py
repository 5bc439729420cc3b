"""What a local server does first, while it answers already: fetch the newest day, and say where the papers are."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from core.calendar import eastern_date, is_announcement_day
from core.cli.server_loop import SERVER_AGAIN_AFTER, refresh_locally, served_manifest
from core.clock import SystemClock
from core.config.read import Config
from core.errors import RefreshRunning, Unwritable
from core.feeds.health import are_followed_fresh
from core.feeds.loop_health import LOOP_HEALTH as SERVER_LOOP_HEALTH
from core.log import event
from core.refresh.report import RefreshReport, Verdict
from core.render.links import url_with_key
from core.sample.publish import publish_sample
from core.store.base import Store
from core.store.lock import LOCK_LEASE

OPENING_FETCH_TIME: Final = timedelta(minutes=5)
"""How long the first fetch may take, of the newest day alone; the loop goes on with the days before."""
OPENING_PAPERS_LOOKED_FOR_EVERY: Final = timedelta(seconds=1)
OPENING_LOCK_TRIED_EVERY: Final = timedelta(seconds=3)
"""How often the lock is asked for that a killed server left behind."""

SayConsoleLine = Callable[[str], None]


class ProgressPrinter:
    """Says lines where the moment wants them: one under the other at first, in one place once papers are there."""

    def __init__(
        self, say: SayConsoleLine, say_in_place: SayConsoleLine | None = None, *, logs_refresh: bool = False
    ) -> None:
        self.say = say
        self.say_refresh: SayConsoleLine | None = None if logs_refresh else self
        """What each list that comes is told to; the log has it where there is one."""
        self.say_progress = say
        self._say_in_place = say_in_place

    def go_on_in_place(self) -> None:
        """From now on progress takes the place of the progress before, where the terminal can do that."""
        self.say_progress = self._say_in_place or self.say

    def __call__(self, console_line: str) -> None:
        self.say_progress(console_line)


async def fetch_and_open(config: Config, server_store: Store, printer: ProgressPrinter, server_url: str) -> None:
    """
    Fetch the newest day when what is held is older; say where the papers are as soon as there are any.

    What goes wrong with papers held is one line in the log. Raises StoreError when nothing is held or can be kept.
    """
    server_has_papers = await _server_has_papers(server_store)
    if server_has_papers:
        _print_addresses(config, server_url, printer.say)
    try:
        if are_followed_fresh(await served_manifest(server_store), config, now=SystemClock().now()):
            return
        SERVER_LOOP_HEALTH.note_loop_beat(SystemClock().now())
        if not server_has_papers:
            page_url = url_with_key(f"{server_url}/", config.environment.access_key)
            printer.say(f"Open {page_url} meanwhile: it shows the papers as they come. Stop with Ctrl-C.")
        opening_fetch = asyncio.create_task(_fetch_for_opening(config, server_store, printer))
        try:
            if not server_has_papers:
                await _print_addresses_with_papers(config, server_store, printer, server_url, opening_fetch)
            await opening_fetch
        finally:
            opening_fetch.cancel()
            await asyncio.gather(opening_fetch, return_exceptions=True)
    except Exception as opening_error:  # the loop begins whatever came of it
        if not await _server_has_papers(server_store):
            raise
        event("refresh.failed", error=f"{type(opening_error).__name__}: {opening_error}")
    finally:
        SERVER_LOOP_HEALTH.is_refreshing = False


async def _print_addresses_with_papers(
    config: Config, server_store: Store, printer: ProgressPrinter, server_url: str, opening_fetch: asyncio.Task[None]
) -> None:
    """Wait for the first papers, or for the end of a fetch that brings none."""
    while not await _server_has_papers(server_store):
        if opening_fetch.done():
            return
        await asyncio.wait({opening_fetch}, timeout=OPENING_PAPERS_LOOKED_FOR_EVERY.total_seconds())
    _print_addresses(config, server_url, printer.say)
    if not opening_fetch.done():
        printer.say("The rest of the last announcement is fetched while you read.")
        printer.go_on_in_place()


async def _fetch_for_opening(config: Config, store: Store, printer: ProgressPrinter) -> None:
    """Fetch the newest day; with neither arXiv nor papers, bring in the sample days. Raises StoreError."""
    opening_newer_line = "Papers are held; asking arXiv for newer ones"
    opening_line = opening_newer_line if await _server_has_papers(store) else "Fetching what arXiv announced"
    printer(f"{opening_line} ({_pace_in_words(SystemClock().now())}) …")
    try:
        opening_report = await _refresh_once_unlocked(config, store, printer)
    except RefreshRunning as opening_error:
        printer(f"{opening_error}; its papers appear when it is done")
        return
    except Unwritable as opening_error:
        if not await _server_has_papers(store):
            raise
        printer(f"{opening_error}. What is held is served meanwhile.")
        return
    if printer.say_refresh:
        printer(opening_report.outcome)
    server_manifest = await served_manifest(store)
    server_reached_arxiv = any(
        category_fetch.decision is not Verdict.FAILED for category_fetch in opening_report.fetches
    )
    if not server_reached_arxiv and (server_manifest is None or not server_manifest.batches):
        await publish_sample(store, now=SystemClock().now())
        printer(
            "arXiv could not be reached and nothing is held yet: the page shows fictional papers, marked as samples."
        )
        printer(_next_try_in_words(opening_report))


async def _refresh_once_unlocked(config: Config, store: Store, printer: ProgressPrinter) -> RefreshReport:
    """
    Refresh as soon as the lock is free, which a server that was killed leaves behind for ``LOCK_LEASE``.

    Raises RefreshRunning when it is held on to: another refresh is alive.
    """
    opening_given_up_at = SystemClock().now() + LOCK_LEASE + OPENING_LOCK_TRIED_EVERY
    opening_wait_told = False
    while True:
        try:
            return await refresh_locally(
                config, store, printer.say_refresh, refresh_time=OPENING_FETCH_TIME, newest_only=True
            )
        except RefreshRunning as other_refresh:
            if SystemClock().now() >= opening_given_up_at:
                raise
            if not opening_wait_told:
                printer(f"{other_refresh}; this server goes on from there")
                opening_wait_told = True
            await asyncio.sleep(OPENING_LOCK_TRIED_EVERY.total_seconds())


def _pace_in_words(opening_moment: datetime) -> str:
    """How far apart arXiv is asked: its feeds are empty on a day without announcement, and its pages are read."""
    if is_announcement_day(eastern_date(opening_moment)):
        return "3 seconds between requests, as arXiv asks"
    return "nothing is announced today: arXiv's pages are read, 15 seconds apart as it asks, some two minutes in all"


def _next_try_in_words(opening_report: RefreshReport) -> str:
    if not opening_report.reached:
        return "It is tried again every minute: real papers appear by themselves once this machine is online."
    server_round_after = (opening_report.next_at or opening_report.finished) - opening_report.finished
    wait_minutes = max(1, *(round(wait.total_seconds() / 60) for wait in (server_round_after, SERVER_AGAIN_AFTER)))
    return f"It is tried again in {wait_minutes} minutes: real papers appear by themselves."


async def _server_has_papers(server_store: Store) -> bool:
    """Whether anything but samples is held."""
    server_manifest = await served_manifest(server_store)
    return server_manifest is not None and server_manifest.has_papers


def _print_addresses(config: Config, server_url: str, say: SayConsoleLine) -> None:
    say("\nSubscribe to any of these in a feed reader; change the words to make it yours:")
    for printed_path in ("/rss", "/atom", "/json", "/rss?keywords=kv%20cache", f"/rss/{config.settings.categories[0]}"):
        say(f"  {url_with_key(server_url + printed_path, config.environment.access_key)}")
    say(f"\nOpen {url_with_key(f'{server_url}/', config.environment.access_key)} to build a feed. Stop with Ctrl-C.")
