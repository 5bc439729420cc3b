"""
RSS 2.0 and Atom 1.0, written by feedgen, which this module and ``core.render.feedgen_head`` alone know.

feedgen takes 6 ms for a hundred entries, so what it wrote for an entry is kept and joined to the next feed's head: the
same bytes as its own whole document. Splitting is safe because feedgen escapes every ``<`` in text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Final

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from core.paper import Entry, EntryContent
from core.render.body import VOTES_MARK, WHY_MARK, body_html_without_why, votes_html, why_html
from core.render.cache import FRAGMENTS, Fragment, fill_fragment
from core.render.facts import LINK_TITLES, item_tags
from core.render.feedgen_head import EntryLinks, RelatedLinks, atom_generator, rss_generator
from core.render.head import (
    EntryLook,
    FeedHead,
    FeedNotice,
    author_names,
    entry_look,
    feed_updated,
    item_title,
    rendered_time,
    whole_text,
    without_html_tags,
)
from core.render.item import FeedItem
from core.render.links import abstract_url, html_url, item_id, paper_links, pdf_url
from core.taxonomy import CATEGORIES
from core.text.plain import xml_safe

FillItem = Callable[[FeedEntry, Entry, EntryLook], None]

_ATOM_CATEGORY_SCHEME: Final = "http://arxiv.org/schemas/atom"
_RSS_DOCUMENT_END: Final = b"</channel></rss>"
_ATOM_DOCUMENT_END: Final = b"</feed>"
_XML_WHY_MARK: Final = WHY_MARK.encode()
_XML_VOTES_MARK: Final = VOTES_MARK.encode()
_XML_MARKS: Final = re.compile(b"(%s|%s)" % (_XML_WHY_MARK, _XML_VOTES_MARK))
_BLANK_HEAD: Final = FeedHead("Paperfeed", "-", "-", "-", "", None)  # a head to render entries under, thrown away


def render_rss(head: FeedHead, entries: Sequence[Entry], content: EntryContent) -> bytes:
    """Render RSS 2.0 with content:encoded and dc:creator."""
    look = entry_look(head, "rss", content)
    fragments = FRAGMENTS.of(entries, look, lambda unrendered: _rss_fragments(unrendered, look))
    rss_items = (*map(_rss_notice, head.notices), *_filled_items(fragments, entries, head.votes_url))
    return b"".join((_rss_head(head, feed_updated(head, entries)), *rss_items, _RSS_DOCUMENT_END))


def render_atom(head: FeedHead, entries: Sequence[Entry], content: EntryContent) -> bytes:
    """Render Atom 1.0 (RFC 4287)."""
    look = entry_look(head, "atom", content)
    fragments = FRAGMENTS.of(entries, look, lambda unrendered: _atom_fragments(unrendered, look))
    atom_entries = (*map(_atom_notice, head.notices), *_filled_items(fragments, entries, head.votes_url))
    return b"".join((_atom_head(head, feed_updated(head, entries)), *atom_entries, _ATOM_DOCUMENT_END))


def render_rss_items(head: FeedHead, items: Sequence[FeedItem]) -> bytes:
    """Render RSS 2.0 of what is no paper."""
    generator = rss_generator(head, _items_updated(head, items))
    for item in items:
        _add_item(generator, item).description(without_html_tags(item.item_summary))
    rendered_rss: bytes = generator.rss_str()
    return rendered_rss


def render_atom_items(head: FeedHead, items: Sequence[FeedItem]) -> bytes:
    """Render Atom 1.0 of what is no paper."""
    generator = atom_generator(head, _items_updated(head, items))
    for item in items:
        atom_entry = _add_item(generator, item)
        atom_entry.updated(rendered_time(item.item_updated))
        atom_entry.summary(item.item_summary)
    rendered_atom: bytes = generator.atom_str()
    return rendered_atom


def _items_updated(head: FeedHead, items: Sequence[FeedItem]) -> datetime:
    return max((rendered_time(item.item_updated) for item in items), default=feed_updated(head, ()))


def _add_item(generator: FeedGenerator, item: FeedItem) -> FeedEntry:
    xml_item = generator.add_entry(order="append")
    xml_item.title(xml_safe(item.item_title))
    xml_item.id(item.item_id)
    xml_item.link(href=item.item_url, rel="alternate", type="text/html")
    xml_item.published(rendered_time(item.item_published))
    xml_item.content(item.item_html, type="html")
    return xml_item


def _filled_items(fragments: Sequence[Fragment], entries: Sequence[Entry], votes_url: str) -> Iterator[bytes]:
    for fragment, entry in zip(fragments, entries, strict=True):
        votes_xml = escape(votes_html(entry, votes_url), quote=False).encode() if votes_url else b""
        why_xml = escape(why_html(entry), quote=False).encode()
        yield from fill_fragment(fragment, {_XML_WHY_MARK: why_xml, _XML_VOTES_MARK: votes_xml})


def _rss_notice(notice: FeedNotice) -> bytes:
    generator = rss_generator(_BLANK_HEAD, notice.item_published)
    _fill_notice(generator.add_entry(), notice)
    return b"".join(_rss_items(generator))


def _atom_notice(notice: FeedNotice) -> bytes:
    generator = atom_generator(_BLANK_HEAD, notice.item_published)
    _fill_notice(generator.add_entry(), notice)
    return b"".join(_atom_entries(generator))


def _fill_notice(xml_item: FeedEntry, notice: FeedNotice) -> None:
    xml_item.id(notice.item_id)
    xml_item.title(xml_safe(notice.item_title))
    xml_item.link(href=notice.item_url, rel="alternate", type="text/html")
    xml_item.description(without_html_tags(xml_safe(notice.item_text)))
    xml_item.published(rendered_time(notice.item_published))
    xml_item.updated(rendered_time(notice.item_published))


@lru_cache(maxsize=64)
def _rss_head(head: FeedHead, updated: datetime) -> bytes:
    return _without_document_end(rss_generator(head, updated).rss_str(), _RSS_DOCUMENT_END)


@lru_cache(maxsize=64)
def _atom_head(head: FeedHead, updated: datetime) -> bytes:
    return _without_document_end(atom_generator(head, updated).atom_str(), _ATOM_DOCUMENT_END)


def _without_document_end(rendered_xml: bytes, document_end: bytes) -> bytes:
    assert rendered_xml.endswith(document_end)
    return rendered_xml.removesuffix(document_end)


def _rss_fragments(entries: Sequence[Entry], look: EntryLook) -> list[Fragment]:
    generator = rss_generator(_BLANK_HEAD, rendered_time(entries[0].updated))
    _add_entries(generator, entries, look, _fill_rss_item)
    return [*map(_cut_at_marks, _rss_items(generator))]


def _atom_fragments(entries: Sequence[Entry], look: EntryLook) -> list[Fragment]:
    generator = atom_generator(_BLANK_HEAD, rendered_time(entries[0].updated))
    _add_entries(generator, entries, look, _fill_atom_entry)
    return [*map(_cut_at_marks, _atom_entries(generator))]


def _cut_at_marks(xml_item: bytes) -> Fragment:
    return tuple(_XML_MARKS.split(xml_item))


def _rss_items(generator: FeedGenerator) -> list[bytes]:
    rss_document = _without_document_end(generator.rss_str(), _RSS_DOCUMENT_END)
    return _split_items(rss_document, b"<item>", b"</item>")


def _atom_entries(generator: FeedGenerator) -> list[bytes]:
    atom_document = _without_document_end(generator.atom_str(), _ATOM_DOCUMENT_END)
    return _split_items(atom_document, b"<entry>", b"</entry>")


def _split_items(rendered_xml: bytes, start_tag: bytes, end_tag: bytes) -> list[bytes]:
    items_xml = rendered_xml[rendered_xml.index(start_tag) :].removeprefix(start_tag).removesuffix(end_tag)
    return [start_tag + item_xml + end_tag for item_xml in items_xml.split(end_tag + start_tag)]


def _add_entries(generator: FeedGenerator, entries: Sequence[Entry], look: EntryLook, fill_item: FillItem) -> None:
    for rendered_entry in entries:
        fill_item(generator.add_entry(order="append"), rendered_entry, look)  # feedgen prepends unless told


def _fill_rss_item(rss_item: FeedEntry, rendered_entry: Entry, look: EntryLook) -> None:
    _fill_xml_item(rss_item, rendered_entry, look)
    rss_item.description(without_html_tags(whole_text(rendered_entry, look.content)))
    if rendered_authors := author_names(rendered_entry.paper):
        rss_item.dc.dc_creator(", ".join(rendered_authors))  # one: of several, readers keep only the last or the first
    rss_item.category([{"term": item_tag} for item_tag in item_tags(rendered_entry.paper)])
    rss_item.register_extension("links", lambda: RelatedLinks(rendered_entry), atom=False)


def _fill_atom_entry(atom_entry: FeedEntry, rendered_entry: Entry, look: EntryLook) -> None:
    _fill_xml_item(atom_entry, rendered_entry, look)
    rendered_paper = rendered_entry.paper
    atom_entry.updated(rendered_time(rendered_entry.updated))
    atom_entry.summary(whole_text(rendered_entry, look.content))
    atom_entry.author([{"name": rendered_author} for rendered_author in author_names(rendered_paper)])
    atom_entry.register_extension("links", lambda: EntryLinks(atom_entry), rss=False)
    atom_entry.link(href=pdf_url(rendered_paper), rel="related", type="application/pdf", title="PDF")
    atom_entry.link(href=html_url(rendered_paper), rel="related", type="text/html", title="HTML")
    for rendered_link in paper_links(rendered_paper):
        atom_entry.link(href=rendered_link.url, rel="related", title=LINK_TITLES[rendered_link.kind])
    atom_entry.category([_atom_category(item_tag) for item_tag in item_tags(rendered_paper)])


def _fill_xml_item(xml_item: FeedEntry, rendered_entry: Entry, look: EntryLook) -> None:
    xml_item.title(item_title(rendered_entry.paper, sample=look.sample))
    xml_item.id(item_id(rendered_entry.paper.arxiv_id))  # also RSS's guid, no permalink
    xml_item.link(href=abstract_url(rendered_entry.paper.arxiv_id), rel="alternate", type="text/html")
    xml_item.published(rendered_time(rendered_entry.published))
    if marked_html := body_html_without_why(rendered_entry, look.content, papers_url=look.papers_url, math=look.math):
        xml_item.content(marked_html, type="html")


def _atom_category(item_tag: str) -> dict[str, str]:
    """No label: FreshRSS splits one at its commas, and Miniflux and Liferea show it instead of the term."""
    atom_scheme = {"scheme": _ATOM_CATEGORY_SCHEME} if item_tag in CATEGORIES else {}
    return {"term": item_tag, **atom_scheme}
