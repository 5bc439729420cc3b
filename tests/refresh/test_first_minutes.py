"""The first refresh of a new deployment, on any day of the year: the last announcement first, whole, and politely."""

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from core.config.followed import categories_to_follow
from core.feeds.health import assess_health
from core.store.records import GateState
from tests.support.deployment import Deployment, deployment, truth
from tests.support.synthetic_arxiv import Fault, World, announcement_days

CATEGORIES = ("cs.AI", "cs.CL", "cs.DC", "cs.LG")
EMPTY = date(2026, 1, 14)
SCIENCE = ("cs.AI", "cs.CL", "cs.CR", "cs.CV", "cs.DC", "cs.HC", "cs.IR", "cs.IT", "cs.LG", "cs.NE", "cs.RO", "cs.SD",
           "cs.SE", "cs.SI", "eess.IV", "math.OC", "math.ST", "q-bio.QM", "quant-ph", "stat.ML")  # fmt: skip


def started(
    folder: Path, moment: str, *, empty: date | None = None, categories: tuple[str, ...] = CATEGORIES
) -> Deployment:
    start = datetime.fromisoformat(moment).date()
    days = announcement_days(start - timedelta(days=12), start + timedelta(days=6))
    here = deployment(folder, start="2000-01-01T00:00:00", days=[d for d in days if d != empty], categories=categories)
    here.clock.set(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    return here


async def health(here: Deployment):
    wanted = categories_to_follow(here.settings, ())
    return assess_health(await here.store.load_manifest(), wanted, None, GateState(), now=here.clock.now())


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
