"""One page of an archive in place of many categories' pages: what it tells of each, and what it leaves open."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.arxiv.client import ArxivClient
from core.refresh.archives import MANY_LACKING, category_part
from tests.support.archived import COMPUTING, catchups, started
from tests.support.deployment import Deployment, sqlite_store
from tests.support.replay import FakeClock, needs_replay, running_replay
from tests.support.synthetic_arxiv import Fault


async def test_many_categories_have_all_their_days_in_one_call(tmp_path: Path):
    """
    Twelve categories of computer science: one call of 270 s has the whole window's new papers and replacements.

    Each in every one of its categories, with the type that the category's own list gives it.
    """
    here = started(tmp_path)
    await here.refresh()
    assert catchups(here)[:4] == [f"/catchup/cs/2026-01-{day:02}" for day in (13, 12, 9, 8)]
    held = await here.held()
    for name, day in itertools.product(COMPUTING, (8, 9, 12, 13, 14)):
        wanted = here.arxiv.announced(name, date(2026, 1, day))
        late = {key for key, kind in wanted.items() if kind == "cross" and _is_late(here, key, date(2026, 1, day))}
        found = held[name, date(2026, 1, day)]
        assert {key: kind for key, kind in wanted.items() if key not in late}.items() <= found.items()
        assert found.items() <= wanted.items()


def _is_late(here: Deployment, arxiv_id: str, day: date) -> bool:
    days = [each for each, papers in here.arxiv.world.days.items() if any(p.arxiv_id == arxiv_id for p in papers)]
    return min(days) < day


async def test_what_came_from_an_archive_is_proven_later(tmp_path: Path):
    """The ledger says that such a day is not proven; further refreshes read each category's own page, late ones too."""
    here = started(tmp_path)
    await here.refresh()
    record = next(r for r in (await here.manifest()).ledger if (r.category, r.day) == ("cs.CL", date(2026, 1, 12)))
    assert (record.complete, record.tries, record.announced) == (False, 0, ())
    assert "from the page of all of cs" in record.note
    for _ in range(8):
        await here.refresh()
    held = await here.held()
    for name, day in itertools.product(COMPUTING, (8, 9, 12, 13, 14)):
        assert held[name, date(2026, 1, day)] == here.arxiv.announced(name, date(2026, 1, day))
    assert all(record.complete for record in (await here.manifest()).ledger)


async def test_on_a_weekend_the_newest_day_of_an_archive_comes_first(tmp_path: Path):
    """The feeds are empty then: the first page asked for is the archive's of the last announcement, readers have it."""
    here = started(tmp_path, "2025-11-29T14:00:00")
    began = here.clock.now()
    first: list[float] = []
    publish = here.store.publish

    async def watched(manifest):
        await publish(manifest)
        if manifest.batches:
            first.append((here.clock.now() - began).total_seconds())

    here.store.publish = watched
    await here.refresh(newest_only=True)
    assert here.arxiv.asked[0].path.startswith("/list/cs/new")
    assert first[0] < 1


async def test_few_categories_are_asked_for_one_by_one(tmp_path: Path):
    """An archive's page is long: it is asked for only where it saves requests."""
    here = started(tmp_path, categories=COMPUTING[: MANY_LACKING - 1])
    await here.refresh()
    assert not [path for path in catchups(here) if path.startswith("/catchup/cs/")]


async def test_without_the_page_of_the_archive_its_categories_are_asked(tmp_path: Path):
    """When an archive's page is not to be had, nothing is lost but time."""
    here = started(tmp_path)
    here.arxiv.faults = [Fault("500", "/catchup/cs/")]
    for _ in range(8):
        await here.refresh()
    held = await here.held()
    for name, day in itertools.product(COMPUTING, (12, 13, 14)):
        assert held[name, date(2026, 1, day)] == here.arxiv.announced(name, date(2026, 1, day))


@needs_replay
@pytest.mark.parametrize("category", ["cs.AI", "cs.CL", "cs.CV", "cs.LG", "eess.SY"])
async def test_a_recorded_page_of_an_archive_tells_of_each_category(tmp_path: Path, category: str):
    """
    Of recorded days: what the page of all of cs says of a category agrees with the category's own page.

    Nothing new and nothing replaced is missing; only late cross-lists are.
    """
    with running_replay("--today", "2026-01-15") as replay:
        async with ArxivClient(sqlite_store(tmp_path), replay.environment(), clock=FakeClock(), holder="test") as arxiv:
            whole = await arxiv.fetch_catchup("cs", date(2026, 1, 13))
            own = await arxiv.fetch_catchup(category, date(2026, 1, 13))
    part = category_part(whole, category)
    found = {paper.arxiv_id: paper.announce_type for paper in part.papers}
    wanted = {paper.arxiv_id: paper.announce_type for paper in own.papers}
    missing = {key: kind.value for key, kind in wanted.items() if key not in found}
    assert set(missing.values()) <= {"cross"}
    assert {key: kind for key, kind in found.items() if key in wanted} == {
        key: kind for key, kind in wanted.items() if key in found
    }
    assert len(missing) + len(found.keys() - wanted.keys()) <= 0.01 * len(wanted) + 1


async def test_on_an_empty_weekday_the_last_list_of_many_comes_from_their_archive(tmp_path: Path):
    """
    A Wednesday on which arXiv announces nothing, unforeseen: Tuesday's new papers of twelve categories within 5 s.
    """
    here = started(tmp_path)
    del here.arxiv.world.days[date(2026, 1, 14)]
    began = here.clock.now()
    await here.refresh(newest_only=True)
    assert here.clock.now() - began < timedelta(seconds=5)
    held = await here.held()
    for name in COMPUTING:
        wanted = here.arxiv.announced(name, date(2026, 1, 13))
        new = {key: kind for key, kind in wanted.items() if kind == "new"}
        assert new.items() <= held[name, date(2026, 1, 13)].items()


async def test_a_working_day_opens_with_the_pages_of_archives_and_is_whole_by_the_feeds(tmp_path: Path):
    """The first request already brings a feed; then each category's own feed adds what was cross-listed late."""
    here = started(tmp_path)
    began = here.clock.now()
    first: list[float] = []
    publish = here.store.publish

    async def watched(manifest):
        await publish(manifest)
        if manifest.batches:
            first.append((here.clock.now() - began).total_seconds())

    here.store.publish = watched
    await here.refresh(newest_only=True)
    assert first[0] < 1
    assert [each.path.split("/")[1] for each in here.arxiv.asked] == ["list"] + ["rss"] * len(COMPUTING)
    held = await here.held()
    wanted = {(name, date(2026, 1, 14)): here.arxiv.announced(name, date(2026, 1, 14)) for name in COMPUTING}
    assert held == wanted
