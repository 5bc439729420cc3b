"""What a feed reader sees."""

from datetime import timedelta

import pytest

from core.config.settings import Settings
from core.paper import Batch
from core.store.base import Store
from tests.support.web import NOW, TODAY, Web, make_paper, open_web, publish
from tests.support.web_feeds import BATCHES, FORMATS, titles, web

__all__ = ["web"]


@pytest.mark.parametrize("name", FORMATS)
async def test_each_format_has_its_type_and_its_validators(web: Web, name: str):
    """A feed comes with the media type readers know, an ETag, a Last-Modified and a lifetime."""
    answer = await web.get(f"/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FORMATS[name]
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["last-modified"] == "Wed, 14 Jan 2026 12:00:00 GMT"
    assert answer.headers["cache-control"] == "private, max-age=900"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Accept-Encoding" in answer.headers["vary"]


async def test_newest_day_first_and_no_replacements_unless_asked(web: Web):
    """A feed has today's papers, then yesterday's; a corrected old paper is in it only when asked for."""
    assert titles((await web.get("/rss")).text) == [
        "Compressing the KV Cache of Imaginary Models",
        "A Kettle That Reasons",
        "Yesterday's KV Cache",
    ]
    assert titles((await web.get("/rss?types=replace")).text) == ["An Old Paper, Corrected"]


async def test_keywords_in_the_address_filter(web: Web):
    """The filter lives in the address."""
    found = titles((await web.get("/rss?keywords=kv%20cache")).text)
    assert found == ["Compressing the KV Cache of Imaginary Models", "Yesterday's KV Cache"]


async def test_categories_in_the_path(web: Web):
    """/rss/cs.AI+cs.LG-cs.LG is the old bot's address, with sums and differences."""
    assert titles((await web.get("/rss/cs.AI")).text) == ["A Kettle That Reasons"]
    assert titles((await web.get("/rss/cs-cs.AI?keywords=kv+cache&days=1")).text) == [
        "Compressing the KV Cache of Imaginary Models"
    ]


@pytest.mark.parametrize("name", FORMATS)
async def test_head_has_the_headers_of_get_and_no_body(web: Web, name: str):
    """HEAD tells what GET would."""
    get, head = await web.get(f"/{name}"), await web.client.head(f"/{name}")
    assert head.status_code == 200
    assert head.content == b""
    for header in ("etag", "last-modified", "content-type", "cache-control"):
        assert head.headers[header] == get.headers[header]


@pytest.mark.parametrize("name", FORMATS)
async def test_an_unchanged_feed_is_304_without_rendering(web: Web, name: str, monkeypatch: pytest.MonkeyPatch):
    """Who has the feed already gets an empty answer, and nothing is matched or rendered for it."""
    first = await web.get(f"/{name}?keywords=kv")
    monkeypatch.setattr("api.feeds.build_feed", None)
    monkeypatch.setattr(web.services, "responses", None)
    for headers in (
        {"If_None_Match": first.headers["etag"]},
        {"If_None_Match": f'"other", W/{first.headers["etag"]}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": first.headers["last-modified"]},
        {"If_None_Match": first.headers["etag"], "If_Modified_Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
    ):
        answer = await web.get(f"/{name}?keywords=kv", **headers)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == first.headers["etag"]
        assert answer.headers["last-modified"] == first.headers["last-modified"]


@pytest.mark.parametrize("name", FORMATS)
async def test_the_same_feed_is_rendered_once(web: Web, name: str, monkeypatch: pytest.MonkeyPatch):
    """Whoever asks again for what an instance has in memory gets the same bytes, and nothing is matched for it."""
    first = await web.get(f"/{name}?keywords=kv")
    monkeypatch.setattr("api.feeds.build_feed", None)
    again = await web.get(f"/{name}?keywords=kv")
    assert (again.status_code, again.content) == (200, first.content)


async def test_another_etag_wins_over_a_fitting_date(web: Web):
    """If-None-Match decides alone when it is there; a date that is none is ignored."""
    first = await web.get("/rss")
    stale = await web.get("/rss", If_None_Match='"old"', If_Modified_Since=first.headers["last-modified"])
    assert stale.status_code == 200
    assert (await web.get("/rss", If_Modified_Since="yesterday")).status_code == 200


async def test_the_order_of_parameters_does_not_matter(web: Web):
    """The same question in other words has the same ETag and the same bytes."""
    one = await web.get("/rss?keywords=kv cache&categories=cs.LG,cs.AI&days=3")
    other = await web.get("/rss?days=3&categories=CS.lg, cs.ai&keywords=kv%20cache")
    assert one.headers["etag"] == other.headers["etag"]
    assert one.content == other.content


async def test_different_questions_have_different_etags(web: Web):
    """No two feeds share an ETag."""
    addresses = ["/rss", "/atom", "/json", "/rss?keywords=kv", "/rss?days=1", "/rss/cs.LG", "/rss?categories=cs.LG"]
    etags = [(await web.get(address)).headers["etag"] for address in addresses]
    assert len(set(etags)) == len(addresses)


async def test_a_feed_says_its_own_address(web: Web):
    """The self link is the address in its canonical form, with this host."""
    body = (await web.get("/rss/cs.LG?keywords=kv%20cache")).text
    assert 'href="http://paperfeed.example/rss/cs.LG?keywords=kv%20cache"' in body


async def test_a_new_batch_reaches_readers_and_old_items_do_not_move(web: Web, store: Store):
    """A refresh adds today's papers on top; yesterday's order stays as it was."""
    before = titles((await web.get("/rss")).text)
    tomorrow = TODAY + timedelta(days=1)
    batch = Batch(tomorrow, (make_paper(9, "Tomorrow's Paper", day=tomorrow),))
    await publish(store, (batch, *BATCHES), changed=NOW + timedelta(days=1))
    web.services.now = lambda: NOW + timedelta(days=1)
    answer = await web.get("/rss")
    assert titles(answer.text) == ["Tomorrow's Paper", *before]
    assert answer.headers["last-modified"] == "Thu, 15 Jan 2026 12:00:00 GMT"


async def test_a_refresh_that_changes_nothing_changes_no_byte(web: Web, store: Store):
    """Freshness is not content: the same papers, checked again an hour later, are the same feed."""
    before = await web.get("/atom")
    await publish(store, BATCHES, changed=NOW)
    web.services.now = lambda: NOW + timedelta(hours=1)
    after = await web.get("/atom")
    assert (after.headers["etag"], after.content) == (before.headers["etag"], before.content)


async def test_preflights_are_answered(web: Web):
    """A web page of another origin may send If-None-Match."""
    answer = await web.client.options("/rss", headers={"Origin": "https://reader.example"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]


async def test_a_description_says_what_the_feed_is(web: Web):
    """The order that was asked for, and why nothing is like papers that are not held."""
    assert "newest paper first" in (await web.get("/rss?sort=date")).text
    assert "best match first" in (await web.get("/rss")).text
    assert "(2600.99999) none is held here" in (await web.get("/rss?like=2600.99999")).text
    filtered = (await web.get("/json?keywords=&exclude=harp&min_score=0&limit=1")).json()["description"]
    assert "without harp, newest" in filtered
    assert "the first 1: the limit of this feed (limit)" in filtered
    said, whole = (await web.get("/json?keywords=&per_day=1")).json(), (await web.get("/json?keywords=")).json()
    shown, matched = len(said["items"]), len(whole["items"])
    assert shown < matched
    assert f"These are {shown} of {matched} that match: at most 1 a day (per_day)." in said["description"]


async def test_a_description_names_the_sites_own_filters(store: Store):
    """What the configuration leaves out is said, since the address does not show it."""
    await publish(store, BATCHES)
    site = Settings(categories=("cs.AI", "cs.LG"), keywords=("cache",), exclude_keywords=("harp",), min_score=0.5)
    opened = open_web(store, settings=site)
    said = (await opened.get("/json")).json()["description"]
    assert "without harp (this site's setting), with a score of 0.5 or more (this site's setting)" in said
    assert "this site's setting" not in (await opened.get("/json?keywords=kv cache")).json()["description"]
    await opened.client.aclose()
