"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with arXiv's own facts in ``_arxiv``."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from core.paper import Entry, EntryContent
from core.render.body import VOTES_MARK, WHY_MARK, body_html_without_why, votes_html, why_html
from core.render.cache import FRAGMENTS, Fragment, fill_fragment
from core.render.facts import item_tags, paper_venue
from core.render.head import (
    EntryLook,
    FeedHead,
    FeedNotice,
    author_names,
    category_names,
    entry_look,
    feed_description,
    feed_title,
    icon_url,
    is_withdrawn_paper,
    item_title,
    rendered_time,
    whole_text,
)
from core.render.item import FeedItem
from core.render.json_feed_format import (
    JsonArxiv,
    JsonAuthor,
    JsonDigestItem,
    JsonFeed,
    JsonHub,
    JsonItem,
    JsonLink,
    JsonMatch,
    JsonNoticeItem,
    JsonRank,
)
from core.render.links import abstract_url, html_url, item_id, paper_links, pdf_url, publisher_dois
from core.text.plain import plain, xml_safe

_JSON_FEED_VERSION: Final = "https://jsonfeed.org/version/1.1"
_JSON_ENCODER: Final = msgspec.json.Encoder()


_UNRANKED: Final = JsonRank(0.0, ())
_JSON_RANK_MARK: Final = _JSON_ENCODER.encode(_UNRANKED)[1:-1]
"""As it stands in every item until it is filled; no string can look like it, because strings escape quotes."""
_JSON_WHY_MARK: Final = WHY_MARK.encode()
_JSON_VOTES_MARK: Final = VOTES_MARK.encode()
_JSON_MARKS: Final = re.compile(
    b"(%s)" % b"|".join(map(re.escape, (_JSON_WHY_MARK, _JSON_VOTES_MARK, _JSON_RANK_MARK)))
)


def render_json_feed(head: FeedHead, entries: Sequence[Entry], content: EntryContent) -> bytes:
    """Render JSON Feed 1.1; entries rendered before are taken as they are."""
    look = entry_look(head, "json", content)
    fragments = FRAGMENTS.of(entries, look, lambda unrendered: _json_fragments(unrendered, look))
    json_papers = (_filled_json(*filling, head.votes_url) for filling in zip(fragments, entries, strict=True))
    json_notices = (_JSON_ENCODER.encode(_json_notice(notice)) for notice in head.notices)
    return _JSON_ENCODER.encode(_json_head(head, (*json_notices, *json_papers)))


def render_json_items(head: FeedHead, items: Sequence[FeedItem]) -> bytes:
    """Render JSON Feed 1.1 of what is no paper."""
    return _JSON_ENCODER.encode(_json_head(head, [_JSON_ENCODER.encode(_json_digest(item)) for item in items]))


def _json_digest(item: FeedItem) -> JsonDigestItem:
    return JsonDigestItem(
        id=item.item_id,
        url=item.item_url,
        title=xml_safe(item.item_title),
        content_html=item.item_html,
        summary=xml_safe(item.item_summary),
        date_published=rendered_time(item.item_published).isoformat(),
        date_modified=rendered_time(item.item_updated).isoformat(),
    )


def _json_fragments(entries: Sequence[Entry], look: EntryLook) -> list[Fragment]:
    return [
        tuple(_JSON_MARKS.split(_JSON_ENCODER.encode(_json_item(rendered_entry, look)))) for rendered_entry in entries
    ]


def _filled_json(fragment: Fragment, rendered_entry: Entry, votes_url: str) -> bytes:
    """Put in what the query made of an entry, and what only a profile's feed has."""
    json_matches = tuple(
        JsonMatch(xml_safe(rendered_match.term), rendered_match.field) for rendered_match in rendered_entry.matched
    )
    filled_marks = {
        _JSON_WHY_MARK: _unquoted_json(why_html(rendered_entry)),
        _JSON_VOTES_MARK: _unquoted_json(votes_html(rendered_entry, votes_url)),
        _JSON_RANK_MARK: _unquoted_json(JsonRank(float(rendered_entry.score), json_matches)),
    }
    return b"".join(fill_fragment(fragment, filled_marks))


def _unquoted_json(rendered: object) -> bytes:
    """Encode without the quotes or braces at the ends."""
    return _JSON_ENCODER.encode(rendered)[1:-1]


def _json_head(head: FeedHead, rendered_items: Iterable[bytes]) -> JsonFeed:
    return JsonFeed(
        version=_JSON_FEED_VERSION,
        title=feed_title(head),
        home_page_url=head.page_url,
        feed_url=head.self_url,
        description=feed_description(head),
        icon=icon_url(head),
        language=head.feed_language,
        authors=(JsonAuthor("Paperfeed", head.base_url),),
        hubs=(JsonHub("WebSub", head.hub),) if head.hub else (),
        items=tuple(map(msgspec.Raw, rendered_items)),
    )


def _json_notice(notice: FeedNotice) -> JsonNoticeItem:
    return JsonNoticeItem(
        id=notice.item_id,
        url=notice.item_url,
        title=xml_safe(notice.item_title),
        content_text=xml_safe(notice.item_text),
        date_published=rendered_time(notice.item_published).isoformat(),
    )


def _json_item(rendered_entry: Entry, look: EntryLook) -> JsonItem:
    rendered_paper, author_text = (
        rendered_entry.paper,
        ", ".join(json_author_names := author_names(rendered_entry.paper)),
    )
    content_html = body_html_without_why(rendered_entry, look.content, papers_url=look.papers_url, math=look.math)
    rendered_text = whole_text(rendered_entry, look.content)
    return JsonItem(
        id=item_id(rendered_paper.arxiv_id),
        url=abstract_url(rendered_paper.arxiv_id),
        title=item_title(rendered_paper, sample=look.sample),
        content_html=content_html,
        content_text="" if content_html else rendered_text,
        summary=rendered_text if content_html else "",
        date_published=rendered_time(rendered_entry.published).isoformat(),
        date_modified=rendered_time(rendered_entry.updated).isoformat(),
        authors=tuple(map(JsonAuthor, json_author_names)),
        author=JsonAuthor(author_text) if author_text else None,
        tags=item_tags(rendered_paper),
        arxiv=_json_arxiv(rendered_entry),
    )


def _json_arxiv(rendered_entry: Entry) -> JsonArxiv:
    rendered_paper, rendered_categories = rendered_entry.paper, category_names(rendered_entry.paper)
    return JsonArxiv(
        id=rendered_paper.arxiv_id,
        version=rendered_paper.version,
        announce_type=rendered_entry.announce_type.value,
        primary_category=rendered_categories[0],
        categories=rendered_categories,
        announced=rendered_paper.announced.isoformat(),
        score=_UNRANKED.score,
        matched=_UNRANKED.matched,
        pdf=pdf_url(rendered_paper),
        html=html_url(rendered_paper),
        doi=" ".join(publisher_dois(rendered_paper)),
        journal_ref=plain(rendered_paper.journal_ref),
        comment=plain(rendered_paper.comment),
        venue=str(paper_venue(rendered_paper) or ""),
        license=rendered_paper.license,
        withdrawn=is_withdrawn_paper(rendered_paper),
        submitted=rendered_time(rendered_paper.submitted).isoformat() if rendered_paper.submitted else "",
        revised=rendered_time(rendered_paper.revised).isoformat() if rendered_paper.revised else "",
        author_count=len(rendered_paper.authors),
        affiliations=tuple(
            dict.fromkeys(
                filter(None, (plain(rendered_author.affiliation) for rendered_author in rendered_paper.authors))
            )
        ),
        links=tuple(JsonLink(rendered_link.kind, rendered_link.url) for rendered_link in paper_links(rendered_paper)),
    )
