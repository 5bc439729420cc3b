"""Categories that readers ask for."""

from html import unescape

import httpx
import pytest

from core.feeds.loop_health import LOOP_HEALTH
from core.taxonomy import archive_members
from tests.support.synthetic_world import World
from tests.support.web_refreshes import CATEGORIES, DAYS, SECRET, Weather, weather

__all__ = ["weather"]


async def test_a_category_that_a_reader_asks_for_is_followed(weather: Weather):
    """Asked for by name on two days, a category joins the next refresh; until then its feed says that it will."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    weather.arxiv.world.days = World.of(DAYS, (*CATEGORIES, "cs.RO")).days
    first = await weather.web.get("/rss/cs.RO?keywords=")
    assert first.status_code == 200
    assert "cs.RO" in first.text
    assert "the refresh after it was asked for on two days brings it in" in first.text
    await weather.web.get("/rss/cs.RO?keywords=other")
    assert await weather.followed() == ()
    weather.clock.tick(24 * 3600)
    await weather.web.get("/rss/cs.RO?keywords=")
    assert await weather.followed() == ("cs.RO",)
    report = (await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")).json()
    assert "cs.RO" in {each["category"] for each in report["categories"]}
    second = await weather.web.get("/rss/cs.RO?keywords=")
    assert "<item>" in second.text
    assert "Not followed here yet" not in second.text


async def test_the_page_notes_what_is_asked_for_too(weather: Weather):
    """Whoever looks at a feed on the page on two days has its categories followed like a reader's."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    assert "Not followed here yet: <strong>cs.RO" in (await weather.web.get("/?categories=cs.RO")).text
    weather.clock.tick(24 * 3600)
    await weather.web.get("/live?add.categories=cs.RO")
    assert await weather.followed() == (), "a name that is still being typed is no wish"
    await weather.web.get("/live?categories=cs.RO&add.keywords=ro")
    assert await weather.followed() == ("cs.RO",)


async def test_the_owner_of_a_laptop_need_not_ask_twice(weather: Weather, monkeypatch: pytest.MonkeyPatch):
    """Who asks from the machine that serves has the category followed at once; the page says so where a loop runs."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    transport = httpx.ASGITransport(weather.web.app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as browser:
        await browser.get("/rss/cs.RO")
        assert await weather.followed() == ("cs.RO",)
        assert 'action="/follow' in (await browser.get("/?categories=cs.RO")).text
        monkeypatch.setattr(LOOP_HEALTH, "loop_beat", weather.clock.now())
        page = (await browser.get("/?categories=cs.RO")).text
        assert "It is being fetched from arXiv" in page
        assert 'action="/follow' not in page
    assert "It is being fetched" not in (await weather.web.get("/?categories=cs.RO")).text


async def test_a_person_need_not_wait_for_the_second_day(weather: Weather):
    """POST /follow follows a few categories at once and shows the feed one had; more at once are refused by name."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    page = (await weather.web.get("/?categories=cs.RO&keywords=kv%20cache")).text
    assert "<button>Follow from the next refresh on" in page
    address = unescape(page.partition('<form method="post" action="')[2].partition('"')[0])
    pressed = await weather.web.client.post(address)
    assert pressed.headers["location"] == "/?categories=cs.RO&keywords=kv%20cache&followed=cs.RO"
    shown = (await weather.web.get(pressed.headers["location"])).text
    assert "Asked for: the next refresh brings the papers" in shown
    assert "/follow" not in shown
    answer = await weather.web.client.post("/follow?categories=cs.RO,cs.AI")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?categories=cs.AI,cs.RO&followed=cs.RO")
    assert await weather.followed() == ("cs.RO",)
    many = await weather.web.client.post("/follow?categories=cs.CV,cs.CR,cs.DB,cs.DC")
    assert (many.status_code, "categories: at most 3" in many.text) == (400, True)
    assert await weather.followed() == ("cs.RO",)
    assert (await weather.web.get("/follow?categories=cs.CR")).status_code == 405


async def test_one_request_adds_no_more_than_a_few_names(weather: Weather):
    """Forty names in one address, two days running, do not take the places of everybody else for a month."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    address = f"/rss?limit=1&categories={','.join(sorted(archive_members('cs')))}"
    await weather.web.get(address)
    assert await weather.followed() == ()
    weather.clock.tick(24 * 3600)
    await weather.web.get(address)
    assert len(await weather.followed()) == 3


async def test_wishes_are_bounded(weather: Weather):
    """Strangers cannot make a deployment follow all of arXiv."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    for _ in range(2):
        for name in (*archive_members("math"), *archive_members("physics"), *archive_members("q-bio")):
            await weather.web.get(f"/rss/{name}")
        weather.clock.tick(24 * 3600)
    assert len(await weather.followed()) == 20
