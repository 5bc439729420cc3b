"""What readers get: the three formats and one paper's HTML."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import msgspec
import pytest
from lxml import etree
from msgspec.structs import replace

from core.calendar import announcement_time
from core.render.head import feed_updated
from tests.support.rendered import ATOM, channel
from tests.support.rendering import CONTENTS, DAY, HEAD, entry, ordinary, paper, rendered

# -- all formats


@pytest.mark.parametrize("content", CONTENTS)
def test_identities_agree(content: str):
    """
    A paper has one id in RSS, Atom and JSON Feed, without version, in the order of the entries.
    """
    feeds = rendered(ordinary(), content)
    ids = [f"oai:arXiv.org:{shown.paper.arxiv_id}" for shown in ordinary()]
    assert [guid.text for guid in channel(feeds["rss"]).findall("item/guid")] == ids
    assert [found.text for found in etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}id")] == ids
    assert [item["id"] for item in msgspec.json.decode(feeds["json"])["items"]] == ids


def test_titles_are_plain_text():
    """
    TeX accents and maths are resolved, a missing title is the paper's id, and nothing is escaped twice.
    """
    feeds = rendered([*ordinary(), entry(paper(9, title="Tea & <b>x</b> &amp; y"))])
    titles = [element.text for element in channel(feeds["rss"]).findall("item/title")]
    assert titles[3:] == ["On Étale Teapots: α-Kettles", "arXiv:2613.00005", "Tea & <b>x</b> &amp; y"]
    assert [item["title"] for item in msgspec.json.decode(feeds["json"])["items"]] == titles
    for element in etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}title"):
        assert element.get("type", "text") == "text"


def test_a_sample_cannot_be_taken_for_real():
    """
    Every title is marked, and the feed says that its papers are fictional.
    """
    feeds = rendered(ordinary(), head=replace(HEAD, sample=True))
    found = msgspec.json.decode(feeds["json"])
    marked = [found["title"], *(item["title"] for item in found["items"])]
    marked += [element.text for element in channel(feeds["rss"]).iterfind(".//title")]
    marked += [element.text for element in etree.fromstring(feeds["atom"]).iter(f"{ATOM}title")]
    assert all(title.startswith("[Sample] ") for title in marked)
    assert "fictional" in found["description"]
    assert "fictional" in channel(feeds["rss"]).findtext("description")
    assert "fictional" in etree.fromstring(feeds["atom"]).findtext(f"{ATOM}subtitle")


def test_a_feed_is_as_old_as_its_newest_entry():
    """
    Dates come from the papers, never from the clock; an empty feed takes its head's.
    """
    newest = max(shown.updated for shown in ordinary())
    feeds = rendered(ordinary())
    assert parsedate_to_datetime(channel(feeds["rss"]).findtext("lastBuildDate")) == newest
    assert datetime.fromisoformat(etree.fromstring(feeds["atom"]).findtext(f"{ATOM}updated")) == newest
    assert feed_updated(HEAD, []) == HEAD.updated
    assert feed_updated(replace(HEAD, updated=None), []) == datetime(1970, 1, 1, tzinfo=UTC)


def test_equal_moments_are_written_alike():
    """
    The same moment in another zone, or a microsecond later, gives the same bytes.
    """
    moment = announcement_time(DAY)
    again = moment.astimezone(UTC).replace(microsecond=5)
    assert rendered([entry(published=moment, updated=moment)]) == rendered([entry(published=again, updated=again)])


def test_an_empty_feed_is_valid_and_says_why():
    """
    Readers accept it; a person finds the reason in the description.
    """
    feeds = rendered([], head=replace(HEAD, description="Nothing matched in 7 days.", updated=None))
    assert channel(feeds["rss"]).findtext("description") == "Nothing matched in 7 days."
    assert etree.fromstring(feeds["atom"]).findtext(f"{ATOM}subtitle") == "Nothing matched in 7 days."
    assert msgspec.json.decode(feeds["json"])["items"] == []
    for form in ("rss", "atom"):
        assert not feedparser.parse(feeds[form]).bozo


def test_a_head_of_odd_text_is_safe():
    """
    A query that a person typed, controls and all, stands in the title without breaking the feed.
    """
    odd = replace(HEAD, title="a\x00<b>&]]>", description="")
    assert channel(rendered([], head=odd)["rss"]).findtext("title") == "a<b>&]]>"
    assert channel(rendered([], head=odd)["rss"]).findtext("description") == "a<b>&]]>"


def test_the_icon_is_there():
    """
    The address in every feed is that of a file that is served, no larger than RSS allows.
    """
    data = (Path(__file__).parent.parent.parent / "public" / "icon.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20]) == int.from_bytes(data[20:24]) == 144
