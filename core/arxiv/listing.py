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
from core.arxiv.nesting import check_listing
from core.errors import ParseError
from core.paper import ArxivId, Paper
from core.taxonomy import ARCHIVES, CATEGORIES, canonical_category

SECTIONS: Final = {"New": "new", "Cross": "cross", "Replacement": "replace"}
_SECTION_HEADING: Final = re.compile(
    r"(New|Cross|Replacement) submissions \((?:continued, )?showing (?:first |last )?(\d{1,6}) of (\d{1,6}) entries\)"
)
_LISTING_HEADING: Final = re.compile(r"Showing new listings for \w+, (\d{1,2}) (\w+) (\d{4})")
_TOTAL_ENTRIES: Final = re.compile(r"Total of (\d{1,6}) entries")
_MONTH_PREFIXES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class ListingPage(Struct, frozen=True):
    """One page of a day's listing."""

    day: date
    papers: tuple[Paper, ...]  # each once, as the first of the sections that it stands in has it
    skipped: tuple[Skipped, ...]
    totals: tuple[tuple[str, int], ...]  # of the sections that this page shows: (("new", 62), …)
    count: int  # entries on this page, those skipped and those that stand in two sections included
    total: int  # entries on all pages together


def parse_listing(page_bytes: bytes, category: str) -> ListingPage:
    """
    Read one page of ``/list/{category}/new``.

    An entry that cannot be read is skipped and named. Raises ParseError when this is no whole listing page, when it is
    another category's, and when none of its entries can be read.
    """
    return parse_page(page_bytes, category, _listing_header)


def _listing_header(tree: LexborHTMLParser) -> tuple[date, str]:
    """The day, and the subject's full name if the page says it."""
    headings = [single_spaced(node.text()) for node in tree.css("h3")]
    listing_heading = next((match for heading in headings if (match := _LISTING_HEADING.search(heading))), None)
    if listing_heading is None:
        raise ParseError("not a listing of new papers")
    return listing_date(*listing_heading.groups()), _element_text(tree, "h1")


def parse_page(
    page_bytes: bytes, category: str, read_header: Callable[[LexborHTMLParser], tuple[date, str]]
) -> ListingPage:
    """Read a listing page of either kind; ``read_header`` finds its day and subject, or raises ParseError."""
    page_html = page_bytes.decode("utf-8", errors="replace")
    check_listing(page_html)
    tree = LexborHTMLParser(page_html)
    try:
        day, subject = read_header(tree)
    except ParseError as error:
        page_title = _element_text(tree, "title")
        page_described = f'a page titled "{page_title[:80]}"' if page_title else "something else"
        raise ParseError(f"{error} but {page_described}") from None
    if "</html>" not in page_html[-2000:].lower():
        raise ParseError(f"the listing breaks off after {len(page_html)} characters")
    _check_subject(subject, category)
    return _listing_page(tree, category, day)


def _check_subject(subject: str, category: str) -> None:
    category_name = canonical_category(category)
    if subject and subject not in (CATEGORIES.get(category_name), ARCHIVES.get(category_name), ARCHIVES.get(category)):
        raise ParseError(f'the listing is not that of {category} but of "{subject[:80]}"')


def _listing_page(tree: LexborHTMLParser, category: str, day: date) -> ListingPage:
    section_totals, promised_entries = _section_headings(tree)
    papers: dict[ArxivId, Paper] = {}
    skipped: list[Skipped] = []
    entry_count = 0
    for section, dt, dd in _listing_entries(tree):
        entry_count += 1
        try:
            paper = parse_entry(dt, dd, category=category, section=section, day=day)
        except ParseError as error:
            skipped.append(Skipped(single_spaced(dt.text())[:80], str(error)))
            continue
        papers.setdefault(paper.arxiv_id, paper)
    if skipped and not papers:
        raise ParseError(f"could not read any of the {len(skipped)} entries of {category}: {skipped[0].reason}")
    if entry_count < promised_entries:
        raise ParseError(f"the listing holds {entry_count} of the {promised_entries} entries that it promises")
    total_entries = max(_stated_total(tree), sum(section_totals.values()))
    return ListingPage(
        day, tuple(papers.values()), tuple(skipped), tuple(section_totals.items()), entry_count, total_entries
    )


def _section_headings(tree: LexborHTMLParser) -> tuple[dict[str, int], int]:
    """The sections' totals, and how many entries the headings say this page shows."""
    headings = [match for node in tree.css("h3") if (match := _SECTION_HEADING.search(single_spaced(node.text())))]
    section_totals = {SECTIONS[heading[1]]: int(heading[3]) for heading in headings}
    return section_totals, sum(int(heading[2]) for heading in headings)


def _listing_entries(tree: LexborHTMLParser) -> Iterator[tuple[str, LexborNode, LexborNode]]:
    """Every ``dt`` with its ``dd``, under the section that the last heading named."""
    section, dt = "", None
    for node in tree.css("h3, dt, dd"):
        if node.tag == "h3":
            section_heading = _SECTION_HEADING.search(single_spaced(node.text()))
            section = SECTIONS[section_heading[1]] if section_heading else section
        elif node.tag == "dt":
            dt = node
        elif dt is not None and section:
            yield section, dt, node
            dt = None


def _stated_total(tree: LexborHTMLParser) -> int:
    """The entries on all pages, where the page says it; 0 where it does not."""
    paging_texts = (single_spaced(node.text()) for node in tree.css("div.paging, #dlpage > div"))
    return next((int(match[1]) for text in paging_texts if (match := _TOTAL_ENTRIES.search(text))), 0)


def join_pages(pages: Sequence[ListingPage], category: str, source: Source) -> CategoryDocument:
    """
    Join all pages of one day's listing, first page first.

    Raises ParseError when they are not of one day or do not hold all the entries that they count.
    """
    if len({page.day for page in pages}) != 1:
        raise ParseError(f"the listing of {category} changed while its pages were read")
    entry_count, total_entries = sum(page.count for page in pages), max(page.total for page in pages)
    if entry_count < total_entries:
        raise ParseError(f"the listing of {category} holds {entry_count} of its {total_entries} entries")
    section_totals = {section: number for page in pages for section, number in page.totals}
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
        tuple((section, section_totals.get(section, 0)) for section in SECTIONS.values()),
    )


def listing_date(day: str, month: str, year: str) -> date:
    """``("13", "January", "2026")``, months cut to three letters too. Raises ParseError when there is no such day."""
    try:
        return date(int(year), _MONTH_PREFIXES.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        raise ParseError(f'no date: "{day} {month} {year}"') from None


def single_spaced(text: str) -> str:
    """Collapse white space."""
    return " ".join(text.split())


def _element_text(tree: LexborHTMLParser, selector: str) -> str:
    node: LexborNode | None = tree.css_first(selector)
    return single_spaced(node.text()) if node else ""
