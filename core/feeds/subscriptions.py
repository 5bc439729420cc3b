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
from core.render.opml import OpmlOutline
from core.taxonomy import parse_categories

_SUBSCRIBED_HOST: Final = re.compile(r"((rss|export|www)\.)?arxiv\.org|arxiv-export-lb\.library\.cornell\.edu")
_SUBSCRIBED_PATH: Final = re.compile(r"/(?:rss|atom)/(?P<subscribed_categories>[^/]+)/?")
_SUBSCRIBED_CLAUSE: Final = re.compile(
    r'\s*(?P<operator>AND|ANDNOT|OR)?\s*(?P<field>cat|ti|abs|au|all):(?P<term>"[^"]*"|[^\s()"]+)\s*', re.IGNORECASE
)
_WHOLE_FEED: Final = (("keywords", ""), ("exclude", ""), ("per_day", "500"), ("limit", "500"))
"""What a subscription of arXiv's own feed means here."""


FeedParameters = list[tuple[str, str]]


class SubscribedFeeds(Struct, frozen=True):
    """The feeds that came of it, and a sentence about each subscription that none came of."""

    feeds: tuple[OpmlOutline, ...]
    subscription_problems: tuple[str, ...]


def read_subscriptions(subscriptions: bytes, file_name: str, settings: Settings, base_url: str) -> SubscribedFeeds:
    """
    Read an OPML or a ``config.json``; the addresses say what differs from ``settings``, the defaults here.

    Raises ConfigError when the file is neither.
    """
    if not subscriptions.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        old_bot_settings, _ = read_settings(subscriptions, file_name)
        old_bot_feed = _subscribed_feed("arXiv", _old_bot_parameters(old_bot_settings), settings, base_url)
        return SubscribedFeeds((old_bot_feed,), ())
    subscribed_feeds: dict[str, OpmlOutline] = {}
    subscription_problems = []
    for subscription_title, subscription_url in _opml_subscriptions(subscriptions, file_name):
        try:
            feed_parameters = subscription_parameters(subscription_url)
            subscribed_feed = _subscribed_feed(subscription_title, feed_parameters, settings, base_url)
            subscribed_feeds.setdefault(subscribed_feed.feed_url, subscribed_feed)
        except (ParseError, BadQuery) as subscription_problem:
            subscription_problems.append(f"{subscription_url}: {subscription_problem}")
    return SubscribedFeeds(tuple(subscribed_feeds.values()), tuple(subscription_problems))


def _opml_subscriptions(subscriptions: bytes, file_name: str) -> Iterator[tuple[str, str]]:
    try:
        opml_subscriptions = ET.fromstring(subscriptions)  # noqa: S314 - the person's own file; expat bounds entities
    except ET.ParseError as opml_problem:
        raise ParseError(f"{file_name}: is no OPML: {opml_problem}") from opml_problem
    for subscription in opml_subscriptions.iter("outline"):
        if subscription_url := subscription.get("xmlUrl", "").strip():
            yield subscription.get("title") or subscription.get("text") or "arXiv", subscription_url


def subscription_parameters(subscription_url: str) -> FeedParameters:
    """Return our parameters for a feed of arXiv's. Raises ParseError when it is none, or asks for what we have not."""
    try:
        subscribed = urlsplit(subscription_url)
    except ValueError as subscription_problem:  # brackets that hold no address
        raise ParseError("is not a feed of arXiv's") from subscription_problem
    if not _SUBSCRIBED_HOST.fullmatch(subscribed.hostname or ""):
        raise ParseError("is not a feed of arXiv's")
    if subscribed.path.startswith("/api/query"):
        return _subscribed_search(dict(parse_qsl(subscribed.query)).get("search_query", ""))
    if not (subscribed_path := _SUBSCRIBED_PATH.fullmatch(unquote(subscribed.path))):
        raise ParseError("is not a feed of arXiv's")
    parse_categories(subscribed_categories := subscribed_path["subscribed_categories"])
    return [("categories", subscribed_categories), *_WHOLE_FEED]


def _subscribed_search(search_query: str) -> FeedParameters:
    """Read ``cat:cs.LG AND all:"kv cache" ANDNOT ti:survey``; brackets and OR are left to the person."""
    subscribed_categories: list[str] = []
    subscribed_keyword, read_until = "", 0
    while subscribed_clause := _SUBSCRIBED_CLAUSE.match(search_query, read_until):
        read_until = subscribed_clause.end()
        subscribed_operator = (subscribed_clause["operator"] or "AND").upper()
        subscribed_field = subscribed_clause["field"].lower()
        subscribed_term = subscribed_clause["term"].strip('"')
        if subscribed_field == "cat" and subscribed_operator != "ANDNOT":
            subscribed_categories.append(subscribed_term.removesuffix(".*").removesuffix("*"))
        elif subscribed_operator == "OR":
            raise ParseError("OR between words has no one address here; make one feed of each")
        else:
            subscribed_term = subscribed_term if subscribed_field == "all" else f"{subscribed_field}:{subscribed_term}"
            subscribed_keyword = _join_subscribed(subscribed_keyword, subscribed_operator, subscribed_term)
    if not search_query or read_until < len(search_query):
        unread_subscription = repr(search_query[read_until : read_until + 40])
        raise ParseError(f"could not read the search from {unread_subscription} on")
    category_parameters = [("categories", ",".join(subscribed_categories))] if subscribed_categories else []
    return [*category_parameters, ("keywords", subscribed_keyword), *_WHOLE_FEED[1:]]


def _join_subscribed(subscribed_keyword: str, subscribed_operator: str, subscribed_term: str) -> str:
    if not subscribed_keyword:
        if subscribed_operator == "ANDNOT":
            raise ParseError("a search cannot begin with what is left out")
        return subscribed_term
    return f"{subscribed_keyword} {'AND NOT' if subscribed_operator == 'ANDNOT' else 'AND'} {subscribed_term}"


def _old_bot_parameters(old_bot: Settings) -> FeedParameters:
    """What the old bot's feed was: its own words, its way of matching."""
    return [
        ("categories", ",".join(old_bot.categories)),
        ("keywords", ",".join(old_bot.keywords)),
        ("exclude", ",".join(old_bot.exclude_keywords)),
        ("min_score", f"{old_bot.min_score:g}"),
        ("per_day", str(old_bot.max_papers)),
        ("days", str(old_bot.days_back)),
        ("match", "substring"),
    ]


def _subscribed_feed(
    feed_title: str, feed_parameters: FeedParameters, settings: Settings, base_url: str
) -> OpmlOutline:
    feed_urls = FeedUrls.of(base_url, "rss", parse_query(feed_parameters, settings), categories_in_path=False)
    return OpmlOutline(feed_title, feed_urls.feed_url, feed_urls.page_url)
