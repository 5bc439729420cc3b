"""The turn that queries wait for: a bounded queue, places given back, nobody waiting for ever or for a slow one."""

import asyncio
import threading
import time

import pytest
import uvicorn

from api import caching
from core.cli.protocol import ServerH11Protocol
from core.errors import BadQuery, Busy
from core.paper import Batch
from core.search import turns
from core.search.turns import MOST_WAITING_SEARCHES, in_turn
from core.search.work import spend
from core.store.base import Store
from tests.support.web import TODAY, make_paper, open_web, publish


class Held:
    """Work that goes on until the test lets it."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.made = 0

    def __call__(self) -> bytes:
        assert self.go.wait(20)
        self.made += 1
        return b"made"


class Slow:
    """Work in small steps that gives way to others, and ends when the test says so; 100,000 steps are a failure."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.steps: list[int] = []

    def __call__(self) -> None:
        while not self.ended.is_set() and len(self.steps) < 100_000:
            self.steps.append(sum(range(10_000)))
            spend(1000)


@pytest.fixture
def held():
    found = Held()
    yield found
    found.go.set()


async def assert_ended(slow: Slow, *, searches: int) -> None:
    """When others have had their turns, nothing more is done for who has left."""
    assert await asyncio.wait_for(in_turn(lambda: "next"), 5) == "next"
    steps_taken = len(slow.steps)
    assert await asyncio.wait_for(in_turn(lambda: "after it"), 5) == "after it"
    assert len(slow.steps) <= steps_taken + searches < 100_000


async def until(condition) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def test_the_queue_is_bounded(store: Store, held: Held):
    """With one at work and 32 waiting, a feed that must be made is a 503; kept ones are served."""
    await publish(store, [Batch(TODAY, (make_paper(1),))])
    web = open_web(store)
    kept = await web.get("/rss?keywords=")
    waiting = [asyncio.create_task(in_turn(held)) for _ in range(MOST_WAITING_SEARCHES + 1)]
    await asyncio.sleep(0)
    refused = await web.get("/rss?keywords=invented")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert "come back in a few seconds" in refused.text
    assert (await web.get("/rss?keywords=")).content == kept.content
    with pytest.raises(Busy):
        await in_turn(held)
    held.go.set()
    assert await asyncio.gather(*waiting) == [b"made"] * len(waiting)
    assert (await web.get("/rss?keywords=invented")).status_code == 200


async def test_who_hangs_up_gives_the_place_back(store: Store, held: Held, monkeypatch):
    """On a real socket: whose connection is closed while they wait costs nothing; what they asked for is never made."""
    await publish(store, [Batch(TODAY, (make_paper(1),))])
    web = open_web(store)
    made = []
    real = in_turn

    async def noted(render, *limits, **options):
        return await real(lambda: made.append(1) or render(), *limits, **options)

    monkeypatch.setattr(caching, "in_turn", noted)
    config = uvicorn.Config(web.app, port=0, log_level="warning", lifespan="off", http=ServerH11Protocol)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    first = asyncio.create_task(in_turn(held))
    await until(lambda: len(turns._waiting_searches) == 1)
    opened = []
    for number in range(10):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /rss?keywords=word{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        opened.append(writer)
    await until(lambda: len(turns._waiting_searches) == 11)
    for writer in opened:
        writer.close()
    await until(lambda: len(turns._waiting_searches) == 1)
    held.go.set()
    await first
    assert not made
    server.should_exit = True
    await serving


async def test_who_is_cancelled_gives_the_place_back(held: Held):
    """A task that is cancelled while it waits leaves no work behind."""
    first = asyncio.create_task(in_turn(held))
    await asyncio.sleep(0)
    others = [asyncio.create_task(in_turn(held)) for _ in range(5)]
    await asyncio.sleep(0.01)
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    assert len(turns._waiting_searches) == 1
    held.go.set()
    await first
    assert held.made == 1


async def test_a_search_that_stops_short_is_an_error_and_no_wait():
    """StopIteration cannot be brought by a future: it left a request without an answer for ever."""
    with pytest.raises(RuntimeError, match="ended before it found"):
        await asyncio.wait_for(in_turn(lambda: next(iter(()))), 5)


async def test_a_slow_search_gives_way_to_who_waits():
    """It would go on for ever, in small steps; those that asked after it are answered, one after the other."""
    answered = []

    def slow() -> str:
        while len(answered) < 3 and time.thread_time() < 30:
            sum(range(10_000))
            spend(1)
        return "slow" if len(answered) == 3 else "nobody else had a turn"

    first = asyncio.create_task(in_turn(slow, most_work=10**9))
    await until(lambda: len(turns._waiting_searches) == 1)
    others = [asyncio.create_task(in_turn(lambda each=each: answered.append(each))) for each in range(3)]
    await asyncio.gather(*others)
    assert answered == [0, 1, 2]
    assert await first == "slow"


async def test_who_is_alone_keeps_the_turn(monkeypatch):
    """Without others waiting a slow search is not interrupted, and its turn ends with it."""
    monkeypatch.setattr(turns, "SEARCH_SLICE_SECONDS", 0.0)
    assert await in_turn(lambda: [spend(1000) for _ in range(50)] and "made") == "made"
    assert await in_turn(lambda: "next") == "next"


async def test_a_refused_search_leaves_its_turn():
    """What may read no more is refused, and the next has its turn."""
    with pytest.raises(BadQuery):
        await in_turn(lambda: spend(2), most_work=1)
    assert await asyncio.wait_for(in_turn(lambda: "next"), 5) == "next"


async def test_who_hangs_up_after_the_first_slice_gives_the_place_back(monkeypatch):
    """Every one of 33 has begun after 33 slices; what nobody waits for any more must end at the next one."""
    monkeypatch.setattr(turns, "SEARCH_SLICE_SECONDS", 0.001)
    monkeypatch.setattr(turns, "SEARCHER_LOOK_SECONDS", 0.01)
    slow = Slow()
    hung_up = False

    async def gone() -> bool:
        return hung_up

    async def ask() -> None:
        with pytest.raises(Busy):
            await in_turn(slow, most_work=10**9, searcher_gone=gone)

    asked = [asyncio.create_task(ask()) for _ in range(3)]
    try:
        await until(lambda: len(slow.steps) > 30)
        hung_up = True
        await until(lambda: not turns._waiting_searches)
        await assert_ended(slow, searches=3)
    finally:
        slow.ended.set()
        await asyncio.gather(*asked, return_exceptions=True)


async def test_what_is_cancelled_after_its_first_slice_ends(monkeypatch):
    """A cancelled task's search kept its thread and its turns to its end, beyond the number that may wait."""
    monkeypatch.setattr(turns, "SEARCH_SLICE_SECONDS", 0.001)
    slow = Slow()
    asked = [asyncio.create_task(in_turn(slow, most_work=10**9)) for _ in range(3)]
    await until(lambda: len(slow.steps) > 30)
    for each in asked:
        each.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    try:
        await assert_ended(slow, searches=3)
    finally:
        slow.ended.set()
