"""The first refresh of a new deployment, on any day of the year: the last announcement first, whole, and politely."""

import itertools
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.support.deployment import Deployment, truth
from tests.support.first_minutes_started import CATEGORIES, EMPTY, health, started
from tests.support.synthetic_arxiv import Fault
from tests.support.synthetic_world import World

SCIENCE = ("cs.AI", "cs.CL", "cs.CR", "cs.CV", "cs.DC", "cs.HC", "cs.IR", "cs.IT", "cs.LG", "cs.NE", "cs.RO", "cs.SD",
           "cs.SE", "cs.SI", "eess.IV", "math.OC", "math.ST", "q-bio.QM", "quant-ph", "stat.ML")  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "newest", "empty"),
    [
        ("2026-01-14T14:00:00", date(2026, 1, 14), None),
        ("2025-11-28T14:00:00", date(2025, 11, 27), None),  # the Friday after Thanksgiving
        ("2025-11-29T14:00:00", date(2025, 11, 27), None),
        ("2025-11-30T14:00:00", date(2025, 11, 27), None),
        ("2026-11-27T14:00:00", date(2026, 11, 26), None),
        (
            "2026-12-25T14:00:00",
            date(2026, 12, 25),
            None,
        ),  # the evening before has a mailing, if arXiv keeps to its rule
        ("2026-12-25T14:00:00", date(2026, 12, 24), date(2026, 12, 25)),
        ("2026-12-26T14:00:00", date(2026, 12, 25), None),
        ("2026-12-30T14:00:00", date(2026, 12, 29), None),
        ("2027-01-01T14:00:00", date(2026, 12, 31), None),
        ("2026-01-14T14:00:00", date(2026, 1, 13), EMPTY),  # no calendar knows that nothing came
    ],
)
async def test_the_last_announcement_comes_first_and_whole(tmp_path: Path, moment: str, newest: date, empty):
    """Whatever day it is: the first refresh has every paper of the last announcement within two minutes."""
    here = started(tmp_path, moment, empty=empty)
    began = here.clock.now()
    await here.refresh(newest_only=True)
    assert here.clock.now() - began < timedelta(minutes=2)
    held = await here.held()
    wanted = truth(here.arxiv.world, CATEGORIES, [newest])
    assert {pair: held.get(pair) for pair in wanted} == wanted
    assert (await health(here)).ok


@pytest.mark.parametrize(
    ("moment", "newest", "empty"),
    [
        ("2026-01-14T14:00:00", date(2026, 1, 14), None),
        ("2026-11-27T14:00:00", date(2026, 11, 26), None),
        ("2026-12-25T14:00:00", date(2026, 12, 25), None),
        ("2026-12-25T14:00:00", date(2026, 12, 24), date(2026, 12, 25)),
        ("2026-12-30T14:00:00", date(2026, 12, 29), None),
        ("2027-01-01T14:00:00", date(2026, 12, 31), None),
        ("2026-01-14T14:00:00", date(2026, 1, 13), EMPTY),
    ],
)
async def test_twenty_categories_have_the_last_announcement_in_a_hundred_seconds(
    tmp_path: Path, moment: str, newest: date, empty: date | None
):
    """
    Twenty categories of six archives on any day, the next four holidays among them: all that was new or replaced.

    Late cross-lists within computer science, which no page of the archive has, come with the categories' own pages:
    they are there when the platform's second call is over.
    """
    here = started(tmp_path, moment, empty=empty, categories=SCIENCE)
    began = here.clock.now()
    await here.refresh(newest_only=True)
    assert here.clock.now() - began < timedelta(seconds=100)
    await _check_day(here, newest, late=False)
    assert (await health(here)).ok
    for _ in range(2):
        await here.refresh()
    await _check_day(here, newest, late=True)


async def _check_day(here: Deployment, day: date, *, late: bool) -> None:
    held, wanted = await here.held(), truth(here.arxiv.world, here.settings.categories, [day])
    new = {paper.arxiv_id for paper in here.arxiv.world.days[day] if paper.updates[0][0] == "new"}
    for pair, papers in wanted.items():
        due = papers if late else {key: kind for key, kind in papers.items() if key in new or kind != "cross"}
        assert due.items() <= held[pair].items()
        assert held[pair].items() <= papers.items()


async def test_dates_come_back_while_a_new_store_is_filled(tmp_path: Path):
    """A paper that an earlier day announced too has that day's date when the window is whole; and never again moves."""
    here = started(tmp_path, "2026-01-14T14:00:00")
    await here.refresh(newest_only=True)
    assert (await here.manifest()).filling
    for _ in range(3):
        await here.refresh()
    assert not (await here.manifest()).filling
    first: dict[str, date] = {}
    for day, papers in sorted((await here.batches()).items()):
        for paper in papers:
            assert paper.announced == first.setdefault(paper.arxiv_id, day)


async def test_a_holiday_is_named(tmp_path: Path):
    """On the day after Thanksgiving /health says why there is nothing new."""
    here = started(tmp_path, "2026-11-27T14:00:00")
    await here.refresh(newest_only=True)
    found = await health(here)
    assert (found.ok, found.holiday) == (True, "Thanksgiving")
    assert "Thanksgiving: arXiv announces nothing today" in found.message


async def test_the_newest_day_of_every_category_comes_before_any_older_day(tmp_path: Path):
    """With many categories, no page of an older day is asked for until all of them have the newest."""
    here = started(tmp_path, "2025-11-29T14:00:00")
    await here.refresh()
    days = [path.split("?")[0].rsplit("/", 1)[-1] for path in (each.path for each in here.arxiv.asked)]
    assert [day for day, _ in itertools.groupby(days)][:3] == ["new", "2025-11-26", "2025-11-25"]


async def test_feeds_that_are_empty_by_mistake_do_not_make_a_day_settled(tmp_path: Path):
    """Only arXiv's pages are believed when they say that there is nothing."""
    here = started(tmp_path, "2026-01-14T14:00:00")
    here.arxiv.faults = [Fault("empty", "/rss"), Fault("503", "/list"), Fault("503", "/catchup")]
    await here.refresh(newest_only=True)
    records = (await here.manifest()).ledger
    assert not any(record.complete for record in records)


async def test_who_asks_while_a_new_store_is_filled_has_the_category_within_a_minute(tmp_path: Path):
    """
    A reader asks for cs.CV in the first minutes: its newest day is there within a minute, and all others at the end.
    """
    here = started(tmp_path, "2026-01-14T14:00:00")
    here.arxiv.world = World.of(list(here.arxiv.world.days), (*CATEGORIES, "cs.CV"), per_day=4)
    asked: list[datetime] = []
    came: list[datetime] = []

    publish = here.store.publish

    async def watched(manifest):
        await publish(manifest)
        now = here.clock.now()
        if not asked and manifest.batches:
            asked.append(now)
            await here.store.follow("cs.CV", now=now, ttl=timedelta(days=30), most_followed=20)
        if any(state.category == "cs.CV" and state.last_day for state in manifest.categories):
            came.append(now)

    here.store.publish = watched
    await here.refresh(budget=timedelta(minutes=30))
    assert came[0] - asked[0] <= timedelta(minutes=1)
    here.settings = replace(here.settings, categories=(*CATEGORIES, "cs.CV"))
    held = await here.held()
    for day in (12, 13, 14):
        assert held["cs.CV", date(2026, 1, day)] == here.arxiv.announced("cs.CV", date(2026, 1, day))
