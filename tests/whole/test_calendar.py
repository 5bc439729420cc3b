"""arXiv's calendar: which days have an announcement, and when the next one is expected."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.calendar import (
    EASTERN,
    holiday_name,
    is_announcement_day,
    last_expected_announcement,
    latest_announcement_day,
    latest_weekday,
    listed_day,
    next_expected_announcement,
)

# The lists of deferred mailings that arXiv published, as the weekdays whose feeds they leave empty.
PUBLISHED = {
    2023: ["01-17", "06-15", "06-20", "07-05", "09-05", "11-24", "12-26", "12-28"],
    2025: ["01-02", "01-21", "06-20", "07-07", "09-02", "11-28", "12-26"],
    2026: ["01-02", "01-20", "09-08", "11-27", "12-30"],
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_holidays_are_those_that_arxiv_published(year):
    """
    Of each year whose list is known, exactly the days after a deferred mailing are without announcement.
    """
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    found = [f"{day:%m-%d}" for day in days if holiday_name(day)]
    assert found == PUBLISHED[year]


def test_the_day_after_a_holiday_is_the_empty_one():
    """
    The feed of the holiday itself was mailed the evening before; the next day's is the one that stays empty.
    """
    assert is_announcement_day(date(2026, 1, 19))
    assert holiday_name(date(2026, 1, 20)) == "Martin Luther King Jr. Day"
    assert holiday_name(date(2027, 1, 1)) == "New Year's Eve"
    assert holiday_name(date(2026, 6, 20)) == ""  # a Saturday has no announcement in any week


def test_announcement_days_leave_out_weekends_and_holidays():
    """
    Two weeks in January: nine announcements.
    """
    days = [number for number in range(12, 26) if is_announcement_day(date(2026, 1, number))]
    assert days == [12, 13, 14, 15, 16, 19, 21, 22, 23]


@pytest.mark.parametrize(
    ("now", "last", "coming", "holiday"),
    [
        ("2026-01-14T04:59:59", "2026-01-13", "2026-01-14", ""),  # a second before midnight in New York
        ("2026-01-14T05:00:00", "2026-01-14", "2026-01-15", ""),
        ("2026-01-17T12:00:00", "2026-01-16", "2026-01-19", ""),  # a Saturday
        ("2026-01-19T12:00:00", "2026-01-19", "2026-01-21", "Martin Luther King Jr. Day"),
        ("2026-01-20T12:00:00", "2026-01-19", "2026-01-21", ""),
        ("2026-11-26T12:00:00", "2026-11-26", "2026-11-30", "Thanksgiving"),
        ("2026-12-31T12:00:00", "2026-12-31", "2027-01-04", "New Year's Eve"),
        ("2026-07-15T03:30:00", "2026-07-14", "2026-07-15", ""),  # summer: midnight is at 04:00 UTC
        ("2026-07-15T04:00:00", "2026-07-15", "2026-07-16", ""),
    ],
)
def test_expected_announcements(now, last, coming, holiday):
    """
    The feeds change at midnight in New York, summer or winter; a holiday that delays the next is named.
    """
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert last_expected_announcement(moment) == datetime.fromisoformat(last).replace(tzinfo=EASTERN)
    assert next_expected_announcement(moment) == (datetime.fromisoformat(coming).replace(tzinfo=EASTERN), holiday)


@pytest.mark.parametrize(("friday", "hours"), [("2026-03-06", 71), ("2026-10-30", 73)])
def test_the_clock_change_moves_the_announcement_by_an_hour(friday, hours):
    """
    Over the weekend on which the clocks change, Monday's announcement comes an hour earlier, or later, than usual.
    """
    before = last_expected_announcement(datetime.fromisoformat(f"{friday}T12:00:00+00:00"))
    after, _ = next_expected_announcement(datetime.fromisoformat(f"{friday}T12:00:00+00:00"))
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=hours)


def test_the_listing_runs_ahead_of_the_feeds_by_an_evening():
    """
    arXiv's listing pages show a day's list from 20:00 of the evening before; over a weekend they stay with Friday's.
    """
    evening = datetime(2026, 1, 14, 20, 0, tzinfo=EASTERN)
    assert listed_day(evening - timedelta(seconds=1)) == date(2026, 1, 14)
    assert listed_day(evening) == date(2026, 1, 15)
    assert listed_day(datetime(2026, 1, 16, 21, 0, tzinfo=EASTERN)) == date(2026, 1, 16)
    assert listed_day(datetime(2026, 1, 18, 21, 0, tzinfo=EASTERN)) == date(2026, 1, 19)
    assert latest_weekday(date(2026, 1, 18)) == date(2026, 1, 16)
    assert latest_announcement_day(date(2025, 11, 29)) == date(2025, 11, 27)
    assert listed_day(datetime(2025, 11, 28, 12, 0, tzinfo=EASTERN)) == date(2025, 11, 27)
