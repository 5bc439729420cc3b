"""Refreshes that are killed, doubled or interrupted: nothing is lost, nothing is paid for twice."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.config.read import ROOT
from core.store.open import open_store
from core.summaries.plan import wanted_summaries
from tests.support.llm_actions import Say, good
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarizing import Later, Shelf, configure, papers, run

COUNT = 8
KILLS = 2


async def test_two_runs_at_once_do_the_work_of_one(store):
    """
    Two refreshes that summarize the same papers at the same time never pay for one twice.
    """
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=0.05)) as llm:
        both = await asyncio.gather(*(run(store, llm, papers(8), holder=name) for name in "ab"))
        assert sum(report.made for report in both) == 8
        assert sorted(llm.titles()) == sorted({each.title for each in papers(8)})


async def test_an_interrupted_run_keeps_what_it_has(store):
    """
    Cancelled in the middle, the run leaves every finished summary behind and no task of its own.
    """
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=0.1)) as llm:
        work = asyncio.create_task(run(store, llm, papers(COUNT), Shelf(delay=0.03), max_workers=3))
        while sum(call.answered for call in llm.calls) < 4:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        work.cancel()
        await asyncio.wait([work])
        assert work.cancelled()
        keys = [each.key for each in wanted_summaries(papers(COUNT), configure(llm))]
        assert len(await store.load_summaries(keys)) >= 4
        assert len(asyncio.all_tasks()) <= 2 + llm.at_once


RUNNER = """
import asyncio, sys
from pathlib import Path
from core.store.open import open_store
from tests.support.summarizing import Later, Shelf, papers, run

class Model:
    base_url = sys.argv[1]

async def main():
    store = open_store("", data_dir=Path(sys.argv[2]), on_vercel=False)
    later = Later(minutes=10 * int(sys.argv[4]))  # a dead run's papers are free again by then
    await run(store, Model(), papers(int(sys.argv[3])), Shelf(delay=0.03), max_workers=3, clock=later)
    await store.close()

asyncio.run(main())
"""


async def start(llm: ScriptedLLM, folder: Path, number: int) -> asyncio.subprocess.Process:
    """Run in a process of its own, which can be killed."""
    arguments = (llm.base_url, str(folder), str(COUNT), str(number))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(sys.executable, "-c", RUNNER, *arguments, env=environment, cwd=ROOT)


async def test_killed_at_random_points_nothing_is_paid_for_twice(tmp_path):
    """
    Killed without warning again and again, the runs together ask once for each paper, but for the calls in the air.
    """
    chance = random.Random(20260114)
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    lost: Counter[str] = Counter()
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=0.15)) as llm:
        keys = {each.key: each.paper.title for each in wanted_summaries(papers(COUNT), configure(llm))}
        runs = 0
        while len(saved := await store.load_summaries(list(keys))) < COUNT:
            paid_before, count = {keys[key] for key in saved}, len(llm.calls)
            process = await start(llm, tmp_path, runs)
            if runs < KILLS:
                while len(llm.calls) == count and process.returncode is None:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(chance.uniform(0.0, 0.4))
                process.send_signal(signal.SIGKILL)
            await process.wait()
            runs += 1
            assert not paid_before & set(llm.titles()[count:]), "a paper that has its summary was asked for again"
            present = {keys[key] for key in await store.load_summaries(list(keys))}
            lost.update(title for title in llm.titles()[count:] if title not in present)
    await store.close()
    asked = Counter(llm.titles())
    assert {title: times - 1 for title, times in asked.items() if times > 1} == dict(lost)
    assert sum(lost.values()) <= KILLS * 3


async def test_a_paper_that_ends_the_refresh_is_not_read_for_ever(store):
    """
    The try is noted before the document is parsed: after three refreshes that died of it, the paper is left alone.
    """
    async with ScriptedLLM(good) as llm:
        read = []

        async def deadly(document):
            read.append(document)
            await asyncio.Event().wait()

        for attempt in range(5):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("core.fulltext.read.parse_isolated", deadly)
                work = asyncio.create_task(run(store, llm, papers(1), clock=Later(minutes=600 * attempt)))
                while not work.done() and len(read) == attempt:
                    await asyncio.sleep(0.01)
                work.cancel()  # the process is gone
                await asyncio.wait([work])
        assert len(read) == 3
        (failure,) = (
            await store.load_failures([each.key for each in wanted_summaries(papers(1), configure(llm))])
        ).values()
        assert (failure.attempts, failure.reason) == (3, "the refresh ended while it read the paper")


async def test_a_paper_that_was_read_has_no_try_against_it(store):
    """
    Once it is parsed the note is taken back: a run that is stopped later, or a model that is down, costs it nothing.
    """
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=5)) as llm:
        work = asyncio.create_task(run(store, llm, papers(1)))
        while not llm.calls:
            await asyncio.sleep(0.01)
        work.cancel()
        await asyncio.wait([work])
        found = await store.load_failures([each.key for each in wanted_summaries(papers(1), configure(llm))])
        assert [each.attempts for each in found.values()] == [0]
