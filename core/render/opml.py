"""A list of feeds as OPML 2.0, which every reader imports."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from core.text.plain import xml_safe


class Outline(Struct, frozen=True):
    """One feed in the list. Both addresses are absolute."""

    title: str
    feed_url: str
    page_url: str = ""


def opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """Write the list; nothing in it reads the clock."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"<head><title>{escape(xml_safe(title))}</title></head>", "<body>"]
    lines += [_outline_element(each) for each in outlines]
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


def _outline_element(outline: Outline) -> str:
    title, address = quoteattr(xml_safe(outline.title)), quoteattr(xml_safe(outline.feed_url))
    page = f" htmlUrl={quoteattr(xml_safe(outline.page_url))}" if outline.page_url else ""
    return f'<outline type="rss" text={title} title={title} xmlUrl={address}{page}/>'
