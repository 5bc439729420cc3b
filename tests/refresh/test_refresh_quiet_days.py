"""Weekends, holidays and outages."""

from datetime import UTC, date, datetime

from tests.support.arxiv_weeks import CATEGORIES, FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, arxiv_week, next_day
from tests.support.deployment import deployment, truth
from tests.support.synthetic_world import World, announcement_days

__all__ = ["arxiv_week"]


async def test_a_weekend_asks_nothing_and_fills_an_empty_store(arxiv_week):
    """
    On Saturday the feeds are empty and are not read; a new deployment has the week's papers all the same.
    """
    arxiv_week.clock.set(datetime(2026, 1, 17, 12, tzinfo=UTC))
    report = await arxiv_week.refresh()
    assert report.ok
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [WEDNESDAY, THURSDAY, FRIDAY])
    assert not any(each.path.startswith("/rss") for each in arxiv_week.arxiv.asked)
    asked = len(arxiv_week.arxiv.asked)
    arxiv_week.clock.tick(86_400)
    await arxiv_week.refresh()
    assert len(arxiv_week.arxiv.asked) == asked


async def test_a_holiday_is_one_request_a_category(tmp_path):
    """
    On the day after Martin Luther King Jr. Day the empty feed is what was expected; nothing else is asked.
    """
    days = announcement_days(date(2026, 1, 12), date(2026, 1, 23))
    here = deployment(tmp_path, start="2026-01-19T07:10:00", days=days, days_back=3)
    await here.refresh()
    asked = len(here.arxiv.asked)
    here.clock.set(datetime(2026, 1, 20, 7, 10, tzinfo=UTC))
    report = await here.refresh()
    assert [each.path for each in here.arxiv.asked[asked:]] == ["/rss/cs.CL", "/rss/cs.DC"]
    assert report.ok
    assert report.anomalies == ()
    assert {each.note for each in report.days} == {"Martin Luther King Jr. Day: arXiv announces nothing"}
    assert {state.last_day for state in (await here.manifest()).categories} == {date(2026, 1, 19)}


async def test_an_outage_is_waited_for_and_then_believed(arxiv_week):
    """
    A working day on which arXiv announces nothing: asked again, said in the report, settled when the day is over twice
    empty; its papers come a day later.
    """
    await arxiv_week.refresh()
    arxiv_week.arxiv.world.postpone(THURSDAY)
    report = await next_day(arxiv_week, "2026-01-15")
    assert report.ok  # it is arXiv that waits
    assert any("nothing was announced yet" in text for text in report.anomalies)
    assert [each.path.split("?")[0] for each in arxiv_week.arxiv.asked[-3:]] == [
        "/rss/cs.CL",
        *("/list/cs.CL/new", f"/catchup/cs.CL/{THURSDAY}"),
    ]
    assert report.next_step == "ask again for cs.CL, cs.DC"
    await next_day(arxiv_week, "2026-01-16")
    arxiv_week.clock.tick(7200)
    report = await arxiv_week.refresh()
    assert report.gaps == 0
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY, FRIDAY])


async def test_a_list_that_is_ahead_of_the_calendar_is_told_once_and_as_good(tmp_path):
    """The day after Thanksgiving arXiv's listing shows that day: each list is one line, and nothing is amiss."""
    days = announcement_days(date(2026, 11, 9), date(2026, 12, 4))
    world = deployment(tmp_path, start="2026-11-27T14:00:00", days=days, categories=CATEGORIES)
    world.arxiv.world = World.of([*days, date(2026, 11, 27)], CATEGORIES, per_day=4)
    told: list[str] = []
    report = await world.refresh(newest_only=True, say_progress=told.append)
    assert report.ok
    assert any(" 2026-11-27 from the listing" in line for line in told)
    assert not any(" - " in line for line in told)
    assert len(told) == len(set(told))
    assert report.anomalies == ()
