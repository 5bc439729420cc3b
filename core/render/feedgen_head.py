"""feedgen set up for a feed: its head, and what feedgen 1.0.0 cannot say of links, as extensions of it."""

from datetime import datetime
from typing import Any, Final

from feedgen.entry import FeedEntry
from feedgen.ext.dc import DcEntryExtension, DcExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from core.paper import Entry
from core.render.facts import LINK_TITLES
from core.render.head import FeedHead, feed_description, feed_title, icon_url
from core.render.links import paper_links

_ATOM_XML_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_FORGOTTEN_LINK_ATTRIBUTES: Final = ("rel", "type", "title")


def rss_generator(head: FeedHead, updated: datetime) -> FeedGenerator:
    """An RSS feed without items, last changed at ``updated``."""
    generator = _feed_generator(head, updated, "application/rss+xml")
    generator.ttl(head.feed_ttl_minutes)
    generator.register_extension("dc", DcExtension, DcEntryExtension, atom=False)
    if head.hub:
        generator.register_extension("hub", lambda: HubLink(head.hub), atom=False)
    return generator


def atom_generator(head: FeedHead, updated: datetime) -> FeedGenerator:
    """An Atom feed without entries, last changed at ``updated``."""
    generator = _feed_generator(head, updated, "application/atom+xml")
    generator.id(head.self_url)
    generator.author(name="Paperfeed", uri=head.base_url)
    generator.icon(icon_url(head))
    if head.hub:
        generator.link(href=head.hub, rel="hub")
    return generator


def _feed_generator(head: FeedHead, updated: datetime, media_type: str) -> FeedGenerator:
    generator = FeedGenerator()
    generator.title(feed_title(head))
    generator.description(feed_description(head))
    generator.link(href=head.self_url, rel="self", type=media_type)
    generator.link(href=head.page_url, rel="alternate", type="text/html")  # last: feedgen makes it RSS's <link>
    generator.language(head.feed_language)
    generator.updated(updated)  # else feedgen takes the present
    generator.generator("Paperfeed")
    generator.image(icon_url(head), title=feed_title(head), link=head.page_url, width="144", height="144")
    return generator


class EntryLinks:
    """A feedgen extension: puts back what feedgen 1.0.0 forgets of an entry's links in Atom, all but the address."""

    def __init__(self, item: FeedEntry) -> None:
        self._item = item

    def extend_atom(self, entry: Any) -> None:
        for link_element, atom_link in zip(entry.findall("link"), self._item.link(), strict=True):
            for atom_attribute in filter(atom_link.__contains__, _FORGOTTEN_LINK_ATTRIBUTES):
                link_element.set(atom_attribute, atom_link[atom_attribute])


class RelatedLinks:
    """A feedgen extension: RSS's ``atom:link`` to code, project page, data and models."""

    def __init__(self, entry: Entry) -> None:
        self._links = paper_links(entry.paper)

    def extend_rss(self, item: Any) -> None:
        for link in self._links:
            link_element = etree.SubElement(item, f"{{{_ATOM_XML_NAMESPACE}}}link", href=link.url, rel="related")
            link_element.set("title", LINK_TITLES[link.kind])


class HubLink:
    """A feedgen extension: RSS's ``atom:link`` to the WebSub hub, which feedgen writes in Atom alone."""

    def __init__(self, hub: str) -> None:
        self._hub = hub

    def extend_ns(self) -> dict[str, str]:
        return {}

    def extend_rss(self, feed: Any) -> None:
        etree.SubElement(feed[0], f"{{{_ATOM_XML_NAMESPACE}}}link", href=self._hub, rel="hub")
