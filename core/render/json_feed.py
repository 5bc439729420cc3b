"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with arXiv's own facts in ``_arxiv``."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from core.paper import Content, Entry
from core.render.body import END, WHY, body_without_why, votes_html, why_html
from core.render.cache import FRAGMENTS, Fragment, filled
from core.render.facts import tags, venue
from core.render.head import (
    FeedHead,
    Look,
    Notice,
    author_names,
    category_names,
    feed_description,
    feed_title,
    icon_url,
    item_title,
    local,
    look_of,
    whole_text,
    withdrawn,
)
from core.render.item import Item as PlainItem
from core.render.json_feed_format import (
    Arxiv,
    Author,
    DigestItem,
    Feed,
    Hub,
    Item,
    MatchedTerm,
    NoticeItem,
    PaperLink,
    Ranked,
)
from core.render.links import abstract_url, html_url, item_id, paper_links, pdf_url, publisher_dois
from core.text.plain import plain, xml_safe

_VERSION: Final = "https://jsonfeed.org/version/1.1"
_ENCODER: Final = msgspec.json.Encoder()


_UNRANKED: Final = Ranked(0.0, ())
_NOTHING: Final = _ENCODER.encode(_UNRANKED)[1:-1]
"""As it stands in every item until it is filled; no string can look like it, because strings escape quotes."""
_WHY: Final = WHY.encode()
_END: Final = END.encode()
_MARKS: Final = re.compile(b"(%s)" % b"|".join(map(re.escape, (_WHY, _END, _NOTHING))))


def json_feed(head: FeedHead, entries: Sequence[Entry], content: Content) -> bytes:
    """Render JSON Feed 1.1; entries rendered before are taken as they are."""
    fragments = FRAGMENTS.of(entries, look := look_of(head, "json", content), lambda some: _fragments(some, look))
    papers = (msgspec.Raw(_filled(*pair, head.votes_url)) for pair in zip(fragments, entries, strict=True))
    notices = (msgspec.Raw(_ENCODER.encode(_notice(notice))) for notice in head.notices)
    return _ENCODER.encode(_feed(head, (*notices, *papers)))


def json_items(head: FeedHead, items: Sequence[PlainItem]) -> bytes:
    """Render JSON Feed 1.1 of what is no paper."""
    return _ENCODER.encode(_feed(head, tuple(msgspec.Raw(_ENCODER.encode(_plain_item(each))) for each in items)))


def _plain_item(item: PlainItem) -> DigestItem:
    return DigestItem(
        id=item.id,
        url=item.url,
        title=xml_safe(item.title),
        content_html=item.html,
        summary=xml_safe(item.text),
        date_published=local(item.published).isoformat(),
        date_modified=local(item.updated).isoformat(),
    )


def _fragments(entries: Sequence[Entry], look: Look) -> list[Fragment]:
    return [tuple(_MARKS.split(_ENCODER.encode(_item(entry, look)))) for entry in entries]


def _filled(fragment: Fragment, entry: Entry, votes_url: str) -> bytes:
    """Put in what the query made of an entry, and what only a profile's feed has."""
    matched = tuple(MatchedTerm(xml_safe(each.term), each.field) for each in entry.matched)
    own = {
        _WHY: _json_inside(why_html(entry)),
        _END: _json_inside(votes_html(entry, votes_url)),
        _NOTHING: _json_inside(Ranked(float(entry.score), matched)),
    }
    return b"".join(filled(fragment, own))


def _json_inside(value: object) -> bytes:
    """Encode without the quotes or braces at the ends."""
    return _ENCODER.encode(value)[1:-1]


def _feed(head: FeedHead, items: tuple[msgspec.Raw, ...]) -> Feed:
    return Feed(
        version=_VERSION,
        title=feed_title(head),
        home_page_url=head.page_url,
        feed_url=head.self_url,
        description=feed_description(head),
        icon=icon_url(head),
        language=head.language,
        authors=(Author("Paperfeed", head.base_url),),
        hubs=(Hub("WebSub", head.hub),) if head.hub else (),
        items=items,
    )


def _notice(notice: Notice) -> NoticeItem:
    return NoticeItem(
        id=notice.id,
        url=notice.url,
        title=xml_safe(notice.title),
        content_text=xml_safe(notice.text),
        date_published=local(notice.published).isoformat(),
    )


def _item(entry: Entry, look: Look) -> Item:
    paper, names = entry.paper, author_names(entry.paper)
    body = body_without_why(entry, look.content, papers_url=look.papers_url, math=look.math)
    text = whole_text(entry, look.content)
    return Item(
        id=item_id(paper.arxiv_id),
        url=abstract_url(paper.arxiv_id),
        title=item_title(paper, sample=look.sample),
        content_html=body,
        content_text="" if body else text,
        summary=text if body else "",
        date_published=local(entry.published).isoformat(),
        date_modified=local(entry.updated).isoformat(),
        authors=tuple(map(Author, names)),
        author=Author(", ".join(names)) if names else None,
        tags=tags(paper),
        arxiv=_arxiv_extension(entry),
    )


def _arxiv_extension(entry: Entry) -> Arxiv:
    paper, categories = entry.paper, category_names(entry.paper)
    return Arxiv(
        id=paper.arxiv_id,
        version=paper.version,
        announce_type=entry.announce_type.value,
        primary_category=categories[0],
        categories=categories,
        announced=paper.announced.isoformat(),
        score=_UNRANKED.score,
        matched=_UNRANKED.matched,
        pdf=pdf_url(paper),
        html=html_url(paper),
        doi=" ".join(publisher_dois(paper)),
        journal_ref=plain(paper.journal_ref),
        comment=plain(paper.comment),
        venue=str(venue(paper) or ""),
        license=paper.license,
        withdrawn=withdrawn(paper),
        submitted=local(paper.submitted).isoformat() if paper.submitted else "",
        revised=local(paper.revised).isoformat() if paper.revised else "",
        author_count=len(paper.authors),
        affiliations=tuple(dict.fromkeys(filter(None, (plain(author.affiliation) for author in paper.authors)))),
        links=tuple(PaperLink(link.kind, link.url) for link in paper_links(paper)),
    )
