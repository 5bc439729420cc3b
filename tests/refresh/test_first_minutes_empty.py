"""The first refresh on days whose feeds or listings are empty, or of another day."""

from datetime import date, datetime
from pathlib import Path

from tests.support.first_minutes_started import EMPTY, health, started


async def test_an_empty_weekday_is_settled_by_two_witnesses_and_never_stale(tmp_path: Path):
    """
    A Friday without a list that no calendar knows: arXiv's own page says so, twice, when the day is over; until then
    what is held is what arXiv last announced.
    """
    friday = date(2026, 1, 16)
    here = started(tmp_path, "2026-01-15T14:00:00", empty=friday)
    for _ in range(2):
        await here.refresh()
    requests = len(here.arxiv.asked)
    for moment in ("16T05:10", "16T12:00", "17T04:30", "17T05:10", "17T12:00", "18T12:00"):
        here.clock.set(datetime.fromisoformat(f"2026-01-{moment}:00+00:00"))
        assert (await health(here)).ok, moment
        await here.refresh()
        assert (await health(here)).ok, moment
    records = [each for each in (await here.manifest()).ledger if each.day == friday]
    assert [each.complete for each in records] == [True] * 4
    assert len(here.arxiv.asked) - requests < 50


async def test_a_listing_of_another_day_is_filed_under_that_day(tmp_path: Path):
    """A listing asked for on a day without a list shows the day before: it is that day's, and not thrown away."""
    here = started(tmp_path, "2026-01-14T14:00:00", empty=EMPTY)
    await here.refresh(newest_only=True)
    listed = [each.path for each in here.arxiv.asked if each.path.startswith("/list/")]
    assert listed
    held = await here.held()
    for category in {path.split("/")[2] for path in listed}:
        assert held[category, date(2026, 1, 13)] == here.arxiv.announced(category, date(2026, 1, 13))


async def test_what_a_feed_named_a_listing_does_not_take_away(tmp_path: Path):
    """arXiv's listings leave out a late cross-list now and then: a referee adds, and takes away what no feed named."""
    here = started(tmp_path, "2026-01-14T14:00:00")
    await here.refresh(newest_only=True)
    before = (await here.held())["cs.CL", date(2026, 1, 14)]
    day = here.arxiv.world.days[date(2026, 1, 14)]
    gone = next(paper for paper in day if paper.kind_in("cs.CL") == "cross")
    day.remove(gone)
    for _ in range(3):
        await here.refresh()
    assert (await here.held())["cs.CL", date(2026, 1, 14)] == before
    assert gone.arxiv_id in before
