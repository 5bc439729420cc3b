"""The budget of a day, and the time of a refresh."""

from datetime import timedelta

import pytest

from core.store.records import Usage
from core.summaries.run import summarize
from tests.support.llm_actions import Fail, Say, good
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarized import scripted, store
from tests.support.summarizing import AT_NOON, Later, Shelf, configure, papers, run

__all__ = ["store"]


TODAY = AT_NOON.now().date()


async def test_the_day_s_budget_is_kept(store):
    """
    No call is begun that the day's tokens do not cover, over refreshes and models; tomorrow goes on.
    """
    async with ScriptedLLM() as llm:
        budget = {"daily_token_budget": 45_000, "max_workers": 1}
        report = await run(store, llm, papers(10), **budget)
        assert 2 <= report.made <= 4
        assert "45,000 tokens" in report.paused
        spent = sum(u.prompt_tokens + u.completion_tokens for u in await store.load_usage(TODAY))
        assert spent == report.made * 9_700 <= 45_000
        count = len(llm.calls)
        assert (await run(store, llm, papers(10), **budget)).made == 0
        assert len(llm.calls) == count
        assert (await run(store, llm, papers(10), clock=Later(days=1), **budget)).made >= 2


async def test_what_other_models_cost_counts(store):
    """
    The budget is the day's, not the model's.
    """
    await store.add_usage(Usage(TODAY, "another", 3, 0, 499_000, 1_000))
    async with ScriptedLLM() as llm:
        assert (await run(store, llm, papers(2))).made == 0
        assert llm.calls == []


async def test_usage_and_cost_are_counted(store):
    """
    Calls, failures and tokens are kept per day and model, and priced where a price is configured.
    """
    async with ScriptedLLM(scripted({"2": Fail(500)})) as llm:
        prices = {"price_per_million_input": 1.0, "price_per_million_output": 10.0}
        report = await run(store, llm, papers(3), **prices)
        (usage,) = await store.load_usage(TODAY)
        assert usage == Usage(TODAY, "scripted", 3, 1, 18_000, 1_400)
        assert report.cost == pytest.approx(0.032)
        assert (await run(store, llm, papers(3))).cost is None


async def test_missing_usage_is_estimated(store):
    """
    A service that does not count its tokens is counted for.
    """
    async with ScriptedLLM(lambda call: Say(good(call).text, usage=None)) as llm:
        report = await run(store, llm, papers(1))
        assert report.prompt_tokens == pytest.approx(len(llm.calls[0].text) / 3.7, rel=0.05)
        assert report.completion_tokens > 100


async def test_the_deadline_is_kept(store):
    """
    No call is begun that could not be finished; what is left is left for the next run, which makes it.
    """
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=1)) as llm:
        clock = AT_NOON
        deadline = clock.now() + timedelta(seconds=3.9)
        report = await summarize(
            store,
            configure(llm, max_workers=1, timeout_seconds=8, input="abstract"),
            Shelf(),
            papers(10),
            clock=clock,
            holder="a",
            summaries_deadline=deadline,
        )
        assert clock.now() < deadline + timedelta(seconds=1)
        assert 1 <= report.made <= 3
        assert report.left == 10 - report.made
        assert "time" in report.paused
        assert all(call.answered for call in llm.calls)
        rest = await run(store, llm, papers(10), holder="b", max_workers=10, input="abstract")
        assert rest.made == report.left
