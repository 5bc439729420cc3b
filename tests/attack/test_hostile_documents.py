"""What a document from outside may cost: bytes while it is unpacked, time and memory while it is parsed."""

import asyncio
import contextlib
import time

import pytest

from core.arxiv.catchup import parse_catchup
from core.arxiv.listing import parse_listing
from core.arxiv.nesting import MOST_NESTED_ELEMENTS, check_depth
from core.arxiv.query_api import parse_metadata
from core.arxiv.rss import parse_rss
from core.errors import ParseError
from core.fulltext import isolated
from core.fulltext.html import parse_article
from core.fulltext.isolated import parse_isolated
from core.fulltext.read import read_paper
from tests.support.hostile_bytes import peak
from tests.support.small_pdf import assemble, make_pdf
from tests.support.web import TODAY, make_paper

LINES = ["1 Introduction", *(f"We study fictional granite number {n} and find it to be hard." for n in range(40))]


def nested_forms(depth: int, width: int) -> bytes:
    """A PDF of two kilobytes whose page is drawn ``width ** depth`` times: forms that show forms that show forms."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /XObject << /X 6 0 R >> >> "
            b"/Contents 5 0 R >>"
        ),
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    for level in range(depth):
        last = level == depth - 1
        drawn = b"BT /F 9 Tf (bomb) Tj ET" if last else b" ".join([b"/X Do"] * width)
        inner = b"/Font << /F 3 0 R >>" if last else f"/XObject << /X {7 + level} 0 R >>".encode()
        head = f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length {len(drawn)} /Resources << ".encode()
        objects.append(head + inner + b" >> >>\nstream\n" + drawn + b"\nendstream")
    return assemble(objects)


# -- depth


@pytest.mark.parametrize("tag", ["div", "span", "section", "table", "b", "ul", "svg", "unheard-of"])
def test_depth_is_refused_before_it_is_parsed(tag: str):
    """Forty thousand elements inside each other took seconds; they take the time to count to the limit."""
    page = f"<html><body>{f'<{tag}>' * 40_000}text{f'</{tag}>' * 40_000}</body></html>"
    with pytest.raises(ParseError, match=f"nests more than {MOST_NESTED_ELEMENTS}"):
        parse_article(page.encode())
    with pytest.raises(ParseError, match=f"nests more than {MOST_NESTED_ELEMENTS}"):
        parse_listing(page.encode(), "cs.LG")


def test_ends_that_end_nothing_do_not_hide_depth():
    """``<div></x>`` is as deep as ``<div>``."""
    with pytest.raises(ParseError, match="nests more than"):
        check_depth("<div></x>" * 1000)


def test_long_pages_are_not_deep_ones():
    """Elements beside each other, without end or empty, are no nesting."""
    check_depth("<p><li><dt><br><img src=x><mspace/><div>text</div>" * 20_000)


# -- parsing apart


async def test_an_ordinary_paper_is_read_apart():
    """The same sections as in this process."""
    text = await parse_isolated(make_pdf([LINES]))
    assert (text.source, text.sections[0].heading) == ("pdf", "Introduction")
    with pytest.raises(ParseError, match="the PDF holds no text"):
        await parse_isolated(make_pdf([[]]))


async def test_a_pdf_bomb_hurts_nobody(monkeypatch: pytest.MonkeyPatch):
    """Two kilobytes that would take all memory end their own process; the loop goes on, and the abstract does."""
    document = nested_forms(depth=12, width=12)
    assert len(document) < 4_000
    monkeypatch.setattr(isolated, "READING_WALL_TIME", isolated.READING_WALL_TIME / 5)
    before, ticks = peak(), 0
    reading = asyncio.create_task(parse_isolated(document))
    while not reading.done():
        await asyncio.sleep(0.02)
        ticks += 1
    with pytest.raises(ParseError, match="could not read the document"):
        await reading
    assert ticks > 5
    assert peak() - before < 60 * 2**20


async def test_the_next_source_is_tried_after_a_bomb(monkeypatch: pytest.MonkeyPatch):
    """A page that cannot be read leaves the PDF, a PDF that cannot be read leaves the abstract: none ends the run."""
    monkeypatch.setattr(isolated, "READING_WALL_TIME", isolated.READING_WALL_TIME / 10)
    shelf = {"/html/2600.00001v1": b"<div>" * 40_000, "/pdf/2600.00001v1": nested_forms(depth=12, width=12)}

    class Shelf:
        async def fetch(self, role: str, path: str) -> bytes:
            return shelf[path]

    assert (await read_paper(Shelf(), make_paper(1))).source == "abstract"


async def test_the_reader_has_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Its environment is its path alone: what a document might take over knows no key."""
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys; print('{\"error\":\"' + ' '.join(sorted(os.environ)) + '\"}')")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setattr(isolated, "_READING_WORKER_COMMAND", (isolated.sys.executable, str(spy)))
    with pytest.raises(ParseError) as found:
        await parse_isolated(b"x")
    assert not {"OPENAI_API_KEY", "CRON_SECRET", "REDIS_URL", "HOME"} & set(str(found.value).split())


async def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch):
    """A reader that was taken over may write so much and no more."""
    code = (
        "import sys; from core.fulltext.worker import limit_resources; limit_resources()\n"
        "while True: sys.stdout.buffer.write(bytes(2**20))"
    )
    monkeypatch.setattr(isolated, "_READING_WORKER_COMMAND", (isolated.sys.executable, "-c", code))
    began = time.monotonic()
    with pytest.raises(ParseError, match="within its limits"):
        await parse_isolated(b"x")
    assert time.monotonic() - began < 20


ATTRIBUTES = " ".join(f'a{number}="x>y"' for number in range(100_000))
PARSERS = {
    "rss": lambda data: parse_rss(data, "cs.LG"),
    "query api": parse_metadata,
    "listing": lambda data: parse_listing(data, "cs.LG"),
    "catch-up": lambda data: parse_catchup(data, "cs.LG", TODAY),
}
WRAPPED = {
    "rss": "<rss><channel>{}</channel></rss>",
    "query api": '<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>',
    "listing": "<html><body><h3>New submissions (showing 1 of 1 entries)</h3>{}</body></html>",
    "catch-up": "<html><body>{}</body></html>",
}
HOSTILE = {
    "attributes": f"<item {ATTRIBUTES}/>",
    "attributes without values": "<div " + "a b c " * 100_000 + "/>",
    "attributes without an end": f"<item {ATTRIBUTES}",
    "items": "<item><title>t</title></item>" * 100_000,
    "total": f"<div class='paging'>Total of {'9' * 5000} entries</div>",
    "showing": f"<h3>New submissions (showing {'9' * 5000} of {'9' * 5000} entries)</h3>",
    "one long line": "<item><title>" + "a" * 5_000_000 + "</title></item>",
    "depth": "<a>" * 100_000,
    "brackets": "<" * 1_000_000,
    "entities": '<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>&b;',
    "nothing": "",
}


@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize("what", HOSTILE)
def test_no_document_takes_a_parser_long(kind: str, what: str):
    """Feeds, listings, catch-up pages and the query API's answers: read or refused in seconds of CPU, never a crash."""
    document = WRAPPED[kind].format(HOSTILE[what]).encode()
    began = time.process_time()
    with contextlib.suppress(ParseError):
        PARSERS[kind](document)
    assert time.process_time() - began < 5
