"""arXiv's catch-up pages, ``/catchup/{category}/{day}?abs=True&page=N``: the listing of a past day."""

import re
from datetime import date
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from core.arxiv.listing import ListingPage, parse_page, squeeze, written_date
from core.errors import ParseError

_HEADER: Final = re.compile(r"Catchup results for (.+) on \w+, (\d{1,2}) (\w+) (\d{4})")


def parse_catchup(data: bytes, category: str, day: date) -> ListingPage:
    """
    Read one page of a past day; a day without announcements is a page without papers.

    Raises ParseError as ``parse_listing`` does, and when the page is of another day.
    """
    page = parse_page(data, category, _header)
    if page.day != day:
        raise ParseError(f"the catch-up page is not of {day} but of {page.day}")
    return page


def _header(tree: LexborHTMLParser) -> tuple[date, str]:
    headings = [squeeze(node.text()) for node in tree.css("h1")]
    found = next((match for text in headings if (match := _HEADER.search(text))), None)
    if found is None:
        raise ParseError("not a catch-up page")
    return written_date(*found.groups()[1:]), found[1]
