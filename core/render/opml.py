"""A list of feeds as OPML 2.0, which every reader imports."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from core.text.plain import xml_safe


class OpmlOutline(Struct, frozen=True):
    """One feed in the list. Both addresses are absolute."""

    feed_title: str
    feed_url: str
    html_url: str = ""


def render_opml(opml_title: str, outlines: Iterable[OpmlOutline]) -> bytes:
    """Write the list; nothing in it reads the clock."""
    opml_head = f"<head><title>{escape(xml_safe(opml_title))}</title></head>"
    opml_elements = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', opml_head, "<body>"]
    return "\n".join([*opml_elements, *map(_outline_element, outlines), "</body>", "</opml>", ""]).encode()


def _outline_element(outline: OpmlOutline) -> str:
    feed_title, feed_url = quoteattr(xml_safe(outline.feed_title)), quoteattr(xml_safe(outline.feed_url))
    html_url = f" htmlUrl={quoteattr(xml_safe(outline.html_url))}" if outline.html_url else ""
    return f'<outline type="rss" text={feed_title} title={feed_title} xmlUrl={feed_url}{html_url}/>'
