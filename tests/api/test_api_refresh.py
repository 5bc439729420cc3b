"""Who may start a refresh, what it answers, and how an empty deployment fills itself."""

from datetime import timedelta

import pytest

from core.store.base import Store
from tests.support.synthetic_arxiv import Fault
from tests.support.web_refreshes import CATEGORIES, DAYS, SECRET, Weather, weather

__all__ = ["weather"]


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


async def test_a_stale_feed_says_so(weather: Weather):
    """X-Feed-Stale names what lacks the last expected announcement; a fresh feed has no such header."""
    await weather.web.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    assert "x-feed-stale" not in (await weather.web.get("/rss")).headers
    weather.clock.tick(24 * 3600)
    assert (await weather.web.get("/rss/cs.AI")).headers["x-feed-stale"] == "cs.AI since 2026-01-14"
