"""ACCESS_KEY: nothing of a locked deployment is seen without its key, and every address it gives out carries it."""

import re

import pytest

from core.config.environment import Environment
from core.config.read import Config
from core.paper import Batch
from tests.support.profiles import SETTINGS, subject_papers
from tests.support.web import TODAY, open_web, publish

KEY = "correct horse+battery&staple"
QUOTED = "key=correct%20horse%2Bbattery%26staple"
BASE = "http://paperfeed.example"
HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def web(store):
    await publish(store, [Batch(TODAY, tuple(subject_papers(3)))])
    return open_web(
        store, settings=SETTINGS, environment=Environment(access_key=KEY, profiles_key=KEY, cron_secret="c")
    )


PATHS = ("/", "/rss", "/atom/cs.LG", "/json", "/papers/2600.00001", "/status", "/status.json", "/health", "/config",
         "/report", "/report.md", "/profiles", "/u/" + "a" * 32, "/nothing")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_without_the_key_nothing_is_seen(web, path):
    """
    401 for every address, whether there is something or not: a form for people, a sentence for programs.
    """
    for address in (path, f"{path}?key=wrong", f"{path}?key=", f"{path}?Key={KEY}"):
        answer = await web.get(address)
        assert answer.status_code == 401
        assert answer.text.startswith("this Paperfeed is private")
        page = await web.client.get(address, headers=HTML)
        assert page.status_code == 401
        assert '<input name="key"' in page.text
        assert answer.headers["cache-control"] == page.headers["cache-control"] == "no-store"
        assert KEY not in page.text


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith(("/u/", "/nothing"))])
async def test_with_the_key_all_is_as_ever(web, path):
    """
    The same answer as an open deployment's, but for the addresses in it, and kept by no cache on the way.
    """
    answer = await web.get(f"{path}?{QUOTED}")
    assert answer.status_code == 200
    assert "public" not in answer.headers["cache-control"]
    assert "s-maxage" not in answer.headers["cache-control"]
    assert "Cookie" in answer.headers["vary"]
    assert KEY not in answer.text


@pytest.mark.parametrize("path", ["/rss?categories=cs.LG", "/atom/cs.LG", "/json?keywords=robot", "/rss?digest=daily"])
async def test_every_address_in_a_feed_carries_the_key(web, path):
    """
    The feed's own, its page's, each paper's and each report's: what a reader opens is not locked to them.
    """
    answer = await web.get(f"{path}{'&' if '?' in path else '?'}{QUOTED}")
    addresses = [
        each for each in re.findall(re.escape(BASE) + r"/[^\s\"'<>\\)]*", answer.text) if not each.endswith(".png")
    ]
    assert len(addresses) > 2
    for address in addresses:
        assert QUOTED in address
        assert (await web.get(address.replace("&amp;", "&").removeprefix(BASE))).status_code == 200


async def test_a_page_gives_a_cookie_with_which_its_links_lead_on(web):
    """
    The cookie opens pages without the key in the address; it is not the key, no script reads it, and feeds give none.
    """
    page = await web.client.get(f"/?{QUOTED}", headers=HTML)
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "horse" not in cookie
    assert (await web.client.get("/status", headers=HTML)).status_code == 200
    web.client.cookies.clear()
    assert (await web.client.get("/status", headers=HTML)).status_code == 401
    assert "set-cookie" not in (await web.get(f"/rss?{QUOTED}")).headers
    forged = {"cookie": "paperfeed_access=0000"}
    assert (await web.client.get("/", headers=HTML | forged)).status_code == 401


async def test_where_a_page_leads_at_once_is_open_too(web):
    """
    A redirect gives the cookie as a page does, or its target would be locked.
    """
    answer = await web.client.get(f"/days?{QUOTED}", headers=HTML)
    assert answer.status_code == 302
    assert (await web.client.get(answer.headers["location"], headers=HTML)).status_code == 200


@pytest.mark.parametrize("path", ["/opml", "/report.md", "/live?keywords=robot"])
async def test_every_address_for_readers_carries_the_key_elsewhere_too(web, path):
    """
    Subscription lists, reports, and what a page says to subscribe to.
    """
    text = (await web.get(f"{path}{'&' if '?' in path else '?'}{QUOTED}")).text
    addresses = re.findall(re.escape(BASE) + r"/(?:rss|atom|json|papers|opml|report)[^\s\"'<>\\)`]*", text)
    assert addresses
    assert all(QUOTED in address for address in addresses)


async def test_a_profile_behind_a_lock_is_made_read_and_voted_in(web):
    """
    Its addresses carry the key too, from Location to the links in its entries.
    """
    answer = await web.client.post(f"/profiles?{QUOTED}", json={})
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"?{QUOTED}")
    for feed in answer.json()["feeds"]:
        for form in ("rss", "atom", "json"):
            found = await web.get(feed[form].removeprefix(BASE))
            assert found.status_code == 200
            assert found.text.count(QUOTED) > found.text.count("more like this")
    vote = re.search(r"http://[^\s\"<>]*vote=more", found.json()["items"][0]["content_html"])[0].replace("&amp;", "&")
    assert (await web.get(vote.removeprefix(BASE))).status_code == 200


async def test_refreshing_keeps_its_own_secret(web):
    """
    A cron knows CRON_SECRET alone.
    """
    assert (await web.get("/api/refresh")).status_code == 401
    assert "CRON_SECRET" in (await web.get("/api/refresh")).text


async def test_an_open_deployment_knows_no_key(store):
    """
    There ``key`` is a parameter that no feed has.
    """
    await publish(store, [Batch(TODAY, tuple(subject_papers(1)))])
    web = open_web(store, settings=SETTINGS)
    assert (await web.get("/rss?key=1")).status_code == 400
    assert "key=" not in (await web.get("/rss")).text


def test_no_text_of_the_configuration_tells_it():
    """
    Printing a configuration names no secret.
    """
    environment = Environment(access_key="s3cret", profiles_key="s3cret", cron_secret="s3cret")
    assert "s3cret" not in f"{environment} {environment!r} {Config(SETTINGS, environment)}"
