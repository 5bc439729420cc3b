"""Categories that readers asked for, in a refresh."""

from datetime import timedelta

import pytest

from core.config.followed import categories_to_follow
from core.config.settings import Settings
from core.errors import ConfigError
from tests.support.arxiv_weeks import CATEGORIES, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, WEEK, arxiv_week, next_day
from tests.support.deployment import truth
from tests.support.synthetic_world import World, late_cross

__all__ = ["arxiv_week"]


async def test_a_followed_category_joins_with_its_last_days(arxiv_week):
    """
    A category that a reader asked for is fetched at the next refresh, older days included.
    """
    names = ("cs.CL", "cs.DC")
    arxiv_week.settings = Settings(categories=("cs.CL",), days_back=3)
    await arxiv_week.refresh()
    await arxiv_week.store.follow("cs.DC", now=arxiv_week.clock.now(), ttl=timedelta(days=30), most_followed=9)
    arxiv_week.clock.tick(3600)
    await arxiv_week.refresh()
    arxiv_week.settings = Settings(categories=names, days_back=3)
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, names, [MONDAY, TUESDAY, WEDNESDAY])


async def test_strangers_wishes_come_last(arxiv_week):
    """
    The deployment's own categories are whole before the first document of one that strangers asked for; those get the
    time that is left, and nothing of ours waits for their days.
    """
    strangers = ("cs.CR", "cs.CV", "cs.DB", "cs.DS", "cs.GT", "cs.IR", "cs.RO", "cs.SE")
    arxiv_week.arxiv.world.days = World.of(WEEK, (*CATEGORIES, *strangers)).days
    for name in strangers:
        await arxiv_week.store.follow(name, now=arxiv_week.clock.now(), ttl=timedelta(days=30), most_followed=20)
    report = await arxiv_week.refresh()
    asked = [each.path.split("?")[0] for each in arxiv_week.arxiv.asked]
    first = next(at for at, path in enumerate(asked) if any(name in path for name in strangers))
    assert not any(name in path for path in asked[first:] for name in CATEGORIES)
    ledger = (await arxiv_week.manifest()).ledger
    ours = [each for each in ledger if each.category in CATEGORIES]
    assert len(ours) == 6
    assert all(each.complete and not each.withheld for each in ours)
    assert report.gaps > 0
    assert report.ok


async def test_a_late_cross_list_is_the_same_item(arxiv_week):
    """
    A paper that comes back under another category keeps the day of its first announcement, and gains the category.
    """
    days = arxiv_week.arxiv.world.days
    paper = next(each for each in days[WEDNESDAY] if each.categories == ("cs.CL",) and each.version == 1)
    days[THURSDAY] = [late_cross(paper, "cs.DC"), *(p for p in days[THURSDAY] if p.arxiv_id != paper.arxiv_id)]
    await arxiv_week.refresh()
    await next_day(arxiv_week, "2026-01-15")
    batches = await arxiv_week.batches()
    row = next(each for each in batches[THURSDAY] if each.arxiv_id == paper.arxiv_id)
    assert (row.announced, row.announce_type, row.categories) == (WEDNESDAY, "cross", ("cs.CL", "cs.DC"))
    first = {}
    for day in sorted(batches):
        assert all(each.announced == first.setdefault(each.arxiv_id, day) for each in batches[day])


def test_archives_are_spelled_out_and_bounded():
    """
    An archive means all of its categories, less those taken away; more than sixty are a mistake to be told.
    """
    econ = categories_to_follow(Settings(categories=("econ", "cs.LG", "-econ.TH")), ["cs.AI", "no.such"])
    assert econ == ("econ.EM", "econ.GN", "cs.LG", "cs.AI")
    assert len(categories_to_follow(Settings(categories=("cs.*",)), [])) == 40
    with pytest.raises(ConfigError, match="at most 60 categories, got 7"):
        categories_to_follow(Settings(categories=("cs", "math")), [])
