"""A category that a reader asks for: its newest list before older days of all others, where there is time for it."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.cli.server_loop import SERVER_REFRESH_TIME
from core.refresh.newcomers import MOST_NEWCOMERS_PER_REFRESH
from tests.support.deployment import BUDGET, Deployment, deployment
from tests.support.synthetic_world import World, announcement_days

OWN = ("cs.AI", "cs.CL", "cs.DC", "cs.LG")
STRANGE = ("cs.CR", "cs.CV", "cs.DB", "cs.IR", "cs.RO")
DAYS = announcement_days(date(2026, 11, 2), date(2026, 12, 4))
WEDNESDAY, HOLIDAY = "2026-11-18T14:00:00", "2026-11-27T14:00:00"


async def asked_for(here: Deployment, *names: str) -> None:
    for name in names:
        await here.store.follow(name, now=here.clock.now(), ttl=timedelta(days=30), most_followed=20)


def started(folder: Path, moment: str) -> Deployment:
    here = deployment(folder, start=moment, days=DAYS, categories=OWN)
    here.arxiv.world = World.of(DAYS, (*OWN, *STRANGE), per_day=4)
    return here


async def seconds_until_there(here: Deployment, name: str, budget: timedelta) -> float:
    """From now until readers have the category's newest list; the refresh goes on to its end."""
    began, came, publish = here.clock.now(), [], here.store.publish

    async def watched(manifest):
        await publish(manifest)
        if any(state.category == name and state.last_day for state in manifest.categories):
            came.append(here.clock.now())

    here.store.publish = watched
    await here.refresh(budget=budget)
    here.store.publish = publish
    return (came[0] - began).total_seconds()


@pytest.mark.parametrize(("moment", "most"), [(WEDNESDAY, 10), (HOLIDAY, 35)])
async def test_it_is_there_in_seconds_on_a_server_that_is_up_to_date(tmp_path: Path, moment: str, most: int):
    """One feed on a working day, a page or two of arXiv's, which are 15 s apart, on a holiday."""
    here = started(tmp_path, moment)
    await here.refresh(budget=SERVER_REFRESH_TIME)
    await asked_for(here, "cs.RO")
    assert await seconds_until_there(here, "cs.RO", SERVER_REFRESH_TIME) <= most


@pytest.mark.parametrize("moment", [WEDNESDAY, HOLIDAY])
async def test_it_comes_before_the_older_days_of_all_others(tmp_path: Path, moment: str):
    """Of a new store that has its newest day alone: no page of an older day is asked for before, and all follow."""
    here = started(tmp_path, moment)
    await here.refresh(newest_only=True)
    await asked_for(here, "cs.RO")
    before = len(here.arxiv.asked)
    assert await seconds_until_there(here, "cs.RO", SERVER_REFRESH_TIME) <= 35
    asked = [each.path.split("?")[0] for each in here.arxiv.asked[before:]]
    assert "cs.RO" in asked[0]
    manifest = await here.manifest()
    held = {record.day for record in manifest.ledger if record.category == "cs.RO" and record.held}
    assert held == {record.day for record in manifest.ledger if record.category == "cs.AI" and record.held}


async def test_a_refresh_of_little_time_does_its_own_first(tmp_path: Path):
    """A platform's refresh may not come to all: what strangers ask for has what time is left."""
    here = started(tmp_path, WEDNESDAY)
    await here.refresh(newest_only=True)
    await asked_for(here, "cs.RO")
    before = len(here.arxiv.asked)
    await here.refresh(budget=BUDGET)
    asked = [each.path for each in here.arxiv.asked[before:]]
    first = next((at for at, path in enumerate(asked) if "cs.RO" in path), len(asked))
    assert not any(name in path for path in asked[first:] for name in OWN)


async def test_a_few_come_first_and_the_others_last(tmp_path: Path):
    """Nobody makes a deployment wait by asking for many."""
    here = started(tmp_path, WEDNESDAY)
    await here.refresh(newest_only=True)
    await asked_for(here, *STRANGE)
    before = len(here.arxiv.asked)
    await here.refresh(budget=SERVER_REFRESH_TIME)
    asked = [each.path for each in here.arxiv.asked[before:]]
    first_of_own = next(at for at, path in enumerate(asked) if any(name in path for name in OWN))
    assert (
        len({name for path in asked[:first_of_own] for name in STRANGE if name in path}) == MOST_NEWCOMERS_PER_REFRESH
    )
    assert all(any(name in path for path in asked) for name in STRANGE)


async def test_who_asks_in_the_first_fetch_waits_for_the_document_under_way(tmp_path: Path):
    """While the newest day of our own is read from pages 15 s apart: between two of them, not after all."""
    here = started(tmp_path, HOLIDAY)
    asked, came, publish = [], [], here.store.publish

    async def watched(manifest):
        await publish(manifest)
        now = here.clock.now()
        if not asked and manifest.batches:
            asked.append(now)
            await asked_for(here, "cs.RO")
        if any(state.category == "cs.RO" and state.last_day for state in manifest.categories):
            came.append(now)

    here.store.publish = watched
    await here.refresh(newest_only=True)
    assert came[0] - asked[0] <= timedelta(seconds=50)
    gaps = [later.began - earlier.began for earlier, later in zip(here.arxiv.asked, here.arxiv.asked[1:], strict=False)]
    assert min(gaps) >= timedelta(seconds=3)


@pytest.mark.parametrize("moment", [WEDNESDAY, HOLIDAY])
@pytest.mark.parametrize("asked_after_publishes", [1, 4, None], ids=["at once", "meanwhile", "after the first fetch"])
async def test_no_list_is_asked_for_twice(tmp_path: Path, moment: str, asked_after_publishes: int | None):
    """Of three of our own and two that a reader adds: a page costs 15 seconds, and one request brings all of it."""
    own, added = ("cs.RO", "cs.CV", "cs.LG"), ("cs.AI", "cs.CL")
    here = deployment(tmp_path, start=moment, days=DAYS, categories=own)
    here.arxiv.world = World.of([*DAYS, date(2026, 11, 27)], (*own, *added), per_day=4)
    published, publish = [], here.store.publish

    async def watched(manifest):
        await publish(manifest)
        published.append(manifest)
        if len(published) == asked_after_publishes:
            await asked_for(here, *added)

    here.store.publish = watched
    await here.refresh(newest_only=True)
    await asked_for(here, *added)
    for _ in range(3):
        await here.refresh(budget=SERVER_REFRESH_TIME)
    lists = Counter(each.path for each in here.arxiv.asked if "/api/query" not in each.path)
    assert {name for name in (*own, *added) if any(name in path for path in lists)} == {*own, *added}
    assert [path for path, times in lists.items() if times > 1] == []
