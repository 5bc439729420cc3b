"""The period of a report, and the weeks before it."""

from datetime import date, timedelta

import pytest

from core.errors import BadQuery, NotFound
from core.report.facts import rising_keywords
from core.report.period import Period, day_period, held_period, parse_report_query, week_period
from core.report.statistics import standard_errors
from tests.support.reported import MONDAY, MONDAYS, SETTINGS, TUESDAY, day, many, report


@pytest.mark.parametrize(
    ("holding", "others", "said"),
    [
        (30, 70, "agents (10 % → 30 %)"),
        (12, 88, "no keyword rose surely above its share of the weeks before"),  # chance does that
        (4, 2, "no keyword rose surely above its share of the weeks before"),  # too few to tell
    ],
)
def test_keywords_that_rose(holding: int, others: int, said: str):
    """A keyword rose when its share lies two standard errors above that of the two weeks before."""
    before = [many(day(-7 * number), 1000 * number, 10, 90) for number in (1, 2)]
    long_before = many(day(-21), 3000, 90, 10)  # of which nothing is known any more
    found = report(week_period(MONDAY), many(MONDAY, 1, holding, others), *before, long_before)
    assert rising_keywords(found) == said
    assert found.compared_days == 2


def test_without_weeks_before_nothing_is_compared():
    found = report(week_period(MONDAY), TUESDAY, MONDAYS)
    assert rising_keywords(found) == "no earlier week is held to compare the keywords with"
    assert rising_keywords(report(day_period(day(1)), TUESDAY, MONDAYS)) == ""


@pytest.mark.parametrize(("counts", "errors"), [((30, 100, 30, 300), 4.85), ((0, 0, 1, 2), 0.0), ((2, 2, 3, 3), 0.0)])
def test_standard_errors(counts: tuple[int, int, int, int], errors: float):
    """The textbook's pooled z score; nothing counted, and everything counted, are no evidence."""
    assert standard_errors(*counts) == pytest.approx(errors, abs=0.01)


@pytest.mark.parametrize(
    ("text", "name", "first", "last"),
    [
        ("day=2026-01-14", "2026-01-14", date(2026, 1, 14), date(2026, 1, 14)),
        ("week=2026-W03", "2026-W03", MONDAY, date(2026, 1, 16)),
        ("week=2026w3", "2026-W03", MONDAY, date(2026, 1, 16)),
        ("week=2026-W01", "2026-W01", date(2025, 12, 29), date(2026, 1, 2)),
    ],
)
def test_periods(text: str, name: str, first: date, last: date):
    found = parse_report_query([tuple(text.split("="))], SETTINGS).period
    assert found == Period(first, last)
    assert found.period_name == name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day=14.1.2026", 'day: must be a day such as 2026-01-14, got "14.1.2026"'),
        ("day=2026-02-30", 'day: must be a day such as 2026-01-14, got "2026-02-30"'),
        ("week=2026", 'week: must be a week such as 2026-W03, got "2026"'),
        ("week=2026-W54", 'week: must be a week such as 2026-W03, got "2026-W54"'),
        ("day=2026-01-14&week=2026-W03", "week: a report is of one day or one week; give one of the two, once"),
        ("day=2026-01-14&day=2026-01-13", "day: a report is of one day or one week; give one of the two, once"),
        ("when=now", "when: is no parameter of a feed"),
    ],
)
def test_wrong_periods_are_named(text: str, sentence: str):
    with pytest.raises(BadQuery) as caught:
        parse_report_query([tuple(pair.split("=")) for pair in text.split("&")], SETTINGS)
    assert str(caught.value).startswith(sentence)


def test_a_day_that_is_not_held_is_not_found():
    """The sentence says what is held; without a day it is the newest one."""
    held = [day(2), day(1), MONDAY]
    assert held_period(None, held) == day_period(day(2))
    with pytest.raises(
        NotFound, match="nothing announced on 2026-01-17 is held here; held is 2026-01-12 to 2026-01-14"
    ):
        held_period(day_period(day(5)), held)
    with pytest.raises(NotFound, match="nothing announced in 2026-W05 is held here"):
        held_period(week_period(MONDAY + timedelta(days=14)), held)


@pytest.mark.parametrize(
    ("period", "newest", "complete"),
    [
        (day_period(day(1)), day(1), False),
        (day_period(day(1)), day(2), True),
        (week_period(MONDAY), day(3), False),
        (week_period(MONDAY), day(4), True),
        (week_period(date(2026, 11, 23)), date(2026, 11, 26), True),  # the day after Thanksgiving has no announcement
    ],
)
def test_when_a_period_is_complete(period: Period, newest: date, complete: bool):
    """A day when the next one is held, a week when its last announcement day is."""
    assert period.is_complete(newest) is complete
