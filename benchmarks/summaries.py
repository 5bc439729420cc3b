"""
What 15 summaries take, against the bound, and what readers notice of them: ``python benchmarks/summaries.py``.

Scaled down a hundredfold: a call takes 0.2 s instead of 20, arXiv's turn comes every 0.03 s instead of 3; one line is
scaled down tenfold only, to show what does not scale. No schedule is faster than max(turn x downloads, calls x
latency / workers), and none ends sooner after the last download than one call. The model is scripted, the HTTP real.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from core.clock import SystemClock  # noqa: E402 - the path comes first
from core.config.read import Config  # noqa: E402
from core.paper import Batch  # noqa: E402
from core.store.base import Store  # noqa: E402
from core.store.open import open_store  # noqa: E402
from core.summaries.plan import wanted_summaries  # noqa: E402
from core.summaries.summarizer import Summarizer  # noqa: E402
from tests.support.llm_actions import Call, Say, good  # noqa: E402
from tests.support.scripted_llm import ScriptedLLM  # noqa: E402
from tests.support.summarizing import Shelf, configure, papers, run  # noqa: E402
from tests.support.web import TODAY, make_paper, open_web, publish  # noqa: E402

PAPERS, LATENCY, TURN = 15, 20.0, 3.0
SCALE = 100
KILLS = 8

RUNNER = """
import asyncio, sys
from pathlib import Path
from core.store.open import open_store
from tests.support.summarizing import Later, Shelf, papers, run

class Model:
    base_url = sys.argv[1]

async def main():
    store = open_store("", data_dir=Path(sys.argv[2]), on_vercel=False)
    later = Later(minutes=10 * int(sys.argv[3]))  # a dead run's papers are free again by then
    await run(store, Model(), papers(15), Shelf(delay=0.03), max_workers=2, clock=later)

asyncio.run(main())
"""


def slowly(call: Call, scale: int = SCALE) -> Say:
    return Say(good(call).text, delay=LATENCY / scale)


@asynccontextmanager
async def fresh_store() -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("", data_dir=Path(folder), on_vercel=False)
        yield store
        await store.close()


async def wall_time(workers: int, scale: int = SCALE, rounds: int = 3) -> None:
    seconds = []
    async with ScriptedLLM(partial(slowly, scale=scale)) as llm:
        for _ in range(rounds):
            async with fresh_store() as store:
                begun = perf_counter()
                report = await run(store, llm, papers(PAPERS), Shelf(delay=TURN / scale), max_workers=workers)
                seconds.append((perf_counter() - begun) * scale)
                assert report.made == PAPERS
    bound, took = max(TURN * PAPERS, PAPERS * LATENCY / workers), median(seconds)
    tail = TURN * PAPERS + LATENCY
    print(f"  {workers:2} workers, 1/{scale:<3}: {took:5.1f} s, bound {bound:5.1f} s, x {took / bound:.2f}", end="")
    print(f"; with the last call {max(bound, tail):5.1f} s, x {took / max(bound, tail):.2f}")


async def feeds_meanwhile(llm: ScriptedLLM) -> None:
    async with fresh_store() as store:
        await publish(store, [Batch(TODAY, tuple(make_paper(number) for number in range(1, 301)))])
        config = configure(llm)
        web = open_web(store, settings=config.settings)
        async with web.client:
            await _ask(web, 60)
            idle, same = await _ask(web, 60)
            work = asyncio.create_task(_summarize(store, config))
            busy, during = await _ask(web, 60)
            assert not work.done()
            assert await work == PAPERS
    print(f"  a feed, idle {idle * 1000:.1f} ms, during a run {busy * 1000:.1f} ms; bytes equal: {same == during}")


async def _ask(web, times: int) -> tuple[float, set[bytes]]:
    """Seconds per feed (median), and the different bodies that came."""
    seconds, bodies = [], set()
    for number in range(times):
        begun = perf_counter()
        response = await web.get(f"/rss?limit={50 + number}")
        seconds.append(perf_counter() - begun)
        bodies.add(response.content)
    return median(seconds), bodies


async def _summarize(store: Store, config: Config) -> int:
    async def hold() -> None:
        """Nobody else is here."""

    clock = SystemClock()
    summarizer = Summarizer(store, config, clock)
    report = await summarizer(
        await store.load_manifest(), Shelf(delay=TURN / SCALE), clock.now() + timedelta(minutes=4), hold
    )
    return report.made


async def kill_and_rerun() -> None:
    """Kill runs at random moments, each ten minutes after the one before."""
    chance = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("", data_dir=Path(folder), on_vercel=False)
        async with ScriptedLLM(slowly) as llm:
            keys = {each.key: each.paper.title for each in wanted_summaries(papers(PAPERS), configure(llm))}
            runs = killed = repeated = 0
            while len(saved := await store.load_summaries(list(keys))) < PAPERS:
                known, count = {keys[key] for key in saved}, len(llm.calls)
                arguments = (llm.base_url, folder, str(runs))
                environment = os.environ | {"PYTHONPATH": str(ROOT)}
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", RUNNER, *arguments, cwd=ROOT, env=environment
                )
                await _first_call(llm, count, process)
                if killed < KILLS and process.returncode is None:
                    await asyncio.sleep(chance.uniform(0, 0.5))
                    process.send_signal(signal.SIGKILL)
                    killed += 1
                await process.wait()
                runs += 1
                repeated += len(known & set(llm.titles()[count:]))
        await store.close()
    asked = Counter(llm.titles())
    print(f"  {runs} runs, {killed} of them killed: {len(llm.calls)} calls for {PAPERS} papers,")
    print(f"  {repeated} for a paper that had its summary, {sum(asked.values()) - PAPERS} lost in the air at a kill")


async def _first_call(llm: ScriptedLLM, count: int, process: asyncio.subprocess.Process) -> None:
    for _ in range(1000):
        if len(llm.calls) > count or process.returncode is not None:
            return
        await asyncio.sleep(0.01)


async def main() -> None:
    async with ScriptedLLM(slowly) as llm:
        async with fresh_store() as store:
            begun = perf_counter()
            await run(store, llm, papers(1))
            print(f"first summary of a process, imports included: {perf_counter() - begun:.2f} s")
        print(f"{PAPERS} papers, {LATENCY} s a call, {TURN} s a download, in unscaled seconds:")
        for workers in (1, 4, 8, 16):
            await wall_time(workers)
        await wall_time(8, scale=10, rounds=1)
        print("readers:")
        await feeds_meanwhile(llm)
    print("killed at random moments:")
    await kill_and_rerun()


if __name__ == "__main__":
    asyncio.run(main())
