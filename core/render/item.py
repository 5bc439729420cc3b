"""An item of a feed that is no paper: a digest."""

from datetime import datetime

from msgspec import Struct


class FeedItem(Struct, frozen=True):
    """What a reader shows of it. All addresses in ``item_html`` are absolute, and it is safe."""

    item_id: str  # the same for ever
    item_url: str
    item_title: str  # plain text
    item_summary: str  # a sentence of plain text
    item_html: str
    item_published: datetime
    item_updated: datetime
