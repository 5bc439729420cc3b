"""One refresh: what it publishes and when, and what becomes of it when arXiv, the store or the machine fails."""

import itertools
import logging
from datetime import timedelta

import msgspec

from core.config.settings import Settings
from core.refresh.report import RefreshReport
from core.store.lock import LOCK_LEASE
from core.store.records import Manifest
from tests.support.arxiv_weeks import (
    CATEGORIES,
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WEEK,
    arxiv_week,
    next_day,
)
from tests.support.deployment import deployment, doubled, sqlite_store, truth

__all__ = ["arxiv_week"]


async def test_everything_announced_is_held_and_proven(arxiv_week):
    """
    After a first refresh the store holds exactly what was announced, and the ledger has arXiv's totals beside ours.
    """
    report = await arxiv_week.refresh()
    days = [MONDAY, TUESDAY, WEDNESDAY]
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, days)
    records = (await arxiv_week.manifest()).ledger
    assert {(each.category, each.day) for each in records} == {(name, day) for name in CATEGORIES for day in days}
    assert all(each.complete and each.announced == each.held for each in records)
    assert report.ok
    assert report.gaps == 0
    assert report.next_step == "the next announcement is expected on Thursday 2026-01-15, at midnight in New York"
    assert not any(doubled(papers) for papers in (await arxiv_week.batches()).values())


async def test_the_newest_day_can_be_read_first(arxiv_week):
    """
    Readers get today's papers after a few seconds; the days before follow, the latest first.
    """
    published = []
    publish = arxiv_week.store.publish

    async def note(manifest: Manifest) -> None:
        published.append((arxiv_week.clock.now(), [ref.day for ref in manifest.batches]))
        await publish(manifest)

    arxiv_week.store.publish = note
    began = arxiv_week.clock.now()
    await arxiv_week.refresh()
    moment, days = next((moment, days) for moment, days in published if days)
    assert (moment - began).total_seconds() < 5
    assert days == [WEDNESDAY]
    asked = [each.path.split("?")[0] for each in arxiv_week.arxiv.asked]
    assert asked[:2] == ["/rss/cs.CL", "/rss/cs.DC"]
    assert asked[2:6] == [f"/catchup/{name}/{day}" for day in (TUESDAY, MONDAY) for name in CATEGORIES]


async def test_a_second_refresh_has_nothing_to_ask(arxiv_week):
    """
    What is complete is not asked for again: no request, no new content.
    """
    await arxiv_week.refresh()
    before, asked = await arxiv_week.manifest(), len(arxiv_week.arxiv.asked)
    arxiv_week.clock.tick(7200)
    report = await arxiv_week.refresh()
    after = await arxiv_week.manifest()
    assert len(arxiv_week.arxiv.asked) == asked
    assert (report.requests, report.fetches, report.anomalies) == (0, (), ())
    assert (after.content, after.changed) == (before.content, before.changed)
    assert after.last_refresh.finished > before.last_refresh.finished


async def test_requests_are_three_seconds_apart_and_pages_fifteen(arxiv_week):
    """
    From the end of one request to the start of the next, whatever a refresh has to do.
    """
    await arxiv_week.refresh()
    await next_day(arxiv_week, "2026-01-15")
    asked = arxiv_week.arxiv.asked
    assert min((b.began - a.ended).total_seconds() for a, b in itertools.pairwise(asked)) >= 3
    pages = [each for each in asked if not each.path.startswith("/rss")]
    assert min((b.began - a.ended).total_seconds() for a, b in itertools.pairwise(pages)) >= 15


async def test_a_short_refresh_goes_on_where_it_stopped(arxiv_week):
    """
    With time for a part only, each refresh does a part, asks nothing twice, and the last one completes the rest.
    """
    reports = [await arxiv_week.refresh(budget=timedelta(seconds=60)) for _ in range(4)]
    assert [report.gaps for report in reports] == [2, 0, 0, 0]
    assert all(report.seconds <= 60 for report in reports)
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY])
    assert len({each.path for each in arxiv_week.arxiv.asked}) == len(arxiv_week.arxiv.asked) == 8


async def test_newest_only_leaves_the_rest_for_later(arxiv_week):
    """
    A laptop shows today's papers at once and fills the days before while it serves.
    """
    report = await arxiv_week.refresh(newest_only=True)
    assert report.ok
    assert {day for _, day in await arxiv_week.held()} == {WEDNESDAY}
    assert [each.path for each in arxiv_week.arxiv.asked] == ["/rss/cs.CL", "/rss/cs.DC"]
    await arxiv_week.refresh()
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY])


async def test_the_report_is_kept_and_every_document_is_a_log_line(arxiv_week, caplog):
    """
    Operators find the same in the answer, in the store and in the log: one line for each document.
    """
    lines = []
    with caplog.at_level(logging.INFO, logger="paperfeed"):
        report = await arxiv_week.refresh(say_progress=lines.append)
    (kept,) = await arxiv_week.store.load_reports(5)
    assert msgspec.json.decode(kept, type=RefreshReport) == report
    events = [msgspec.json.decode(record.message) for record in caplog.records]
    documents = [each for each in events if each["event"] == "refresh.category"]
    assert len(documents) == len(report.fetches) == len(lines) == 8
    assert documents[0]["category"] == "cs.CL"
    assert documents[0]["decision"] == "fresh"
    assert lines[0].startswith("cs.CL 2026-01-14 from the feed: ")
    newest = {each.category: each for each in report.categories}
    world = arxiv_week.arxiv.world
    assert newest["cs.CL"].items == len(world.announced("cs.CL", WEDNESDAY))
    assert newest["cs.CL"].new == list(world.announced("cs.CL", WEDNESDAY).values()).count("new")


async def test_who_comes_after_publishing_finds_the_papers_and_the_lock(arxiv_week):
    """
    Summaries are made of what readers have already, under the same lock, with what is left of the time.
    """
    seen = []

    async def summarize(manifest, arxiv, deadline, lock):
        await lock.renew_lease()
        seen.append([ref.day for ref in manifest.batches])
        assert not await arxiv_week.store.claim_refresh("other", now=arxiv_week.clock.now(), lease=LOCK_LEASE)

    await arxiv_week.refresh(summarize_published=summarize)
    assert seen == [[WEDNESDAY, TUESDAY, MONDAY]]
    assert await arxiv_week.store.claim_refresh("other", now=arxiv_week.clock.now(), lease=LOCK_LEASE)


async def test_a_store_on_another_machine_is_the_same(store, tmp_path):
    """
    Redis and SQLite alike: the whole way, on each.
    """
    here = deployment(tmp_path / "unused", start="2026-01-14T07:10:00", days=WEEK, days_back=2)
    await here.store.close()
    here.store = store
    await here.refresh()
    assert await here.held() == truth(here.arxiv.world, CATEGORIES, [TUESDAY, WEDNESDAY])


async def test_a_new_deployment_gives_the_same_dates(arxiv_week, tmp_path):
    """
    A store that was lost and filled again says the same first day of every paper; on the way, a date moves back alone.
    """
    await arxiv_week.refresh()
    for day in ("2026-01-15", "2026-01-16"):
        await next_day(arxiv_week, day)
    before = {paper.arxiv_id: paper.announced for papers in (await arxiv_week.batches()).values() for paper in papers}
    await arxiv_week.store.close()
    arxiv_week.settings = Settings(categories=CATEGORIES, days_back=5)
    arxiv_week.store = sqlite_store(tmp_path / "new")
    arxiv_week.clock.tick(3600)
    for _ in range(6):
        await arxiv_week.refresh(budget=timedelta(seconds=100))
        for papers in (await arxiv_week.batches()).values():
            assert all(before[paper.arxiv_id] <= paper.announced for paper in papers)
    for papers in (await arxiv_week.batches()).values():
        assert all(before[paper.arxiv_id] == paper.announced for paper in papers)
    assert await arxiv_week.held() == truth(
        arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY]
    )
