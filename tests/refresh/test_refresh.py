"""One refresh: what it publishes and when, and what becomes of it when arXiv, the store or the machine fails."""

import asyncio
import contextlib
import itertools
import logging
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from core.config.followed import categories_to_follow
from core.config.settings import Settings
from core.errors import ConfigError, Damaged, RefreshRunning
from core.index.reader import BatchIndex
from core.refresh.report import RefreshReport
from core.store.lock import LOCK_LEASE
from core.store.records import BatchBlobs, Manifest
from tests.support.deployment import Deployment, deployment, doubled, sqlite_store, truth
from tests.support.synthetic_arxiv import Fault, World, announcement_days, late_cross

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 1, day) for day in (12, 13, 14, 15, 16))
WEEK = announcement_days(date(2026, 1, 5), FRIDAY)
CATEGORIES = ("cs.CL", "cs.DC")


@pytest.fixture
def arxiv_week(tmp_path):
    """Wednesday morning, an empty store, two categories, three days back."""
    return deployment(tmp_path, start="2026-01-14T07:10:00", days=WEEK, days_back=3)


async def next_day(here: Deployment, day: str) -> RefreshReport:
    here.clock.set(datetime.fromisoformat(f"{day}T07:10:00+00:00"))
    return await here.refresh()


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


class Killed(BaseException):
    """The platform ends the process."""


class Mortal:
    """A store whose process is killed at the n-th write; a dead one writes nothing, not even a farewell."""

    def __init__(self, store, *, at: int) -> None:
        self._store = store
        self.left = at

    def __getattr__(self, name):
        found = getattr(self._store, name)
        if name not in ("save_batch", "publish", "claim_refresh", "release_refresh", "save_report", "leave_gate"):
            return found

        async def write(*args, **options):
            self.left -= 1
            if self.left < 0:
                raise Killed
            return await found(*args, **options)

        return write


async def test_a_refresh_killed_at_any_write_does_no_harm(tmp_path):
    """
    Killed at any write to the store: readers have whole batches and nothing less than before, and the next refresh
    completes the work once the dead one's lock has run out.
    """
    for at in range(1000):
        here = deployment(
            tmp_path / str(at), start="2026-01-13T07:10:00", days=WEEK, categories=["cs.CL"], days_back=2, per_day=2
        )
        await here.refresh()
        before = await here.held()
        here.clock.set(datetime(2026, 1, 14, 7, 10, tzinfo=UTC))
        living = here.store
        here.store = mortal = Mortal(living, at=at)
        with contextlib.suppress(Killed):
            await here.refresh()
        here.store = living
        after = await here.held()
        assert after.items() >= before.items()
        here.clock.tick(LOCK_LEASE.total_seconds())
        assert (await here.refresh()).ok
        assert await here.held() == truth(here.arxiv.world, ["cs.CL"], [MONDAY, TUESDAY, WEDNESDAY])
        await living.close()
        if mortal.left >= 0:
            break
    assert at > 10


async def test_a_refresh_killed_at_any_request_does_no_harm(tmp_path):
    """
    Killed while it waits for arXiv: the same.
    """
    for at in range(8):
        here = deployment(tmp_path / str(at), start="2026-01-14T07:10:00", days=WEEK, days_back=3, per_day=2)
        left = at

        def strike(path):
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed

        here.arxiv.on_request = strike
        living = here.store
        here.store = mortal = Mortal(living, at=10_000)
        try:
            await here.refresh()
        except Killed:
            mortal.left = 0
        here.store, here.arxiv.on_request = living, None
        here.clock.tick(LOCK_LEASE.total_seconds())
        await here.refresh()
        assert await here.held() == truth(here.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY])
        await living.close()


async def test_two_refreshes_at_once_do_the_work_of_one(arxiv_week):
    """
    The second is told that one is running; arXiv is asked no more than by one alone.
    """
    first, second = await asyncio.gather(arxiv_week.refresh(), arxiv_week.refresh(), return_exceptions=True)
    assert isinstance(first, RefreshReport)
    assert isinstance(second, RefreshRunning)
    paths = [each.path for each in arxiv_week.arxiv.asked]
    assert len(paths) == len(set(paths)) == 8


async def test_a_refresh_that_lost_its_lock_writes_nothing_more(arxiv_week):
    """
    One that slept too long must not publish over the one that took over.
    """
    publish = arxiv_week.store.publish
    published = []

    async def note(manifest: Manifest) -> None:
        published.append(manifest)
        await publish(manifest)

    arxiv_week.store.publish = note

    def take_over(path: str) -> None:
        arxiv_week.arxiv.on_request = None
        arxiv_week.clock.tick(LOCK_LEASE.total_seconds() + 1)

    async def another() -> bool:
        return await arxiv_week.store.claim_refresh("another", now=arxiv_week.clock.now(), lease=LOCK_LEASE)

    arxiv_week.arxiv.on_request = take_over
    running = asyncio.create_task(arxiv_week.refresh())
    while not running.done() and (arxiv_week.arxiv.on_request is not None or not arxiv_week.arxiv.asked):
        await asyncio.sleep(0)
    assert await another()
    with pytest.raises(RefreshRunning, match="taken over"):
        await running
    assert published == []


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


async def test_a_weekend_asks_nothing_and_fills_an_empty_store(arxiv_week):
    """
    On Saturday the feeds are empty and are not read; a new deployment has the week's papers all the same.
    """
    arxiv_week.clock.set(datetime(2026, 1, 17, 12, tzinfo=UTC))
    report = await arxiv_week.refresh()
    assert report.ok
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [WEDNESDAY, THURSDAY, FRIDAY])
    assert not any(each.path.startswith("/rss") for each in arxiv_week.arxiv.asked)
    asked = len(arxiv_week.arxiv.asked)
    arxiv_week.clock.tick(86_400)
    await arxiv_week.refresh()
    assert len(arxiv_week.arxiv.asked) == asked


async def test_a_holiday_is_one_request_a_category(tmp_path):
    """
    On the day after Martin Luther King Jr. Day the empty feed is what was expected; nothing else is asked.
    """
    days = announcement_days(date(2026, 1, 12), date(2026, 1, 23))
    here = deployment(tmp_path, start="2026-01-19T07:10:00", days=days, days_back=3)
    await here.refresh()
    asked = len(here.arxiv.asked)
    here.clock.set(datetime(2026, 1, 20, 7, 10, tzinfo=UTC))
    report = await here.refresh()
    assert [each.path for each in here.arxiv.asked[asked:]] == ["/rss/cs.CL", "/rss/cs.DC"]
    assert report.ok
    assert report.anomalies == ()
    assert {each.note for each in report.days} == {"Martin Luther King Jr. Day: arXiv announces nothing"}
    assert {state.last_day for state in (await here.manifest()).categories} == {date(2026, 1, 19)}


async def test_an_outage_is_waited_for_and_then_believed(arxiv_week):
    """
    A working day on which arXiv announces nothing: asked again, said in the report, settled when the day is over twice
    empty; its papers come a day later.
    """
    await arxiv_week.refresh()
    arxiv_week.arxiv.world.postpone(THURSDAY)
    report = await next_day(arxiv_week, "2026-01-15")
    assert report.ok  # it is arXiv that waits
    assert any("nothing was announced yet" in text for text in report.anomalies)
    assert [each.path.split("?")[0] for each in arxiv_week.arxiv.asked[-3:]] == [
        "/rss/cs.CL",
        *("/list/cs.CL/new", f"/catchup/cs.CL/{THURSDAY}"),
    ]
    assert report.next_step == "ask again for cs.CL, cs.DC"
    await next_day(arxiv_week, "2026-01-16")
    arxiv_week.clock.tick(7200)
    report = await arxiv_week.refresh()
    assert report.gaps == 0
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY, FRIDAY])


async def test_a_damaged_batch_is_fetched_again(arxiv_week):
    """
    A day whose blobs are gone is struck from the ledger when it is met, and comes back.
    """
    await arxiv_week.refresh()
    manifest = await arxiv_week.manifest()
    broken = tuple(replace(ref, papers_blob_name="0" * 16) if ref.day == TUESDAY else ref for ref in manifest.batches)
    await arxiv_week.store.publish(replace(manifest, batches=broken))
    await next_day(arxiv_week, "2026-01-15")
    days = [TUESDAY, WEDNESDAY, THURSDAY]
    assert (await arxiv_week.held()).items() >= truth(arxiv_week.arxiv.world, CATEGORIES, days).items()


async def test_an_upgrade_renews_the_match_indexes(arxiv_week):
    """After a new version of Paperfeed changed its index, the next announcement's refresh writes every day's again."""
    await arxiv_week.refresh()
    manifest = await arxiv_week.manifest()
    old = []
    for ref in manifest.batches:
        blobs = (await arxiv_week.store.load_batches([ref]))[ref.day]
        spoiled = replace(blobs, index_blob=b"PFX0" + blobs.index_blob[4:])
        old.append(await arxiv_week.store.save_batch(ref.day, spoiled, count=ref.paper_count, ttl=timedelta(days=1)))
    await arxiv_week.store.publish(replace(manifest, batches=tuple(old)))
    arxiv_week.clock.tick(24 * 3600)
    await arxiv_week.refresh()
    renewed = await arxiv_week.manifest()
    found = await arxiv_week.store.load_batches(renewed.batches)
    assert len(found) > len(old)
    assert all(BatchIndex(blobs.index_blob).ids for blobs in found.values())


async def test_a_damaged_manifest_is_no_dead_end(arxiv_week):
    """What cannot be read is fetched anew, and the report says so; the refresh does not stay stuck on it."""
    await arxiv_week.refresh()
    before = await arxiv_week.held()

    async def damaged() -> Manifest | None:
        raise Damaged("could not read the manifest in the store: damaged")

    whole = arxiv_week.store.load_manifest
    arxiv_week.store.load_manifest = damaged
    report = await arxiv_week.refresh()
    arxiv_week.store.load_manifest = whole
    assert any("damaged: starting anew" in anomaly for anomaly in report.anomalies)
    assert await arxiv_week.held() == before


async def test_the_sample_day_is_thrown_away_by_the_first_real_papers(arxiv_week):
    """
    While arXiv cannot be reached the sample stays; the first real list replaces it.
    """
    blobs = BatchBlobs(b"sample", b"sample")
    ref = await arxiv_week.store.save_batch(MONDAY, blobs, count=0, ttl=timedelta(days=1))
    await arxiv_week.store.publish(Manifest("sample", (ref,), sample=True))
    arxiv_week.arxiv.faults.append(Fault("reset"))
    await arxiv_week.refresh()
    kept = await arxiv_week.manifest()
    assert (kept.sample, kept.batches, kept.content) == (True, (ref,), "sample")
    arxiv_week.arxiv.faults.clear()
    await arxiv_week.refresh()
    assert not (await arxiv_week.manifest()).sample
    assert await arxiv_week.held() == truth(arxiv_week.arxiv.world, CATEGORIES, [MONDAY, TUESDAY, WEDNESDAY])


async def test_summaries_stay_when_their_batch_is_written_again(arxiv_week):
    """
    What was paid for is not lost when a listing completes the day.
    """
    await arxiv_week.refresh(newest_only=True)
    manifest = await arxiv_week.manifest()
    blobs = (await arxiv_week.store.load_batches(manifest.batches))[WEDNESDAY]
    with_summaries = replace(blobs, summaries_blob=b"summaries")
    ref = await arxiv_week.store.save_batch(WEDNESDAY, with_summaries, count=1, ttl=timedelta(days=1))
    await arxiv_week.store.publish(replace(manifest, batches=(ref,)))
    await arxiv_week.refresh()
    after = await arxiv_week.manifest()
    found = await arxiv_week.store.load_batches(after.batches)
    assert found[WEDNESDAY].summaries_blob == b"summaries"
    assert found[WEDNESDAY].papers_blob != blobs.papers_blob


async def test_papers_older_than_the_retention_leave(arxiv_week):
    """
    The manifest names the days within the retention, counted from the newest.
    """
    arxiv_week.settings = Settings(categories=CATEGORIES, days_back=2, retention_days=2)
    await arxiv_week.refresh()
    await next_day(arxiv_week, "2026-01-15")
    assert [ref.day for ref in (await arxiv_week.manifest()).batches] == [THURSDAY, WEDNESDAY]


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


def test_archives_are_spelled_out_and_bounded():
    """
    An archive means all of its categories, less those taken away; more than sixty are a mistake to be told.
    """
    econ = categories_to_follow(Settings(categories=("econ", "cs.LG", "-econ.TH")), ["cs.AI", "no.such"])
    assert econ == ("econ.EM", "econ.GN", "cs.LG", "cs.AI")
    assert len(categories_to_follow(Settings(categories=("cs.*",)), [])) == 40
    with pytest.raises(ConfigError, match="at most 60 categories, got 7"):
        categories_to_follow(Settings(categories=("cs", "math")), [])


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
