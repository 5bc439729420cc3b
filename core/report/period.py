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

REPORT_PARAMETERS: Final = ("day", "week")
"""What a report takes beside the parameters of a feed."""
_REPORT_WEEK: Final = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_ONE_REPORT_DAY: Final = timedelta(days=1)


class Period(Struct, frozen=True):
    """One announcement day, or a week from Monday to Friday."""

    reported_from: date
    reported_until: date

    @property
    def is_week(self) -> bool:
        return self.reported_from != self.reported_until

    @property
    def period_name(self) -> str:
        """As the parameter is written: ``2026-01-14`` or ``2026-W03``."""
        iso_week = self.reported_from.isocalendar()
        return f"{iso_week.year}-W{iso_week.week:02}" if self.is_week else self.reported_from.isoformat()

    @property
    def period_parameter(self) -> str:
        """As it stands in an address: ``day=2026-01-14``."""
        return f"{'week' if self.is_week else 'day'}={self.period_name}"

    def __contains__(self, reported_day: date) -> bool:
        return self.reported_from <= reported_day <= self.reported_until

    @property
    def period_end(self) -> date:
        """The next announcement day: what appears from its midnight on belongs to that one."""
        period_end = self.reported_until + _ONE_REPORT_DAY
        while not is_announcement_day(period_end):
            period_end += _ONE_REPORT_DAY
        return period_end

    def is_complete(self, newest_reported: date) -> bool:
        """Whether nothing more will be announced in it, judged by the newest day held."""
        period_length = (self.reported_until - self.reported_from).days + 1
        period_days = (self.reported_from + _ONE_REPORT_DAY * days_in for days_in in range(period_length))
        reported_days = [period_day for period_day in period_days if is_announcement_day(period_day)]
        is_week_announced = self.is_week and bool(reported_days) and newest_reported >= reported_days[-1]
        return newest_reported > self.reported_until or is_week_announced


def day_period(reported_day: date) -> Period:
    return Period(reported_day, reported_day)


def week_period(reported_day: date) -> Period:
    """The week that holds this day."""
    period_monday = reported_day - _ONE_REPORT_DAY * reported_day.weekday()
    return Period(period_monday, period_monday + 4 * _ONE_REPORT_DAY)


class ReportRequest(Struct, frozen=True):
    """What a report was asked for; ``period`` is None for the newest day held."""

    report_query: FeedQuery
    period: Period | None


def parse_report_query(report_parameters: Iterable[tuple[str, str]], settings: Settings) -> ReportRequest:
    """Read a report's parameters: a feed's, and ``day`` or ``week``. Raises BadQuery as ``parse_query`` does."""
    report_feed_parameters, period_parameters = [], []
    for report_parameter, parameter_text in report_parameters:
        if report_parameter not in REPORT_PARAMETERS:
            report_feed_parameters.append((report_parameter, parameter_text))
        elif period_name := parameter_text.strip():
            period_parameters.append((report_parameter, period_name))
    if len(period_parameters) > 1:
        raise BadQuery(period_parameters[1][0], "a report is of one day or one week; give one of the two, once")
    report_query = without_digest(parse_query(report_feed_parameters, settings))
    return ReportRequest(report_query, _parse_period(*period_parameters[0]) if period_parameters else None)


def without_digest(query: FeedQuery) -> FeedQuery:
    """Return the query without its ``digest``: what the report itself is of."""
    report_parameters = tuple(parameter for parameter in query.given_parameters if parameter[0] != "digest")
    return replace(query, digest="none", also=0, given_parameters=report_parameters)


def _parse_period(period_parameter: str, period_name: str) -> Period:
    try:
        is_report_day = period_parameter == "day"
        return day_period(date.fromisoformat(period_name)) if is_report_day else _parse_report_week(period_name)
    except ValueError as no_period:
        period_shape = "a day such as 2026-01-14" if period_parameter == "day" else "a week such as 2026-W03"
        raise BadQuery(period_parameter, f'must be {period_shape}, got "{period_name[:40]}"') from no_period


def _parse_report_week(period_name: str) -> Period:
    if not (report_week := _REPORT_WEEK.fullmatch(period_name)):
        raise ValueError(period_name)
    return week_period(date.fromisocalendar(int(report_week[1]), int(report_week[2]), 1))


def held_period(asked_period: Period | None, held_days: Sequence[date]) -> Period:
    """Return the period asked for, or the newest of ``held_days``. Raises NotFound when nothing of it is held."""
    if asked_period is None:
        return day_period(held_days[0])
    if not any(held_day in asked_period for held_day in held_days):
        period_name, oldest_held, newest_held = asked_period.period_name, held_days[-1], held_days[0]
        if asked_period.is_week:
            raise NotFound(f"nothing announced in {period_name} is held here; held is {oldest_held} to {newest_held}")
        raise NotFound(f"nothing announced on {period_name} is held here; held is {oldest_held} to {newest_held}")
    return asked_period
