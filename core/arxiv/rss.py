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
from core.arxiv.document import CategoryDocument, Skipped
from core.arxiv.nesting import check_tags
from core.calendar import EASTERN
from core.errors import ParseError
from core.paper import Announcement, AnnounceType, ArxivId, Author, Paper, parse_arxiv_id
from core.taxonomy import canonical_category, fold_categories
from core.text.plain import xml_safe

MOST_RSS_TAGS: Final = 250_000
"""arXiv's feeds stop at 2,000 items, some 50,000 tags; the parser takes a second for 100,000, more when it mends."""

RssChannel = dict[str, Any]
RssItem = dict[str, Any]

_STRAY_RSS_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_STRAY_RSS_LESS_THAN: Final = re.compile(
    r"<(?!/?(?:rss|channel|title|link|description|atom:link|docs|language|lastBuildDate|managingEditor|pubDate|skipDays"
    r"|day|item|guid|category|(?:arxiv|dc):\w+)[\s/>]|[?!])"
)
_RSS_ITEM_DESCRIPTION: Final = re.compile(r"\s*arXiv:(\S+)\s+Announce Type:\s*(\S+)\s*(?:Abstract:)?(.*)", re.DOTALL)
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
    channel, rss_items = _channel_and_items(rss_xml)
    _check_category(channel, category)
    channel_day = _channel_day(channel)
    papers, skipped = _read_rss_items(rss_items, category, channel_day)
    if skipped and not papers:
        raise ParseError(f"could not read any of the {len(skipped)} items of {category}: {skipped[0].reason}")
    channel_built = _rss_time(channel.get("updated_parsed"))
    return CategoryDocument(category, "rss", channel_day, channel_built, papers, tuple(skipped))


def _check_complete(rss_xml: str) -> None:
    """A feed that breaks off would pass for a short day: the forgiving parser makes do with whatever it gets."""
    if "<rss" not in rss_xml[:2000]:
        raise ParseError(f"not an RSS document but {_describe_non_rss(rss_xml)}")
    if rss_xml.rfind("</rss>") < rss_xml.rfind("</channel>") or "</channel>" not in rss_xml:
        raise ParseError(f"the RSS document breaks off after {len(rss_xml)} characters")
    if rss_xml.count("<") > MOST_RSS_TAGS:
        raise ParseError(f"the RSS document has more than {MOST_RSS_TAGS:,} tags")


def _describe_non_rss(page_html: str) -> str:
    if not page_html.strip():
        return "nothing at all"
    is_web_page = re.search(r"<html|<!doctype html", page_html[:2000], re.IGNORECASE)
    page_kind = "a web page" if is_web_page else "something else"
    page_title = re.search(r"<title>\s*([^<]{1,80})", page_html[:4000])
    page_described = f'titled "{page_title[1].strip()}"' if page_title else f"that begins {page_html.strip()[:40]!r}"
    return f"{page_kind} {page_described}"


def _channel_and_items(rss_xml: str) -> tuple[RssChannel, list[RssItem]]:
    """Parse strictly; when that fails, mend what a stray & or < breaks, and let feedparser make the best of it."""
    parsed_rss = _feedparser_parse(rss_xml)
    if parsed_rss.bozo:
        parsed_rss = _feedparser_parse(_STRAY_RSS_LESS_THAN.sub("&lt;", _STRAY_RSS_AMPERSAND.sub("&amp;", rss_xml)))
    return parsed_rss.feed, parsed_rss.entries


def _feedparser_parse(rss_xml: str) -> Any:
    # Sanitizing would drop "<think>" from an abstract that speaks of it; what is shown is escaped by the renderer.
    return feedparser.parse(
        BytesIO(rss_xml.encode()),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/rss+xml; charset=utf-8"},
    )


def _check_category(channel: RssChannel, category: str) -> None:
    channel_title = str(channel.get("title", ""))
    if channel_title.startswith("Feed error"):
        raise ParseError(f"arXiv knows no feed of {category}: {channel.get('subtitle') or channel_title}")
    channel_link = re.search(r"/rss/([^/?]+)/?$", str(channel.get("link", "")))
    title_category = channel_title.removesuffix(" updates on arXiv.org").replace(", ", "+")
    channel_category = unquote(channel_link[1]) if channel_link else title_category
    if _channel_categories(channel_category) != _channel_categories(category):
        raise ParseError(f'the feed is not that of {category} but "{channel_category or "untitled"}"')


def _channel_categories(channel_category: str) -> set[str]:
    return {canonical_category(category_name).lower() for category_name in channel_category.split("+")}


def _channel_day(channel: RssChannel) -> date:
    channel_time = _rss_time(channel.get("published_parsed"))
    if channel_time is None:
        raise ParseError("the feed does not say of which day it is")
    return channel_time.astimezone(EASTERN).date()


def _rss_time(rss_time: struct_time | None) -> datetime | None:
    return datetime.fromtimestamp(timegm(rss_time), UTC) if rss_time else None


def _read_rss_items(rss_items: list[RssItem], category: str, day: date) -> tuple[tuple[Paper, ...], list[Skipped]]:
    rss_papers: dict[ArxivId, Paper] = {}
    skipped_items = []
    for item_number, rss_item in enumerate(rss_items, 1):
        try:
            rss_paper = _rss_item_paper(rss_item, category, day)
        except ParseError as error:
            skipped_items.append(Skipped(_rss_item_name(rss_item, item_number), str(error)))
            continue
        rss_papers.setdefault(rss_paper.arxiv_id, rss_paper)
    return tuple(rss_papers.values()), skipped_items


def _rss_item_name(rss_item: RssItem, item_number: int) -> str:
    item_names = (str(rss_item.get(rss_element, "")).strip() for rss_element in ("id", "link", "title"))
    return next((item_name[:80] for item_name in item_names if item_name), f"item {item_number}")


def _rss_item_paper(rss_item: RssItem, category: str, day: date) -> Paper:
    rss_description = _RSS_ITEM_DESCRIPTION.fullmatch(str(rss_item.get("summary", "")))
    rss_id, rss_version = _rss_item_id(rss_item, rss_description)
    rss_announce_type = _rss_item_announce_type(rss_item, rss_description)
    rss_categories = [tag["term"] for tag in rss_item.get("tags", ()) if (tag["term"] or "").strip()]
    return Paper(
        arxiv_id=rss_id,
        version=rss_version,
        announce_type=rss_announce_type,
        announced=day,
        title=_rss_item_text(rss_item.get("title")) or rss_id,
        abstract=(rss_description[3] if rss_description else str(rss_item.get("summary", ""))).strip(),
        authors=_rss_item_authors(rss_item),
        categories=fold_categories(rss_categories or [category]),
        announcements=(Announcement(category, rss_announce_type),),
        license=_rss_item_text(rss_item.get("rights")),
        doi=_rss_item_text(rss_item.get("arxiv_doi")),
        journal_ref=_rss_item_text(rss_item.get("arxiv_journal_reference")),
    )


def _rss_item_text(rss_element: object) -> str:
    return _WHITE_SPACE.sub(" ", str(rss_element or "")).strip()


def _rss_item_authors(rss_item: RssItem) -> tuple[Author, ...]:
    """There is one element with all the names, and so ``author`` has them all."""
    return parse_authors(str(rss_item.get("author", "")))


def _rss_item_id(rss_item: RssItem, rss_description: re.Match[str] | None) -> tuple[ArxivId, int]:
    """The guid tells id and version; the description's first line and the link are asked when it does not."""
    unreadable_rss_id = ParseError("names no arXiv identifier")
    for rss_id_candidate in _rss_id_candidates(rss_item, rss_description):
        try:
            rss_id, rss_version = parse_arxiv_id(rss_id_candidate)
        except ParseError as rss_id_error:
            unreadable_rss_id = rss_id_error
            continue
        return rss_id, rss_version or 1
    raise unreadable_rss_id


def _rss_id_candidates(rss_item: RssItem, rss_description: re.Match[str] | None) -> Iterator[str]:
    yield str(rss_item.get("id", "")).removeprefix("oai:arXiv.org:")
    if rss_description:
        yield rss_description[1]
    yield str(rss_item.get("link", "")).partition("/abs/")[2]


def _rss_item_announce_type(rss_item: RssItem, rss_description: re.Match[str] | None) -> AnnounceType:
    rss_announce_type = str(rss_item.get("arxiv_announce_type") or (rss_description[2] if rss_description else ""))
    try:
        return AnnounceType(rss_announce_type.strip())
    except ValueError:
        raise ParseError(f"unknown announce type {rss_announce_type[:40]!r}") from None
