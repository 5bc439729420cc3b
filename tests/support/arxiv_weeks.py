"""A deployment in a week of invented announcements."""

from datetime import date, datetime

import pytest

from core.refresh.report import RefreshReport
from tests.support.deployment import Deployment, deployment
from tests.support.synthetic_world import announcement_days

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 1, day) for day in (12, 13, 14, 15, 16))
WEEK = announcement_days(date(2026, 1, 5), FRIDAY)
CATEGORIES = ("cs.CL", "cs.DC")


@pytest.fixture
def arxiv_week(tmp_path):
    """Wednesday morning, an empty store, two categories, three days back."""
    return deployment(tmp_path, start="2026-01-14T07:10:00", days=WEEK, days_back=3)


async def next_day(here: Deployment, day: str) -> RefreshReport:
    here.clock.set(datetime.fromisoformat(f"{day}T07:10:00+00:00"))
    return await here.refresh()
