"""
RSS 2.0 and Atom 1.0, written by feedgen, which this module and ``core.render.feedgen_head`` alone know.

feedgen takes 6 ms for a hundred entries, so what it wrote for an entry is kept and joined to the next feed's head: the
same bytes as its own whole document. Splitting is safe because feedgen escapes every ``<`` in text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Final

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from core.paper import Content, Entry
from core.render.body import END, WHY, body_without_why, votes_html, why_html
from core.render.cache import FRAGMENTS, Fragment, filled
from core.render.facts import RELATED, tags
from core.render.feedgen_head import EntryLinks, RelatedLinks, atom_generator, rss_generator
from core.render.head import (
    FeedHead,
    Look,
    Notice,
    author_names,
    feed_updated,
    item_title,
    local,
    look_of,
    whole_text,
    without_tags,
)
from core.render.item import Item
from core.render.links import abstract_url, html_url, item_id, paper_links, pdf_url
from core.taxonomy import CATEGORIES
from core.text.plain import xml_safe

_CATEGORY_SCHEME: Final = "http://arxiv.org/schemas/atom"
_RSS_DOCUMENT_END: Final = b"</channel></rss>"
_ATOM_END: Final = b"</feed>"
_WHY: Final = WHY.encode()
_END: Final = END.encode()
_BODY_MARKS: Final = re.compile(b"(%s|%s)" % (_WHY, _END))
_BLANK: Final = FeedHead("Paperfeed", "-", "-", "-", "", None)  # a head to render entries under, thrown away


def rss(head: FeedHead, entries: Sequence[Entry], content: Content) -> bytes:
    """Render RSS 2.0 with content:encoded and dc:creator."""
    fragments = FRAGMENTS.of(entries, look := look_of(head, "rss", content), lambda some: _rss_fragments(some, look))
    return _join(
        _rss_head(head, feed_updated(head, entries)),
        [*map(_rss_notice, head.notices), *_filled(fragments, entries, head.votes_url)],
        _RSS_DOCUMENT_END,
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
    generator = rss_generator(head, _items_updated(head, items))
    for item in items:
        made = _add_item(generator, item)
        made.description(without_tags(item.text))
    document: bytes = generator.rss_str()
    return document


def atom_items(head: FeedHead, items: Sequence[Item]) -> bytes:
    """Render Atom 1.0 of what is no paper."""
    generator = atom_generator(head, _items_updated(head, items))
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


def _filled(fragments: Sequence[Fragment], entries: Sequence[Entry], votes_url: str) -> Iterator[bytes]:
    for fragment, entry in zip(fragments, entries, strict=True):
        votes = escape(votes_html(entry, votes_url), quote=False).encode() if votes_url else b""
        yield from filled(fragment, {_WHY: escape(why_html(entry), quote=False).encode(), _END: votes})


def _rss_notice(notice: Notice) -> bytes:
    generator = rss_generator(_BLANK, notice.published)
    _fill_notice(generator.add_entry(), notice)
    return b"".join(_split_items(_without_end(generator.rss_str(), _RSS_DOCUMENT_END), b"<item>", b"</item>"))


def _atom_notice(notice: Notice) -> bytes:
    generator = atom_generator(_BLANK, notice.published)
    _fill_notice(generator.add_entry(), notice)
    return b"".join(_split_items(_without_end(generator.atom_str(), _ATOM_END), b"<entry>", b"</entry>"))


def _fill_notice(item: FeedEntry, notice: Notice) -> None:
    item.id(notice.id)
    item.title(xml_safe(notice.title))
    item.link(href=notice.url, rel="alternate", type="text/html")
    item.description(without_tags(xml_safe(notice.text)))
    item.published(local(notice.published))
    item.updated(local(notice.published))


def _join(head: bytes, fragments: Iterable[bytes], end: bytes) -> bytes:
    return b"".join((head, *fragments, end))


@lru_cache(maxsize=64)
def _rss_head(head: FeedHead, updated: datetime) -> bytes:
    return _without_end(rss_generator(head, updated).rss_str(), _RSS_DOCUMENT_END)


@lru_cache(maxsize=64)
def _atom_head(head: FeedHead, updated: datetime) -> bytes:
    return _without_end(atom_generator(head, updated).atom_str(), _ATOM_END)


def _without_end(document: bytes, end: bytes) -> bytes:
    assert document.endswith(end)
    return document.removesuffix(end)


def _rss_fragments(entries: Sequence[Entry], look: Look) -> list[Fragment]:
    generator = rss_generator(_BLANK, local(entries[0].updated))
    _add(generator, entries, look, _fill_rss)
    return [*map(_cut, _split_items(_without_end(generator.rss_str(), _RSS_DOCUMENT_END), b"<item>", b"</item>"))]


def _atom_fragments(entries: Sequence[Entry], look: Look) -> list[Fragment]:
    generator = atom_generator(_BLANK, local(entries[0].updated))
    _add(generator, entries, look, _fill_atom)
    return [*map(_cut, _split_items(_without_end(generator.atom_str(), _ATOM_END), b"<entry>", b"</entry>"))]


def _cut(item: bytes) -> Fragment:
    return tuple(_BODY_MARKS.split(item))


def _split_items(document: bytes, start: bytes, end: bytes) -> list[bytes]:
    inner = document[document.index(start) :].removeprefix(start).removesuffix(end)
    return [start + text + end for text in inner.split(end + start)]


def _add(
    generator: FeedGenerator, entries: Sequence[Entry], look: Look, fill: Callable[[FeedEntry, Entry, Look], None]
) -> None:
    for entry in entries:
        fill(generator.add_entry(order="append"), entry, look)  # feedgen prepends unless told


def _fill_rss(item: FeedEntry, entry: Entry, look: Look) -> None:
    _fill(item, entry, look)
    item.description(without_tags(whole_text(entry, look.content)))
    if names := author_names(entry.paper):
        item.dc.dc_creator(", ".join(names))  # one: of several, readers keep only the last or the first
    item.category([{"term": tag} for tag in tags(entry.paper)])
    item.register_extension("links", lambda: RelatedLinks(entry), atom=False)


def _fill_atom(item: FeedEntry, entry: Entry, look: Look) -> None:
    _fill(item, entry, look)
    paper = entry.paper
    item.updated(local(entry.updated))
    item.summary(whole_text(entry, look.content))
    item.author([{"name": name} for name in author_names(paper)])
    item.register_extension("links", lambda: EntryLinks(item), rss=False)
    item.link(href=pdf_url(paper), rel="related", type="application/pdf", title="PDF")
    item.link(href=html_url(paper), rel="related", type="text/html", title="HTML")
    for link in paper_links(paper):
        item.link(href=link.url, rel="related", title=RELATED[link.kind])
    item.category([_category_element(tag) for tag in tags(paper)])


def _fill(item: FeedEntry, entry: Entry, look: Look) -> None:
    item.title(item_title(entry.paper, sample=look.sample))
    item.id(item_id(entry.paper.arxiv_id))  # also RSS's guid, no permalink
    item.link(href=abstract_url(entry.paper.arxiv_id), rel="alternate", type="text/html")
    item.published(local(entry.published))
    if body := body_without_why(entry, look.content, papers_url=look.papers_url, math=look.math):
        item.content(body, type="html")


def _category_element(tag: str) -> dict[str, str]:
    """No label: FreshRSS splits one at its commas, and Miniflux and Liferea show it instead of the term."""
    return {"term": tag, "scheme": _CATEGORY_SCHEME} if tag in CATEGORIES else {"term": tag}
