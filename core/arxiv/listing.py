"""
arXiv's listing pages: bytes in, frozen pages out, and pages joined to a CategoryDocument.

``/list/{category}/new`` is read here; ``core.arxiv.catchup`` shares everything but the header.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.arxiv.document import CategoryDocument, Skipped, Source
from core.arxiv.listing_entry import parse_entry
from core.arxiv.nesting import check_depth, check_tags
from core.errors import ParseError
from core.paper import ArxivId, Paper
from core.taxonomy import ARCHIVES, CATEGORIES, canonical

SECTIONS: Final = {"New": "new", "Cross": "cross", "Replacement": "replace"}
_SECTION: Final = re.compile(
    r"(New|Cross|Replacement) submissions \((?:continued, )?showing (?:first |last )?(\d{1,6}) of (\d{1,6}) entries\)"
)
_HEADER: Final = re.compile(r"Showing new listings for \w+, (\d{1,2}) (\w+) (\d{4})")
_TOTAL: Final = re.compile(r"Total of (\d{1,6}) entries")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class ListingPage(Struct, frozen=True):
    """One page of a day's listing."""

    day: date
    papers: tuple[Paper, ...]  # each once, as the first of the sections that it stands in has it
    skipped: tuple[Skipped, ...]
    totals: tuple[tuple[str, int], ...]  # of the sections that this page shows: (("new", 62), …)
    count: int  # entries on this page, those skipped and those that stand in two sections included
    total: int  # entries on all pages together


def parse_listing(data: bytes, category: str) -> ListingPage:
    """
    Read one page of ``/list/{category}/new``.

    An entry that cannot be read is skipped and named. Raises ParseError when this is no whole listing page, when it is
    another category's, and when none of its entries can be read.
    """
    return parse_page(data, category, _listing_header)


def _listing_header(tree: LexborHTMLParser) -> tuple[date, str]:
    """The day, and the subject's full name if the page says it."""
    headings = [squeeze(node.text()) for node in tree.css("h3")]
    found = next((match for text in headings if (match := _HEADER.search(text))), None)
    if found is None:
        raise ParseError("not a listing of new papers")
    return written_date(*found.groups()), _text_of(tree, "h1")


def parse_page(data: bytes, category: str, header: Callable[[LexborHTMLParser], tuple[date, str]]) -> ListingPage:
    """Read a listing page of either kind; ``header`` finds its day and subject, or raises ParseError."""
    text = data.decode("utf-8", errors="replace")
    check_depth(text)
    check_tags(text)
    tree = LexborHTMLParser(text)
    try:
        day, subject = header(tree)
    except ParseError as error:
        title = _text_of(tree, "title")
        raise ParseError(f"{error} but " + (f'a page titled "{title[:80]}"' if title else "something else")) from None
    if "</html>" not in text[-2000:].lower():
        raise ParseError(f"the listing breaks off after {len(text)} characters")
    _check_subject(subject, category)
    return _page(tree, category, day)


def _check_subject(subject: str, category: str) -> None:
    name = canonical(category)
    if subject and subject not in (CATEGORIES.get(name), ARCHIVES.get(name), ARCHIVES.get(category)):
        raise ParseError(f'the listing is not that of {category} but of "{subject[:80]}"')


def _page(tree: LexborHTMLParser, category: str, day: date) -> ListingPage:
    totals, promised = _headings(tree)
    papers: dict[ArxivId, Paper] = {}
    skipped: list[Skipped] = []
    count = 0
    for section, dt, dd in _entries(tree):
        count += 1
        try:
            paper = parse_entry(dt, dd, category=category, section=section, day=day)
        except ParseError as error:
            skipped.append(Skipped(squeeze(dt.text())[:80], str(error)))
            continue
        papers.setdefault(paper.arxiv_id, paper)
    if skipped and not papers:
        raise ParseError(f"could not read any of the {len(skipped)} entries of {category}: {skipped[0].reason}")
    if count < promised:
        raise ParseError(f"the listing holds {count} of the {promised} entries that it promises")
    total = max(_total(tree), sum(totals.values()))
    return ListingPage(day, tuple(papers.values()), tuple(skipped), tuple(totals.items()), count, total)


def _headings(tree: LexborHTMLParser) -> tuple[dict[str, int], int]:
    """The sections' totals, and how many entries the headings say this page shows."""
    found = [match for node in tree.css("h3") if (match := _SECTION.search(squeeze(node.text())))]
    return {SECTIONS[match[1]]: int(match[3]) for match in found}, sum(int(match[2]) for match in found)


def _entries(tree: LexborHTMLParser) -> Iterator[tuple[str, LexborNode, LexborNode]]:
    """Every ``dt`` with its ``dd``, under the section that the last heading named."""
    section, dt = "", None
    for node in tree.css("h3, dt, dd"):
        if node.tag == "h3":
            found = _SECTION.search(squeeze(node.text()))
            section = SECTIONS[found[1]] if found else section
        elif node.tag == "dt":
            dt = node
        elif dt is not None and section:
            yield section, dt, node
            dt = None


def _total(tree: LexborHTMLParser) -> int:
    """The entries on all pages, where the page says it; 0 where it does not."""
    texts = (squeeze(node.text()) for node in tree.css("div.paging, #dlpage > div"))
    return next((int(found[1]) for text in texts if (found := _TOTAL.search(text))), 0)


def join_pages(pages: Sequence[ListingPage], category: str, source: Source) -> CategoryDocument:
    """
    Join all pages of one day's listing, first page first.

    Raises ParseError when they are not of one day or do not hold all the entries that they count.
    """
    if len({page.day for page in pages}) != 1:
        raise ParseError(f"the listing of {category} changed while its pages were read")
    count, total = sum(page.count for page in pages), max(page.total for page in pages)
    if count < total:
        raise ParseError(f"the listing of {category} holds {count} of its {total} entries")
    totals = {section: number for page in pages for section, number in page.totals}
    papers: dict[ArxivId, Paper] = {}
    for paper in (paper for page in pages for paper in page.papers):
        papers.setdefault(paper.arxiv_id, paper)
    return CategoryDocument(
        category,
        source,
        pages[0].day,
        None,
        tuple(papers.values()),
        tuple(skipped for page in pages for skipped in page.skipped),
        tuple((section, totals.get(section, 0)) for section in SECTIONS.values()),
    )


def written_date(day: str, month: str, year: str) -> date:
    """``("13", "January", "2026")``, months cut to three letters too. Raises ParseError when there is no such day."""
    try:
        return date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        raise ParseError(f'no date: "{day} {month} {year}"') from None


def squeeze(text: str) -> str:
    """Collapse white space."""
    return " ".join(text.split())


def _text_of(tree: LexborHTMLParser, selector: str) -> str:
    node: LexborNode | None = tree.css_first(selector)
    return squeeze(node.text()) if node else ""
