"""
Every parameter of a feed, in the order in which they are read and written: one table for all who read or describe them.

A new parameter is a row here, a field of FeedQuery, and a row in the README's table.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, get_args

from msgspec import Struct

from core.config.settings import MAX_LIMIT, Settings
from core.language.names import AuthorName, parse_name, parse_names
from core.language.term_list import parse_terms, unite_terms
from core.language.term_parser import parse_term
from core.language.terms import Term
from core.paper import Content, Math
from core.query.feed_query import Digest, Expand, Match, Rank, Sort
from core.query.values import (
    MOST_ALSO,
    TYPES_BY_NAME,
    language_among,
    one_of,
    parse_day,
    parse_liked,
    parse_score,
    parse_sorted,
    parse_types,
    spell_names,
    spell_terms,
    spell_types,
    up_to,
)
from core.taxonomy import CategoryFilter, parse_categories

DEFAULT_LIMIT: Final = 100


class QueryReading(Struct, frozen=True):
    """What a default may depend on."""

    settings: Settings
    given: Mapping[str, str]  # as they came
    spelled: Mapping[str, str]  # of those read already, what differs from the default

    @property
    def asks_of_its_own(self) -> bool:
        """Whether the query says itself what it is about, instead of leaving that to the configuration."""
        return "keywords" in self.spelled or bool(self.given.get("like", "").strip())

    @property
    def names_days(self) -> bool:
        """Whether the query says itself from or to which day."""
        return any(self.given.get(name, "").strip() for name in ("from", "to"))


class Parameter(Struct, frozen=True):
    """How one parameter is read, written and explained. Values are of the type that FeedQuery's field has."""

    name: str
    what: str  # a sentence for people
    default: Callable[[QueryReading], Any]
    parse: Callable[[str, Settings], Any]
    spell: Callable[[Any], str] = str
    may_be_empty: bool = False  # given and empty says something else than not given
    allowed: tuple[str, ...] = ()  # every value, when there are few
    field: str = ""  # of FeedQuery, where it has another name


def _choice_parameter(name: str, what: str, allowed: tuple[str, ...]) -> Parameter:
    """A parameter of a few words, the first of which is the default."""
    parse_choice = one_of(allowed)
    return Parameter(name, what, lambda _: allowed[0], lambda text, _: parse_choice(text), allowed=allowed)


@lru_cache(maxsize=16)
def configured_terms(entries: tuple[str, ...]) -> tuple[Term, ...]:
    """Read ``config.json``'s list of terms, each entry one term. Raises ParseError."""
    return unite_terms(parse_term(entry) for entry in entries)


@lru_cache(maxsize=16)
def configured_names(entries: tuple[str, ...]) -> tuple[AuthorName, ...]:
    """Read ``config.json``'s authors, each entry one name. Raises ParseError."""
    return tuple({name.text: name for name in map(parse_name, entries)}.values())


@lru_cache(maxsize=16)
def configured_categories(entries: tuple[str, ...]) -> CategoryFilter:
    """Read ``config.json``'s categories. Raises ParseError."""
    return parse_categories(",".join(entries))


PARAMETERS: Final = (
    Parameter(
        "categories",
        "categories (cs.LG), archives (cs) and what is taken away from them (-cs.CY)",
        lambda reading: configured_categories(reading.settings.categories),
        lambda text, _: parse_sorted(text),
    ),
    Parameter(
        "primary",
        "categories of which one must be a paper's primary",
        lambda _: None,
        lambda text, _: parse_sorted(text),
    ),
    Parameter(
        "keywords",
        "terms, separated by commas; a paper is in when one matches",
        lambda reading: () if reading.given.get("like", "").strip() else configured_terms(reading.settings.keywords),
        lambda text, _: parse_terms(text),
        spell_terms,
        may_be_empty=True,
    ),
    Parameter(
        "exclude",
        "terms, separated by commas; a paper is out when one matches",
        # what is not wanted beside the configured keywords may be just what another query is about
        lambda reading: () if reading.asks_of_its_own else configured_terms(reading.settings.exclude_keywords),
        lambda text, _: parse_terms(text),
        spell_terms,
        may_be_empty=True,
    ),
    Parameter(
        "authors",
        "names to follow: their papers are in whatever the keywords say",
        # the configured people go with the configured keywords
        lambda reading: () if reading.asks_of_its_own else configured_names(reading.settings.authors),
        lambda text, _: parse_names(text),
        spell_names,
        may_be_empty=True,
    ),
    Parameter(
        "like",
        "arXiv ids, or text: and a title, an abstract or any words: papers that read like these",
        lambda _: (),
        lambda text, _: parse_liked(text),
        lambda liked: ",".join(map(str, liked)),
    ),
    Parameter(
        "types",
        "some of new, cross and replace",
        lambda reading: frozenset(kind for name in reading.settings.types for kind in TYPES_BY_NAME[name]),
        lambda text, _: parse_types(text),
        spell_types,
        allowed=tuple(TYPES_BY_NAME),
    ),
    Parameter(
        "min_score",
        "the lowest score that is in",
        # the configured threshold was chosen for the configured keywords
        lambda reading: 0.0 if reading.asks_of_its_own else reading.settings.min_score,
        lambda text, _: parse_score(text),
        "{:g}".format,
    ),
    Parameter(
        "per_day",
        "the most entries from one announcement day",
        lambda reading: reading.settings.max_papers,
        lambda text, _: up_to(MAX_LIMIT)(text),
    ),
    Parameter("limit", "the most entries in all", lambda _: DEFAULT_LIMIT, lambda text, _: up_to(MAX_LIMIT)(text)),
    Parameter(
        "days",
        "how many days back from the newest announcement; with from or to as well, only days that both allow",
        # who names days wants those, however long ago
        lambda reading: reading.settings.retention_days if reading.names_days else reading.settings.days_back,
        lambda text, settings: up_to(settings.retention_days)(text),
    ),
    Parameter(
        "from",
        "the first announcement day that is in, such as 2026-01-12",
        lambda _: None,
        lambda text, _: parse_day(text),
        field="since",
    ),
    Parameter(
        "to",
        "the last announcement day that is in, such as 2026-01-16",
        lambda _: None,
        lambda text, _: parse_day(text),
        field="until",
    ),
    _choice_parameter("rank", "how papers are scored", get_args(Rank)),
    _choice_parameter("sort", "the order within a day", get_args(Sort)),
    _choice_parameter("match", "whole words, or any part of a text as the old bot did", get_args(Match)),
    Parameter(
        "also",
        "so many papers a day beside the matches: no term matches them, but they are like the best",
        lambda _: 0,
        lambda text, _: up_to(MOST_ALSO, least=0)(text),
    ),
    _choice_parameter("expand", "whether acronyms find what they stand for, and the reverse", get_args(Expand)),
    _choice_parameter("content", "what an entry holds", get_args(Content)),
    _choice_parameter("math", "how formulas are shown in entries", get_args(Math)),
    Parameter(
        "lang",
        "the language of the summaries",
        lambda reading: reading.settings.ai_summary.languages[0],
        lambda text, settings: language_among(settings.ai_summary.languages)(text),
    ),
    _choice_parameter("digest", "one item a day or a week, the report, instead of one a paper", get_args(Digest)),
)

PARAMETER_NAMES: Final = tuple(parameter.name for parameter in PARAMETERS)
