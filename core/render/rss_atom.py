"""
RSS 2.0 and Atom 1.0, written by feedgen. The only module that knows feedgen.

feedgen takes 6 ms for a hundred entries, so what it wrote for an entry is kept and joined to the next feed's head: the
same bytes as its own whole document. Splitting is safe because feedgen escapes every ``<`` in text.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any, Final

from feedgen.entry import FeedEntry
from feedgen.ext.dc import DcEntryExtension, DcExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from core.paper import Content, Entry
from core.render.body import END, WHY, body_without_why, votes_html, why_html
from core.render.cache import FRAGMENTS
from core.render.facts import RELATED, tags
from core.render.head import (
    FeedHead,
    Look,
    Notice,
    author_names,
    feed_description,
    feed_title,
    feed_updated,
    icon_url,
    item_title,
    local,
    look_of,
    whole_text,
)
from core.render.item import Item
from core.render.links import abstract_url, html_url, item_id, paper_links, pdf_url
from core.taxonomy import CATEGORIES
from core.text.plain import xml_safe

_ATOM_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_CATEGORY_SCHEME: Final = "http://arxiv.org/schemas/atom"
_RSS_END: Final = b"</channel></rss>"
_ATOM_END: Final = b"</feed>"
_WHY: Final = WHY.encode()
_END: Final = END.encode()
_BLANK: Final = FeedHead("Paperfeed", "-", "-", "-", "", None)  # a head to render entries under, thrown away


def rss(head: FeedHead, entries: Sequence[Entry], content: Content) -> bytes:
    """Render RSS 2.0 with content:encoded and dc:creator."""
    fragments = FRAGMENTS.of(entries, look := look_of(head, "rss", content), lambda some: _rss_fragments(some, look))
    return _join(
        _rss_head(head, feed_updated(head, entries)),
        [*map(_rss_notice, head.notices), *_filled(fragments, entries, head.votes_url)],
        _RSS_END,
    )


def atom(head: FeedHead, entries: Sequence[Entry], content: Content) -> bytes:
    """Render Atom 1.0 (RFC 4287)."""
    fragments = FRAGMENTS.of(entries, look := look_of(head, "atom", content), lambda some: _atom_fragments(some, look))
    return _join(
        _atom_head(head, feed_updated(head, entries)),
        [*map(_atom_notice, head.notices), *_filled(fragments, entries, head.votes_url)],
        _ATOM_END,
    )


def rss_items(head: FeedHead, items: Sequence[Item]) -> bytes:
    """Render RSS 2.0 of what is no paper."""
    generator = _rss_generator(head, _items_updated(head, items))
    for item in items:
        made = _add_item(generator, item)
        made.description(item.text)
    document: bytes = generator.rss_str()
    return document


def atom_items(head: FeedHead, items: Sequence[Item]) -> bytes:
    """Render Atom 1.0 of what is no paper."""
    generator = _atom_generator(head, _items_updated(head, items))
    for item in items:
        made = _add_item(generator, item)
        made.updated(local(item.updated))
        made.summary(item.text)
    document: bytes = generator.atom_str()
    return document


def _items_updated(head: FeedHead, items: Sequence[Item]) -> datetime:
    return max((local(item.updated) for item in items), default=feed_updated(head, ()))


def _add_item(generator: FeedGenerator, item: Item) -> FeedEntry:
    made = generator.add_entry(order="append")
    made.title(xml_safe(item.title))
    made.id(item.id)
    made.link(href=item.url, rel="alternate", type="text/html")
    made.published(local(item.published))
    made.content(item.html, type="html")
    return made


def _filled(fragments: Sequence[bytes], entries: Sequence[Entry], votes_url: str) -> Iterator[bytes]:
    for fragment, entry in zip(fragments, entries, strict=True):
        votes = escape(votes_html(entry, votes_url), quote=False).encode()
        yield fragment.replace(_WHY, escape(why_html(entry), quote=False).encode()).replace(_END, votes)


def _rss_notice(notice: Notice) -> bytes:
    generator = _rss_generator(_BLANK, notice.published)
    _fill_notice(generator.add_entry(), notice)
    return b"".join(_split(_without(generator.rss_str(), _RSS_END), b"<item>", b"</item>"))


def _atom_notice(notice: Notice) -> bytes:
    generator = _atom_generator(_BLANK, notice.published)
    _fill_notice(generator.add_entry(), notice)
    return b"".join(_split(_without(generator.atom_str(), _ATOM_END), b"<entry>", b"</entry>"))


def _fill_notice(item: FeedEntry, notice: Notice) -> None:
    item.id(notice.id)
    item.title(xml_safe(notice.title))
    item.link(href=notice.url, rel="alternate", type="text/html")
    item.description(xml_safe(notice.text))
    item.published(local(notice.published))
    item.updated(local(notice.published))


def _join(head: bytes, fragments: Iterable[bytes], end: bytes) -> bytes:
    return b"".join((head, *fragments, end))


@lru_cache(maxsize=64)
def _rss_head(head: FeedHead, updated: datetime) -> bytes:
    return _without(_rss_generator(head, updated).rss_str(), _RSS_END)


@lru_cache(maxsize=64)
def _atom_head(head: FeedHead, updated: datetime) -> bytes:
    return _without(_atom_generator(head, updated).atom_str(), _ATOM_END)


def _without(document: bytes, end: bytes) -> bytes:
    assert document.endswith(end)
    return document.removesuffix(end)


def _rss_fragments(entries: Sequence[Entry], look: Look) -> list[bytes]:
    generator = _rss_generator(_BLANK, local(entries[0].updated))
    _add(generator, entries, look, _fill_rss)
    return _split(_without(generator.rss_str(), _RSS_END), b"<item>", b"</item>")


def _atom_fragments(entries: Sequence[Entry], look: Look) -> list[bytes]:
    generator = _atom_generator(_BLANK, local(entries[0].updated))
    _add(generator, entries, look, _fill_atom)
    return _split(_without(generator.atom_str(), _ATOM_END), b"<entry>", b"</entry>")


def _split(document: bytes, start: bytes, end: bytes) -> list[bytes]:
    inner = document[document.index(start) :].removeprefix(start).removesuffix(end)
    return [start + text + end for text in inner.split(end + start)]


def _add(
    generator: FeedGenerator, entries: Sequence[Entry], look: Look, fill: Callable[[FeedEntry, Entry, Look], None]
) -> None:
    for entry in entries:
        fill(generator.add_entry(order="append"), entry, look)  # feedgen prepends unless told


def _rss_generator(head: FeedHead, updated: datetime) -> FeedGenerator:
    generator = _generator(head, updated, "application/rss+xml")
    generator.ttl(head.ttl_minutes)
    generator.register_extension("dc", DcExtension, DcEntryExtension, atom=False)
    if head.hub:
        generator.register_extension("hub", lambda: _HubLink(head.hub), atom=False)
    return generator


def _atom_generator(head: FeedHead, updated: datetime) -> FeedGenerator:
    generator = _generator(head, updated, "application/atom+xml")
    generator.id(head.self_url)
    generator.author(name="Paperfeed", uri=head.base_url)
    generator.icon(icon_url(head))
    if head.hub:
        generator.link(href=head.hub, rel="hub")
    return generator


def _generator(head: FeedHead, updated: datetime, media_type: str) -> FeedGenerator:
    generator = FeedGenerator()
    generator.title(feed_title(head))
    generator.description(feed_description(head))
    generator.link(href=head.self_url, rel="self", type=media_type)
    generator.link(href=head.page_url, rel="alternate", type="text/html")  # last: feedgen makes it RSS's <link>
    generator.language(head.language)
    generator.updated(updated)  # else feedgen takes the present
    generator.generator("Paperfeed")
    generator.image(icon_url(head), title=feed_title(head), link=head.page_url, width="144", height="144")
    return generator


def _fill_rss(item: FeedEntry, entry: Entry, look: Look) -> None:
    _fill(item, entry, look)
    item.description(whole_text(entry, look.content))
    if names := author_names(entry.paper):
        item.dc.dc_creator(", ".join(names))  # one: of several, readers keep only the last or the first
    item.category([{"term": tag} for tag in tags(entry.paper)])
    item.register_extension("links", lambda: _RelatedLinks(entry), atom=False)


def _fill_atom(item: FeedEntry, entry: Entry, look: Look) -> None:
    _fill(item, entry, look)
    paper = entry.paper
    item.updated(local(entry.updated))
    item.summary(whole_text(entry, look.content))
    item.author([{"name": name} for name in author_names(paper)])
    item.register_extension("links", lambda: _EntryLinks(item), rss=False)
    item.link(href=pdf_url(paper), rel="related", type="application/pdf", title="PDF")
    item.link(href=html_url(paper), rel="related", type="text/html", title="HTML")
    for link in paper_links(paper):
        item.link(href=link.url, rel="related", title=RELATED[link.kind])
    item.category([_category(tag) for tag in tags(paper)])


def _fill(item: FeedEntry, entry: Entry, look: Look) -> None:
    item.title(item_title(entry.paper, sample=look.sample))
    item.id(item_id(entry.paper.arxiv_id))  # also RSS's guid, no permalink
    item.link(href=abstract_url(entry.paper.arxiv_id), rel="alternate", type="text/html")
    item.published(local(entry.published))
    if body := body_without_why(entry, look.content, papers_url=look.papers_url, math=look.math):
        item.content(body, type="html")


def _category(tag: str) -> dict[str, str]:
    """No label: FreshRSS splits one at its commas, and Miniflux and Liferea show it instead of the term."""
    return {"term": tag, "scheme": _CATEGORY_SCHEME} if tag in CATEGORIES else {"term": tag}


class _EntryLinks:
    """A feedgen extension: puts back what feedgen 1.0.0 forgets of an entry's links in Atom, all but the address."""

    def __init__(self, item: FeedEntry) -> None:
        self._item = item

    def extend_atom(self, entry: Any) -> None:
        for element, link in zip(entry.findall("link"), self._item.link(), strict=True):
            for name in ("rel", "type", "title"):
                if name in link:
                    element.set(name, link[name])


class _RelatedLinks:
    """A feedgen extension: RSS's ``atom:link`` to code, project page, data and models."""

    def __init__(self, entry: Entry) -> None:
        self._links = paper_links(entry.paper)

    def extend_rss(self, item: Any) -> None:
        for link in self._links:
            element = etree.SubElement(item, f"{{{_ATOM_NAMESPACE}}}link", href=link.url, rel="related")
            element.set("title", RELATED[link.kind])


class _HubLink:
    """A feedgen extension: RSS's ``atom:link`` to the WebSub hub, which feedgen writes in Atom alone."""

    def __init__(self, hub: str) -> None:
        self._hub = hub

    def extend_ns(self) -> dict[str, str]:
        return {}

    def extend_rss(self, feed: Any) -> None:
        etree.SubElement(feed[0], f"{{{_ATOM_NAMESPACE}}}link", href=self._hub, rel="hub")
