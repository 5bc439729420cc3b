"""Pages of archives that are stale, old or empty."""

from datetime import date, timedelta
from pathlib import Path

from tests.support.archived import COMPUTING, catchups, started
from tests.support.synthetic_arxiv import Fault


async def test_a_stale_feed_is_found_out_by_the_archives_page(tmp_path: Path):
    """Yesterday's list under today's date, on a store that holds no earlier day: the page of the archive tells."""
    here = started(tmp_path)
    here.arxiv.faults = [Fault("stale", "/rss/cs.CV")]
    report = await here.refresh(newest_only=True)
    assert any("cs.CV" in text and "it is an old one" in text for text in report.anomalies)
    held = await here.held()
    assert held["cs.CV", date(2026, 1, 14)] == here.arxiv.announced("cs.CV", date(2026, 1, 14))


async def test_a_day_that_is_not_announced_costs_one_page_and_one_feed(tmp_path: Path):
    """
    An empty Wednesday that no calendar knows: the archive's listing is still Tuesday's and one feed is empty; no other
    feed is asked for, Tuesday's list is taken from that very page, and each category says what it waits for.
    """
    here = started(tmp_path)
    del here.arxiv.world.days[date(2026, 1, 14)]
    report = await here.refresh(newest_only=True)
    assert [each.path.split("?")[0] for each in here.arxiv.asked] == ["/list/cs/new", f"/rss/{COMPUTING[0]}"]
    assert report.ok
    states = (await here.manifest()).categories
    assert {state.last_day for state in states} == {date(2026, 1, 13)}
    assert {state.freshness for state in states} == {"empty"}
    assert all("nothing was announced yet" in state.reason for state in states[1:])


async def test_an_old_listing_alone_stops_no_feed(tmp_path: Path):
    """A listing that lags behind is one witness: the feeds, which have today's list, are all read and taken."""
    here = started(tmp_path)
    answer = here.arxiv._listing
    here.arxiv._listing = lambda category, day: answer(category, date(2026, 1, 13))
    await here.refresh(newest_only=True)
    held = await here.held()
    for name in COMPUTING:
        assert held[name, date(2026, 1, 14)] == here.arxiv.announced(name, date(2026, 1, 14))


async def test_an_empty_day_of_the_past_costs_an_archive_one_page_a_refresh(tmp_path: Path):
    """
    A weekday of last week without a list, foreseen by nobody: the archive's page is the witness for all its categories,
    once in each of two refreshes; then the day is settled, and the days before it came from the archive all the same.
    """
    here = started(tmp_path)
    del here.arxiv.world.days[date(2026, 1, 13)]
    await here.refresh(budget=timedelta(minutes=30))
    asked = [path for path in catchups(here) if path.endswith("2026-01-13")]
    assert asked == ["/catchup/cs/2026-01-13"]
    assert catchups(here)[:4] == [f"/catchup/cs/2026-01-{day:02}" for day in (13, 12, 9, 8)]
    here.clock.tick(3600)
    await here.refresh(budget=timedelta(minutes=30))
    assert [path for path in catchups(here) if path.endswith("2026-01-13")] == asked * 2
    records = [each for each in (await here.manifest()).ledger if each.day == date(2026, 1, 13)]
    assert [(each.complete, each.held) for each in records] == [(True, ())] * len(COMPUTING)
    requests = len(here.arxiv.asked)
    here.clock.tick(3600)
    report = await here.refresh(budget=timedelta(minutes=30))
    assert (report.gaps, len(here.arxiv.asked)) == (0, requests)
