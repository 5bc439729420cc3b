"""Who may start a refresh, what it answers, and how an empty deployment fills itself."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape

import httpx
import pytest

from core.calendar import announcement_time
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.feeds.loop_health import LOOP_HEALTH
from core.refresh.report import RefreshReport
from core.refresh.run import refresh
from core.store.base import Store
from core.taxonomy import archive_members
from tests.support.synthetic_arxiv import Fault, SyntheticArxiv, VirtualClock, World
from tests.support.web import open_web

SECRET = "0123456789abcdef0123456789abcdef"
DAYS = [date(2026, 1, 12), date(2026, 1, 13), date(2026, 1, 14)]
CATEGORIES = ("cs.AI", "cs.LG")
SETTINGS = Settings(categories=CATEGORIES, days_back=3)


class Weather:
    """A web whose arXiv is ours, on a clock that moves only by waiting."""

    def __init__(self, store: Store, secret: str = SECRET) -> None:
        self.clock = VirtualClock(announcement_time(DAYS[-1]) + timedelta(hours=1))
        self.arxiv = SyntheticArxiv(World.of(DAYS, CATEGORIES), self.clock)
        self.web = open_web(store, settings=SETTINGS, environment=Environment(cron_secret=secret))
        self.web.services.refresh = self.refresh
        self.web.services.now = self.clock.now
        self.refreshes = 0
        self.time_limit = timedelta(seconds=270)

    async def followed(self) -> tuple[str, ...]:
        return await self.web.services.store.load_followed(now=self.clock.now())

    async def refresh(self, config: Config, store: Store) -> RefreshReport:
        self.refreshes += 1
        limit = self.clock.now() + self.time_limit
        return await refresh(
            store, config, clock=self.clock, lock_holder="web", refresh_deadline=limit, arxiv_transport=self.arxiv
        )


@pytest.fixture
async def weather(store: Store) -> AsyncIterator[Weather]:
    made = Weather(store)
    yield made
    await made.web.client.aclose()


async def test_the_cron_refreshes_and_gets_a_report(weather: Weather):
    """With the secret, a refresh runs and answers with what it did, category by category."""
    answer = await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    report = answer.json()
    held = {each["category"]: each["items"] for each in report["categories"]}
    assert held == {name: len(weather.arxiv.world.announced(name, DAYS[-1])) for name in CATEGORIES}
    for each in report["categories"]:
        assert each["new"] + each["cross"] + each["replace"] == each["items"]
        assert each["skipped"] == 0
        assert each["stale"] is False
    assert report["next_step"]
    assert (await weather.web.get("/rss")).status_code == 200


async def test_the_old_name_works(weather: Weather):
    """/update-cache is what the old bot called it; it is as guarded."""
    assert (await weather.web.get("/update-cache")).status_code == 401
    assert (await weather.web.get("/update-cache", Authorization=f"Bearer {SECRET}")).status_code == 200


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer wrong", SECRET, f"Basic {SECRET}", f"Bearer {SECRET}x"])
async def test_strangers_start_nothing(weather: Weather, sent: str | None):
    """Without the secret it is 401, and arXiv hears nothing of it."""
    headers = {} if sent is None else {"Authorization": sent}
    answer = await weather.web.get("/api/refresh", **headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert SECRET not in answer.text
    assert weather.arxiv.asked == []


async def test_a_deployment_without_a_secret_lets_nobody_in(store: Store):
    """No CRON_SECRET does not mean that everybody may: it is a 503 that names the variable."""
    weather = Weather(store, secret="")
    for sent in ("", "Bearer ", "Bearer None"):
        answer = await weather.web.get("/api/refresh", Authorization=sent)
        assert answer.status_code == 503
        assert "CRON_SECRET" in answer.json()["error"]
        assert "deploy" not in answer.json()["error"].split(";")[1], "this is no deployment on Vercel"
    assert weather.arxiv.asked == []


async def test_a_second_refresh_is_told_that_one_runs(weather: Weather, store: Store):
    """Two crons at once do the work of one: the second is 409."""
    await store.claim_refresh("somebody else", now=weather.clock.now(), lease=timedelta(minutes=2))
    answer = await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    assert answer.status_code == 409
    assert weather.arxiv.asked == []


async def test_a_refresh_that_brought_nothing_is_no_200(weather: Weather):
    """A cron monitor sees that arXiv could not be read."""
    weather.arxiv.faults.append(Fault("portal"))
    answer = await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    assert answer.status_code == 502
    assert answer.json()["ok"] is False


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


async def test_health_goes_from_empty_to_ok_to_stale(weather: Weather):
    """/health is 503 without papers, 200 with today's, and 503 again when an announcement was missed."""
    empty = await weather.web.get("/health")
    assert (empty.status_code, empty.json()["status"]) == (503, "empty")
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    fresh = await weather.web.get("/health")
    assert (fresh.status_code, fresh.json()["status"]) == (200, "ok")
    found = fresh.json()
    assert [each["state"] for each in found["categories"]] == ["fresh", "fresh"]
    assert {each["last_announcement"] for each in found["categories"]} == {"2026-01-14"}
    assert found["store"]["lasting"] is True
    assert found["last_refresh"]["ok"] is True
    weather.clock.tick(24 * 3600)
    waiting = await weather.web.get("/health")
    assert (waiting.status_code, waiting.json()["categories"][0]["state"]) == (200, "waiting")
    weather.clock.tick(24 * 3600)
    stale = await weather.web.get("/health")
    assert (stale.status_code, stale.json()["status"]) == (503, "stale")
    assert "cs.AI" in stale.json()["message"]


async def test_config_shows_the_settings_and_no_secret(weather: Weather):
    """/config is for everybody."""
    answer = await weather.web.get("/config")
    assert answer.status_code == 200
    assert answer.json()["categories"] == list(CATEGORIES)
    assert SECRET not in answer.text


async def test_status_tells_what_the_refreshes_did(weather: Weather):
    """Every anomaly that a refresh met is on the status page, with what was done about it."""
    weather.arxiv.faults.append(Fault("stale", where="rss/cs.AI", times=1))
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    found = (await weather.web.get("/status.json")).json()
    assert found["refreshes"][0]["ok"] is True
    assert {(each["category"], each["complete"]) for each in found["ledger"]} == {("cs.AI", True), ("cs.LG", True)}
    text = (await weather.web.get("/status")).text
    assert "2 of 2 categories have the list of Wednesday 2026-01-14" in text
    assert "taken from the listing" in text


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


async def test_a_stale_feed_says_so(weather: Weather):
    """X-Feed-Stale names what lacks the last expected announcement; a fresh feed has no such header."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    assert "x-feed-stale" not in (await weather.web.get("/rss")).headers
    weather.clock.tick(24 * 3600)
    assert (await weather.web.get("/rss/cs.AI")).headers["x-feed-stale"] == "cs.AI since 2026-01-14"
