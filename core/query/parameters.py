"""
Every parameter of a feed, in the order in which they are read and written: one table for all who read or describe them.

A new parameter is a row here, a field of FeedQuery, and a row in the README's table.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Final, get_args

from msgspec import Struct

from core.config.settings import MAX_LIMIT, Settings
from core.language.names import AuthorName, parse_name, parse_names
from core.language.term_list import parse_terms, unite_terms
from core.language.term_parser import parse_term
from core.language.terms import Term
from core.paper import EntryContent, EntryMath
from core.query.feed_query import DigestChoice, ExpandChoice, MatchChoice, RankChoice, SortChoice
from core.query.values import (
    ANNOUNCE_TYPE_VALUES,
    MOST_ALSO_PAPERS,
    choice_among,
    language_among,
    parse_announce_types,
    parse_day,
    parse_liked,
    parse_score,
    parse_sorted_categories,
    spell_announce_types,
    spell_names,
    spell_terms,
    whole_number_up_to,
)
from core.taxonomy import CategoryFilter, parse_categories

DEFAULT_LIMIT: Final = 100


class QueryReading(Struct, frozen=True):
    """What a default may depend on."""

    settings: Settings
    given_parameters: Mapping[str, str]  # as they came
    spelled_parameters: Mapping[str, str]  # of those read already, what differs from the default

    @property
    def names_liked(self) -> bool:
        """Whether the query names papers, or has a text, that papers shall be like."""
        return bool(self.given_parameters.get("like", "").strip())

    @property
    def names_subject(self) -> bool:
        """Whether the query says itself what it is about, instead of leaving that to the configuration."""
        return "keywords" in self.spelled_parameters or self.names_liked

    @property
    def names_days(self) -> bool:
        """Whether the query says itself from or to which day."""
        return any(self.given_parameters.get(day_parameter, "").strip() for day_parameter in ("from", "to"))


class Parameter(Struct, frozen=True):
    """How one parameter is read, written and explained. Values are of the type that FeedQuery's field has."""

    name: str
    explanation: str  # a sentence for people
    default: Callable[[QueryReading], Any]
    parse: Callable[[str, Settings], Any]
    spell: Callable[[Any], str] = str
    may_be_empty: bool = False  # given and empty says something else than not given
    allowed_values: tuple[str, ...] = ()  # every value, when there are few
    query_field: str = ""  # of FeedQuery, where it has another name


def _choice_parameter(parameter_name: str, explanation: str, allowed_values: tuple[str, ...]) -> Parameter:
    """A parameter of a few words, the first of which is the default."""
    parse_choice = partial(_parse_parameter, choice_among(allowed_values))
    return Parameter(
        parameter_name, explanation, lambda _: allowed_values[0], parse_choice, allowed_values=allowed_values
    )


def _optional_parameter(
    parameter_name: str, explanation: str, parse_value: Callable[[str], Any], query_field: str = ""
) -> Parameter:
    """A parameter that is None where it is not given."""
    parse_given = partial(_parse_parameter, parse_value)
    return Parameter(parameter_name, explanation, lambda _: None, parse_given, query_field=query_field)


def _limit_parameter(parameter_name: str, explanation: str, default: Callable[[QueryReading], int]) -> Parameter:
    """A parameter that is the most of something."""
    return Parameter(parameter_name, explanation, default, partial(_parse_parameter, whole_number_up_to(MAX_LIMIT)))


def _parse_parameter(parse_value: Callable[[str], Any], parameter_text: str, _: Settings) -> Any:
    """Read what no setting has a say in."""
    return parse_value(parameter_text)


@lru_cache(maxsize=16)
def default_terms(configured_values: tuple[str, ...]) -> tuple[Term, ...]:
    """Read ``config.json``'s list of terms, each entry one term. Raises ParseError."""
    return unite_terms(parse_term(configured_value) for configured_value in configured_values)


@lru_cache(maxsize=16)
def default_names(configured_values: tuple[str, ...]) -> tuple[AuthorName, ...]:
    """Read ``config.json``'s authors, each entry one name. Raises ParseError."""
    return tuple({author_name.text: author_name for author_name in map(parse_name, configured_values)}.values())


@lru_cache(maxsize=16)
def default_categories(configured_values: tuple[str, ...]) -> CategoryFilter:
    """Read ``config.json``'s categories. Raises ParseError."""
    return parse_categories(",".join(configured_values))


PARAMETERS: Final = (
    Parameter(
        "categories",
        explanation="categories (cs.LG), archives (cs) and what is taken away from them (-cs.CY)",
        default=lambda reading: default_categories(reading.settings.categories),
        parse=partial(_parse_parameter, parse_sorted_categories),
    ),
    _optional_parameter("primary", "categories of which one must be a paper's primary", parse_sorted_categories),
    Parameter(
        "keywords",
        explanation="terms, separated by commas; a paper is in when one matches",
        default=lambda reading: () if reading.names_liked else default_terms(reading.settings.keywords),
        parse=partial(_parse_parameter, parse_terms),
        spell=spell_terms,
        may_be_empty=True,
    ),
    Parameter(
        "exclude",
        explanation="terms, separated by commas; a paper is out when one matches",
        # what is not wanted beside the configured keywords may be just what another query is about
        default=lambda reading: () if reading.names_subject else default_terms(reading.settings.exclude_keywords),
        parse=partial(_parse_parameter, parse_terms),
        spell=spell_terms,
        may_be_empty=True,
    ),
    Parameter(
        "authors",
        explanation="names to follow: their papers are in whatever the keywords say",
        # the configured people go with the configured keywords
        default=lambda reading: () if reading.names_subject else default_names(reading.settings.authors),
        parse=partial(_parse_parameter, parse_names),
        spell=spell_names,
        may_be_empty=True,
    ),
    Parameter(
        "like",
        explanation="arXiv ids, or text: and a title, an abstract or any words: papers that read like these",
        default=lambda _: (),
        parse=partial(_parse_parameter, parse_liked),
        spell=lambda like_values: ",".join(map(str, like_values)),
    ),
    Parameter(
        "types",
        explanation="some of new, cross and replace",
        default=lambda reading: frozenset(
            announce_type for type_value in reading.settings.types for announce_type in ANNOUNCE_TYPE_VALUES[type_value]
        ),
        parse=partial(_parse_parameter, parse_announce_types),
        spell=spell_announce_types,
        allowed_values=tuple(ANNOUNCE_TYPE_VALUES),
    ),
    Parameter(
        "min_score",
        explanation="the lowest score that is in",
        # the configured threshold was chosen for the configured keywords
        default=lambda reading: 0.0 if reading.names_subject else reading.settings.min_score,
        parse=partial(_parse_parameter, parse_score),
        spell="{:g}".format,
    ),
    _limit_parameter(
        "per_day", "the most entries from one announcement day", lambda reading: reading.settings.max_papers
    ),
    _limit_parameter("limit", "the most entries in all", lambda _: DEFAULT_LIMIT),
    Parameter(
        "days",
        explanation="how many days back from the newest announcement; with from or to as well, only days that both "
        "allow",
        # who names days wants those, however long ago
        default=lambda reading: reading.settings.retention_days if reading.names_days else reading.settings.days_back,
        parse=lambda parameter_text, settings: whole_number_up_to(settings.retention_days)(parameter_text),
    ),
    _optional_parameter("from", "the first announcement day that is in, such as 2026-01-12", parse_day, "since"),
    _optional_parameter("to", "the last announcement day that is in, such as 2026-01-16", parse_day, "until"),
    _choice_parameter("rank", "how papers are scored", get_args(RankChoice)),
    _choice_parameter("sort", "the order within a day", get_args(SortChoice)),
    _choice_parameter("match", "whole words, or any part of a text as the old bot did", get_args(MatchChoice)),
    Parameter(
        "also",
        explanation="so many papers a day beside the matches: no term matches them, but they are like the best",
        default=lambda _: 0,
        parse=lambda parameter_text, _: whole_number_up_to(MOST_ALSO_PAPERS, least=0)(parameter_text),
    ),
    _choice_parameter("expand", "whether acronyms find what they stand for, and the reverse", get_args(ExpandChoice)),
    _choice_parameter("content", "what an entry holds", get_args(EntryContent)),
    _choice_parameter("math", "how formulas are shown in entries", get_args(EntryMath)),
    Parameter(
        "lang",
        explanation="the language of the summaries",
        default=lambda reading: reading.settings.ai_summary.languages[0],
        parse=lambda parameter_text, settings: language_among(settings.ai_summary.languages)(parameter_text),
    ),
    _choice_parameter("digest", "one item a day or a week, the report, instead of one a paper", get_args(DigestChoice)),
)

PARAMETER_NAMES: Final = tuple(parameter.name for parameter in PARAMETERS)
