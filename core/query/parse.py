"""From the parameters of an address to a FeedQuery; a bad one is refused by name."""

import re
from collections.abc import Iterable
from typing import Any, Final

from core.config.settings import Settings
from core.errors import BadQuery, ParseError
from core.query.feed_query import FeedQuery
from core.query.interest import rated_interest
from core.query.parameters import NAMES, PARAMETERS, Parameter, Reading

GIVEN_TWICE: Final = "is given twice; give it once, with commas between several values"
_FOREIGN: Final = re.compile(
    r"_.*|utm_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|ref|cachebust", re.IGNORECASE
)
"""Parameters that browsers, mails and networks add to any address: they mean nothing here, and are no mistake."""


def parse_query(params: Iterable[tuple[str, str]], settings: Settings, *, path_categories: str = "") -> FeedQuery:
    """
    Read the parameters of a feed's address; what is absent or empty comes from the settings.

    Only ``keywords=`` and ``exclude=`` mean something when empty: no filter. Raises BadQuery that names the parameter
    and what is allowed, for anything unknown (but what networks add to addresses), repeated or out of range.
    """
    given = _collect(params)
    if path_categories:
        if given.get("categories", path_categories) != path_categories:
            raise BadQuery("categories", "stands in the path and as a parameter; leave one of the two out")
        given["categories"] = path_categories
    spelled: dict[str, str] = {}
    reading = Reading(settings, given, spelled)
    values = {parameter.field or parameter.name: _value(parameter, reading, spelled) for parameter in PARAMETERS}
    query = FeedQuery(
        **values, scoring=settings.scoring, interest=rated_interest(settings), given=tuple(spelled.items())
    )
    _check_ranking(query)
    _check_days(query)
    return query


def _collect(params: Iterable[tuple[str, str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in params:
        if _FOREIGN.fullmatch(name):
            continue
        if name not in NAMES:
            raise BadQuery(name[:40], unknown_parameter(name))
        if name in given:
            raise BadQuery(name, GIVEN_TWICE)
        given[name] = value
    return given


def unknown_parameter(name: str) -> str:
    """Say that there is no such parameter, and which one may have been meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

    if near := get_close_matches(name.lower(), NAMES, n=1, cutoff=0.7):
        return f"is no parameter of a feed; did you mean {near[0]}?"
    return f"is no parameter of a feed; they are {', '.join(NAMES)}"


def _value(parameter: Parameter, reading: Reading, spelled: dict[str, str]) -> Any:
    """Read one parameter. The same thing in another spelling is the same value, and the default is the default."""
    default = parameter.default(reading)
    text = reading.given.get(parameter.name)
    if text is None or not (text.strip() or parameter.may_be_empty):
        return default
    try:
        value = parameter.parse(text, reading.settings)
    except ParseError as error:
        raise BadQuery(parameter.name, str(error)) from error
    written = parameter.spell(value)
    if default is not None and written == parameter.spell(default):
        return default
    spelled[parameter.name] = written
    return value


def _check_days(query: FeedQuery) -> None:
    if query.since and query.until and query.since > query.until:
        raise BadQuery("from", f"must not be after to: {query.since} is later than {query.until}")


def _check_ranking(query: FeedQuery) -> None:
    if query.sort == "interest" and not query.interest:
        raise BadQuery("sort", "interest needs the keys interest and ai_summary.triage in config.json")
    if query.also and query.match == "substring":
        raise BadQuery("also", "compares words and does not go with match=substring")
    if query.also and query.like:
        raise BadQuery("also", "does not go with like, which asks for papers that read alike anyway")
    if query.rank != "keywords" and query.match == "substring":
        raise BadQuery("rank", f"{query.rank} counts words and does not go with match=substring")
    if query.rank != "keywords" and query.like:
        raise BadQuery("rank", f"{query.rank} does not go with like, which has its own ranking")
