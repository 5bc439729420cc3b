"""Facts about a paper in its entry: links, venue, licence, dates."""

from datetime import UTC, datetime

import msgspec
import pytest
from lxml import etree

from core.render.body import body_html
from core.render.head import short_text
from tests.support.rendered import ATOM, NAMESPACES, channel
from tests.support.rendering import entry, paper, rendered, summary


def test_addresses_become_links():
    """
    In abstract and comment, without what ends the sentence, and torn ones whole; nothing else becomes one.
    """
    shown = paper(
        abstract="See https://github.com/ ada/pot. Or <https://tea.example/a?b&c>.", comment="at www.tea.example/x,"
    )
    html = body_html(entry(shown), "full")
    assert 'See <a href="https://github.com/ada/pot">https://github.com/ada/pot</a>. Or' in html
    assert '<a href="https://tea.example/a?b&amp;c">https://tea.example/a?b&amp;c</a>&gt;.' in html
    assert '<a href="https://www.tea.example/x">www.tea.example/x</a>,' in html


def test_code_and_data_are_related_links_in_every_format():
    """
    A reader or program finds them without reading the text.
    """
    feeds = rendered([entry(paper(abstract="https://github.com/ada/pot https://zenodo.org/records/1"))])
    expected = [("Code", "https://github.com/ada/pot"), ("Data", "https://zenodo.org/records/1")]
    item = channel(feeds["rss"]).find("item")
    assert [(link.get("title"), link.get("href")) for link in item.findall("atom:link", NAMESPACES)] == expected
    related = etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}link[@rel='related']")
    assert [(link.get("title"), link.get("href")) for link in related][2:] == expected
    assert msgspec.json.decode(feeds["json"])["items"][0]["_arxiv"]["links"] == [
        {"kind": "code", "url": "https://github.com/ada/pot"},
        {"kind": "data", "url": "https://zenodo.org/records/1"},
    ]


def test_a_venue_is_a_tag():
    """
    Beside the categories, in every format.
    """
    feeds = rendered([entry(paper(comment="NeurIPS 2025 (spotlight)"))])
    tags = ["cs.LG", "cs.AI", "NeurIPS 2025 spotlight"]
    assert [category.text for category in channel(feeds["rss"]).findall("item/category")] == tags
    found = etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}category")
    assert [category.get("term") for category in found] == tags
    assert msgspec.json.decode(feeds["json"])["items"][0]["tags"] == tags


def test_a_withdrawn_paper_is_marked():
    """
    In its title, its body and its tags, so that nobody reads on in vain.
    """
    feeds = rendered([gone := entry(paper(comment="This paper has been withdrawn by the authors."))])
    assert channel(feeds["rss"]).findtext("item/title").startswith("[Withdrawn] ")
    assert body_html(gone, "full").startswith("<p><strong>Withdrawn</strong>")
    assert msgspec.json.decode(feeds["json"])["items"][0]["_arxiv"]["withdrawn"] is True


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://creativecommons.org/licenses/by-nc-sa/4.0/", "CC BY-NC-SA 4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "arXiv licence"),
    ],
)
def test_the_licence_is_named(address: str, name: str):
    """
    A reader sees what may be done with the paper; an address that is no licence's is not shown.
    """
    assert f'<a href="{address}">{name}</a>' in body_html(entry(paper(license=address)), "full")
    assert "evil" not in body_html(entry(paper(license="javascript:evil()//arxiv.org/licenses/x")), "full")


def test_dates_of_the_query_api_are_shown():
    """
    When a paper was submitted, beside when it was announced.
    """
    shown = paper(submitted=datetime(2026, 1, 12, 18, 0, tzinfo=UTC), revised=datetime(2026, 1, 13, tzinfo=UTC))
    assert "new 2026-01-14 (submitted 2026-01-12)" in body_html(entry(shown), "full")
    found = msgspec.json.decode(rendered([entry(shown)])["json"])["items"][0]["_arxiv"]
    assert (found["submitted"], found["revised"]) == ("2026-01-12T13:00:00-05:00", "2026-01-12T19:00:00-05:00")


def test_plain_fields_hold_the_whole():
    """
    Readers that show RSS's description or Atom's and JSON's summary show the TL;DR and all paragraphs of the abstract.
    """
    long = paper(abstract="Brew. " * 200 + "\n\n  Pour $x^2$.")
    feeds = rendered([entry(long, summary=summary(long))])
    whole = f"Warm teapots keep keys & values < 2 ms away.\n\n{('Brew. ' * 200).strip()}\n\nPour x²."
    assert channel(feeds["rss"]).findtext("item/description") == whole
    assert etree.fromstring(feeds["atom"]).findtext(f"{ATOM}entry/{ATOM}summary") == whole
    assert msgspec.json.decode(feeds["json"])["items"][0]["summary"] == whole
    assert channel(rendered([entry(long)], "title")["rss"]).findtext("item/description") == "Ada Example, Bob Sample"


def test_short_text_is_never_empty():
    """
    TL;DR, else the abstract's beginning cut at a word, else the authors, else the categories.
    """
    assert short_text(entry(summary=summary(paper())), "full") == "Warm teapots keep keys & values < 2 ms away."
    long = short_text(entry(paper(abstract="brew tea " * 200)), "full")
    assert long.endswith(("brew …", "tea …"))
    assert len(long) <= 302
    assert short_text(entry(), "title") == "Ada Example, Bob Sample"
    assert short_text(entry(paper(abstract="", authors=())), "full") == "cs.LG, cs.AI"
