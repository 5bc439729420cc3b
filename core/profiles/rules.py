"""A profile's rules: checked as a feed's address is, and never in the way of reading when the deployment changes."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from core.config.settings import Settings
from core.errors import BadQuery
from core.profiles.records import FeedRules, SavedFeed
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.query.values import MOST_LIKE_VALUE_CHARACTERS, LikedText

MOST_SAVED_FEEDS: Final = 10
MOST_RULE_CHARACTERS: Final = 4000
"""All of a feed's rules together."""
MOST_INTEREST_CHARACTERS: Final = MOST_LIKE_VALUE_CHARACTERS
"""As many as of a text in ``like=``, which is the interest of the feed that is saved."""
_MOST_FEED_NAME_CHARACTERS: Final = 40
_PROFILE_FEED_NAME: Final = re.compile(r"[\w][\w .,+-]{0,39}")
_NOT_IN_PROFILE_FEED_NAMES: Final = re.compile(r"\^[\d.]+|\b[a-z]+:|[^\w .,+-]+")
"""Of a term its weight and its field, and all that may not stand in a name."""
_RESERVED_PROFILE_FEEDS: Final = ("all", "rss", "atom", "json", "opml")


def checked_saved_feed(
    name: str, feed_rules: Iterable[tuple[str, str]], interest: str, settings: Settings
) -> SavedFeed:
    """
    Check one feed. Its rules are kept as they were given, empty ones that mean nothing left out; without a name it is
    called after what it asks for.

    Raises BadQuery that names the parameter and what is allowed.
    """
    profile_rules = tuple(
        (rule_key, rule_value.strip())
        for rule_key, rule_value in feed_rules
        if rule_value.strip() or rule_key in ("keywords", "exclude")
    )
    name = name.strip() or feed_name_of(profile_rules, interest)
    if not _PROFILE_FEED_NAME.fullmatch(name) or name.lower() in _RESERVED_PROFILE_FEEDS:
        reserved_names = ", ".join(_RESERVED_PROFILE_FEEDS)
        raise BadQuery("name", f"must be up to 40 letters, digits, spaces or . , + -, and none of {reserved_names}")
    if sum(len(rule_key) + len(rule_value) for rule_key, rule_value in profile_rules) > MOST_RULE_CHARACTERS:
        raise BadQuery("query", f"is too long: a feed's rules have at most {MOST_RULE_CHARACTERS} characters")
    if any(rule_key == "digest" and rule_value != "none" for rule_key, rule_value in profile_rules):
        raise BadQuery("digest", "does not go with a profile, whose feeds are of papers; use it in a feed's address")
    if any(rule_key == "sort" and rule_value.lower() == "interest" for rule_key, rule_value in profile_rules):
        raise BadQuery(
            "sort", "interest goes by the deployment's interest and does not go with a profile; leave it out"
        )
    feed_interest = " ".join(interest.split())
    if len(feed_interest) > MOST_INTEREST_CHARACTERS:
        interest_length = len(feed_interest)
        raise BadQuery("interest", f"is too long: at most {MOST_INTEREST_CHARACTERS} characters, got {interest_length}")
    parse_query(profile_rules, settings)
    return SavedFeed(name, profile_rules, feed_interest)


def feed_name_of(rules: Iterable[tuple[str, str]], interest: str) -> str:
    """What a feed is called that nobody named: its interest, else its keywords, its authors, its categories."""
    rule_values = dict(rules)
    for named_words in (interest, *(rule_values.get(key, "") for key in ("keywords", "authors", "categories"))):
        feed_name = _cut_feed_name(
            " ".join(_NOT_IN_PROFILE_FEED_NAMES.sub(" ", named_words).replace(",", ", ").split()).replace(" ,", ",")
        )
        if _PROFILE_FEED_NAME.fullmatch(feed_name) and feed_name.lower() not in _RESERVED_PROFILE_FEEDS:
            return feed_name
    return "main"


def _cut_feed_name(feed_name: str) -> str:
    """As many whole terms as fit into a name, else as many whole words."""
    feed_name = feed_name.lstrip(" .,+-")
    if len(feed_name) > _MOST_FEED_NAME_CHARACTERS:
        cut_name = feed_name[: _MOST_FEED_NAME_CHARACTERS + 1]
        feed_name = cut_name[: max(cut_name.rfind(","), 0) or max(cut_name.rfind(" "), 0) or _MOST_FEED_NAME_CHARACTERS]
    return feed_name.rstrip(" ,")


def checked_saved_feeds(saved_feeds: Sequence[SavedFeed]) -> tuple[SavedFeed, ...]:
    """Check them together. Raises BadQuery."""
    if not 1 <= len(saved_feeds) <= MOST_SAVED_FEEDS:
        raise BadQuery("feeds", f"must be 1 to {MOST_SAVED_FEEDS} feeds, got {len(saved_feeds)}")
    profile_feeds = [saved_feed.name.lower() for saved_feed in saved_feeds]
    if repeated_feed := next((feed_name for feed_name in profile_feeds if profile_feeds.count(feed_name) > 1), ""):
        raise BadQuery("name", f'"{repeated_feed}" is the name of two feeds')
    return tuple(saved_feeds)


def saved_feed_called(saved_feeds: Sequence[SavedFeed], name: str) -> SavedFeed | None:
    """The feed of this name in any case; without a name the first."""
    return next(
        (saved_feed for saved_feed in saved_feeds if not name or saved_feed.name.lower() == name.strip().lower()), None
    )


def query_of(saved_feed: SavedFeed, settings: Settings, *, learned: bool) -> FeedQuery:
    """
    What a feed asks for; a rule that the deployment does not know any more is left out.

    What a feed does not say is the deployment's default, but for keywords where likes lead: there they are none.
    """
    profile_rules = dict(saved_feed.rules)
    if learned:
        profile_rules.setdefault("keywords", "")
    while True:
        try:
            return parse_query(profile_rules.items(), settings)
        except BadQuery as refused_rule:
            if refused_rule.parameter not in profile_rules:
                raise
            del profile_rules[refused_rule.parameter]


def liked_interest(saved_feed: SavedFeed) -> tuple[LikedText, ...]:
    """A feed's interest as the text of ``like=text:``; none where it has none, or one that says nothing."""
    from core.search.subjects import telling  # noqa: PLC0415 - of requests, few rank a feed or describe one

    return (LikedText(saved_feed.interest),) if telling(saved_feed.interest) else ()


def rules_refused(saved_feed: SavedFeed, settings: Settings) -> FeedRules:
    """The rules of a feed that the deployment does not take any more."""
    refused_rules = []
    for rule in saved_feed.rules:
        try:
            parse_query([rule], settings)
        except BadQuery:
            refused_rules.append(rule)
    return tuple(refused_rules)
