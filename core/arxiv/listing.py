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

from core.arxiv.document import CategoryDocument, SkippedArxivItem, Source
from core.arxiv.listing_entry import parse_entry
from core.arxiv.nesting import check_listing
from core.errors import ParseError
from core.paper import ArxivId, Paper
from core.taxonomy import ARCHIVES, CATEGORIES, canonical_category

LISTING_SECTIONS: Final = {"New": "new", "Cross": "cross", "Replacement": "replace"}
_LISTING_SECTION: Final = re.compile(
    r"(New|Cross|Replacement) submissions \((?:continued, )?showing (?:first |last )?(\d{1,6}) of (\d{1,6}) entries\)"
)
_LISTING_HEADING: Final = re.compile(r"Showing new listings for \w+, (\d{1,2}) (\w+) (\d{4})")
_LISTING_TOTAL: Final = re.compile(r"Total of (\d{1,6}) entries")
_LISTING_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class ListingPage(Struct, frozen=True):
    """One page of a day's listing."""

    day: date
    papers: tuple[Paper, ...]  # each once, as the first of the sections that it stands in has it
    skipped: tuple[SkippedArxivItem, ...]
    totals: tuple[tuple[str, int], ...]  # of the sections that this page shows: (("new", 62), …)
    listed_entry_count: int  # entries on this page, those skipped and those that stand in two sections included
    listed_total_entries: int  # entries on all pages together


def parse_listing(page_bytes: bytes, category: str) -> ListingPage:
    """
    Read one page of ``/list/{category}/new``.

    An entry that cannot be read is skipped and named. Raises ParseError when this is no whole listing page, when it is
    another category's, and when none of its entries can be read.
    """
    return parse_listing_page(page_bytes, category, _listing_header)


def _listing_header(listing_tree: LexborHTMLParser) -> tuple[date, str]:
    """The day, and the subject's full name if the page says it."""
    listing_headings = [single_spaced(listing_node.text()) for listing_node in listing_tree.css("h3")]
    listing_heading = next((match for heading in listing_headings if (match := _LISTING_HEADING.search(heading))), None)
    if listing_heading is None:
        raise ParseError("not a listing of new papers")
    return listing_day(*listing_heading.groups()), _listing_element_text(listing_tree, "h1")


def parse_listing_page(
    page_bytes: bytes, category: str, read_header: Callable[[LexborHTMLParser], tuple[date, str]]
) -> ListingPage:
    """Read a listing page of either kind; ``read_header`` finds its day and subject, or raises ParseError."""
    arxiv_html = page_bytes.decode("utf-8", errors="replace")
    check_listing(arxiv_html)
    listing_tree = LexborHTMLParser(arxiv_html)
    try:
        listing_day, listing_subject = read_header(listing_tree)
    except ParseError as listing_header_error:
        arxiv_page_title = _listing_element_text(listing_tree, "title")
        arxiv_page = f'a page titled "{arxiv_page_title[:80]}"' if arxiv_page_title else "something else"
        raise ParseError(f"{listing_header_error} but {arxiv_page}") from None
    if "</html>" not in arxiv_html[-2000:].lower():
        raise ParseError(f"the listing breaks off after {len(arxiv_html)} characters")
    _check_subject(listing_subject, category)
    return _listing_page(listing_tree, category, listing_day)


def _check_subject(listing_subject: str, category: str) -> None:
    listing_category = canonical_category(category)
    listing_names = CATEGORIES.get(listing_category), ARCHIVES.get(listing_category), ARCHIVES.get(category)
    if listing_subject and listing_subject not in listing_names:
        raise ParseError(f'the listing is not that of {category} but of "{listing_subject[:80]}"')


def _listing_page(listing_tree: LexborHTMLParser, category: str, listing_date: date) -> ListingPage:
    listing_totals, promised_entries = _section_headings(listing_tree)
    listing_papers: dict[ArxivId, Paper] = {}
    skipped: list[SkippedArxivItem] = []
    listing_entries = list(_listing_entries(listing_tree))
    for listing_section, dt, dd in listing_entries:
        try:
            listing_paper = parse_entry(dt, dd, category=category, listing_section=listing_section, day=listing_date)
        except ParseError as listing_entry_error:
            skipped.append(SkippedArxivItem(single_spaced(dt.text())[:80], str(listing_entry_error)))
            continue
        listing_papers.setdefault(listing_paper.arxiv_id, listing_paper)
    if skipped and not listing_papers:
        raise ParseError(f"could not read any of the {len(skipped)} entries of {category}: {skipped[0].reason}")
    if len(listing_entries) < promised_entries:
        raise ParseError(f"the listing holds {len(listing_entries)} of the {promised_entries} entries that it promises")
    return ListingPage(
        listing_date,
        papers=tuple(listing_papers.values()),
        skipped=tuple(skipped),
        totals=tuple(listing_totals.items()),
        listed_entry_count=len(listing_entries),
        listed_total_entries=max(_stated_listing_total(listing_tree), sum(listing_totals.values())),
    )


def _section_headings(listing_tree: LexborHTMLParser) -> tuple[dict[str, int], int]:
    """The sections' totals, and how many entries the headings say this page shows."""
    listing_sections = [
        _LISTING_SECTION.search(single_spaced(listing_node.text())) for listing_node in listing_tree.css("h3")
    ]
    listing_totals = {LISTING_SECTIONS[heading[1]]: int(heading[3]) for heading in listing_sections if heading}
    return listing_totals, sum(int(heading[2]) for heading in listing_sections if heading)


def _listing_entries(listing_tree: LexborHTMLParser) -> Iterator[tuple[str, LexborNode, LexborNode]]:
    """Every ``dt`` with its ``dd``, under the section that the last heading named."""
    listing_section, dt = "", None
    for listing_node in listing_tree.css("h3, dt, dd"):
        if listing_node.tag == "h3":
            section_heading = _LISTING_SECTION.search(single_spaced(listing_node.text()))
            listing_section = LISTING_SECTIONS[section_heading[1]] if section_heading else listing_section
        elif listing_node.tag == "dt":
            dt = listing_node
        elif dt is not None and listing_section:
            yield listing_section, dt, listing_node
            dt = None


def _stated_listing_total(listing_tree: LexborHTMLParser) -> int:
    """The entries on all pages, where the page says it; 0 where it does not."""
    paging_texts = (
        single_spaced(listing_node.text()) for listing_node in listing_tree.css("div.paging, #dlpage > div")
    )
    stated_listing_totals = (_LISTING_TOTAL.search(paging_text) for paging_text in paging_texts)
    return next((int(listing_total[1]) for listing_total in stated_listing_totals if listing_total), 0)


def join_pages(listing_pages: Sequence[ListingPage], category: str, source: Source) -> CategoryDocument:
    """
    Join all pages of one day's listing, first page first.

    Raises ParseError when they are not of one day or do not hold all the entries that they count.
    """
    if len({listing_page.day for listing_page in listing_pages}) != 1:
        raise ParseError(f"the listing of {category} changed while its pages were read")
    listed_entries = sum(listing_page.listed_entry_count for listing_page in listing_pages)
    listed_total_entries = max(listing_page.listed_total_entries for listing_page in listing_pages)
    if listed_entries < listed_total_entries:
        raise ParseError(f"the listing of {category} holds {listed_entries} of its {listed_total_entries} entries")
    listing_totals = dict(total for listing_page in listing_pages for total in listing_page.totals)
    listing_papers: dict[ArxivId, Paper] = {}
    for listing_paper in (listing_paper for listing_page in listing_pages for listing_paper in listing_page.papers):
        listing_papers.setdefault(listing_paper.arxiv_id, listing_paper)
    return CategoryDocument(
        category,
        source,
        listing_pages[0].day,
        built=None,
        papers=tuple(listing_papers.values()),
        skipped=tuple(skipped for listing_page in listing_pages for skipped in listing_page.skipped),
        totals=tuple((section, listing_totals.get(section, 0)) for section in LISTING_SECTIONS.values()),
    )


def listing_day(listing_day_number: str, listing_month: str, listing_year: str) -> date:
    """``("13", "January", "2026")``, months cut to three letters too. Raises ParseError when there is no such day."""
    try:
        return date(int(listing_year), _LISTING_MONTHS.index(listing_month[:3].lower()) + 1, int(listing_day_number))
    except ValueError:
        raise ParseError(f'no date: "{listing_day_number} {listing_month} {listing_year}"') from None


def single_spaced(listing_text: str) -> str:
    """Collapse white space."""
    return " ".join(listing_text.split())


def _listing_element_text(listing_tree: LexborHTMLParser, selector: str) -> str:
    listing_node: LexborNode | None = listing_tree.css_first(selector)
    return single_spaced(listing_node.text()) if listing_node else ""
