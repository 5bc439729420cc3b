"""Categories that strangers name while a refresh is under way: a few at a time, and never before ours."""

from datetime import date, timedelta

from tests.support.deployment import deployment
from tests.support.synthetic_world import World, announcement_days

WEEK = announcement_days(date(2026, 1, 5), date(2026, 1, 16))
OURS = ("cs.CL", "cs.DC")
STRANGERS = ("cs.CR", "cs.CV", "cs.DB", "cs.DS", "cs.GT", "cs.IR", "cs.RO", "cs.SE", "cs.SI", "cs.SD", "cs.NI", "cs.HC")


async def test_a_crowd_in_the_middle_of_a_refresh_takes_no_day_of_ours(tmp_path):
    """Twelve names, added while our older days are fetched: three get their newest list before ours are whole."""
    here = deployment(tmp_path, start="2026-01-14T07:10:00", days=WEEK, days_back=5)
    here.arxiv.world.days = World.of(WEEK, (*OURS, *STRANGERS)).days
    publish = here.store.publish

    async def crowd_comes(manifest):
        now = here.clock.now()
        await publish(manifest)
        for name in STRANGERS:
            await here.store.follow(name, now=now, ttl=timedelta(days=30), most_followed=20)

    here.store.publish = crowd_comes
    await here.refresh()
    asked = [each.path.split("?")[0].split("/")[2] for each in here.arxiv.asked]
    last_of_ours = max(at for at, name in enumerate(asked) if name in OURS)
    early = {name for name in asked[:last_of_ours] if name in STRANGERS}
    assert len(early) == 3
    ours = [each for each in (await here.manifest()).ledger if each.category in OURS]
    assert ours
    assert all(each.complete for each in ours)
