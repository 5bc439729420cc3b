"""Entries rendered in each format, as a reader's parser sees them."""

from html.parser import HTMLParser

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def text_of(html: str) -> str:
    """What a person reads of it."""
    found: list[str] = []
    reader = HTMLParser()
    reader.handle_data = found.append
    reader.feed(html)
    reader.close()
    return "".join(found)


def channel(data: bytes) -> etree._Element:
    return etree.fromstring(data)[0]
