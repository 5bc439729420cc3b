"""A refresh that is killed, or that another one overtakes."""

import asyncio
import contextlib
from datetime import UTC, datetime

import pytest

from core.errors import RefreshRunning
from core.refresh.report import RefreshReport
from core.store.lock import LOCK_LEASE
from core.store.records import Manifest
from tests.support.arxiv_weeks import CATEGORIES, MONDAY, TUESDAY, WEDNESDAY, WEEK, arxiv_week
from tests.support.deployment import deployment, truth

__all__ = ["arxiv_week"]


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
