"""An item of a feed that is no paper: a digest."""

from datetime import datetime

from msgspec import Struct


class Item(Struct, frozen=True):
    """What a reader shows of it. All addresses in ``html`` are absolute, and it is safe."""

    id: str  # the same for ever
    url: str
    title: str  # plain text
    text: str  # a sentence of plain text
    html: str
    published: datetime
    updated: datetime
