"""arXiv's catch-up pages, ``/catchup/{category}/{day}?abs=True&page=N``: the listing of a past day."""

import re
from datetime import date
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from core.arxiv.listing import ListingPage, listing_day, parse_listing_page, single_spaced
from core.errors import ParseError

_CATCHUP_HEADING: Final = re.compile(r"Catchup results for (.+) on \w+, (\d{1,2}) (\w+) (\d{4})")


def parse_catchup(page_bytes: bytes, category: str, day: date) -> ListingPage:
    """
    Read one page of a past day; a day without announcements is a page without papers.

    Raises ParseError as ``parse_listing`` does, and when the page is of another day.
    """
    catchup_page = parse_listing_page(page_bytes, category, _catchup_header)
    if catchup_page.day != day:
        raise ParseError(f"the catch-up page is not of {day} but of {catchup_page.day}")
    return catchup_page


def _catchup_header(listing_tree: LexborHTMLParser) -> tuple[date, str]:
    listing_headings = [single_spaced(listing_node.text()) for listing_node in listing_tree.css("h1")]
    catchup_heading = next((match for heading in listing_headings if (match := _CATCHUP_HEADING.search(heading))), None)
    if catchup_heading is None:
        raise ParseError("not a catch-up page")
    return listing_day(*catchup_heading.groups()[1:]), catchup_heading[1]
