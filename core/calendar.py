"""
arXiv's calendar: on which days there is an announcement. Pure; the clock is an argument.

Papers are announced at 20:00 in New York, Sunday to Thursday; the feeds follow at midnight. An *announcement day* is
the day of the feed, Monday to Friday. When the mailing of an evening is deferred, the next day has none.

Source of the holidays: the lists of deferred mailings that arXiv published at info.arxiv.org/help/availability for
2023, 2025 and 2026. They are the computed rule below and a few days more, which stand in a table. arXiv adds days ad
hoc, so nothing is ever lost by trusting this calendar: it decides what is *expected*, not what is asked for. An empty
feed on a day that is no holiday is asked for again, and a holiday's feed is read like any other.
"""

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

EASTERN: Final = ZoneInfo("America/New_York")
"""arXiv's days begin and end in New York."""
_ONE_DAY: Final = timedelta(days=1)
_MAILING_TIME: Final = time(20)
_FRIDAY: Final = 4

_PUBLISHED_DEFERRALS: Final = {
    date(2023, 6, 14): "a deferred mailing",
    date(2023, 12, 27): "the December break",
    date(2025, 7, 6): "Independence Day",
    date(2026, 12, 29): "the December break",
    date(2026, 12, 31): "New Year's Eve",
}
"""Evenings without a mailing that arXiv published and that follow from no rule."""


def eastern_date(now: datetime) -> date:
    """The date in New York."""
    return now.astimezone(EASTERN).date()


@lru_cache(maxsize=1024)
def announcement_time(announcement_day: date) -> datetime:
    """Midnight in New York: the moment that arXiv's feeds give to everything announced on a day."""
    return datetime.combine(announcement_day, time(), EASTERN)


def is_weekday(day: date) -> bool:
    return day.weekday() <= _FRIDAY


def holiday_name(day: date) -> str:
    """The holiday for which this weekday has no announcement (the evening before has no mailing); "" if it has one."""
    evening = day - _ONE_DAY
    return _deferred_mailings(evening.year).get(evening, "") if is_weekday(day) else ""


def is_announcement_day(day: date) -> bool:
    """Whether arXiv is expected to announce papers under this date."""
    return is_weekday(day) and not holiday_name(day)


def latest_weekday(day: date) -> date:
    """This day, or the Friday before a weekend."""
    return day - _ONE_DAY * max(0, day.weekday() - _FRIDAY)


def latest_announcement_day(day: date) -> date:
    """This day, or the last one before it on which arXiv is expected to announce papers."""
    while not is_announcement_day(day):
        day -= _ONE_DAY
    return day


def listed_day(now: datetime) -> date:
    """The announcement day that arXiv's listing pages ought to show: from 20:00 of the evening before."""
    mailed = now.astimezone(EASTERN).time() >= _MAILING_TIME
    return latest_announcement_day(eastern_date(now) + _ONE_DAY if mailed else eastern_date(now))


def last_expected_announcement(now: datetime) -> datetime:
    """When the feeds last ought to have changed: midnight in New York of the last announcement day."""
    return announcement_time(latest_announcement_day(eastern_date(now)))


def next_expected_announcement(now: datetime) -> tuple[datetime, str]:
    """When the feeds ought to change next, and the holiday because of which that is later than usual ("" if none)."""
    announcement_day = eastern_date(now) + _ONE_DAY
    holiday = ""
    while not is_announcement_day(announcement_day):
        holiday = holiday or holiday_name(announcement_day)
        announcement_day += _ONE_DAY
    return announcement_time(announcement_day), holiday


@cache
def _deferred_mailings(year: int) -> dict[date, str]:
    """The evenings of a year on which no mailing goes out; those of a weekend only when arXiv has said so."""
    yearly_holidays = {
        date(year, 1, 1): "New Year's Day",
        _nth_weekday(year, 1, 0, 3): "Martin Luther King Jr. Day",
        date(year, 6, 19): "Juneteenth",
        date(year, 7, 4): "Independence Day",
        _nth_weekday(year, 9, 0, 1): "Labor Day",
        _nth_weekday(year, 11, 3, 4): "Thanksgiving",
        date(year, 12, 25): "Christmas",
    }
    weekday_holidays = {evening: holiday for evening, holiday in yearly_holidays.items() if is_weekday(evening)}
    return weekday_holidays | {day: reason for day, reason in _PUBLISHED_DEFERRALS.items() if day.year == year}


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first_of_month = date(year, month, 1)
    return first_of_month + _ONE_DAY * ((weekday - first_of_month.weekday()) % 7 + 7 * (nth - 1))
