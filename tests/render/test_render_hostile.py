"""Whatever a paper holds, the feeds stay well-formed and harmless."""

import gzip
import os
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import feedparser
import msgspec
import pytest
from lxml import etree

from core.paper import Author, Entry, parse_arxiv_id
from core.render.body import body_html
from core.text.mathml import mathml_of
from tests.support.rendering import CONTENTS, entry, hostile, paper, rendered, summary

ALLOWED = {"p", "br", "strong", "small", "a", "details", "summary", "em", "ul", "li"}
MATHML = {
    *(
        "math",
        "semantics",
        "annotation",
        "mfrac",
        "mi",
        "mn",
        "mo",
        "mover",
        "mroot",
        "mrow",
        "mspace",
        "msqrt",
        "mstyle",
    ),
    *("msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "mpadded", "mphantom"),
    "mstyle",
}
HARMLESS = {"alttext", "accent", "stretchy", "linethickness", "width", "lspace", "rspace", "accentunder"}
REPLAY = Path(os.environ.get("ARXIV_REPLAY", Path(__file__).parent.parent.parent.parent / "shared" / "arxiv"))


class Watch(HTMLParser):
    """Notes every tag and attribute of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def oddities() -> Iterator[Entry]:
    """Real and made-up awkward papers, from the recorded days when they are there."""
    lines = (REPLAY / "oddities_synthetic.jsonl").read_bytes().splitlines()
    lines += gzip.decompress((REPLAY / "oddities.jsonl.gz").read_bytes()).splitlines()
    for line in lines:
        raw = msgspec.json.decode(line)
        yield entry(
            paper(
                arxiv_id=parse_arxiv_id(raw["id"])[0],
                version=raw["version"],
                title=raw["title"],
                abstract=raw["abstract"],
                authors=tuple(Author(name) for name in raw.get("authors", ())),
                categories=tuple(raw["categories"]),
                comment=raw.get("comment") or "",
                doi=raw.get("doi") or "",
                journal_ref=raw.get("journal_ref") or "",
                mathml=mathml_of((raw["abstract"], raw.get("comment") or "")),
            )
        )


def check(entries: list[Entry], content: str = "full") -> None:
    """Parse the feeds as strictly and as kindly as readers do, and look at every body."""
    feeds = rendered(entries, content)
    assert len(etree.fromstring(feeds["rss"]).findall("channel/item")) == len(entries)
    assert len(etree.fromstring(feeds["atom"]).findall("{*}entry")) == len(entries)
    assert len(msgspec.json.decode(feeds["json"])["items"]) == len(entries)
    for form in ("rss", "atom") if content == "full" else ():
        parsed = feedparser.parse(feeds[form])
        assert not parsed.bozo, parsed.bozo_exception
        assert len({item.id for item in parsed.entries}) == len(entries)
    for shown in entries:
        watch = Watch(body_html(shown, content))
        assert watch.tags <= ALLOWED | MATHML
        assert {name for name, _ in watch.attributes} <= {"href"} | HARMLESS
        assert all(url and url.startswith(("https://", "http://")) for name, url in watch.attributes if name == "href")


@pytest.mark.parametrize("content", CONTENTS)
def test_hostile_papers(content: str):
    """
    Controls, markup, bidi tricks, half escapes, thousands of authors, endless or missing text: all three feeds hold.
    """
    check(hostile(), content)


def test_hostile_summaries():
    """
    A control character in what the model wrote does not cost the feed.
    """
    odd = summary(paper(), tldr="a\x00<b>", model="m\x01<i>", sections=(("<h>\x02", "<p>safe\x03\ud800</p>"),))
    check([entry(summary=odd)])


@pytest.mark.skipif(not REPLAY.exists(), reason="the recorded arXiv days are not beside this repository")
def test_real_oddities():
    """
    What arXiv really announced, at its oddest, renders too.
    """
    check(list(oddities()))
