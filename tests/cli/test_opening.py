"""What a laptop's server does while it answers already: fetch, and tell the terminal where the papers are."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partialmethod

import pytest

from core.cli import opening
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.errors import RefreshRunning, StoreError
from core.feeds.loop_health import LOOP_HEALTH
from core.paper import Batch
from tests.cli.test_server_loop import forget, report
from tests.support.web import TODAY, make_paper, publish

__all__ = ["forget"]

CONFIG = Config(Settings(categories=("cs.LG",)), Environment())
URL = "http://localhost:8000"


@pytest.fixture
def open_with(store, monkeypatch):
    """Begin the opening with this in place of the refresh; what it says is in the list."""

    def begin(refresh_locally) -> tuple["asyncio.Task[None]", list[str]]:
        lines: list[str] = []
        monkeypatch.setattr(opening, "refresh_locally", refresh_locally)
        monkeypatch.setattr(opening, "OPENING_PAPERS_LOOKED_FOR_EVERY", timedelta(seconds=0.01))
        printer = opening.ProgressPrinter(lines.append)
        return asyncio.create_task(opening.fetch_and_open(CONFIG, store, printer, URL)), lines

    return begin


async def held(store) -> None:
    await publish(store, [Batch(TODAY, (make_paper(1),))])


async def test_it_says_the_addresses_with_the_first_papers_and_goes_on(store, open_with):
    """The addresses come when a part of the day is there, not when all is; a fetch is then still under way."""
    done = asyncio.Event()

    async def refresh_locally(*_, **__):
        await held(store)
        await done.wait()
        return report(outcome="all is there")

    opened, lines = open_with(refresh_locally)
    while "The rest of the last announcement is fetched while you read." not in lines:
        await asyncio.sleep(0.01)
    assert f"  {URL}/rss" in lines
    assert LOOP_HEALTH.loop_beat is not None
    assert not opened.done()
    done.set()
    await opened
    assert lines[-1] == "all is there"
    assert not LOOP_HEALTH.is_refreshing


async def test_with_nothing_yet_it_says_no_address_of_a_feed(store, open_with):
    """The page is told at once, since it shows what is going on; feeds when they have something in them."""
    done = asyncio.Event()

    async def refresh_locally(*_, **__):
        await done.wait()
        await held(store)
        return report()

    opened, lines = open_with(refresh_locally)
    await asyncio.sleep(0.1)
    assert lines[0] == f"Open {URL}/ meanwhile: it shows the papers as they come. Stop with Ctrl-C."
    assert not any("/rss" in line for line in lines)
    done.set()
    await opened
    assert any("/rss" in line for line in lines)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (13, "(3 seconds between requests, as arXiv asks)"),
        (17, "15 seconds apart as it asks, some two minutes in all)"),
    ],
)
async def test_it_says_how_long_arxiv_makes_it_wait(store, open_with, monkeypatch, day: int, said: str):
    """On a Saturday the feeds are empty, and pages that may be asked for less often are read instead."""

    async def refresh_locally(*_, **__):
        await held(store)
        return report()

    monkeypatch.setattr(opening.SystemClock, "now", lambda _: datetime(2026, 1, day, 15, tzinfo=UTC))
    opened, lines = open_with(refresh_locally)
    await opened
    assert said in lines[1]


@pytest.mark.parametrize("early", [True, False])
async def test_a_store_that_fails_meanwhile_ends_no_server(store, open_with, early):
    """With nothing held it is the start's one error; with papers a line in the log, and the loop begins."""

    async def refresh_locally(*_, **__):
        if early:
            await held(store)
        raise StoreError("the disk is full")

    opened, _ = open_with(refresh_locally)
    if not early:
        with pytest.raises(StoreError):
            await opened
    else:
        await opened
    assert not LOOP_HEALTH.is_refreshing


async def test_the_lock_of_a_killed_server_is_tried_again_until_it_runs_out(store, open_with, monkeypatch):
    """It is said once, and the fetch begins when the lock is free; one that is never freed is left to the loop."""
    monkeypatch.setattr(opening, "OPENING_LOCK_TRIED_EVERY", timedelta(seconds=0.01))
    tries = []

    async def refresh_locally(*_, **__):
        tries.append(1)
        if len(tries) < 4:
            raise RefreshRunning("another refresh is running")
        await held(store)
        return report()

    opened, lines = open_with(refresh_locally)
    await opened
    assert lines.count("another refresh is running; this server goes on from there") == 1
    assert any("/rss" in line for line in lines)


async def test_one_that_is_alive_is_left_to_its_work(store, open_with, monkeypatch):
    """A lock that somebody renews is given up after its lease."""
    monkeypatch.setattr(opening, "OPENING_LOCK_TRIED_EVERY", timedelta(seconds=0.01))
    monkeypatch.setattr(opening, "LOCK_LEASE", timedelta(seconds=0.1))

    async def refresh_locally(*_, **__):
        raise RefreshRunning("another refresh is running")

    opened, lines = open_with(refresh_locally)
    await asyncio.wait_for(opened, 5)
    assert lines[-1] == "another refresh is running; its papers appear when it is done"


async def test_what_a_log_has_is_said_there_alone(store, open_with, monkeypatch):
    """Without a terminal each list is an event in the log: no sentence tells it, or the outcome, once more."""
    monkeypatch.setattr(
        opening.ProgressPrinter, "__init__", partialmethod(opening.ProgressPrinter.__init__, logs_refresh=True)
    )
    told_to = []

    async def refresh_locally(config, server_store, say, **_):
        told_to.append(say)
        await held(server_store)
        return report(outcome="all is there")

    opened, lines = open_with(refresh_locally)
    await opened
    assert told_to == [None]
    assert f"  {URL}/rss" in lines
    assert "all is there" not in lines
