"""RSS, Atom and JSON Feed, each by its own specification."""

import re
from datetime import datetime

import msgspec
import pytest
from lxml import etree
from msgspec.structs import replace

from core.paper import Matched
from tests.support.rendered import ATOM, NAMESPACES, channel
from tests.support.rendering import CONTENTS, HEAD, entry, ordinary, paper, rendered

# -- RSS


def test_rss_head():
    """
    Self link, page, language, generator, documentation, image, ttl; and the build date is no present.
    """
    head = channel(rendered(ordinary())["rss"])
    links = head.findall("atom:link", NAMESPACES)
    assert [(link.get("rel"), link.get("href")) for link in links] == [("self", HEAD.self_url)]
    assert head.findtext("link") == head.findtext("image/link") == HEAD.page_url
    assert head.findtext("image/url") == "https://feeds.example/icon.png"
    assert head.findtext("image/title") == head.findtext("title") == HEAD.title
    assert (head.findtext("language"), head.findtext("generator"), head.findtext("ttl")) == ("en", "Paperfeed", "15")
    assert head.findtext("docs")
    assert head.find("skipDays") is None


def test_rss_item():
    """
    Description before content, one joined dc:creator, a category each, a guid that is no link, RFC 822 dates.
    """
    item = channel(rendered(ordinary())["rss"]).find("item")
    order = [etree.QName(child).localname for child in item]
    assert order.index("description") < order.index("encoded")
    assert item.findtext("description").startswith("Warm teapots keep keys & values < 2 ms away.\n\nWe store")
    assert item.findtext("content:encoded", namespaces=NAMESPACES).startswith("<p><strong>TL;DR</strong>")
    assert [creator.text for creator in item.findall("dc:creator", NAMESPACES)] == ["Ada Example, Bob Sample"]
    assert [category.text for category in item.findall("category")] == ["cs.LG", "cs.AI"]
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("pubDate") == "Wed, 14 Jan 2026 00:00:00 -0500"
    assert item.findtext("link") == "https://arxiv.org/abs/2613.00001"


def test_namespaces_stand_at_the_top():
    """
    Joined fragments use the document's prefixes; no entry declares its own.
    """
    feeds = rendered(ordinary())
    assert feeds["rss"].count(b"xmlns") == 3
    assert feeds["atom"].count(b"xmlns") == 1


def test_the_hub_is_named_when_there_is_one():
    """
    WebSub readers find the hub in every format; without one nothing is promised.
    """
    feeds = rendered([], head=replace(HEAD, hub="https://hub.example/"))
    assert b'<atom:link href="https://hub.example/" rel="hub"/>' in feeds["rss"]
    assert b'<link href="https://hub.example/" rel="hub"/>' in feeds["atom"]
    assert msgspec.json.decode(feeds["json"])["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert not any(b"hub" in data for data in rendered([]).values())


# -- Atom


@pytest.mark.parametrize("content", CONTENTS)
def test_atom_keeps_rfc_4287(content: str):
    """
    One id, title and updated each, an author everywhere, one alternate link, RFC 3339 dates, known children only.
    """
    feed = etree.fromstring(rendered(ordinary(), content)["atom"])
    assert [etree.QName(child).localname for child in feed].count("author") == 1
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
        for name in ("updated", "published"):
            for moment in element.findall(ATOM + name):
                assert datetime.fromisoformat(moment.text).tzinfo
    known = {"author", "category", "content", "id", "link", "published", "summary", "title", "updated"}
    assert {child.tag.removeprefix(ATOM) for child in feed.iterfind(f"{ATOM}entry/*")} <= known


def test_atom_entry():
    """
    One author element each, HTML content, PDF and HTML as related links, categories without labels,
    which FreshRSS splits at commas and Miniflux shows instead of the term.
    """
    shown = etree.fromstring(rendered(ordinary())["atom"]).find(f"{ATOM}entry")
    assert [name.text for name in shown.findall(f"{ATOM}author/{ATOM}name")] == ["Ada Example", "Bob Sample"]
    assert shown.find(f"{ATOM}content").get("type") == "html"
    assert {(link.get("rel"), link.get("type"), link.get("href")) for link in shown.findall(f"{ATOM}link")} == {
        ("alternate", "text/html", "https://arxiv.org/abs/2613.00001"),
        ("related", "application/pdf", "https://arxiv.org/pdf/2613.00001v1"),
        ("related", "text/html", "https://arxiv.org/html/2613.00001v1"),
    }
    first = shown.find(f"{ATOM}category")
    assert (first.get("term"), first.get("label")) == ("cs.LG", None)
    assert shown.findtext(f"{ATOM}published") == "2026-01-14T00:00:00-05:00"
    assert shown.findtext(f"{ATOM}updated") == "2026-01-14T06:30:15-05:00"


# -- JSON Feed


def test_json_feed_keeps_version_1_1():
    """
    The fields the format requires, with their types; authors in the old and the new way.
    """
    feed = msgspec.json.decode(rendered(ordinary())["json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["feed_url"], feed["home_page_url"]) == (HEAD.self_url, HEAD.page_url)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert ("content_html" in item) or ("content_text" in item)
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        assert datetime.fromisoformat(item["date_modified"]).tzinfo
        assert item["tags"][: len(item["_arxiv"]["categories"])] == item["_arxiv"]["categories"]
    first = feed["items"][0]
    assert first["summary"].startswith("Warm teapots keep keys & values < 2 ms away.\n\nWe store")
    assert first["authors"] == [{"name": "Ada Example"}, {"name": "Bob Sample"}]
    assert first["author"] == {"name": "Ada Example, Bob Sample"}


def test_json_feed_tells_arxivs_facts():
    """
    Programs find the score, the matched terms and the announcement without reading HTML.
    """
    shown = paper(doi="10.5555/tea", journal_ref="J. Tea 1")
    item = msgspec.json.decode(rendered([entry(shown, matched=(Matched("a$b", "title"),))])["json"])["items"][0]
    assert item["_arxiv"] == {
        "id": "2613.00001",
        "version": 1,
        "announce_type": "new",
        "primary_category": "cs.LG",
        "categories": ["cs.LG", "cs.AI"],
        "announced": "2026-01-14",
        "score": 2.5,
        "matched": [{"term": "a$b", "field": "title"}],
        "pdf": "https://arxiv.org/pdf/2613.00001v1",
        "html": "https://arxiv.org/html/2613.00001v1",
        "doi": "10.5555/tea",
        "journal_ref": "J. Tea 1",
        "author_count": 2,
        "affiliations": ["Institute of Tea, Dept. of Pots"],
    }


def test_json_titles_have_text():
    """
    An item of a titles-only feed still has content, as the format requires.
    """
    item = msgspec.json.decode(rendered([entry()], "title")["json"])["items"][0]
    assert item["content_text"] == "Ada Example, Bob Sample"
    assert "content_html" not in item


def test_no_description_holds_a_tag():
    """
    RSS's description is HTML to most readers: an image that an abstract writes out is fetched by none of them.
    """
    hostile = (
        "We show a<b and <img src=https://evil.example/p.png>, </p><script>alert(1)</script>, <!-- and keys < 2 ms."
    )
    feeds = rendered([entry(paper(abstract=hostile))])
    told = channel(feeds["rss"]).findtext("item/description")
    assert not re.search("<[A-Za-z/!?]", told)
    assert "keys < 2 ms" in told
    assert "&lt;img src=" in told
