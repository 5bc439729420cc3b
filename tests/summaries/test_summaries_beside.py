"""Summaries made by a command, beside readers, and at the end of a refresh."""

import itertools
from datetime import timedelta

import httpx
import msgspec
import pytest

from core.config.environment import Environment
from core.config.read import Config
from core.errors import NoPapersYet, RefreshRunning
from core.paper import Batch
from core.refresh.report import RefreshReport
from core.summaries.publish import load_summary_days
from core.summaries.standalone import summarize_within
from core.summaries.summarizer import Summarizer
from tests.support.deployment import deployment
from tests.support.llm_actions import ANSWER, Say, good
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summaries_held import configure, papers, work
from tests.support.summarizing import ARTICLE, AT_NOON, KEY
from tests.support.web import TODAY, YESTERDAY, open_web, publish


async def test_without_a_key_nothing_happens(store):
    """
    No key, no summaries, no complaint, unless they are asked for by name.
    """
    await publish(store, [Batch(TODAY, tuple(papers(1)))])
    async with ScriptedLLM() as llm:
        for enabled, problem in (("auto", None), (True, "OPENAI_API_KEY")):
            config = configure(llm, enabled=enabled)
            report = await work(store, Config(config.settings, Environment()))
            assert report is None if problem is None else problem in report.problem
        missing = await work(store, configure(llm, prompt_file="none.md"))
        assert "ai_summary.prompt_file" in missing.problem


async def test_the_command_line_summarizes_under_the_lock(store):
    """
    Without papers it says so, during a refresh it says so, else it summarizes what is held.
    """
    clock = AT_NOON
    async with ScriptedLLM() as llm:
        config = configure(llm, input="abstract")
        with pytest.raises(NoPapersYet):
            await summarize_within(config, store, timedelta(minutes=1), clock=clock)
        await publish(store, [Batch(TODAY, tuple(papers(2)))])
        await store.claim_refresh("another", now=clock.now(), lease=timedelta(minutes=2))
        with pytest.raises(RefreshRunning):
            await summarize_within(config, store, timedelta(minutes=1), clock=clock)
        await store.release_refresh("another")
        planned = await Summarizer(store, config, clock).plan_summaries(await store.load_manifest())
        report = await summarize_within(config, store, timedelta(minutes=1), clock=clock)
        assert report.made == len(planned.due_summaries) == 2
        assert await store.claim_refresh("the next", now=clock.now(), lease=timedelta(minutes=2))


async def test_feeds_are_served_while_summaries_are_made(store):
    """
    During a run every feed answers as before, byte for byte, and after it with the summaries.
    """
    import asyncio

    await publish(store, [Batch(TODAY, tuple(papers(6)))])
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=0.1)) as llm:
        config = configure(llm, max_workers=2)
        web = open_web(store, settings=config.settings)
        async with web.client:
            before = await web.get("/rss")
            running = asyncio.create_task(work(store, config))
            while len(llm.calls) < 4:
                during = await web.get("/rss")
                assert (during.status_code, during.content) == (200, before.content)
                await asyncio.sleep(0.01)
            assert (await running).made == 6
            fresh = open_web(store, settings=config.settings)
            async with fresh.client:
                after = (await fresh.get("/rss")).text
    assert after.count(ANSWER["tldr"]) >= 6
    assert "<details>" in after or "&lt;details&gt;" in after


async def test_a_refresh_ends_with_summaries(tmp_path):
    """
    Full texts come through the same gate, three seconds apart; the report tells.
    """
    here = deployment(tmp_path, start="2026-01-14T07:10:00", days=[YESTERDAY, TODAY], days_back=1, keywords=())

    async def articles(request, path, fault):
        if path.startswith("/html/"):
            return httpx.Response(200, content=ARTICLE)
        return await respond(request, path, fault)

    respond, here.arxiv.respond = here.arxiv.respond, articles
    async with ScriptedLLM() as llm:
        settings = configure(llm, max_papers_to_summarize=3).settings.ai_summary
        here.settings = msgspec.structs.replace(here.settings, ai_summary=settings)
        environment = Environment(llm_key=KEY, llm_base_url=llm.base_url, llm_model="scripted")
        summarizer = Summarizer(here.store, Config(here.settings, environment), here.clock)
        report = await here.refresh(summarize_published=summarizer)
        assert (report.summaries.made, report.summaries.problem) == (3, "")
        texts = [each for each in here.arxiv.asked if each.path.startswith("/html/")]
        assert len(texts) == 3
        gaps = [(b.began - a.ended).total_seconds() for a, b in itertools.pairwise(here.arxiv.asked)]
        assert min(gaps) >= 3
        (kept,) = await here.store.load_reports(5)
        assert msgspec.json.decode(kept, type=RefreshReport).summaries == report.summaries
        held = await load_summary_days(here.store, await here.manifest(), days=7)
        assert len(list(held.published_summaries())) == 3
