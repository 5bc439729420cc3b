"""The formats a feed is rendered in, each with the renderer that writes it."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from core.paper import Entry, EntryContent
from core.render.head import FeedHead

FeedRenderer = Callable[[FeedHead, Sequence[Entry], EntryContent], bytes]


def _rss_renderer() -> FeedRenderer:
    from core.render.rss_atom import render_rss  # noqa: PLC0415 - a JSON feed need not load lxml

    return render_rss


def _atom_renderer() -> FeedRenderer:
    from core.render.rss_atom import render_atom  # noqa: PLC0415

    return render_atom


def _json_renderer() -> FeedRenderer:
    from core.render.json_feed import render_json_feed  # noqa: PLC0415

    return render_json_feed


class FeedFormat(Struct, frozen=True):
    """One of the formats a feed comes in; ``renderer`` loads what it needs when it is first asked for."""

    name: str  # the first part of its address
    title: str
    media_type: str
    renderer: Callable[[], FeedRenderer]


FEED_FORMATS: Final = {
    "rss": FeedFormat("rss", "RSS", "application/rss+xml; charset=utf-8", _rss_renderer),
    "atom": FeedFormat("atom", "Atom", "application/atom+xml; charset=utf-8", _atom_renderer),
    "json": FeedFormat("json", "JSON Feed", "application/feed+json; charset=utf-8", _json_renderer),
}
