"""Other people's subscriptions as feeds of ours: an OPML of arXiv's feeds, or the old bot's ``config.json``."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree as ET

from msgspec import Struct

from core.config import Settings, read_settings
from core.errors import BadQuery, ParseError
from core.feeds.build import Addresses
from core.query.parse import parse_query
from core.render.opml import Outline
from core.taxonomy import parse_categories

HOSTS: Final = (
    "rss.arxiv.org",
    "export.arxiv.org",
    "arxiv.org",
    "www.arxiv.org",
    "arxiv-export-lb.library.cornell.edu",
)
_PATH: Final = re.compile(r"/(?:rss|atom)/(?P<names>[^/]+)/?")
_CLAUSE: Final = re.compile(
    r'\s*(?P<join>AND|ANDNOT|OR)?\s*(?P<field>cat|ti|abs|au|all):(?P<value>"[^"]*"|[^\s()"]+)\s*', re.IGNORECASE
)
EVERYTHING: Final = (("keywords", ""), ("exclude", ""), ("per_day", "500"), ("limit", "500"))
"""What a subscription of arXiv's own feed means here."""


class Imported(Struct, frozen=True):
    """The feeds that came of it, and a sentence about each subscription that none came of."""

    feeds: tuple[Outline, ...]
    problems: tuple[str, ...]


def imported(data: bytes, name: str, settings: Settings, base: str) -> Imported:
    """
    Read an OPML or a ``config.json``; the addresses say what differs from ``settings``, the defaults here.

    Raises ConfigError when the file is neither.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        old, _ = read_settings(data, name)
        return Imported((_outline("arXiv", _of_settings(old), settings, base),), ())
    feeds: dict[str, Outline] = {}
    problems = []
    for title, address in _subscriptions(data, name):
        try:
            made = _outline(title, pairs_of(address), settings, base)
            feeds.setdefault(made.feed_url, made)
        except (ParseError, BadQuery) as error:
            problems.append(f"{address}: {error}")
    return Imported(tuple(feeds.values()), tuple(problems))


def _subscriptions(data: bytes, name: str) -> Iterator[tuple[str, str]]:
    try:
        root = ET.fromstring(data)  # noqa: S314 - a file of the person's own, and expat bounds entities
    except ET.ParseError as error:
        raise BadQuery(name, f"is no OPML: {error}") from error
    for outline in root.iter("outline"):
        if address := outline.get("xmlUrl", "").strip():
            yield outline.get("title") or outline.get("text") or "arXiv", address


def pairs_of(address: str) -> list[tuple[str, str]]:
    """Return our parameters for a feed of arXiv's. Raises ParseError when it is none, or asks for what we have not."""
    try:
        parts = urlsplit(address)
    except ValueError as error:  # brackets that hold no address
        raise ParseError("is not a feed of arXiv's") from error
    if (parts.hostname or "") not in HOSTS:
        raise ParseError("is not a feed of arXiv's")
    if parts.path.startswith("/api/query"):
        search = dict(parse_qsl(parts.query)).get("search_query", "")
        return _of_search(search)
    found = _PATH.fullmatch(unquote(parts.path))
    if not found:
        raise ParseError("is not a feed of arXiv's")
    parse_categories(found["names"])
    return [("categories", found["names"]), *EVERYTHING]


def _of_search(search: str) -> list[tuple[str, str]]:
    """Read ``cat:cs.LG AND all:"kv cache" ANDNOT ti:survey``; brackets and OR are left to the person."""
    categories: list[str] = []
    term = ""
    end = 0
    while found := _CLAUSE.match(search, end):
        end = found.end()
        join, field, value = (found["join"] or "AND").upper(), found["field"].lower(), found["value"].strip('"')
        if field == "cat" and join != "ANDNOT":
            categories.append(value.removesuffix(".*").removesuffix("*"))
        elif join == "OR":
            raise ParseError("OR between words has no one address here; make one feed of each")
        else:
            term = _joined(term, join, value if field == "all" else f"{field}:{value}")
    if not search or end < len(search):
        raise ParseError(f"could not read the search from {search[end : end + 40]!r} on")
    asked = [("categories", ",".join(categories))] if categories else []
    return [*asked, ("keywords", term), *EVERYTHING[1:]]


def _joined(term: str, join: str, clause: str) -> str:
    if not term:
        if join == "ANDNOT":
            raise ParseError("a search cannot begin with what is left out")
        return clause
    return f"{term} {'AND NOT' if join == 'ANDNOT' else 'AND'} {clause}"


def _of_settings(old: Settings) -> list[tuple[str, str]]:
    """What the old bot's feed was: its own words, its way of matching."""
    return [
        ("categories", ",".join(old.categories)),
        ("keywords", ",".join(old.keywords)),
        ("exclude", ",".join(old.exclude_keywords)),
        ("min_score", f"{old.min_score:g}"),
        ("per_day", str(old.max_papers)),
        ("days", str(old.days_back)),
        ("match", "substring"),
    ]


def _outline(title: str, pairs: list[tuple[str, str]], settings: Settings, base: str) -> Outline:
    query = parse_query(pairs, settings)
    addresses = Addresses.of(base, "rss", query, categories_in_path=False)
    return Outline(title, addresses.feed, addresses.page)
