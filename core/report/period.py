"""Which announcement days a report is about: ``day=2026-01-14``, ``week=2026-W03``, or the newest day held."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.calendar import is_announcement_day
from core.config.settings import Settings
from core.errors import BadQuery, NotFound
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query

PERIOD_PARAMETERS: Final = ("day", "week")
"""What a report takes beside the parameters of a feed."""
_ISO_WEEK: Final = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_ONE_DAY: Final = timedelta(days=1)


class Period(Struct, frozen=True):
    """One announcement day, or a week from Monday to Friday."""

    first: date
    last: date

    @property
    def is_week(self) -> bool:
        return self.first != self.last

    @property
    def name(self) -> str:
        """As the parameter is written: ``2026-01-14`` or ``2026-W03``."""
        if not self.is_week:
            return self.first.isoformat()
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def parameter(self) -> str:
        """As it stands in an address: ``day=2026-01-14``."""
        return f"{'week' if self.is_week else 'day'}={self.name}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def closes(self) -> date:
        """The next announcement day: what appears from its midnight on belongs to that one."""
        next_day = self.last + _ONE_DAY
        while not is_announcement_day(next_day):
            next_day += _ONE_DAY
        return next_day

    def is_complete(self, newest: date) -> bool:
        """Whether nothing more will be announced in it, judged by the newest day held."""
        period_days = (self.first + _ONE_DAY * number for number in range((self.last - self.first).days + 1))
        expected_days = [day for day in period_days if is_announcement_day(day)]
        return newest > self.last or (self.is_week and bool(expected_days) and newest >= expected_days[-1])


def one_day(day: date) -> Period:
    return Period(day, day)


def week_of(day: date) -> Period:
    """The week that holds this day."""
    monday = day - _ONE_DAY * day.weekday()
    return Period(monday, monday + 4 * _ONE_DAY)


class ReportRequest(Struct, frozen=True):
    """What a report was asked for; ``period`` is None for the newest day held."""

    query: FeedQuery
    period: Period | None


def parse_report_query(parameters: Iterable[tuple[str, str]], settings: Settings) -> ReportRequest:
    """Read a report's parameters: a feed's, and ``day`` or ``week``. Raises BadQuery as ``parse_query`` does."""
    request_parameters = list(parameters)
    period_parameters = [
        (name, value.strip()) for name, value in request_parameters if name in PERIOD_PARAMETERS and value.strip()
    ]
    if len(period_parameters) > 1:
        raise BadQuery(period_parameters[1][0], "a report is of one day or one week; give one of the two, once")
    query = parse_query([pair for pair in request_parameters if pair[0] not in PERIOD_PARAMETERS], settings)
    return ReportRequest(without_digest(query), _parse_period(*period_parameters[0]) if period_parameters else None)


def without_digest(query: FeedQuery) -> FeedQuery:
    """Return the query without its ``digest``: what the report itself is of."""
    kept_parameters = tuple(pair for pair in query.given if pair[0] != "digest")
    return replace(query, digest="none", also=0, given=kept_parameters)


def _parse_period(parameter: str, text: str) -> Period:
    try:
        return one_day(date.fromisoformat(text)) if parameter == "day" else _parse_week(text)
    except ValueError as error:
        expected_shape = "a day such as 2026-01-14" if parameter == "day" else "a week such as 2026-W03"
        raise BadQuery(parameter, f'must be {expected_shape}, got "{text[:40]}"') from error


def _parse_week(text: str) -> Period:
    week_match = _ISO_WEEK.fullmatch(text)
    if not week_match:
        raise ValueError(text)
    return week_of(date.fromisocalendar(int(week_match[1]), int(week_match[2]), 1))


def held_period(asked_period: Period | None, held_days: Sequence[date]) -> Period:
    """Return the period asked for, or the newest of ``held_days``. Raises NotFound when nothing of it is held."""
    if asked_period is None:
        return one_day(held_days[0])
    if not any(day in asked_period for day in held_days):
        raise NotFound(
            f"nothing announced in {asked_period.name} is held here; held is {held_days[-1]} to {held_days[0]}"
        )
    return asked_period
