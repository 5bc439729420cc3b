"""Asking arXiv politely, in fake time: spacing, pauses, limits, errors."""

import asyncio
from datetime import date, timedelta
from itertools import pairwise

import httpx
import pytest

from core.arxiv.limits import arxiv_retry_after
from core.config.environment import Environment, read_environment
from core.config.settings import AiSummary
from core.errors import Throttled, UpstreamError
from core.store.base import Store
from core.store.records import GateSpacing
from tests.support.replay import FakeClock
from tests.support.scripted_arxiv import START, Arxiv, clock, connect

__all__ = ["clock"]


async def test_requests_are_three_seconds_apart_and_pages_of_the_site_fifteen(store: Store, clock: FakeClock) -> None:
    """From the end of one request to the start of the next, over all hosts; each answer takes a second here."""
    arxiv = Arxiv(clock)
    async with connect(store, arxiv) as client:
        for role, path in (("rss", "/a"), ("site", "/b"), ("site", "/c"), ("api", "/d"), ("api", "/e"), ("site", "/f")):
            await client.fetch(role, path)
    assert arxiv.asked == [
        (0, "rss.arxiv.org/a"),
        (4, "arxiv.org/b"),
        (20, "arxiv.org/c"),
        (24, "export.arxiv.org/d"),
        (28, "export.arxiv.org/e"),
        (36, "arxiv.org/f"),
    ]


async def test_hosts_are_told_apart_where_a_mirror_plays_them_all(store: Store, clock: FakeClock) -> None:
    """The feeds need not wait for the site's fifteen seconds, whatever the addresses are."""
    here = "http://127.0.0.1:1"
    environment = Environment(rss_base_url=here, site_base_url=here, api_base_url=here)
    arxiv = Arxiv(clock)
    async with connect(store, arxiv, environment=environment) as client:
        for role in ("site", "rss", "site"):
            await client.fetch(role, "/")
    assert [at for at, _ in arxiv.asked] == [0, 4, 16]


async def test_two_clients_take_turns(store: Store, clock: FakeClock) -> None:
    """Instances that share a store share the gate: one connection at a time, three seconds apart."""
    arxiv = Arxiv(clock)
    async with connect(store, arxiv, holder="one") as one, connect(store, arxiv, holder="two") as two:
        await asyncio.gather(one.fetch("rss", "/1"), two.fetch("rss", "/2"), one.fetch("api", "/3"))
    moments = sorted(at for at, _ in arxiv.asked)
    assert all(later - earlier >= 4 for earlier, later in pairwise(moments))


async def test_a_request_says_who_asks_and_what_for(store: Store, clock: FakeClock) -> None:
    """The User-Agent has a name and a contact; Accept says what is understood."""
    arxiv = Arxiv(clock)
    environment = read_environment({"ARXIV_CONTACT": "mailto:me@example.org\r\n"}, AiSummary())
    async with connect(store, arxiv, environment=environment) as client:
        await client.fetch("rss", "/rss/cs.AI")
    headers = arxiv.requests[0].headers
    assert headers["User-Agent"].startswith("Paperfeed/")
    assert headers["User-Agent"].endswith(" (+mailto:me@example.org)")
    assert headers["Accept"].startswith("application/rss+xml")


def test_the_contact_is_the_deployed_repository_by_default() -> None:
    """Vercel says which repository it deploys; without either, the project itself answers."""
    git = {"VERCEL_GIT_REPO_OWNER": "someone", "VERCEL_GIT_REPO_SLUG": "fork"}
    assert read_environment(git, AiSummary()).contact == "https://github.com/someone/fork"
    assert read_environment({}, AiSummary()).contact == "https://github.com/paperfeed/paperfeed"


@pytest.mark.parametrize("status", [403, 406, 429, 503])
async def test_throttling_closes_the_gate_for_everybody(store: Store, clock: FakeClock, status: int) -> None:
    """Nobody asks again before the pause is over, and who tries is told how long it lasts."""
    arxiv = Arxiv(clock, httpx.Response(status, headers={"Retry-After": "120"}))
    async with connect(store, arxiv, holder="one") as one, connect(store, arxiv, holder="two") as two:
        with pytest.raises(Throttled, match=rf"{status} from rss\.arxiv\.org") as caught:
            await one.fetch("rss", "/rss/cs.AI")
        assert caught.value.retry_after == 120
        with pytest.raises(Throttled, match="cooling down") as caught:
            await two.fetch("api", "/pdf/2600.00001v1")
        assert caught.value.retry_after == pytest.approx(120)
        await clock.sleep(caught.value.retry_after)
        assert await two.fetch("api", "/pdf/2600.00001v1") == b"ok"
    assert [at for at, _ in arxiv.asked] == [0, 121]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("", 60),
        ("soon", 60),
        ("-5", 60),
        ("1", 30),
        ("86400", 900),
        ("9" * 400, 900),
        ("Wed, 14 Jan 2026 12:05:00 GMT", 300),
        ("Wed, 14 Jan 2026 11:00:00 GMT", 30),
        ("Wed, 14 Jan 2026 12:05:00 -0000", 300),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_bounds(header: str, seconds: float) -> None:
    """Half a minute at least, a quarter of an hour at most, a minute when arXiv does not say."""
    assert arxiv_retry_after(header, now=START) == seconds


async def test_a_broken_connection_is_tried_once_more_in_turn(store: Store, clock: FakeClock) -> None:
    """One reset costs a second request, three seconds later; two in a row are the caller's business."""
    arxiv = Arxiv(clock, httpx.ReadError("reset"))
    async with connect(store, arxiv) as client:
        assert await client.fetch("rss", "/a") == b"ok"
        arxiv.answers = [httpx.ReadTimeout(""), httpx.ConnectError("refused")]
        with pytest.raises(UpstreamError, match=r"could not read /b from rss\.arxiv\.org: refused"):
            await client.fetch("rss", "/b")
    assert [at for at, _ in arxiv.asked] == [0, 4, 8, 12]


async def test_a_gate_that_stays_busy_is_given_up(store: Store, clock: FakeClock) -> None:
    """Who waits a minute for a turn stops waiting."""
    await store.enter_gate("another", "rss.arxiv.org", now=START, spacing=GateSpacing(), lease=timedelta(minutes=10))
    arxiv = Arxiv(clock)
    async with connect(store, arxiv) as client:
        with pytest.raises(UpstreamError, match="no turn within 60 s"):
            await client.fetch("rss", "/a")
    assert arxiv.asked == []


async def test_a_cancelled_request_leaves_the_gate(store: Store, clock: FakeClock) -> None:
    """A refresh that is stopped does not lock the others out."""

    class Hanging(Arxiv):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.asked.append((0, str(request.url)))
            await asyncio.Event().wait()
            raise AssertionError

    hanging = Hanging(clock)
    async with connect(store, hanging, holder="one") as client:
        task = asyncio.create_task(client.fetch("rss", "/a"))
        while not hanging.asked:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    arxiv = Arxiv(clock)
    async with connect(store, arxiv, holder="two") as client:
        assert await client.fetch("rss", "/a") == b"ok"
    assert arxiv.asked[0][0] == 3


async def test_a_wrong_base_address_is_an_error_of_ours(store: Store, clock: FakeClock) -> None:
    """A mirror's address that is none is named, not a traceback."""
    async with connect(store, Arxiv(clock), environment=Environment(rss_base_url="http://host:port")) as client:
        with pytest.raises(UpstreamError, match=r"no valid address of host:port"):
            await client.fetch_rss("cs.AI")


async def test_a_listing_is_asked_for_page_by_page(store: Store, clock: FakeClock) -> None:
    """As many pages as its entries need, fifteen seconds apart."""
    arxiv = Arxiv(clock, listing_page(2000, 2001), listing_page(1, 2001, first=2001))
    async with connect(store, arxiv) as client:
        document = await client.fetch_listing("cs.LG")
    assert len(document.papers) == 2001
    assert document.totals == (("new", 2001), ("cross", 0), ("replace", 0))
    assert arxiv.asked == [
        (0, "arxiv.org/list/cs.LG/new?skip=0&show=2000"),
        (16, "arxiv.org/list/cs.LG/new?skip=2000&show=2000"),
    ]


async def test_a_day_s_catch_up_is_asked_for_with_abstracts(store: Store, clock: FakeClock) -> None:
    """The address is the documented one."""
    page = "<h1>Catchup results for Machine Learning on Tue, 13 Jan 2026</h1>No updates</html>"
    arxiv = Arxiv(clock, httpx.Response(200, text=page))
    async with connect(store, arxiv) as client:
        assert (await client.fetch_catchup("cs.LG", date(2026, 1, 13))).papers == ()
    assert arxiv.asked == [(0, "arxiv.org/catchup/cs.LG/2026-01-13?abs=True&page=1")]


def listing_page(count: int, total: int, *, first: int = 1) -> httpx.Response:
    entries = "".join(
        f'<dt><a href="/abs/2600.{n:05}" title="Abstract">x</a></dt><dd><div class="list-title">T</div>'
        '<div class="list-subjects">Machine Learning (cs.LG)</div></dd>'
        for n in range(first, first + count)
    )
    return httpx.Response(
        200,
        text="<h1>Machine Learning</h1><h3>Showing new listings for Wednesday, 14 January 2026</h3>"
        f"<h3>New submissions (showing {count} of {total} entries)</h3>{entries}</html>",
    )
