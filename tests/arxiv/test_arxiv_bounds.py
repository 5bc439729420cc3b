"""What the client takes from arXiv at most: errors, redirects, size, time."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from core.arxiv.limits import ArxivRequestLimits
from core.errors import Missing, NotFound, UpstreamError
from core.store.base import Store
from tests.support.replay import FakeClock
from tests.support.scripted_arxiv import START, Arxiv, clock, connect

__all__ = ["clock"]


async def test_other_answers_are_errors_that_name_them(store: Store, clock: FakeClock) -> None:
    """404 can be told from the rest, so that full text may look elsewhere; nothing is tried twice."""
    arxiv = Arxiv(clock, httpx.Response(404), httpx.Response(500), httpx.Response(304))
    async with connect(store, arxiv) as client:
        with pytest.raises(Missing, match="404") as caught:
            await client.fetch("api", "/html/2600.00001v1")
        assert isinstance(caught.value, NotFound)
        with pytest.raises(UpstreamError, match=r"500 from export\.arxiv\.org for /x"):
            await client.fetch("api", "/x")
        with pytest.raises(UpstreamError, match="304"):
            await client.fetch("api", "/x")
    assert len(arxiv.asked) == 3


async def test_redirects_stay_on_the_host_and_end(store: Store, clock: FakeClock) -> None:
    """Three are followed, each in its turn; another host is refused."""
    to = [httpx.Response(301, headers={"Location": f"/{n}"}) for n in range(4)]
    arxiv = Arxiv(clock, *to[:3])
    async with connect(store, arxiv) as client:
        assert await client.fetch("api", "/start") == b"ok"
        assert [at for at, _ in arxiv.asked] == [0, 4, 8, 12]
        arxiv.answers = list(to)
        with pytest.raises(UpstreamError, match="redirects without end"):
            await client.fetch("api", "/start")
        arxiv.answers = [httpx.Response(302, headers={"Location": "https://elsewhere.example/"})]
        with pytest.raises(UpstreamError, match=r"another host, elsewhere\.example"):
            await client.fetch("api", "/start")


async def test_size_is_bounded_after_decompression(store: Store, clock: FakeClock) -> None:
    """Few bytes that unpack to many are many."""
    bomb = httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(bytes(3 * 2**20)))
    arxiv = Arxiv(clock, bomb)
    async with connect(store, arxiv, limits=ArxivRequestLimits(body_bytes=2 * 2**20)) as client:
        with pytest.raises(UpstreamError, match="larger than 2 MB"):
            await client.fetch("api", "/pdf/x")


async def test_time_is_bounded_whatever_trickles(store: Store, clock: FakeClock) -> None:
    """A body that comes byte by byte is given up when the request's time is over."""

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.005)
            yield b"."

    arxiv = Arxiv(clock, otherwise=lambda: httpx.Response(200, content=trickle()))
    async with connect(store, arxiv, limits=ArxivRequestLimits(request_seconds=0.05)) as client:
        with pytest.raises(UpstreamError, match="no answer in time"):
            await client.fetch("rss", "/a")


async def test_nothing_is_asked_that_the_deadline_forbids(store: Store, clock: FakeClock) -> None:
    """When the turn would come too late, it is not waited for."""
    arxiv = Arxiv(clock)
    async with connect(store, arxiv, deadline=START + timedelta(seconds=10)) as client:
        await client.fetch("site", "/a")
        with pytest.raises(UpstreamError, match="no time left"):
            await client.fetch("site", "/b")
    assert len(arxiv.asked) == 1
    assert clock.now() < START + timedelta(seconds=10)
