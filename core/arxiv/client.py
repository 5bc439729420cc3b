"""The documents of arXiv: feeds, listings, catch-up pages and metadata, each fetched politely and parsed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from core.arxiv.catchup import parse_catchup
from core.arxiv.document import ARXIV_ITEM_LIMIT, CategoryDocument
from core.arxiv.gated_http import GatedHttp
from core.arxiv.listing import ListingPage, join_pages, parse_listing
from core.arxiv.query_api import ArxivMetadata, parse_metadata
from core.arxiv.rss import parse_rss

_MOST_LISTING_PAGES: Final = 5


class ArxivClient(GatedHttp):
    """
    Asks arXiv for documents; an async context manager.

    Beside what ``GatedHttp.fetch`` raises: ParseError when what came is not what was asked for.
    """

    async def fetch_rss(self, category: str) -> CategoryDocument:
        """Today's feed of a category."""
        arxiv_rss = await self.fetch("rss", f"/rss/{category}")
        return await asyncio.to_thread(parse_rss, arxiv_rss, category)

    async def fetch_listing(self, category: str) -> CategoryDocument:
        """The newest listing of a category, all its pages; it leads the feed by four hours."""

        async def listing_page(page_number: int) -> ListingPage:
            arxiv_path = f"/list/{category}/new?skip={(page_number - 1) * ARXIV_ITEM_LIMIT}&show={ARXIV_ITEM_LIMIT}"
            return await asyncio.to_thread(parse_listing, await self.fetch("site", arxiv_path), category)

        return join_pages(await _all_listing_pages(listing_page), category, "listing")

    async def fetch_catchup(self, category: str, day: date) -> CategoryDocument:
        """The listing of a past day, up to 90 days back, all its pages; empty when nothing was announced."""

        async def catchup_page(page_number: int) -> ListingPage:
            arxiv_path = f"/catchup/{category}/{day}?abs=True&page={page_number}"
            return await asyncio.to_thread(parse_catchup, await self.fetch("site", arxiv_path), category, day)

        return join_pages(await _all_listing_pages(catchup_page), category, "catchup")

    async def fetch_metadata(self, arxiv_path: str) -> tuple[ArxivMetadata, ...]:
        """What the query API tells of some papers; ``core.arxiv.query_api.arxiv_query_path`` makes the path."""
        return await asyncio.to_thread(parse_metadata, await self.fetch("api", arxiv_path))


async def _all_listing_pages(fetch_page: Callable[[int], Awaitable[ListingPage]]) -> list[ListingPage]:
    """Get pages until they hold all the entries that they count; ``join_pages`` finds fault with what is missing."""
    listing_pages = [await fetch_page(1)]
    for page_number in range(2, _MOST_LISTING_PAGES + 1):
        listed_entries = sum(listing_page.listed_entry_count for listing_page in listing_pages)
        if listed_entries >= listing_pages[0].listed_total_entries or not listing_pages[-1].listed_entry_count:
            break
        listing_pages.append(await fetch_page(page_number))
    return listing_pages
