"""Visits to a deployment that is empty or not yet whole."""

from datetime import timedelta

import pytest

from core.config.settings import Settings
from core.paper import Batch
from core.store.base import Store
from tests.support.synthetic_arxiv import Fault
from tests.support.web import TODAY, make_paper, open_web, publish
from tests.support.web_refreshes import SECRET, Weather, weather

__all__ = ["weather"]


@pytest.mark.parametrize("address", ["/rss", "/atom", "/json", "/"])
async def test_the_first_visit_fills_an_empty_deployment(weather: Weather, address: str):
    """Nobody need wait for the first cron: a visit starts one refresh, and the next visit reads its papers."""
    first = await weather.web.get(address)
    assert first.status_code == (200 if address == "/" else 503)
    assert "no papers yet" in first.text.lower()
    assert weather.refreshes == 1
    second = await weather.web.get(address)
    assert second.status_code == 200
    assert "no papers yet" not in second.text.lower()
    assert weather.refreshes == 1


async def test_an_unlucky_first_visit_does_not_hammer_arxiv(weather: Weather):
    """While arXiv cannot be reached, visits do not start a refresh each: there is one every few minutes."""
    weather.arxiv.faults.append(Fault("reset"))
    for _ in range(5):
        assert (await weather.web.get("/rss")).status_code == 503
    assert weather.refreshes == 1
    weather.clock.tick(600)
    await weather.web.get("/rss")
    assert weather.refreshes == 2


async def test_a_visit_to_a_filled_deployment_starts_nothing(weather: Weather):
    """The one address without a secret that starts work does so only while the store has never held a batch."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    asked = len(weather.arxiv.asked)
    weather.clock.tick(3 * 86400)
    for address in ("/rss", "/", "/health", "/config"):
        await weather.web.get(address)
    assert len(weather.arxiv.asked) == asked


async def test_visits_go_on_with_first_days_that_one_call_did_not_finish(weather: Weather, store: Store):
    """
    A deployment whose first call ran out of time goes on a minute after it, when somebody looks; once per minute at
    most, under the lock, and no more when its first days are all there.
    """
    weather.time_limit = timedelta(seconds=60)
    await weather.web.get("/rss")
    assert (await store.load_manifest()).filling
    await weather.web.get("/rss")
    assert weather.refreshes == 1, "a refresh had only just ended"
    for address in ("/rss", "/", "/json"):
        weather.clock.tick(61)
        assert (await weather.web.get(address)).status_code == 200
    assert weather.refreshes > 1
    assert not (await store.load_manifest()).filling
    done = weather.refreshes
    weather.clock.tick(3600)
    await weather.web.get("/rss")
    assert weather.refreshes == done


async def test_visits_leave_arxiv_alone_while_it_fails_in_the_first_days(weather: Weather):
    """When arXiv stops answering before the first days are all there, visits try again every five minutes at most."""
    weather.time_limit = timedelta(seconds=40)
    await weather.web.get("/rss")
    weather.arxiv.faults.append(Fault("reset"))
    before = weather.refreshes
    for _ in range(20):
        weather.clock.tick(30)
        await weather.web.get("/rss")
    assert weather.refreshes - before <= 10
    assert sum(each.status == 0 for each in weather.arxiv.asked) <= 80


@pytest.mark.parametrize(
    ("ui", "in_part", "empty"),
    [
        ("en", "0 of 1 days of these categories whole, 1 in part", "0 of 1 days of these categories;"),
        ("zh", "1 天中，0 天完整，1 天只有一部分", "1 天中的 0 天；"),
    ],
)
async def test_a_day_that_is_here_in_part_is_said_to_be_beside_its_papers(
    store: Store, ui: str, in_part: str, empty: str
):
    """
    No papers stand beside a sentence that says that none of their days is here; where there are none, it says so.
    """
    await publish(store, [Batch(TODAY, (make_paper(1, "A Paper", categories=("cs.LG", "cs.AI")),))])
    web = open_web(store, settings=Settings(categories=("cs.LG",), days_back=1))
    page = (await web.get(f"/?ui={ui}")).text
    assert "A Paper" in page
    assert in_part in page
    assert empty not in page
    page = (await web.get(f"/?ui={ui}&categories=cs.LG,-cs.AI")).text
    assert "A Paper" not in page
    assert empty in page
