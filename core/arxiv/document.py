"""One category's announcement as a document of arXiv's told it."""

from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct

from core.paper import AnnounceType, Paper
from core.taxonomy import archive_members, canonical_category

Source = Literal["rss", "listing", "catchup"]

ARXIV_ITEM_LIMIT: Final = 2000
"""The most items that an RSS document or a listing page holds; above it arXiv's feed loses new papers, unsignalled."""


class SkippedArxivItem(Struct, frozen=True):
    """An item that could not be read: how it is called in the document, and why it was left out."""

    name: str
    reason: str


class CategoryDocument(Struct, frozen=True):
    """What one category's feed or listing said of one announcement day, item by item, in the document's order."""

    category: str
    source: Source
    day: date | None  # the announcement day it claims, in New York
    built: datetime | None  # RSS only: within a second of midnight it is often yesterday's
    papers: tuple[Paper, ...]  # each with one announcement: (category, type)
    skipped: tuple[SkippedArxivItem, ...] = ()
    totals: tuple[tuple[str, int], ...] = ()  # (("new", 62), ("cross", 127), ("replace", 108)); () for RSS

    @property
    def is_at_arxiv_limit(self) -> bool:
        """Whether arXiv's limit of an RSS document is reached: it has probably cut off new papers."""
        return self.source == "rss" and len(self.papers) + len(self.skipped) >= ARXIV_ITEM_LIMIT


def announce_type_for(category: str, listing_section: str, paper_categories: tuple[str, ...]) -> AnnounceType:
    """
    The announce type that arXiv's feed of a category (or archive) would give a paper of this section of its listing.

    ``listing_section`` is ``new``, ``cross`` or ``replace``; a paper is at home where its primary category is.
    """
    is_listed_at_home = paper_categories[0] in archive_members(category) | {canonical_category(category)}
    if listing_section == "replace":
        return AnnounceType.REPLACE if is_listed_at_home else AnnounceType.REPLACE_CROSS
    return AnnounceType.NEW if listing_section == "new" and is_listed_at_home else AnnounceType.CROSS
