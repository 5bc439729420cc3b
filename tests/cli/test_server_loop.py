"""The loop of a local server: it survives whatever a round meets, and /health tells when it does not run."""

import asyncio
import contextlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from core.cli import server_loop
from core.clock import SystemClock
from core.config.environment import Environment
from core.config.followed import MOST_CONFIGURED_CATEGORIES, categories_to_follow
from core.config.read import Config
from core.config.settings import Settings
from core.errors import Damaged, RefreshRunning, StoreError
from core.feeds.followed import is_new_category_followed
from core.feeds.health import check_health
from core.feeds.loop_health import HEALTHY_LOOP_SILENCE, LOOP_HEALTH
from core.paper import Batch
from core.refresh.report import RefreshReport
from core.store.lock import LOCK_LEASE
from core.store.records import CategoryState
from core.store.refresh_reports import SummaryReport
from core.taxonomy import archive_members
from tests.support.deployment import deployment
from tests.support.synthetic_world import announcement_days
from tests.support.web import TODAY, make_paper, publish

CONFIG = Config(Settings(categories=("cs.LG",)), Environment())
NOW = SystemClock().now


@pytest.fixture(autouse=True)
def forget():
    """What one test's loop has told is not the next one's."""
    yield
    LOOP_HEALTH.loop_beat, LOOP_HEALTH.loop_end, LOOP_HEALTH.loop_failure = None, "", ""


def report(**changes):
    values = {
        "ok": True, "outcome": "", "started": NOW(), "finished": NOW(), "seconds": 0.0, "requests": 0, "categories": (),
        "fetches": (), "days": (), "anomalies": (), "gaps": 0, "next_step": "", "next_at": None,
    }  # fmt: skip
    return RefreshReport(**(values | changes))


@pytest.mark.parametrize(
    "fault",
    [AttributeError("delta"), RecursionError("deep"), MemoryError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
     StoreError("gone"), ExceptionGroup("several", [ValueError("one")]), AssertionError()],
    ids=lambda fault: type(fault).__name__,
)  # fmt: skip
async def test_the_loop_survives_any_exception(store, monkeypatch, caplog, fault):
    """
    A round that raises, foreseen or not, is one line in the log; the next round comes, and /health tells meanwhile.
    """
    rounds: list[int] = []

    async def refresh(*_, **__):
        rounds.append(1)
        if len(rounds) < 3:
            raise fault
        return report()

    monkeypatch.setattr(server_loop, "refresh_within", refresh)
    monkeypatch.setattr(server_loop, "SERVER_CHECK_EVERY", timedelta(seconds=0.01))
    monkeypatch.setattr(server_loop, "SERVER_AGAIN_AFTER", timedelta(0))
    caplog.set_level("WARNING")
    work = asyncio.create_task(server_loop.run_server_loop(CONFIG, store))
    while not rounds:
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.005)
    assert "the last refresh failed" in (await check_health(CONFIG, store, now=NOW())).refreshing
    while len(rounds) < 4:
        await asyncio.sleep(0.01)
    assert not work.done()
    lines = [json.loads(line) for line in caplog.messages]
    assert [line["event"] for line in lines] == ["refresh.failed"] * 2
    assert all("\n" not in line for line in caplog.messages)
    await asyncio.sleep(0.01)
    assert (await check_health(CONFIG, store, now=NOW())).refreshing == ""
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def test_health_says_when_the_loop_does_not_run(store, monkeypatch):
    """
    A loop that ended, or that has not come round for longer than a refresh may take, is what /health says first.
    """
    day = TODAY
    await publish(store, [Batch(day, (make_paper(1),))])
    assert (await check_health(CONFIG, store, now=NOW())).refreshing == ""
    LOOP_HEALTH.note_loop_beat(NOW() - HEALTHY_LOOP_SILENCE - timedelta(minutes=1))
    found = await check_health(CONFIG, store, now=NOW())
    assert "the loop hangs" in found.refreshing
    LOOP_HEALTH.note_loop_beat(NOW())
    assert (await check_health(CONFIG, store, now=NOW())).refreshing == ""
    LOOP_HEALTH.note_loop_end("the loop that refreshes has ended")
    found = await check_health(CONFIG, store, now=NOW())
    assert "nothing is refreshed since" in found.refreshing
    assert not found.ok


async def test_a_healthy_deployment_without_loop_is_not_ok(store):
    """
    Papers that are fresh do not hide that nothing will follow them.
    """
    from tests.support.web import NOW as WEDNESDAY

    await publish(store, [Batch(TODAY, (make_paper(1),))])
    assert (await check_health(CONFIG, store, now=WEDNESDAY)).status == "ok"
    LOOP_HEALTH.note_loop_beat(WEDNESDAY)
    LOOP_HEALTH.note_loop_end("the loop that refreshes has ended")
    found = await check_health(CONFIG, store, now=WEDNESDAY)
    assert (found.status, found.ok) == ("not refreshing", False)


async def test_summaries_that_did_not_come_are_tried_again(store):
    """
    With every paper there, a refresh follows half an hour later when summaries are left, and none when they are not.
    """
    now = NOW()
    await publish(store, [Batch(TODAY, (make_paper(1),))])
    manifest = await store.load_manifest()
    left = server_loop.ServerRound.after(report(summaries=SummaryReport(left=2)), now)
    done = server_loop.ServerRound.after(report(summaries=SummaryReport(left=0)), now)
    monday = next(day for day in (now + timedelta(minutes=31),))
    assert left.is_due(manifest, (), CONFIG, now=monday)
    assert left.due_anyway_at == now + server_loop.SERVER_SUMMARIES_AGAIN_AFTER
    assert done.due_anyway_at is None


async def test_after_a_killed_server_its_lock_is_waited_for(store, monkeypatch):
    """
    A lock that a killed process left behind costs its lease, not ten minutes: the next round comes when it has run out.
    """

    async def refresh(*_, **__):
        raise RefreshRunning("another refresh is running")

    monkeypatch.setattr(server_loop, "refresh_within", refresh)
    begun = NOW()
    coming = await server_loop._next_round(CONFIG, store, None, None)
    assert begun + LOCK_LEASE <= coming.due_anyway_at <= NOW() + LOCK_LEASE


async def test_a_weekend_after_a_friday_without_a_list_is_quiet(tmp_path):
    """
    A Friday on which arXiv announces nothing, and no calendar knows: from Thursday to Monday the loop asks a few times
    on the Friday, once an hour, has two witnesses after it, and is quiet then. That is 24 hours of it, not 59.
    """
    days = [day for day in announcement_days(date(2026, 1, 5), date(2026, 1, 19)) if day != date(2026, 1, 16)]
    here = deployment(tmp_path, start="2026-01-15T14:00:00", days=days)
    coming, refreshes = None, 0
    while here.clock.now() < datetime(2026, 1, 19, 4, tzinfo=UTC):
        now, manifest = here.clock.now(), await here.store.load_manifest()
        if coming is None or coming.is_due(manifest, (), here.config, now=now):
            coming = server_loop.ServerRound.after(
                await here.refresh(budget=server_loop.SERVER_REFRESH_TIME), here.clock.now()
            )
            refreshes += 1
        here.clock.set(max(here.clock.now(), now + timedelta(minutes=5)))
    assert refreshes <= 30
    assert len(here.arxiv.asked) <= 100
    assert max(each.began for each in here.arxiv.asked) < datetime(2026, 1, 17, 8, tzinfo=UTC)
    friday = [record for record in (await here.manifest()).ledger if record.day == date(2026, 1, 16)]
    assert [(record.complete, record.held) for record in friday] == [(True, ())] * 2


async def test_the_loop_goes_on_until_the_window_is_whole(tmp_path):
    """The time of a refresh is up before all days are fetched: another goes on, though the newest day is there."""
    days = announcement_days(date(2026, 1, 5), date(2026, 1, 14))
    here = deployment(tmp_path, start="2026-01-14T14:00:00", days=days)
    cut = await here.refresh(budget=timedelta(seconds=60))
    coming = server_loop.ServerRound.after(cut, here.clock.now())
    here.clock.tick(server_loop.SERVER_AGAIN_AFTER.total_seconds())
    assert cut.gaps
    assert coming.is_due(await here.manifest(), (), here.config, now=here.clock.now())
    whole = await here.refresh()
    coming = server_loop.ServerRound.after(whole, here.clock.now())
    here.clock.tick(3600)
    assert not whole.gaps
    assert not coming.is_due(await here.manifest(), (), here.config, now=here.clock.now())


async def test_what_no_refresh_would_fetch_is_not_asked_for(tmp_path):
    """Readers may ask for more than a deployment follows: that starts no refresh every half minute."""
    many = tuple(sorted(archive_members("cs")))
    here = deployment(tmp_path, start="2026-01-14T14:00:00", days=[date(2026, 1, 14)], categories=many)
    await here.refresh(newest_only=True)
    manifest, known = await here.manifest(), set(many)
    fits = next(name for name in sorted(archive_members("math")) if name not in known)
    assert is_new_category_followed(manifest, [fits], here.config)
    left_out = categories_to_follow(here.settings, sorted(archive_members("math")))
    assert len(left_out) == MOST_CONFIGURED_CATEGORIES
    held = replace(manifest, categories=tuple(CategoryState(name) for name in left_out))
    assert not is_new_category_followed(held, sorted(archive_members("math")), here.config)


async def test_a_damaged_manifest_does_not_stop_the_loop(store, monkeypatch):
    """What cannot be read is fetched anew by the next refresh, so one is due."""

    async def damaged():
        raise Damaged("the manifest cannot be read")

    monkeypatch.setattr(store, "load_manifest", damaged)
    assert await server_loop._is_round_due(CONFIG, store, server_loop.ServerRound(NOW()), NOW())
