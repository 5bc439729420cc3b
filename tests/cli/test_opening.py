"""When the server of a laptop opens: with the whole day, or with a part of it when the whole takes long."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.cli import serve, server_loop
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.errors import StoreError
from core.paper import Batch
from tests.cli.test_server_loop import forget, report
from tests.support.web import TODAY, make_paper, publish

__all__ = ["forget"]

CONFIG = Config(Settings(categories=("cs.LG",)), Environment())


async def test_it_opens_with_a_part_and_goes_on_with_the_rest(store, monkeypatch):
    """
    Papers are there and the rest takes longer than OPEN_AFTER: the server opens; the loop begins when the rest is done.
    """
    done, order = asyncio.Event(), []

    async def refresh_locally(*_, newest_only=False, **__):
        if newest_only:
            await publish(store, [Batch(TODAY, (make_paper(1),))])
            await done.wait()
        order.append("newest" if newest_only else "all")
        return report()

    monkeypatch.setattr(serve, "refresh_locally", refresh_locally)
    monkeypatch.setattr(server_loop, "refresh_locally", refresh_locally)
    monkeypatch.setattr(serve, "OPEN_SERVER_AFTER", timedelta(seconds=0.01))
    said: list[str] = []
    rest = await asyncio.wait_for(serve.open_with_papers(CONFIG, store, said.append), 5)
    assert rest is not None
    assert not rest.done()
    loop = asyncio.create_task(server_loop.run_server_loop(CONFIG, store, opening_fetch=rest))
    await asyncio.sleep(0.05)
    assert order == []
    done.set()
    while len(order) < 2:
        await asyncio.sleep(0.01)
    assert order == ["newest", "all"]
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


@pytest.mark.parametrize(
    ("day", "said"),
    [(13, "(3 seconds between requests, as arXiv asks)"), (17, "15 seconds apart as it asks, some two minutes)")],
)
async def test_it_says_how_long_arxiv_makes_it_wait(store, monkeypatch, day: int, said: str):
    """On a Saturday the feeds are empty, and pages that may be asked for less often are read instead."""

    async def refresh_locally(*_, **__):
        await publish(store, [Batch(TODAY, (make_paper(1),))])
        return report()

    monkeypatch.setattr(serve, "refresh_locally", refresh_locally)
    monkeypatch.setattr(serve.SystemClock, "now", lambda _: datetime(2026, 1, day, 15, tzinfo=UTC))
    lines: list[str] = []
    await serve.open_with_papers(CONFIG, store, lines.append)
    assert said in lines[0]


async def test_with_nothing_yet_it_waits(store, monkeypatch):
    """An empty page is no opening: the server waits for the first papers, however long OPEN_AFTER is over."""
    done = asyncio.Event()

    async def refresh_locally(*_, **__):
        await done.wait()
        await publish(store, [Batch(TODAY, (make_paper(1),))])
        return report()

    monkeypatch.setattr(serve, "refresh_locally", refresh_locally)
    monkeypatch.setattr(serve, "OPEN_SERVER_AFTER", timedelta(seconds=0.01))
    opening = asyncio.create_task(serve.open_with_papers(CONFIG, store, lambda _: None))
    await asyncio.sleep(0.1)
    assert not opening.done()
    done.set()
    assert await opening is None


@pytest.mark.parametrize("early", [True, False])
async def test_a_store_that_fails_meanwhile_ends_no_server(store, monkeypatch, early):
    """Before the server is open it is the start's one error; afterwards a line in the log, and the loop goes on."""

    async def fails(*_, newest_only=False, **__):
        if newest_only:
            if early:
                await publish(store, [Batch(TODAY, (make_paper(1),))])
                await opened.wait()
            raise StoreError("the disk is full")
        rounds.set()
        return report()

    rounds, opened = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(serve, "refresh_locally", fails)
    monkeypatch.setattr(server_loop, "refresh_locally", fails)
    monkeypatch.setattr(serve, "OPEN_SERVER_AFTER", timedelta(seconds=0.01))
    if not early:
        with pytest.raises(StoreError):
            await serve.open_with_papers(CONFIG, store, lambda _: None)
        return
    rest = await serve.open_with_papers(CONFIG, store, lambda _: None)
    opened.set()
    loop = asyncio.create_task(server_loop.run_server_loop(CONFIG, store, opening_fetch=rest))
    await asyncio.wait_for(rounds.wait(), 5)
    assert not loop.done()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
