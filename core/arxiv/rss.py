"""arXiv's RSS: bytes in, a CategoryDocument out. The owner of feedparser."""

import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from time import struct_time
from typing import Any, Final
from urllib.parse import unquote
from xml.parsers.expat import ExpatError, ParserCreate

import feedparser

from core.arxiv.authors import parse_authors
from core.arxiv.document import CategoryDocument, SkippedArxivItem
from core.arxiv.nesting import check_tags
from core.calendar import EASTERN
from core.errors import ParseError
from core.paper import Announcement, AnnounceType, ArxivId, Author, Paper, parse_arxiv_id
from core.taxonomy import canonical_category, fold_categories
from core.text.plain import xml_safe

MOST_ARXIV_RSS_TAGS: Final = 250_000
"""arXiv's feeds stop at 2,000 items, some 50,000 tags; the parser takes a second for 100,000, more when it mends."""

ArxivChannel = dict[str, Any]
ArxivItem = dict[str, Any]

_STRAY_RSS_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_STRAY_RSS_LESS_THAN: Final = re.compile(
    r"<(?!/?(?:rss|channel|title|link|description|atom:link|docs|language|lastBuildDate|managingEditor|pubDate|skipDays"
    r"|day|item|guid|category|(?:arxiv|dc):\w+)[\s/>]|[?!])"
)
_ARXIV_ITEM_DESCRIPTION: Final = re.compile(r"\s*arXiv:(\S+)\s+Announce Type:\s*(\S+)\s*(?:Abstract:)?(.*)", re.DOTALL)
_RSS_WHITE_SPACE: Final = re.compile(r"\s+")
_RSS_CONTENT_TYPE: Final = {"content-type": "application/rss+xml; charset=utf-8"}


def parse_rss(rss_document: bytes, category: str) -> CategoryDocument:
    """
    Read the document that arXiv serves as ``/rss/{category}``; a union such as ``cs.AI+cs.CL`` is a category too.

    An item that cannot be read is skipped and named. Raises ParseError when this is no whole RSS document, when it is
    not arXiv's or another category's, and when none of its items can be read.
    """
    arxiv_rss = xml_safe(rss_document.decode("utf-8", errors="replace"))
    _check_rss_complete(arxiv_rss)
    check_tags(arxiv_rss)
    rss_channel, arxiv_items = _channel_and_items(arxiv_rss)
    _check_rss_category(rss_channel, category)
    rss_channel_day = _rss_channel_day(rss_channel)
    arxiv_papers, skipped_items = _read_arxiv_items(arxiv_items, category, rss_channel_day)
    if skipped_items and not arxiv_papers:
        skipped_first = skipped_items[0].reason
        raise ParseError(f"could not read any of the {len(skipped_items)} items of {category}: {skipped_first}")
    rss_channel_built = _arxiv_feed_time(rss_channel.get("updated_parsed"))
    return CategoryDocument(category, "rss", rss_channel_day, rss_channel_built, arxiv_papers, tuple(skipped_items))


def _check_rss_complete(arxiv_rss: str) -> None:
    """A feed that breaks off would pass for a short day: the forgiving parser makes do with whatever it gets."""
    if "<rss" not in arxiv_rss[:2000]:
        raise ParseError(f"not an RSS document but {_describe_non_rss(arxiv_rss)}")
    if arxiv_rss.rfind("</rss>") < arxiv_rss.rfind("</channel>") or "</channel>" not in arxiv_rss:
        raise ParseError(f"the RSS document breaks off after {len(arxiv_rss)} characters")
    if arxiv_rss.count("<") > MOST_ARXIV_RSS_TAGS:
        raise ParseError(f"the RSS document has more than {MOST_ARXIV_RSS_TAGS:,} tags")


def _describe_non_rss(arxiv_page: str) -> str:
    if not arxiv_page.strip():
        return "nothing at all"
    is_web_page = re.search(r"<html|<!doctype html", arxiv_page[:2000], re.IGNORECASE)
    non_rss_kind = "a web page" if is_web_page else "something else"
    if arxiv_page_title := re.search(r"<title>\s*([^<]{1,80})", arxiv_page[:4000]):
        return f'{non_rss_kind} titled "{arxiv_page_title[1].strip()}"'
    return f"{non_rss_kind} that begins {arxiv_page.strip()[:40]!r}"


def _channel_and_items(arxiv_rss: str) -> tuple[ArxivChannel, list[ArxivItem]]:
    """Parse strictly; when that fails, mend what a stray & or < breaks, and let feedparser make the best of it."""
    parsed_rss = _feedparser_parse(arxiv_rss) if _is_well_formed(arxiv_rss) else None
    if parsed_rss is None or parsed_rss.bozo:
        parsed_rss = _feedparser_parse(_STRAY_RSS_LESS_THAN.sub("&lt;", _STRAY_RSS_AMPERSAND.sub("&amp;", arxiv_rss)))
    return parsed_rss.feed, parsed_rss.entries


def _is_well_formed(arxiv_rss: str) -> bool:
    """Tell in milliseconds what feedparser tells in seconds, since it reads all of what is broken in its own way."""
    try:
        # what the document declares is what it was before it was decoded
        ParserCreate("utf-8").Parse(arxiv_rss.encode(), True)
    except (ExpatError, ValueError):
        return False
    return True


def _feedparser_parse(arxiv_rss: str) -> Any:
    # Sanitizing would drop "<think>" from an abstract that speaks of it; what is shown is escaped by the renderer.
    rss_file = BytesIO(arxiv_rss.encode())
    return feedparser.parse(
        rss_file, sanitize_html=False, resolve_relative_uris=False, response_headers=_RSS_CONTENT_TYPE
    )


def _check_rss_category(rss_channel: ArxivChannel, category: str) -> None:
    channel_title = str(rss_channel.get("title", ""))
    if channel_title.startswith("Feed error"):
        raise ParseError(f"arXiv knows no feed of {category}: {rss_channel.get('subtitle') or channel_title}")
    channel_link = re.search(r"/rss/([^/?]+)/?$", str(rss_channel.get("link", "")))
    title_category = channel_title.removesuffix(" updates on arXiv.org").replace(", ", "+")
    rss_channel_category = unquote(channel_link[1]) if channel_link else title_category
    if _rss_channel_categories(rss_channel_category) != _rss_channel_categories(category):
        raise ParseError(f'the feed is not that of {category} but "{rss_channel_category or "untitled"}"')


def _rss_channel_categories(rss_channel_category: str) -> set[str]:
    return {canonical_category(rss_category).lower() for rss_category in rss_channel_category.split("+")}


def _rss_channel_day(rss_channel: ArxivChannel) -> date:
    rss_channel_time = _arxiv_feed_time(rss_channel.get("published_parsed"))
    if rss_channel_time is None:
        raise ParseError("the feed does not say of which day it is")
    return rss_channel_time.astimezone(EASTERN).date()


def _arxiv_feed_time(arxiv_time: struct_time | None) -> datetime | None:
    return datetime.fromtimestamp(timegm(arxiv_time), UTC) if arxiv_time else None


def _read_arxiv_items(
    items: list[ArxivItem], category: str, day: date
) -> tuple[tuple[Paper, ...], list[SkippedArxivItem]]:
    arxiv_papers: dict[ArxivId, Paper] = {}
    skipped_items = []
    for item_number, arxiv_item in enumerate(items, 1):
        try:
            arxiv_paper = _arxiv_item_paper(arxiv_item, category, day)
        except ParseError as arxiv_item_error:
            skipped_items.append(SkippedArxivItem(_arxiv_item_name(arxiv_item, item_number), str(arxiv_item_error)))
            continue
        arxiv_papers.setdefault(arxiv_paper.arxiv_id, arxiv_paper)
    return tuple(arxiv_papers.values()), skipped_items


def _arxiv_item_name(arxiv_item: ArxivItem, item_number: int) -> str:
    arxiv_names = (str(arxiv_item.get(element, "")).strip() for element in ("id", "link", "title"))
    return next((arxiv_name[:80] for arxiv_name in arxiv_names if arxiv_name), f"item {item_number}")


def _arxiv_item_paper(arxiv_item: ArxivItem, category: str, day: date) -> Paper:
    arxiv_description = _ARXIV_ITEM_DESCRIPTION.fullmatch(str(arxiv_item.get("summary", "")))
    arxiv_id, arxiv_version = _arxiv_item_id(arxiv_item, arxiv_description)
    arxiv_announce_type = _arxiv_item_announce_type(arxiv_item, arxiv_description)
    arxiv_categories = [tag["term"] for tag in arxiv_item.get("tags", ()) if (tag["term"] or "").strip()]
    return Paper(
        arxiv_id=arxiv_id,
        version=arxiv_version,
        announce_type=arxiv_announce_type,
        announced=day,
        title=_arxiv_item_text(arxiv_item.get("title")) or arxiv_id,
        abstract=(arxiv_description[3] if arxiv_description else str(arxiv_item.get("summary", ""))).strip(),
        authors=_arxiv_item_authors(arxiv_item),
        categories=fold_categories(arxiv_categories or [category]),
        announcements=(Announcement(category, arxiv_announce_type),),
        license=_arxiv_item_text(arxiv_item.get("rights")),
        doi=_arxiv_item_text(arxiv_item.get("arxiv_doi")),
        journal_ref=_arxiv_item_text(arxiv_item.get("arxiv_journal_reference")),
    )


def _arxiv_item_text(arxiv_element: object) -> str:
    return _RSS_WHITE_SPACE.sub(" ", str(arxiv_element or "")).strip()


def _arxiv_item_authors(arxiv_item: ArxivItem) -> tuple[Author, ...]:
    """There is one element with all the names, and so ``author`` has them all."""
    return parse_authors(str(arxiv_item.get("author", "")))


def _arxiv_item_id(arxiv_item: ArxivItem, arxiv_description: re.Match[str] | None) -> tuple[ArxivId, int]:
    """The guid tells id and version; the description's first line and the link are asked when it does not."""
    unreadable_arxiv_id = ParseError("names no arXiv identifier")
    for arxiv_id_candidate in _arxiv_id_candidates(arxiv_item, arxiv_description):
        try:
            arxiv_id, arxiv_version = parse_arxiv_id(arxiv_id_candidate)
        except ParseError as arxiv_id_error:
            unreadable_arxiv_id = arxiv_id_error
            continue
        return arxiv_id, arxiv_version or 1
    raise unreadable_arxiv_id


def _arxiv_id_candidates(arxiv_item: ArxivItem, arxiv_description: re.Match[str] | None) -> Iterator[str]:
    yield str(arxiv_item.get("id", "")).removeprefix("oai:arXiv.org:")
    if arxiv_description:
        yield arxiv_description[1]
    yield str(arxiv_item.get("link", "")).partition("/abs/")[2]


def _arxiv_item_announce_type(arxiv_item: ArxivItem, arxiv_description: re.Match[str] | None) -> AnnounceType:
    described_type = arxiv_description[2] if arxiv_description else ""
    arxiv_announce_type = str(arxiv_item.get("arxiv_announce_type") or described_type)
    try:
        return AnnounceType(arxiv_announce_type.strip())
    except ValueError:
        raise ParseError(f"unknown announce type {arxiv_announce_type[:40]!r}") from None
