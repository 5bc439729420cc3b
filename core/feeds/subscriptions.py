"""Other people's subscriptions as feeds of ours: an OPML of arXiv's feeds, or the old bot's ``config.json``."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree as ET

from msgspec import Struct

from core.config.read import read_settings
from core.config.settings import Settings
from core.errors import BadQuery, ParseError
from core.feeds.build import FeedUrls
from core.query.parse import parse_query
from core.render.opml import Outline
from core.taxonomy import parse_categories

ARXIV_FEED_HOSTS: Final = (
    "rss.arxiv.org",
    "export.arxiv.org",
    "arxiv.org",
    "www.arxiv.org",
    "arxiv-export-lb.library.cornell.edu",
)
_FEED_PATH: Final = re.compile(r"/(?:rss|atom)/(?P<names>[^/]+)/?")
_SEARCH_CLAUSE: Final = re.compile(
    r'\s*(?P<join>AND|ANDNOT|OR)?\s*(?P<field>cat|ti|abs|au|all):(?P<value>"[^"]*"|[^\s()"]+)\s*', re.IGNORECASE
)
WHOLE_FEED: Final = (("keywords", ""), ("exclude", ""), ("per_day", "500"), ("limit", "500"))
"""What a subscription of arXiv's own feed means here."""


class ImportedFeeds(Struct, frozen=True):
    """The feeds that came of it, and a sentence about each subscription that none came of."""

    feeds: tuple[Outline, ...]
    problems: tuple[str, ...]


def read_subscriptions(data: bytes, file_name: str, settings: Settings, base_url: str) -> ImportedFeeds:
    """
    Read an OPML or a ``config.json``; the addresses say what differs from ``settings``, the defaults here.

    Raises ConfigError when the file is neither.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        old_settings, _ = read_settings(data, file_name)
        return ImportedFeeds((_feed_outline("arXiv", _old_bot_parameters(old_settings), settings, base_url),), ())
    imported_feeds: dict[str, Outline] = {}
    problems = []
    for title, address in _opml_subscriptions(data, file_name):
        try:
            imported_feed = _feed_outline(title, feed_parameters(address), settings, base_url)
            imported_feeds.setdefault(imported_feed.feed_url, imported_feed)
        except (ParseError, BadQuery) as error:
            problems.append(f"{address}: {error}")
    return ImportedFeeds(tuple(imported_feeds.values()), tuple(problems))


def _opml_subscriptions(data: bytes, file_name: str) -> Iterator[tuple[str, str]]:
    try:
        opml_root = ET.fromstring(data)  # noqa: S314 - a file of the person's own, and expat bounds entities
    except ET.ParseError as error:
        raise BadQuery(file_name, f"is no OPML: {error}") from error
    for outline in opml_root.iter("outline"):
        if address := outline.get("xmlUrl", "").strip():
            yield outline.get("title") or outline.get("text") or "arXiv", address


def feed_parameters(address: str) -> list[tuple[str, str]]:
    """Return our parameters for a feed of arXiv's. Raises ParseError when it is none, or asks for what we have not."""
    try:
        url_parts = urlsplit(address)
    except ValueError as error:  # brackets that hold no address
        raise ParseError("is not a feed of arXiv's") from error
    if (url_parts.hostname or "") not in ARXIV_FEED_HOSTS:
        raise ParseError("is not a feed of arXiv's")
    if url_parts.path.startswith("/api/query"):
        search_query = dict(parse_qsl(url_parts.query)).get("search_query", "")
        return _search_parameters(search_query)
    feed_path = _FEED_PATH.fullmatch(unquote(url_parts.path))
    if not feed_path:
        raise ParseError("is not a feed of arXiv's")
    parse_categories(feed_path["names"])
    return [("categories", feed_path["names"]), *WHOLE_FEED]


def _search_parameters(search_query: str) -> list[tuple[str, str]]:
    """Read ``cat:cs.LG AND all:"kv cache" ANDNOT ti:survey``; brackets and OR are left to the person."""
    categories: list[str] = []
    keyword = ""
    clause_end = 0
    while clause := _SEARCH_CLAUSE.match(search_query, clause_end):
        clause_end = clause.end()
        operator, field, value = (
            (clause["join"] or "AND").upper(),
            clause["field"].lower(),
            clause["value"].strip('"'),
        )
        if field == "cat" and operator != "ANDNOT":
            categories.append(value.removesuffix(".*").removesuffix("*"))
        elif operator == "OR":
            raise ParseError("OR between words has no one address here; make one feed of each")
        else:
            keyword = _join_clause(keyword, operator, value if field == "all" else f"{field}:{value}")
    if not search_query or clause_end < len(search_query):
        raise ParseError(f"could not read the search from {search_query[clause_end : clause_end + 40]!r} on")
    category_parameters = [("categories", ",".join(categories))] if categories else []
    return [*category_parameters, ("keywords", keyword), *WHOLE_FEED[1:]]


def _join_clause(keyword: str, operator: str, clause: str) -> str:
    if not keyword:
        if operator == "ANDNOT":
            raise ParseError("a search cannot begin with what is left out")
        return clause
    return f"{keyword} {'AND NOT' if operator == 'ANDNOT' else 'AND'} {clause}"


def _old_bot_parameters(old_settings: Settings) -> list[tuple[str, str]]:
    """What the old bot's feed was: its own words, its way of matching."""
    return [
        ("categories", ",".join(old_settings.categories)),
        ("keywords", ",".join(old_settings.keywords)),
        ("exclude", ",".join(old_settings.exclude_keywords)),
        ("min_score", f"{old_settings.min_score:g}"),
        ("per_day", str(old_settings.max_papers)),
        ("days", str(old_settings.days_back)),
        ("match", "substring"),
    ]


def _feed_outline(title: str, parameters: list[tuple[str, str]], settings: Settings, base_url: str) -> Outline:
    query = parse_query(parameters, settings)
    feed_urls = FeedUrls.of(base_url, "rss", query, categories_in_path=False)
    return Outline(title, feed_urls.feed_url, feed_urls.page_url)
