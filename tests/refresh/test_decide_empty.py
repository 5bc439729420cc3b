"""Documents that are empty, of a holiday, or only a part."""

from datetime import UTC, date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import announcement_time, is_announcement_day
from core.refresh.decide import decide
from tests.support.decided import NOON, TUESDAY, WEDNESDAY, document, new_papers


@pytest.mark.parametrize(
    ("day", "source", "usual", "verdict", "next_step"),
    [
        ("2026-01-17", "rss", 20, "empty-expected", "nothing"),  # Saturday
        ("2026-01-20", "rss", 20, "empty-expected", "nothing"),  # after Martin Luther King Jr. Day
        ("2026-01-14", "rss", 20, "empty-suspicious", "ask-listing"),
        ("2026-01-14", "rss", 3, "empty-suspicious", "ask-listing"),
        ("2026-01-14", "listing", 20, "empty-suspicious", "ask-listing"),
        ("2026-01-14", "listing", 3, "empty-expected", "nothing"),
        ("2026-01-13", "catchup", 20, "empty-suspicious", "wait"),
    ],
)
def test_an_empty_document_is_expected_or_suspicious(day, source, usual, verdict, next_step):
    """
    Weekends, holidays and small categories may be empty; a feed of a working day may not.
    """
    asked = date.fromisoformat(day)
    now = max(NOON, announcement_time(asked).astimezone(UTC))
    decision = decide(document([], day=asked, source=source), asked, usual_size=usual, now=now)
    assert (decision.verdict, decision.next_step) == (verdict, next_step)


def test_a_holiday_is_named():
    """
    The reason says why nothing was announced.
    """
    day = date(2026, 1, 20)
    decision = decide(document([], day=day), day, now=NOON + timedelta(days=6))
    assert decision.reason == "Martin Luther King Jr. Day: arXiv announces nothing"


def test_papers_on_a_holiday_are_taken():
    """
    The calendar only says what to expect: what arXiv announces against it is not lost.
    """
    day = date(2026, 1, 20)
    found = decide(document(new_papers(200, 9, day=day), day=day), day, previous=TUESDAY, now=NOON + timedelta(days=6))
    assert found.takes_document


@pytest.mark.parametrize(
    ("papers", "skipped", "usual", "reason"),
    [
        (2000, 0, 900, "2000 papers: at arXiv's limit of 2000, above which it leaves out new papers"),
        (20, 3, 20, "20 papers; 3 could not be read: item 0, item 1, item 2"),
        (9, 0, 20, "only 9 papers where 20 are usual"),
    ],
)
def test_a_part_of_a_list_is_published_and_completed(papers, skipped, usual, reason):
    """
    What a cut document holds is better than nothing, and never enough.
    """
    part = document(new_papers(200, papers), skipped=skipped)
    decision = decide(part, WEDNESDAY, previous=TUESDAY, usual_size=usual, now=NOON)
    assert (decision.verdict, decision.next_step, decision.reason) == ("partial", "publish-and-check", reason)


@given(days=st.integers(0, 800), usual=st.none() | st.integers(8, 400))
def test_an_empty_feed_is_expected_exactly_on_days_without_announcement(days, usual):
    """
    On every day of the calendar, an empty feed is either expected or suspicious, as the calendar says.
    """
    day = date(2026, 1, 1) + timedelta(days=days)
    now = announcement_time(day) + timedelta(hours=3)
    decision = decide(document([], day=day), day, usual_size=usual, now=now)
    assert (decision.verdict == "empty-suspicious") == is_announcement_day(day)
