"""A profile's rules: checked as a feed's address is, and never in the way of reading when the deployment changes."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from core.config.settings import Settings
from core.errors import BadQuery
from core.profiles.records import NamedFeed, Rules
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query

MOST_FEEDS: Final = 10
MOST_RULE_CHARACTERS: Final = 4000
"""All of a feed's rules together."""
MOST_INTEREST_CHARACTERS: Final = 2000
_LONGEST_NAME: Final = 40  # characters
_NAME: Final = re.compile(r"[\w][\w .,+-]{0,39}")
_UNNAMEABLE: Final = re.compile(r"\^[\d.]+|\b[a-z]+:|[^\w .,+-]+")
"""Of a term its weight and its field, and all that may not stand in a name."""
_RESERVED: Final = ("all", "rss", "atom", "json", "opml")


def named_feed(name: str, parameters: Iterable[tuple[str, str]], interest: str, settings: Settings) -> NamedFeed:
    """
    Check one feed. Its rules are kept as they were given, empty ones that mean nothing left out; without a name it is
    called after what it asks for.

    Raises BadQuery that names the parameter and what is allowed.
    """
    rules = tuple((key, value.strip()) for key, value in parameters if value.strip() or key in ("keywords", "exclude"))
    name = name.strip() or telling_name(rules, interest)
    if not _NAME.fullmatch(name) or name.lower() in _RESERVED:
        raise BadQuery(
            "name", f"must be up to 40 letters, digits, spaces or . , + -, and none of {', '.join(_RESERVED)}"
        )
    if sum(len(key) + len(value) for key, value in rules) > MOST_RULE_CHARACTERS:
        raise BadQuery("query", f"is too long: a feed's rules have at most {MOST_RULE_CHARACTERS} characters")
    if any(key == "digest" and value != "none" for key, value in rules):
        raise BadQuery("digest", "does not go with a profile, whose feeds are of papers; use it in a feed's address")
    if any(key == "sort" and value.lower() == "interest" for key, value in rules):
        raise BadQuery(
            "sort", "interest goes by the deployment's interest and does not go with a profile; leave it out"
        )
    interest = " ".join(interest.split())
    if len(interest) > MOST_INTEREST_CHARACTERS:
        raise BadQuery("interest", f"is too long: at most {MOST_INTEREST_CHARACTERS} characters, got {len(interest)}")
    parse_query(rules, settings)
    return NamedFeed(name, rules, interest)


def telling_name(rules: Iterable[tuple[str, str]], interest: str) -> str:
    """What a feed is called that nobody named: its interest, else its keywords, its authors, its categories."""
    said = dict(rules)
    for words in (interest, *(said.get(key, "") for key in ("keywords", "authors", "categories"))):
        name = _cut(" ".join(_UNNAMEABLE.sub(" ", words).replace(",", ", ").split()).replace(" ,", ","))
        if _NAME.fullmatch(name) and name.lower() not in _RESERVED:
            return name
    return "main"


def _cut(name: str) -> str:
    """As many whole terms as fit into a name, else as many whole words."""
    name = name.lstrip(" .,+-")
    if len(name) > _LONGEST_NAME:
        room = name[: _LONGEST_NAME + 1]
        name = room[: max(room.rfind(","), 0) or max(room.rfind(" "), 0) or _LONGEST_NAME]
    return name.rstrip(" ,")


def checked_feeds(feeds: Sequence[NamedFeed]) -> tuple[NamedFeed, ...]:
    """Check them together. Raises BadQuery."""
    if not 1 <= len(feeds) <= MOST_FEEDS:
        raise BadQuery("feeds", f"must be 1 to {MOST_FEEDS} feeds, got {len(feeds)}")
    names = [feed.name.lower() for feed in feeds]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise BadQuery("name", f'"{twice}" is the name of two feeds')
    return tuple(feeds)


def feed_called(feeds: Sequence[NamedFeed], name: str) -> NamedFeed | None:
    """The feed of this name in any case; without a name the first."""
    return next((feed for feed in feeds if not name or feed.name.lower() == name.strip().lower()), None)


def query_of(feed: NamedFeed, settings: Settings, *, learned: bool) -> FeedQuery:
    """
    What a feed asks for; a rule that the deployment does not know any more is left out.

    What a feed does not say is the deployment's default, but for keywords where likes lead: there they are none.
    """
    rules = dict(feed.rules)
    if learned:
        rules.setdefault("keywords", "")
    while True:
        try:
            return parse_query(rules.items(), settings)
        except BadQuery as error:
            if error.parameter not in rules:
                raise
            del rules[error.parameter]


def refused_rules(feed: NamedFeed, settings: Settings) -> Rules:
    """The rules of a feed that the deployment does not take any more."""
    refused = []
    for rule in feed.rules:
        try:
            parse_query([rule], settings)
        except BadQuery:
            refused.append(rule)
    return tuple(refused)
