"""Bad feeds are found out, and repaired from the listing."""

import pytest

from tests.support.arxiv_weeks import CATEGORIES, THURSDAY, TUESDAY, WEDNESDAY, WEEK, arxiv_week, next_day
from tests.support.deployment import deployment, truth
from tests.support.synthetic_arxiv import Fault

__all__ = ["arxiv_week"]


@pytest.mark.parametrize(
    ("kind", "where"),
    [("stale", "/rss/cs.CL"), ("truncate", "/rss/cs.CL"), ("portal", "/rss/cs.CL"), ("reset", "/rss")],
)
async def test_a_bad_feed_is_repaired_from_the_listing(arxiv_week, kind, where):
    """
    Yesterday's list, half a document, a login page, no answer: the day comes from the listing, and the report says so.
    """
    await arxiv_week.refresh()
    arxiv_week.arxiv.faults.append(Fault(kind, where))
    report = await next_day(arxiv_week, "2026-01-15")
    days = [TUESDAY, WEDNESDAY, THURSDAY]
    assert (await arxiv_week.held()).items() >= truth(arxiv_week.arxiv.world, CATEGORIES, days).items()
    record = next(each for each in report.days if each.category == "cs.CL")
    assert (record.source, record.complete) == ("listing", True)
    assert record.note.startswith("taken from the listing; of the feed: ")
    assert any(text.startswith("cs.CL 2026-01-15, the feed: ") for text in report.anomalies)
    assert report.ok


async def test_a_new_deployment_is_not_taken_in_by_a_stale_feed(tmp_path):
    """
    With nothing held, yesterday's list under today's date is found out by the other categories' feeds.
    """
    names = ("cs.AI", "cs.CL")
    here = deployment(tmp_path, start="2026-01-14T07:10:00", days=WEEK, categories=names, per_day=12, days_back=1)
    here.arxiv.built = 6
    here.arxiv.faults.append(Fault("stale", "/rss/cs.AI"))
    report = await here.refresh()
    assert await here.held() == truth(here.arxiv.world, names, [WEDNESDAY])
    assert any("one is old" in text for text in report.anomalies)


async def test_another_categorys_feed_is_not_taken(arxiv_week):
    """
    A feed that names another category is no feed of ours.
    """
    await arxiv_week.refresh()
    arxiv_week.arxiv.faults.append(Fault("foreign", "/rss/cs.DC"))
    report = await next_day(arxiv_week, "2026-01-15")
    assert any('not that of cs.DC but "math.KT"' in text for text in report.anomalies)
    assert (await arxiv_week.held())["cs.DC", THURSDAY] == arxiv_week.arxiv.world.announced("cs.DC", THURSDAY)
