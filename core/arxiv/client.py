"""The documents of arXiv: feeds, listings, catch-up pages and metadata, each fetched politely and parsed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from core.arxiv.catchup import parse_catchup
from core.arxiv.document import FEED_LIMIT, CategoryDocument
from core.arxiv.gated_http import GatedHttp
from core.arxiv.listing import ListingPage, join_pages, parse_listing
from core.arxiv.query_api import Metadata, parse_metadata
from core.arxiv.rss import parse_rss

_MOST_PAGES: Final = 5


class ArxivClient(GatedHttp):
    """
    Asks arXiv for documents; an async context manager.

    Beside what ``GatedHttp.fetch`` raises: ParseError when what came is not what was asked for.
    """

    async def rss(self, category: str) -> CategoryDocument:
        """Today's feed of a category."""
        data = await self.fetch("rss", f"/rss/{category}")
        return await asyncio.to_thread(parse_rss, data, category)

    async def listing(self, category: str) -> CategoryDocument:
        """The newest listing of a category, all its pages; it leads the feed by four hours."""

        async def page(number: int) -> ListingPage:
            path = f"/list/{category}/new?skip={(number - 1) * FEED_LIMIT}&show={FEED_LIMIT}"
            return await asyncio.to_thread(parse_listing, await self.fetch("site", path), category)

        return join_pages(await _all_pages(page), category, "listing")

    async def catchup(self, category: str, day: date) -> CategoryDocument:
        """The listing of a past day, up to 90 days back, all its pages; empty when nothing was announced."""

        async def page(number: int) -> ListingPage:
            path = f"/catchup/{category}/{day}?abs=True&page={number}"
            return await asyncio.to_thread(parse_catchup, await self.fetch("site", path), category, day)

        return join_pages(await _all_pages(page), category, "catchup")

    async def metadata(self, path: str) -> tuple[Metadata, ...]:
        """What the query API tells of some papers; ``core.arxiv.query_api.query_path`` makes the path."""
        return await asyncio.to_thread(parse_metadata, await self.fetch("api", path))


async def _all_pages(page: Callable[[int], Awaitable[ListingPage]]) -> list[ListingPage]:
    """Get pages until they hold all the entries that they count; ``join_pages`` finds fault with what is missing."""
    pages = [await page(1)]
    while sum(each.count for each in pages) < pages[0].total and pages[-1].count and len(pages) < _MOST_PAGES:
        pages.append(await page(len(pages) + 1))
    return pages
