"""The static site, the report, the digest and the Markdown of hostile papers, each read by real parsers."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from core.config.read import ROOT
from core.config.settings import Settings
from core.feeds.library import Library
from core.paper import Author, Batch, Paper, Summary
from core.query.parse import parse_query
from core.report.site import Site
from core.store.base import Store
from core.summaries.harmless import SummaryAllowlist, harmless_sections, harmless_text
from core.summaries.markdown import answer_html
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, publish

SITE = "https://site.example/papers"
HOSTILE = (
    "<script>alert(1)</script>",
    "</title></h3></a></li></ol><script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)> <svg/onload=alert(1)> <iframe srcdoc='<script>1</script>'>",
    '"><a href="javascript:alert(1)" onclick="alert(1)">click</a>',
    "[click](javascript:alert(1)) ![](https://evil.example/pixel.png) <https://evil.example/>",
    "[ref]: https://evil.example 'x'\n\n[ref] https://evil.example/bare www.evil.example",
    "a | b | c \\| d\n|---|---|\n| x | y |",
    "``` `code` ```\n\n```html\n<script>alert(1)</script>\n```",
    "\u202eevil\u202c \u2066left\u2069 \u200fright\u200e\u061c",
    "--> <!-- ]]> <![CDATA[ <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]> &e; <?php ?>",
    "{title} {body} {0} {{base}} %s %(x)s ${x} {% raw %} {{ 7*7 }}",
    "# Heading\n\n- item\n\n> quote\n\n---\n\n</details>\n\n<details open>",
    "\x00\x08\x0b\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\ufffe\ud7ff",
    "$\\href{javascript:alert(1)}{x}$ $\\text{</math><script>alert(1)</script>}$ $$x$$",
    "<base href=https://evil.example/><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<style>*{display:none}</style><link rel=stylesheet href=https://evil.example/x.css><form action=//evil.example>",
)
FORBIDDEN = (
    "script, iframe, object, embed, form, input, base, style, svg, video, audio, meta[http-equiv=refresh], frame"
)
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
OURS = ("site.example", "arxiv.org", "localhost:8000")
PAPERS_OWN = ("evil.example", "www.evil.example", "doi.org")
"""Hosts of addresses that the papers name themselves: links that one may click, and nothing that is loaded."""


def summary_of(paper: Paper, text: str) -> Summary:
    """What is kept of a model that says all this."""
    said, own = harmless_text(text, SummaryAllowlist.of(paper)), SummaryAllowlist.of(paper)
    sections = harmless_sections([("Method", answer_html(text))], own)
    return Summary(paper.arxiv_id, 1, "en", "a-model", "a prompt", NOW, said, sections, "html", said)


async def files_of(store: Store) -> dict[str, bytes]:
    """The whole site of papers that hold each of these in each of their fields, with summaries of them."""
    papers = [
        make_paper(
            number,
            f"Invented {text}",
            abstract=f"Invented {text} and more words of it.",
            authors=(Author(text, text), Author(f"Ada {text}")),
            comment=text,
            journal_ref=text,
            doi=f"10.1000/{text}",
            license=text,
        )
        for number, text in enumerate(HOSTILE, 1)
    ]
    summaries = [summary_of(each, text) for each, text in zip(papers, HOSTILE, strict=True)]
    old = make_paper(900, "Yesterday's", day=YESTERDAY)
    await publish(store, [Batch(TODAY, tuple(papers)), Batch(YESTERDAY, (old,))], summaries=summaries)
    snapshot = await Library(store).snapshot(NOW)
    settings = Settings(categories=("cs.LG",), keywords=())
    site = Site(snapshot, parse_query((), settings), settings, SITE, public_folder=ROOT / "public")
    return dict(site.site_files())


def check_html(text: str, name: str, *, page: bool = True) -> None:
    """No element that does something, no attribute that runs, no address but ours and arXiv's."""
    tree = LexborHTMLParser(text)
    assert not tree.css(FORBIDDEN), (name, [node.html for node in tree.css(FORBIDDEN)][:3])
    assert not DIRECTIONS.search(text), name
    for node in tree.css("*"):
        for attribute, value in node.attributes.items():
            assert not attribute.startswith("on"), (name, node.html)
            assert attribute not in ("style", "srcdoc", "srcset", "formaction", "ping"), (name, node.html)
            if attribute in ("href", "src", "action", "data", "poster", "cite"):
                parts = urlsplit(value or "")
                assert parts.scheme in ("http", "https"), (name, value)
                assert parts.netloc in OURS or (node.tag == "a" and parts.netloc in PAPERS_OWN), (name, node.html)
    if page:
        assert len(tree.css("title")) == len(tree.css("h1")) == len(tree.css("main")) == 1, name


async def test_every_page_of_the_site_is_harmless(store: Store):
    """Each HTML page, read by the parser that reads arXiv's pages; each names every paper once."""
    found = await files_of(store)
    pages = {name: data.decode() for name, data in found.items() if name.endswith(".html")}
    assert len(pages) > len(HOSTILE)
    for name, text in pages.items():
        check_html(text, name)
    assert len(LexborHTMLParser(pages["index.html"]).css("ol > li > h3 > a")) == len(HOSTILE)
    assert all(Path(name).parts[0] in ("index.html", "reports", "papers") and ".." not in name for name in pages)


async def test_markdown_of_the_site_holds_what_it_should(store: Store):
    """GitHub's own renderer makes one heading a paper of it, no more tables than ours, no link but ours."""
    found = await files_of(store)
    text = found[f"reports/{TODAY}.md"].decode()
    html = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    check_html(html, "markdown", page=False)
    tree = LexborHTMLParser(html)
    assert len(tree.css("h3 > a")) == len(HOSTILE)
    assert len(tree.css("h1")) == 1
    assert len(tree.css("table")) == text.count("\n|---|")
    assert len(tree.css("details > summary")) >= len(HOSTILE)


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "digest.xml", "feeds.opml"])
async def test_feeds_of_the_site_are_well_formed(store: Store, name: str):
    """Strict XML without entities; what is HTML in it is as harmless as the pages."""
    found = await files_of(store)
    assert b"<!ENTITY" not in found[name]
    root = etree.fromstring(found[name], etree.XMLParser(resolve_entities=False, no_network=True))
    for node in root.iter("{*}encoded", "{*}content", "description", "{*}summary"):
        if node.get("type") == "html" or not node.tag.startswith("{http://www.w3.org/2005/Atom}"):  # else it is text
            check_html(node.text or "", name, page=False)
