"""Summaries beside the backfill: the first stand in the feed while older days are still fetched."""

import asyncio
from datetime import date, timedelta

import httpx
import msgspec
import pytest

from core.clock import SystemClock
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import AiSummary
from core.errors import StoreError
from core.store.refresh_reports import FailedSummary, SummaryReport
from core.summaries.concurrent import ConcurrentSummaries, joined_summary_reports
from core.summaries.publish import load_summary_days
from core.summaries.summarizer import Summarizer
from tests.support.deployment import deployment
from tests.support.fast_clock import FastClock
from tests.support.llm_actions import Fail, Say, good
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarizing import ARTICLE, KEY
from tests.support.synthetic_world import announcement_days

TODAY = date(2026, 1, 14)
SPEED = 12.0


def world(folder, llm, *, speed: float = SPEED, papers: int = 15, per_day: int = 10):
    """A new deployment in the middle of a Wednesday, whose model answers within a second."""
    days = announcement_days(TODAY - timedelta(days=9), TODAY)
    here = deployment(folder, start="2026-01-14T14:00:00", days=days, keywords=(), per_day=per_day, max_papers=30)
    here.clock = here.arxiv.clock = FastClock(here.clock.now(), speed=speed)

    async def articles(request, path, fault):
        if path.startswith("/html/"):
            return httpx.Response(200, content=ARTICLE)
        return await respond(request, path, fault)

    respond, here.arxiv.respond = here.arxiv.respond, articles
    ai_summary = msgspec.structs.replace(AiSummary(), max_papers_to_summarize=papers)
    here.settings = msgspec.structs.replace(here.settings, ai_summary=ai_summary)
    here.environment = Environment(llm_key=KEY, llm_base_url=llm.base_url, llm_model="scripted")
    return here


def slow(seconds: float):
    return lambda call: Say(good(call).text, delay=seconds / SPEED)


class Timeline:
    """When readers had the first feed, how many summaries since when, and how many days beside them."""

    def __init__(self, here) -> None:
        self.feed: int | None = None
        self.summaries: list[tuple[int, int, int]] = []  # requests since the first feed, summaries, days
        publish = here.store.publish

        async def watched(manifest):
            await publish(manifest)
            held = await load_summary_days(here.store, manifest, days=30)
            now = len(here.arxiv.asked)
            self.feed = now if self.feed is None and manifest.batches else self.feed
            count = len(list(held.published_summaries()))
            if count and (not self.summaries or self.summaries[-1][1] != count):
                self.summaries.append((now - (self.feed or 0), count, len(manifest.batches)))

        here.store.publish = watched


async def refreshed(here, **options):
    summarizer = Summarizer(here.store, Config(here.settings, here.environment), here.clock)
    return await here.refresh(summary_maker=summarizer, summarize_published=summarizer, **options)


async def test_the_first_summaries_stand_while_older_days_are_fetched(tmp_path):
    """
    The first is out before arXiv was asked for ten more documents, beside the backfill, the rest a few at a time;
    benchmarks/first_summaries.py has the seconds.
    """
    async with ScriptedLLM(slow(1.0)) as llm:
        here = world(tmp_path, llm)
        seen = Timeline(here)
        report = await refreshed(here)
    assert report.summaries.made == 15
    first, last = seen.summaries[0], seen.summaries[-1]
    assert last[1] == 15
    assert len(seen.summaries) >= 3
    assert first[0] <= 10, seen.summaries
    assert first[2] < len(await here.batches()), "the backfill was over before"
    gaps = [(b.began - a.ended).total_seconds() for a, b in zip(here.arxiv.asked, here.arxiv.asked[1:], strict=False)]
    assert min(gaps) >= 2.9, "two requests within three seconds"


async def test_what_stands_is_what_a_refresh_without_summaries_holds(tmp_path):
    """
    Publishing beside the backfill takes nothing away: every day and paper is held as without summaries.
    """
    async with ScriptedLLM(slow(1.0)) as llm:
        with_summaries, without = world(tmp_path / "a", llm, per_day=4), world(tmp_path / "b", llm, per_day=4)
        await asyncio.gather(refreshed(with_summaries), without.refresh())
    assert await with_summaries.held() == await without.held()
    ledgers = [(await each.manifest()).ledger for each in (with_summaries, without)]
    # when readers first had a list is a matter of each one's own clock
    assert len({tuple(msgspec.structs.replace(record, here=None) for record in ledger) for ledger in ledgers}) == 1


async def test_a_refused_key_is_said_once_and_costs_one_call(tmp_path):
    """
    The second run of a refresh does not meet the same end again.
    """
    async with ScriptedLLM(lambda _: Fail(401, "no such key")) as llm:
        here = world(tmp_path, llm, speed=40, per_day=4)
        report = await refreshed(here)
        assert len(llm.calls) == 1
        assert "no such key" in report.summaries.problem
        assert report.ok


@pytest.mark.parametrize("method", ["make_summaries", "publish", "__call__"])
async def test_nothing_in_summaries_ends_a_refresh_that_has_published(tmp_path, method):
    """
    Whatever summaries raise, foreseen or not, the refresh comes to its end, stores its report and names the fault.
    """

    async def broken(*_: object) -> None:
        raise RecursionError("a fault that nobody foresaw")

    async with ScriptedLLM() as llm:
        here = world(tmp_path, llm, speed=400, per_day=4, papers=3)
        summarizer = Summarizer(here.store, Config(here.settings, here.environment), here.clock)
        if method == "__call__":
            report = await here.refresh(summarize_published=broken)
        else:
            setattr(summarizer, method, broken)
            report = await here.refresh(summary_maker=summarizer)
        assert report.ok
        assert len(await here.store.load_reports(5)) == 1
        if method != "publish":
            assert "a fault that nobody foresaw" in report.summaries.problem


async def test_no_task_is_left_behind(tmp_path):
    """
    A refresh that ends with an exception takes its summaries with it.
    """

    async def failing(_):
        raise StoreError("gone")

    async with ScriptedLLM(slow(30)) as llm:
        here = world(tmp_path, llm, speed=40, per_day=4)
        before = asyncio.all_tasks()
        publish, count = here.store.publish, []

        async def publish_once(manifest):
            count.append(manifest)
            await (publish(manifest) if len(count) < 5 else failing(manifest))

        here.store.publish = publish_once
        with pytest.raises(StoreError):
            await refreshed(here)
        await asyncio.sleep(0)
        assert not [task for task in asyncio.all_tasks() - before if "make" in repr(task)]


def test_two_runs_make_one_report():
    """
    Made, failed and paid are those of both; what was ready is what the first found.
    """
    failed = FailedSummary("2601.00001", "en", "no", False)
    first = SummaryReport("m", ready=1, made=2, failed=(failed,), left=3, calls=3, prompt_tokens=30, seconds=1.0)
    second = SummaryReport("m", ready=3, made=1, left=2, calls=1, prompt_tokens=10, seconds=2.0)
    both = joined_summary_reports(first, second)
    assert (both.ready, both.made, both.failed, both.left) == (1, 3, (failed,), 2)
    assert (both.calls, both.prompt_tokens, both.seconds) == (4, 40, 3.0)
    assert joined_summary_reports(None, second) is second
    assert joined_summary_reports(first, None) is first


async def test_without_summaries_nothing_is_begun():
    """
    A refresh that makes no summaries has nothing beside it.
    """
    async with ConcurrentSummaries(None, None, SystemClock(), None) as beside:
        assert not beside.has_unpublished_summaries
        assert await beside.finish_summaries(None) is None
