"""Leaving with a feed: its addresses, the readers that take it with one click, and OPML."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from msgspec import Struct

from core.config.settings import Settings
from core.errors import BadQuery
from core.feeds.build import FeedUrls
from core.feeds.describe import describe_title
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.query.values import spell_terms
from core.render.formats import FEED_FORMATS
from core.render.links import url_with_key
from core.render.opml import OpmlOutline, render_opml

OPML_TYPE: Final = "text/x-opml; charset=utf-8"
MOST_FEEDS: Final = 50
"""Of one OPML file."""

READERS: Final = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F{}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={}"),
    ("NewsBlur", "https://www.newsblur.com/?url={}"),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url={}"),
)
"""Hosted readers and where they take a feed's address."""

SELF_HOSTED: Final = (("Miniflux", "/bookmarklet?uri={}"), ("FreshRSS", "/i/?c=feed&a=add&url_rss={}"))
"""Readers that people run themselves, and where under their address they take a feed's."""


class FeedLink(Struct, frozen=True):
    """A feed of this query, for the list and for autodiscovery."""

    title: str
    type: str
    url: str


class Leaving(Struct, frozen=True):
    """Everything the panel shows."""

    base: str
    feeds: list[FeedLink]
    readers: list[tuple[str, str]]
    app: str  # what a program on this machine opens
    self_hosted: tuple[tuple[str, str], ...]
    is_local: bool  # no hosted reader reaches this address
    opml: str
    parameters: str  # of the feed, canonical
    saving: str  # the same, and the deployment's keywords where nothing else is said: a form opened without is empty


def leaving(base: str, query: FeedQuery, key: str) -> Leaving:
    """The addresses of a query's feeds at this deployment; ``key`` opens a locked one."""
    feeds = [
        FeedLink(form.title, form.media_type.split(";")[0], FeedUrls.of(base, form.name, query, key=key).feed_url)
        for form in FEED_FORMATS.values()
    ]
    rss = feeds[0].url
    readers = [(name, address.format(quote(rss, safe=""))) for name, address in READERS]
    parameters = query.canonical()
    opml = url_with_key(f"{base}/opml" + (f"?{parameters}" if parameters else ""), key)
    saving = parameters or (f"keywords={quote(spell_terms(query.keywords), safe=',')}" if query.keywords else "")
    return Leaving(base, feeds, readers, f"feed:{rss}", SELF_HOSTED, is_local_address(base), opml, parameters, saving)


def is_local_address(base: str) -> bool:
    """Whether only this machine or its network reaches an address."""
    host = (urlsplit(base).hostname or "").lower()
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan")) or "." not in host + ":":
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host


def opml_queries(pairs: Sequence[tuple[str, str]], settings: Settings) -> list[FeedQuery]:
    """
    Read which feeds a file shall list: each ``feed=`` is a feed's address or its parameters; without, one feed.

    Raises BadQuery for a feed that is none of this deployment's.
    """
    feeds = [value for name, value in pairs if name == "feed"]
    if not feeds:
        return [parse_query(pairs, settings)]
    if strange := next((name for name, _ in pairs if name != "feed"), ""):
        raise BadQuery(strange[:40], "does not go with feed=, which has its parameters inside: feed=keywords%3Dkv")
    if len(feeds) > MOST_FEEDS:
        raise BadQuery("feed", f"is given {len(feeds)} times; at most {MOST_FEEDS} are allowed")
    return [_query_of(feed, settings) for feed in feeds]


def _query_of(feed: str, settings: Settings) -> FeedQuery:
    path, mark, parameters = feed.partition("?") if "?" in feed or feed.startswith("/") else ("", "?", feed)
    parts = path.strip("/").split("/", 1)
    if path and parts[0] not in FEED_FORMATS:
        raise BadQuery(
            "feed", f"must be a feed of this deployment, such as /rss?keywords=kv%20cache, got {feed[:60]!r}"
        )
    pairs = parse_qsl(parameters if mark else "", keep_blank_values=True)
    return parse_query(pairs, settings, path_categories=parts[1] if len(parts) > 1 else "")


def opml(base: str, queries: Iterable[FeedQuery], key: str) -> bytes:
    """An OPML 2.0 file that every reader imports; the same bytes for the same feeds."""
    feeds = ((describe_title(query), FeedUrls.of(base, "rss", query, key=key).feed_url) for query in queries)
    return render_opml("Paperfeed", (OpmlOutline(title, address) for title, address in feeds))
