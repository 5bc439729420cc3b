"""Nobody but who has the address sees, changes or guesses a saved feed."""

import logging

import pytest

from core.config.environment import Environment
from core.config.settings import Settings
from core.paper import Batch
from core.profiles.library import MOST_UNKNOWN_PROFILES
from core.profiles.token import new_profile_token
from tests.support.web import TODAY, open_web, publish
from tests.support.web_profiles import CACHES, JSON, PAPERS, made, web

__all__ = ["web"]


# -- guarding


async def test_nothing_on_the_way_keeps_or_shows_a_profile(web):
    """
    Private to its reader, not indexed, no referrer, no Open Graph: on pages, feeds, errors alike.
    """
    path = await made(web)
    for address in (path, f"{path}/rss", f"{path}/opml", f"{path}/vote?id={CACHES[0]}", f"{path}/export"):
        answer = await web.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"].startswith(("private", "no-store"))
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "Accept-Encoding" in answer.headers["vary"]
        assert "og:" not in answer.text
    assert "Cookie" in (await web.get(f"{path}/rss")).headers["vary"]


async def test_no_secret_is_logged_or_told(web, caplog, monkeypatch):
    """
    Whatever goes wrong behind a token, no log line and no error text has it.
    """
    path = await made(web)
    token = path.removeprefix("/u/")
    logging.getLogger("paperfeed").propagate = True
    with caplog.at_level(logging.DEBUG, logger="paperfeed"):

        async def broken(*_, **__):
            raise RuntimeError("the store fell over")

        monkeypatch.setattr(web.services.profiles, "load", broken)
        answer = await web.get(f"{path}/rss")
        assert answer.status_code == 500
    assert "request.crashed" in caplog.text
    for text in (caplog.text, answer.text):
        assert token not in text


async def test_guessing_finds_nothing_and_costs_next_to_nothing(web, caplog):
    """
    Of 10,000 guessed tokens none is found and none logged; the store is asked for a few of them.
    """
    path = await made(web)
    assert (await web.get(f"{path}/rss")).status_code == 200
    asked = []
    load = web.services.store.profiles.load_head

    async def counted(name):
        asked.append(name)
        return await load(name)

    web.services.store.profiles.load_head = counted
    logging.getLogger("paperfeed").propagate = True
    statuses = set()
    with caplog.at_level(logging.DEBUG, logger="paperfeed"):
        for number in range(10_000):
            token = new_profile_token() if number % 2 else f"{number:032}"
            statuses.add((await web.get(f"/u/{token}/rss")).status_code)
    assert statuses == {404, 429}
    assert len(asked) <= MOST_UNKNOWN_PROFILES
    assert caplog.text == ""
    assert (await web.get(f"{path}/rss")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://elsewhere.example"}],
)
async def test_another_sites_form_is_refused(web, headers):
    """
    403 for a form that a page of another site sends; the profile is as it was.
    """
    path = await made(web)
    for address in ("/profiles", f"{path}/votes", f"{path}/delete", f"{path}/rotate", f"{path}/feeds"):
        answer = await web.client.post(address, data={"id": CACHES[0], "vote": "more"}, headers=headers)
        assert answer.status_code == 403
    assert (await web.client.get(path, headers=JSON)).json()["profile"].get("votes") is None


async def test_bodies_and_rates_are_bounded(web):
    """
    413 for more than a megabyte; 429 for more new profiles, and more votes, than one person makes.
    """
    path = await made(web)
    assert (await web.client.post("/profiles", content=b"x" * 1_000_001)).status_code == 413
    statuses = [(await web.client.post("/profiles", json={})).status_code for _ in range(25)]
    assert statuses.count(201) < 20
    assert statuses[-1] == 429
    votes = [await web.client.post(f"{path}/votes", json={"id": CACHES[0], "vote": "more"}) for _ in range(61)]
    assert votes[-1].status_code == 429
    assert votes[-1].headers["retry-after"]


async def test_where_profiles_are_off_none_is_made(store):
    """
    404 for making one.
    """
    web = open_web(store, settings=Settings(profiles="off"))
    assert (await web.get("/profiles")).status_code == 404
    assert (await web.client.post("/profiles", json={})).status_code == 404


async def test_where_profiles_need_a_key_it_is_asked_for(store):
    """
    Without the key 401 (a form as it was filled), with it made, by form field or header; where none is set, 503 that
    names the variable.
    """
    await publish(store, [Batch(TODAY, tuple(PAPERS))])
    settings = Settings(profiles="key")
    web = open_web(store, settings=settings, environment=Environment(profiles_key="open sesame"))
    assert 'name="profiles_key"' in (await web.get("/profiles")).text
    assert (await web.client.post("/profiles", json={})).status_code == 401
    refused = await web.client.post("/profiles", data={"name": "a", "interest": "robots", "profiles_key": "no"})
    assert (refused.status_code, 'value="robots"' in refused.text) == (401, True)
    assert (await web.client.post("/profiles", data={"name": "a", "profiles_key": "open sesame"})).status_code == 303
    bearer = {"authorization": "Bearer open sesame"}
    assert (await web.client.post("/profiles", json={}, headers=bearer)).status_code == 201
    closed = await open_web(store, settings=settings).client.post("/profiles", json={})
    assert (closed.status_code, "PROFILES_KEY" in closed.text) == (503, True)
