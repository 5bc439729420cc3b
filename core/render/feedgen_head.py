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
    feed_generator = _feed_generator(head, updated, "application/rss+xml")
    feed_generator.ttl(head.feed_ttl_minutes)
    feed_generator.register_extension("dc", DcExtension, DcEntryExtension, atom=False)
    if head.hub:
        feed_generator.register_extension("hub", lambda: HubLink(head.hub), atom=False)
    return feed_generator


def atom_generator(head: FeedHead, updated: datetime) -> FeedGenerator:
    """An Atom feed without entries, last changed at ``updated``."""
    feed_generator = _feed_generator(head, updated, "application/atom+xml")
    feed_generator.id(head.self_url)
    feed_generator.author(name="Paperfeed", uri=head.base_url)
    feed_generator.icon(icon_url(head))
    if head.hub:
        feed_generator.link(href=head.hub, rel="hub")
    return feed_generator


def _feed_generator(head: FeedHead, updated: datetime, media_type: str) -> FeedGenerator:
    feed_generator = FeedGenerator()
    feed_generator.title(feed_title(head))
    feed_generator.description(feed_description(head))
    feed_generator.link(href=head.self_url, rel="self", type=media_type)
    feed_generator.link(href=head.page_url, rel="alternate", type="text/html")  # last: feedgen makes it RSS's <link>
    feed_generator.language(head.feed_language)
    feed_generator.updated(updated)  # else feedgen takes the present
    feed_generator.generator("Paperfeed")
    feed_generator.image(icon_url(head), title=feed_title(head), link=head.page_url, width="144", height="144")
    return feed_generator


class EntryLinks:
    """A feedgen extension: puts back what feedgen 1.0.0 forgets of an entry's links in Atom, all but the address."""

    def __init__(self, feed_item: FeedEntry) -> None:
        self._item = feed_item

    def extend_atom(self, atom_element: Any) -> None:
        for link_element, atom_link in zip(atom_element.findall("link"), self._item.link(), strict=True):
            for atom_attribute in filter(atom_link.__contains__, _FORGOTTEN_LINK_ATTRIBUTES):
                link_element.set(atom_attribute, atom_link[atom_attribute])


class RelatedLinks:
    """A feedgen extension: RSS's ``atom:link`` to code, project page, data and models."""

    def __init__(self, entry: Entry) -> None:
        self._related_links = paper_links(entry.paper)

    def extend_rss(self, feed_item: Any) -> None:
        for related_link in self._related_links:
            link_element = etree.SubElement(
                feed_item, f"{{{_ATOM_XML_NAMESPACE}}}link", href=related_link.url, rel="related"
            )
            link_element.set("title", LINK_TITLES[related_link.kind])


class HubLink:
    """A feedgen extension: RSS's ``atom:link`` to the WebSub hub, which feedgen writes in Atom alone."""

    def __init__(self, hub_url: str) -> None:
        self._hub_url = hub_url

    def extend_ns(self) -> dict[str, str]:
        return {}

    def extend_rss(self, feed: Any) -> None:
        etree.SubElement(feed[0], f"{{{_ATOM_XML_NAMESPACE}}}link", href=self._hub_url, rel="hub")
