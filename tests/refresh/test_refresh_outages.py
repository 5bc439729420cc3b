"""When arXiv is down, or asks for a pause."""

from datetime import timedelta

import pytest

from tests.support.arxiv_weeks import CATEGORIES, FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, arxiv_week, next_day
from tests.support.deployment import truth
from tests.support.synthetic_arxiv import Fault

__all__ = ["arxiv_week"]


@pytest.mark.parametrize("kind", ["stale", "truncate", "portal", "reset", "empty", "500", "403"])
async def test_nothing_good_is_lost_when_everything_is_bad(arxiv_week, kind):
    """
    With every page of arXiv broken, readers keep what they had, the report is not ok, and the next day makes it good.
    """
    await arxiv_week.refresh()
    before = await arxiv_week.held()
    where = "/rss" if kind in ("stale", "empty") else "/"
    arxiv_week.arxiv.faults = [Fault(kind, where), Fault("500", "/list"), Fault("500", "/catchup")]
    report = await next_day(arxiv_week, "2026-01-15")
    assert await arxiv_week.held() == before
    assert not report.ok
    assert report.anomalies
    assert {state.last_day for state in (await arxiv_week.manifest()).categories} == {WEDNESDAY}
    arxiv_week.arxiv.faults.clear()
    assert (await next_day(arxiv_week, "2026-01-16")).ok
    days = [WEDNESDAY, THURSDAY, FRIDAY]
    assert (await arxiv_week.held()).items() >= truth(arxiv_week.arxiv.world, CATEGORIES, days).items()


async def test_a_state_says_since_when_a_category_is_stale(arxiv_week):
    """
    The moment a category was first seen to be stale stays until it is fresh again.
    """
    await arxiv_week.refresh()
    arxiv_week.arxiv.faults = [Fault("stale", "/rss/cs.CL"), Fault("500", "/list"), Fault("500", "/catchup")]
    await next_day(arxiv_week, "2026-01-15")
    first = next(state for state in (await arxiv_week.manifest()).categories if state.category == "cs.CL")
    arxiv_week.clock.tick(3600)
    await arxiv_week.refresh()
    second = next(state for state in (await arxiv_week.manifest()).categories if state.category == "cs.CL")
    assert first.since == second.since is not None
    arxiv_week.arxiv.faults.clear()
    await arxiv_week.refresh()
    third = next(state for state in (await arxiv_week.manifest()).categories if state.category == "cs.CL")
    assert (third.freshness, third.since, third.last_day) == ("fresh", None, THURSDAY)


async def test_a_short_pause_is_sat_out(arxiv_week):
    """
    arXiv asks for half a minute: the refresh waits, and still ends with everything.
    """
    arxiv_week.arxiv.faults.append(Fault("429", "/rss", times=1, retry_after=30))
    report = await arxiv_week.refresh()
    assert report.ok
    assert report.gaps == 0
    assert "429 from rss.arxiv.org: left alone for 30 s" in report.anomalies
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY])


async def test_a_long_pause_ends_the_refresh_and_is_obeyed(arxiv_week):
    """
    arXiv asks for ten minutes: no request before they are over, whoever refreshes.
    """
    arxiv_week.arxiv.faults.append(Fault("503", "/rss/cs.DC", times=1, retry_after=600))
    report = await arxiv_week.refresh()
    assert not report.ok
    assert report.next_at == arxiv_week.arxiv.asked[-1].ended + timedelta(seconds=600)
    asked = len(arxiv_week.arxiv.asked)
    arxiv_week.clock.tick(60)
    assert not (await arxiv_week.refresh()).ok
    assert len(arxiv_week.arxiv.asked) == asked
    arxiv_week.clock.tick(600)
    assert (await arxiv_week.refresh()).ok
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY])


async def test_an_unreachable_arxiv_is_given_up_soon(arxiv_week):
    """
    After a few failures in a row there is no use in trying; the store says when it was tried, and what was wrong.
    """
    arxiv_week.arxiv.faults.append(Fault("reset"))
    report = await arxiv_week.refresh()
    manifest = await arxiv_week.manifest()
    assert not report.ok
    assert len(arxiv_week.arxiv.asked) <= 8
    assert manifest.batches == ()
    assert not manifest.last_refresh.ok
    assert "connection reset by peer" in manifest.last_refresh.outcome
