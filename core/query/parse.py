"""From the parameters of an address to a FeedQuery; a bad one is refused by name."""

import re
from collections.abc import Iterable
from typing import Any, Final

from core.config.settings import Settings
from core.errors import BadQuery, ParseError
from core.query.feed_query import FeedQuery
from core.query.interest import rated_interest
from core.query.parameters import PARAMETER_NAMES, PARAMETERS, Parameter, QueryReading

GIVEN_TWICE: Final = "is given twice; give it once, with commas between several values"
_FOREIGN_PARAMETERS: Final = re.compile(
    r"_.*|utm_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|ref|cachebust", re.IGNORECASE
)
"""Parameters that browsers, mails and networks add to any address: they mean nothing here, and are no mistake."""


def parse_query(parameters: Iterable[tuple[str, str]], settings: Settings, *, path_categories: str = "") -> FeedQuery:
    """
    Read the parameters of a feed's address; what is absent or empty comes from the settings.

    Only ``keywords=`` and ``exclude=`` mean something when empty: no filter. Raises BadQuery that names the parameter
    and what is allowed, for anything unknown (but what networks add to addresses), repeated or out of range.
    """
    given_parameters = _collect_given(parameters)
    if path_categories and given_parameters.setdefault("categories", path_categories) != path_categories:
        raise BadQuery("categories", "stands in the path and as a parameter; leave one of the two out")
    spelled_parameters: dict[str, str] = {}
    query_reading = QueryReading(settings, given_parameters, spelled_parameters)
    query_values = {
        parameter.query_field or parameter.name: _parameter_value(parameter, query_reading, spelled_parameters)
        for parameter in PARAMETERS
    }
    parsed_query = FeedQuery(
        **query_values,
        scoring=settings.scoring,
        interest=rated_interest(settings),
        given_parameters=tuple(spelled_parameters.items()),
    )
    _check_ranking_parameters(parsed_query)
    _check_day_parameters(parsed_query)
    return parsed_query


def _collect_given(query_parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    given_parameters: dict[str, str] = {}
    for parameter_name, parameter_value in query_parameters:
        if _FOREIGN_PARAMETERS.fullmatch(parameter_name):
            continue
        if parameter_name not in PARAMETER_NAMES:
            raise BadQuery(parameter_name[:40], unknown_parameter(parameter_name))
        if parameter_name in given_parameters:
            raise BadQuery(parameter_name, GIVEN_TWICE)
        given_parameters[parameter_name] = parameter_value
    return given_parameters


def unknown_parameter(parameter_name: str) -> str:
    """Say that there is no such parameter, and which one may have been meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

    if near_parameters := get_close_matches(parameter_name.lower(), PARAMETER_NAMES, n=1, cutoff=0.7):
        return f"is no parameter of a feed; did you mean {near_parameters[0]}?"
    return f"is no parameter of a feed; they are {', '.join(PARAMETER_NAMES)}"


def _parameter_value(parameter: Parameter, query_reading: QueryReading, spelled_parameters: dict[str, str]) -> Any:
    """Read one parameter. The same thing in another spelling is the same value, and the default is the default."""
    default_value = parameter.default(query_reading)
    given_text = query_reading.given_parameters.get(parameter.name)
    if given_text is None or not (given_text.strip() or parameter.may_be_empty):
        return default_value
    try:
        parameter_value = parameter.parse(given_text, query_reading.settings)
    except ParseError as parameter_error:
        raise BadQuery(parameter.name, str(parameter_error)) from parameter_error
    spelled_parameter = parameter.spell(parameter_value)
    if default_value is not None and spelled_parameter == parameter.spell(default_value):
        return default_value
    spelled_parameters[parameter.name] = spelled_parameter
    return parameter_value


def _check_day_parameters(parsed_query: FeedQuery) -> None:
    if parsed_query.since and parsed_query.until and parsed_query.since > parsed_query.until:
        raise BadQuery("from", f"must not be after to: {parsed_query.since} is later than {parsed_query.until}")


def _check_ranking_parameters(parsed_query: FeedQuery) -> None:
    if parsed_query.sort == "interest" and not parsed_query.interest:
        raise BadQuery("sort", "interest needs the keys interest and ai_summary.triage in config.json")
    if parsed_query.also and parsed_query.match == "substring":
        raise BadQuery("also", "compares words and does not go with match=substring")
    if parsed_query.also and parsed_query.like:
        raise BadQuery("also", "does not go with like, which asks for papers that read alike anyway")
    if parsed_query.rank != "keywords" and parsed_query.match == "substring":
        raise BadQuery("rank", f"{parsed_query.rank} counts words and does not go with match=substring")
    if parsed_query.rank != "keywords" and parsed_query.like:
        raise BadQuery("rank", f"{parsed_query.rank} does not go with like, which has its own ranking")
