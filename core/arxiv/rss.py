"""arXiv's RSS: bytes in, a CategoryDocument out. The owner of feedparser."""

import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from time import struct_time
from typing import Any, Final
from urllib.parse import unquote

import feedparser

from core.arxiv.authors import parse_authors
from core.arxiv.document import CategoryDocument, Skipped, fold_categories
from core.arxiv.nesting import check_tags
from core.errors import ParseError
from core.paper import EASTERN, Announcement, AnnounceType, ArxivId, Author, Paper, parse_arxiv_id
from core.taxonomy import canonical_category
from core.text.plain import xml_safe

MOST_RSS_TAGS: Final = 250_000
"""arXiv's feeds stop at 2,000 items, some 50,000 tags; the parser takes a second for 100,000, more when it mends."""

_STRAY_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_STRAY_LESS_THAN: Final = re.compile(
    r"<(?!/?(?:rss|channel|title|link|description|atom:link|docs|language|lastBuildDate|managingEditor|pubDate|skipDays"
    r"|day|item|guid|category|(?:arxiv|dc):\w+)[\s/>]|[?!])"
)
_ITEM_DESCRIPTION: Final = re.compile(r"\s*arXiv:(\S+)\s+Announce Type:\s*(\S+)\s*(?:Abstract:)?(.*)", re.DOTALL)
_WHITE_SPACE: Final = re.compile(r"\s+")


def parse_rss(rss_document: bytes, category: str) -> CategoryDocument:
    """
    Read the document that arXiv serves as ``/rss/{category}``; a union such as ``cs.AI+cs.CL`` is a category too.

    An item that cannot be read is skipped and named. Raises ParseError when this is no whole RSS document, when it is
    not arXiv's or another category's, and when none of its items can be read.
    """
    rss_xml = xml_safe(rss_document.decode("utf-8", errors="replace"))
    _check_complete(rss_xml)
    check_tags(rss_xml)
    channel, items = _channel_and_items(rss_xml)
    _check_category(channel, category)
    day = _channel_day(channel)
    papers, skipped = _read_items(items, category, day)
    if skipped and not papers:
        raise ParseError(f"could not read any of the {len(skipped)} items of {category}: {skipped[0].reason}")
    return CategoryDocument(category, "rss", day, _feed_time(channel.get("updated_parsed")), papers, tuple(skipped))


def _check_complete(rss_xml: str) -> None:
    """A feed that breaks off would pass for a short day: the forgiving parser makes do with whatever it gets."""
    if "<rss" not in rss_xml[:2000]:
        raise ParseError(f"not an RSS document but {_describe_document(rss_xml)}")
    if rss_xml.rfind("</rss>") < rss_xml.rfind("</channel>") or "</channel>" not in rss_xml:
        raise ParseError(f"the RSS document breaks off after {len(rss_xml)} characters")
    if rss_xml.count("<") > MOST_RSS_TAGS:
        raise ParseError(f"the RSS document has more than {MOST_RSS_TAGS:,} tags")


def _describe_document(document: str) -> str:
    if not document.strip():
        return "nothing at all"
    title = re.search(r"<title>\s*([^<]{1,80})", document[:4000])
    kind = "a web page" if re.search(r"<html|<!doctype html", document[:2000], re.IGNORECASE) else "something else"
    return f'{kind} titled "{title[1].strip()}"' if title else f"{kind} that begins {document.strip()[:40]!r}"


def _channel_and_items(rss_xml: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Parse strictly; when that fails, mend what a stray & or < breaks, and let feedparser make the best of it."""
    parsed_feed = _feedparser_parse(rss_xml)
    if parsed_feed.bozo:
        parsed_feed = _feedparser_parse(_STRAY_LESS_THAN.sub("&lt;", _STRAY_AMPERSAND.sub("&amp;", rss_xml)))
    return parsed_feed.feed, parsed_feed.entries


def _feedparser_parse(rss_xml: str) -> Any:
    # Sanitizing would drop "<think>" from an abstract that speaks of it; what is shown is escaped by the renderer.
    return feedparser.parse(
        BytesIO(rss_xml.encode()),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/rss+xml; charset=utf-8"},
    )


def _check_category(channel: dict[str, Any], category: str) -> None:
    channel_title = str(channel.get("title", ""))
    if channel_title.startswith("Feed error"):
        raise ParseError(f"arXiv knows no feed of {category}: {channel.get('subtitle') or channel_title}")
    channel_link = re.search(r"/rss/([^/?]+)/?$", str(channel.get("link", "")))
    named_category = (
        unquote(channel_link[1])
        if channel_link
        else channel_title.removesuffix(" updates on arXiv.org").replace(", ", "+")
    )
    if _category_names(named_category) != _category_names(category):
        raise ParseError(f'the feed is not that of {category} but "{named_category or "untitled"}"')


def _category_names(category: str) -> set[str]:
    return {canonical_category(name).lower() for name in category.split("+")}


def _channel_day(channel: dict[str, Any]) -> date:
    channel_published = _feed_time(channel.get("published_parsed"))
    if channel_published is None:
        raise ParseError("the feed does not say of which day it is")
    return channel_published.astimezone(EASTERN).date()


def _feed_time(utc_time: struct_time | None) -> datetime | None:
    return datetime.fromtimestamp(timegm(utc_time), UTC) if utc_time else None


def _read_items(items: list[dict[str, Any]], category: str, day: date) -> tuple[tuple[Paper, ...], list[Skipped]]:
    papers: dict[ArxivId, Paper] = {}
    skipped = []
    for item_number, item in enumerate(items, 1):
        try:
            paper = _item_paper(item, category, day)
        except ParseError as error:
            skipped.append(Skipped(_item_name(item, item_number), str(error)))
            continue
        papers.setdefault(paper.arxiv_id, paper)
    return tuple(papers.values()), skipped


def _item_name(item: dict[str, Any], item_number: int) -> str:
    item_names = (str(item.get(key, "")).strip() for key in ("id", "link", "title"))
    return next((name[:80] for name in item_names if name), f"item {item_number}")


def _item_paper(item: dict[str, Any], category: str, day: date) -> Paper:
    description = _ITEM_DESCRIPTION.fullmatch(str(item.get("summary", "")))
    arxiv_id, version = _item_id(item, description)
    announce_type = _item_announce_type(item, description)
    return Paper(
        arxiv_id=arxiv_id,
        version=version,
        announce_type=announce_type,
        announced=day,
        title=_item_text(item.get("title")) or arxiv_id,
        abstract=(description[3] if description else str(item.get("summary", ""))).strip(),
        authors=_item_authors(item),
        categories=fold_categories(tag["term"] or "" for tag in item.get("tags", ())) or fold_categories([category]),
        announcements=(Announcement(category, announce_type),),
        license=_item_text(item.get("rights")),
        doi=_item_text(item.get("arxiv_doi")),
        journal_ref=_item_text(item.get("arxiv_journal_reference")),
    )


def _item_text(value: object) -> str:
    return _WHITE_SPACE.sub(" ", str(value or "")).strip()


def _item_authors(item: dict[str, Any]) -> tuple[Author, ...]:
    """There is one element with all the names, and so ``author`` has them all."""
    return parse_authors(str(item.get("author", "")))


def _item_id(item: dict[str, Any], description: re.Match[str] | None) -> tuple[ArxivId, int]:
    """The guid tells id and version; the description's first line and the link are asked when it does not."""
    unreadable_id = ParseError("names no arXiv identifier")
    for id_candidate in _id_candidates(item, description):
        try:
            arxiv_id, version = parse_arxiv_id(id_candidate)
        except ParseError as error:
            unreadable_id = error
            continue
        return arxiv_id, version or 1
    raise unreadable_id


def _id_candidates(item: dict[str, Any], description: re.Match[str] | None) -> Iterator[str]:
    yield str(item.get("id", "")).removeprefix("oai:arXiv.org:")
    if description:
        yield description[1]
    yield str(item.get("link", "")).partition("/abs/")[2]


def _item_announce_type(item: dict[str, Any], description: re.Match[str] | None) -> AnnounceType:
    type_text = str(item.get("arxiv_announce_type") or (description[2] if description else ""))
    try:
        return AnnounceType(type_text.strip())
    except ValueError:
        raise ParseError(f"unknown announce type {type_text[:40]!r}") from None
