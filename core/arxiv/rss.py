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
from core.taxonomy import canonical
from core.text.plain import xml_safe

MOST_TAGS: Final = 250_000
"""arXiv's feeds stop at 2,000 items, some 50,000 tags; the parser takes a second for 100,000, more when it mends."""

_STRAY_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_STRAY_LESS_THAN: Final = re.compile(
    r"<(?!/?(?:rss|channel|title|link|description|atom:link|docs|language|lastBuildDate|managingEditor|pubDate|skipDays"
    r"|day|item|guid|category|(?:arxiv|dc):\w+)[\s/>]|[?!])"
)
_ABSTRACT: Final = re.compile(r"\s*arXiv:(\S+)\s+Announce Type:\s*(\S+)\s*(?:Abstract:)?(.*)", re.DOTALL)
_SPACE: Final = re.compile(r"\s+")


def parse_rss(data: bytes, category: str) -> CategoryDocument:
    """
    Read the document that arXiv serves as ``/rss/{category}``; a union such as ``cs.AI+cs.CL`` is a category too.

    An item that cannot be read is skipped and named. Raises ParseError when this is no whole RSS document, when it is
    not arXiv's or another category's, and when none of its items can be read.
    """
    text = xml_safe(data.decode("utf-8", errors="replace"))
    _check_whole(text)
    check_tags(text)
    channel, items = _feed(text)
    _check_category(channel, category)
    day = _day(channel)
    papers, skipped = _papers(items, category, day)
    if skipped and not papers:
        raise ParseError(f"could not read any of the {len(skipped)} items of {category}: {skipped[0].reason}")
    return CategoryDocument(category, "rss", day, _time(channel.get("updated_parsed")), papers, tuple(skipped))


def _check_whole(text: str) -> None:
    """A feed that breaks off would pass for a short day: the forgiving parser makes do with whatever it gets."""
    if "<rss" not in text[:2000]:
        raise ParseError(f"not an RSS document but {_describe(text)}")
    if text.rfind("</rss>") < text.rfind("</channel>") or "</channel>" not in text:
        raise ParseError(f"the RSS document breaks off after {len(text)} characters")
    if text.count("<") > MOST_TAGS:
        raise ParseError(f"the RSS document has more than {MOST_TAGS:,} tags")


def _describe(text: str) -> str:
    if not text.strip():
        return "nothing at all"
    title = re.search(r"<title>\s*([^<]{1,80})", text[:4000])
    kind = "a web page" if re.search(r"<html|<!doctype html", text[:2000], re.IGNORECASE) else "something else"
    return f'{kind} titled "{title[1].strip()}"' if title else f"{kind} that begins {text.strip()[:40]!r}"


def _feed(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Parse strictly; when that fails, mend what a stray & or < breaks, and let feedparser make the best of it."""
    parsed = _parse(text)
    if parsed.bozo:
        parsed = _parse(_STRAY_LESS_THAN.sub("&lt;", _STRAY_AMPERSAND.sub("&amp;", text)))
    return parsed.feed, parsed.entries


def _parse(text: str) -> Any:
    # Sanitizing would drop "<think>" from an abstract that speaks of it; what is shown is escaped by the renderer.
    return feedparser.parse(
        BytesIO(text.encode()),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/rss+xml; charset=utf-8"},
    )


def _check_category(channel: dict[str, Any], category: str) -> None:
    title = str(channel.get("title", ""))
    if title.startswith("Feed error"):
        raise ParseError(f"arXiv knows no feed of {category}: {channel.get('subtitle') or title}")
    link = re.search(r"/rss/([^/?]+)/?$", str(channel.get("link", "")))
    named = unquote(link[1]) if link else title.removesuffix(" updates on arXiv.org").replace(", ", "+")
    if _names(named) != _names(category):
        raise ParseError(f'the feed is not that of {category} but "{named or "untitled"}"')


def _names(category: str) -> set[str]:
    return {canonical(name).lower() for name in category.split("+")}


def _day(channel: dict[str, Any]) -> date:
    published = _time(channel.get("published_parsed"))
    if published is None:
        raise ParseError("the feed does not say of which day it is")
    return published.astimezone(EASTERN).date()


def _time(parsed: struct_time | None) -> datetime | None:
    return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None


def _papers(items: list[dict[str, Any]], category: str, day: date) -> tuple[tuple[Paper, ...], list[Skipped]]:
    papers: dict[ArxivId, Paper] = {}
    skipped = []
    for number, item in enumerate(items, 1):
        try:
            paper = _paper(item, category, day)
        except ParseError as error:
            skipped.append(Skipped(_item_name(item, number), str(error)))
            continue
        papers.setdefault(paper.arxiv_id, paper)
    return tuple(papers.values()), skipped


def _item_name(item: dict[str, Any], number: int) -> str:
    found = (str(item.get(key, "")).strip() for key in ("id", "link", "title"))
    return next((name[:80] for name in found if name), f"item {number}")


def _paper(item: dict[str, Any], category: str, day: date) -> Paper:
    described = _ABSTRACT.fullmatch(str(item.get("summary", "")))
    arxiv_id, version = _identity(item, described)
    announce_type = _announce_type(item, described)
    return Paper(
        arxiv_id=arxiv_id,
        version=version,
        announce_type=announce_type,
        announced=day,
        title=_line(item.get("title")) or arxiv_id,
        abstract=(described[3] if described else str(item.get("summary", ""))).strip(),
        authors=_authors(item),
        categories=fold_categories(tag["term"] or "" for tag in item.get("tags", ())) or fold_categories([category]),
        announcements=(Announcement(category, announce_type),),
        license=_line(item.get("rights")),
        doi=_line(item.get("arxiv_doi")),
        journal_ref=_line(item.get("arxiv_journal_reference")),
    )


def _line(value: object) -> str:
    return _SPACE.sub(" ", str(value or "")).strip()


def _authors(item: dict[str, Any]) -> tuple[Author, ...]:
    """There is one element with all the names, and so ``author`` has them all."""
    return parse_authors(str(item.get("author", "")))


def _identity(item: dict[str, Any], described: re.Match[str] | None) -> tuple[ArxivId, int]:
    """The guid tells id and version; the description's first line and the link are asked when it does not."""
    problem = ParseError("names no arXiv identifier")
    for text in _identifiers(item, described):
        try:
            arxiv_id, version = parse_arxiv_id(text)
        except ParseError as error:
            problem = error
            continue
        return arxiv_id, version or 1
    raise problem


def _identifiers(item: dict[str, Any], described: re.Match[str] | None) -> Iterator[str]:
    yield str(item.get("id", "")).removeprefix("oai:arXiv.org:")
    if described:
        yield described[1]
    yield str(item.get("link", "")).partition("/abs/")[2]


def _announce_type(item: dict[str, Any], described: re.Match[str] | None) -> AnnounceType:
    text = str(item.get("arxiv_announce_type") or (described[2] if described else ""))
    try:
        return AnnounceType(text.strip())
    except ValueError:
        raise ParseError(f"unknown announce type {text[:40]!r}") from None
