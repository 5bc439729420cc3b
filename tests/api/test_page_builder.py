"""The builder on the front page: its form, what is marked wrong in it, and where a feed goes from there."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest

from core.config.environment import Environment
from core.config.settings import Settings
from core.query.parse import parse_query
from core.store.base import Store
from tests.support.web import Web, open_web, publish
from tests.support.web_pages import BATCHES, SETTINGS, Page, web

__all__ = ["web"]


async def test_the_page_shows_what_was_left_out_by_a_hair(web: Web):
    """Where a term is a little too narrow, the page names papers it would have found otherwise, and how."""
    text = (await web.get("/?keywords=abs:caches")).text
    assert "No paper matches" in text
    assert "Left out by a hair" in text
    assert re.search(r'href="/\?keywords=abs:caches,cach[^"]*">add cach', text)


async def test_a_submitted_form_leads_to_a_short_address(web: Web):
    """A form sends all its fields; the address that stays has only what differs from what the site has set."""
    sent = (
        "/?do=show&categories=&keywords=&add.keywords=kv&add.exclude=&types=new&types=cross&min_score=0&days=7&limit="
    )
    answer = await web.get(sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?keywords=kv")
    assert (await web.get("/?do=show&add.keywords=")).headers["location"] == "/"


async def test_the_form_keeps_every_parameter_of_the_address(web: Web):
    """Whatever a feed can be asked for has a control that holds what the address said, and is sent again."""
    given = {
        "categories": "cs.LG", "primary": "cs.LG", "keywords": "kv", "exclude": "toy", "authors": "Ada Example",
        "like": "2600.00001", "types": "replace", "min_score": "0.5", "per_day": "9", "limit": "40", "days": "3",
        "sort": "date", "match": "substring", "content": "title", "lang": "zh", "digest": "daily",
    }  # fmt: skip
    for name, value in given.items():
        fields = form_fields((await web.get(f"/?{urlencode({name: value})}")).text)
        again = await web.get("/?do=show&" + urlencode(fields))
        query = parse_query([(name, value)], SETTINGS)
        assert again.headers["location"] == ("/?" + query.canonical()).rstrip("?"), name


def form_fields(text: str) -> list[tuple[str, str]]:
    """What a browser would send of the builder, no button pressed."""
    page, fields, select = Page(text), [], ""
    for tag, attributes in page.tags:
        name, value = attributes.get("name"), attributes.get("value") or ""
        is_box = attributes.get("type") == "checkbox"
        if tag == "input" and name and (not is_box or "checked" in attributes):
            fields.append((name, value))
        select = name or "" if tag == "select" else select
        if tag == "option" and "selected" in attributes:
            fields.append((select, re.search(rf'name="{select}">.*?<option selected>([^<]*)', text, re.S)[1]))
    return fields


@pytest.mark.parametrize(
    ("address", "sentence", "kept"),
    [
        ("/?keywords=kv+AND,rag", "&#34;kv AND&#34; ends after AND", 'value="rag"'),
        ("/?categories=cs.XX&keywords=rag", "unknown category &#34;cs.XX&#34;", 'value="rag"'),
        ("/?days=x&keywords=rag", "must be a whole number between 1 and 35", 'value="x"'),
        ("/?nosuch=1&keywords=rag", "is no parameter of a feed", 'value="rag"'),
        ("/?sort=score&sort=date&keywords=rag", "is given twice; give it once", 'value="rag"'),
    ],
)
async def test_what_cannot_be_read_is_marked_where_it_stands(web: Web, address: str, sentence: str, kept: str):
    """People get the sentence that programs get, the form as they filled it, and the feed of the rest."""
    answer = await web.get(address)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert kept in answer.text
    assert 'class="desk"' in answer.text


@pytest.mark.parametrize("address", ["/nosuch", "/papers/2600.99999", "/rss?keywords=kv+AND", "/days/2026-01-01"])
async def test_errors_are_pages_for_browsers_and_sentences_for_programs(web: Web, address: str):
    """The status and the sentence are the same; the page leads to the builder, with the feed's parameters in it."""
    page = await web.get(address, Accept="text/html,application/xhtml+xml")
    plain = await web.get(address, Accept="*/*")
    assert page.status_code == plain.status_code >= 400
    assert page.headers["content-type"].startswith("text/html")
    assert plain.headers["content-type"].startswith("text/plain")
    assert unescape(page.text).count(plain.text.strip()) == 1
    assert "Accept" in page.headers["vary"]
    heading = re.search(r"<h1>([^<]+)</h1>", page.text)[1]
    assert heading.lower() not in plain.text.lower()
    if address.startswith("/rss"):
        assert 'href="/?keywords=kv+AND"' in page.text


async def test_what_the_site_has_set_is_said_and_can_be_removed(store: Store):
    """Its keywords and excluded words are chips: one can be dropped, all can be, and an own word replaces them."""
    await publish(store, BATCHES)
    settings = Settings(categories=("cs.LG",), keywords=("kv cache", "study"), exclude_keywords=("survey",))
    web = open_web(store, settings=settings)
    text = (await web.get("/")).text
    assert "set by this site" in text
    assert text.count('id="chip-') == 4  # one category, two keywords, one word left out

    async def press(button: str) -> str:
        return (await web.get(f"/?do={button}")).headers["location"]

    assert await press("keywords.0.drop") == "/?keywords=study"
    assert await press("keywords.none") == "/?keywords="
    assert await press("exclude.0.drop") == "/?exclude="
    assert await press("keywords.1.two") == "/?keywords=kv%20cache,study%5E2"
    assert await press("keywords.1.ti") == "/?keywords=kv%20cache,ti:study"
    assert await press("keywords.1.move") == "/?keywords=kv%20cache&exclude=survey,study"
    assert await press("show&add.keywords=mine") == "/?keywords=mine"
    assert await press("show&add.exclude=mine") == "/?exclude=survey,mine"
    assert await press("show&keywords=mine&add.exclude=toy") == "/?keywords=mine&exclude=toy"
    assert await press("keywords.99.drop") == "/"
    assert await press("nosuch.1.drop") == "/"


async def test_opml_lists_one_feed_or_several(web: Web):
    """The file holds the feeds' own addresses, and nothing that is no feed of this deployment."""
    answer = await web.get("/opml?keywords=kv+cache")
    assert answer.headers["content-type"].startswith("text/x-opml")
    assert re.findall('xmlUrl="([^"]*)"', answer.text) == ["http://paperfeed.example/rss?keywords=kv%20cache"]
    several = await web.get("/opml?feed=keywords%3Dkv%26days%3D3&feed=/atom%3Fkeywords%3D%2522a%2522&feed=/rss/cs.LG")
    assert re.findall('xmlUrl="([^"]*)"', several.text) == [
        "http://paperfeed.example/rss?keywords=kv&amp;days=3",
        "http://paperfeed.example/rss?keywords=a",
        "http://paperfeed.example/rss",
    ]
    for wrong in ("feed=https://elsewhere.example/rss", "feed=nosuch%3D1", "feed=keywords%3Dkv&days=3"):
        assert (await web.get(f"/opml?{wrong}")).status_code == 400


async def test_hosted_readers_are_not_offered_where_they_cannot_reach(store: Store):
    """On localhost and private networks the page says so; elsewhere it offers them."""
    await publish(store, BATCHES)
    for base, is_local in (
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://192.168.1.5", True),
        ("http://[::1]:8000", True),
        ("http://nas.local", True),
        ("https://papers.example.org", False),
    ):
        web = open_web(store, settings=SETTINGS, environment=Environment(base_url=base))
        text = (await web.get("/")).text
        assert ("hosted readers cannot reach it" in text) is is_local, base
        assert ("feedly.com" in text) is not is_local, base
