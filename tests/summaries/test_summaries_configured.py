"""Summaries switched off, planned, or with settings that are wrong."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from core.config.read import Config
from core.summaries.plan import plan_summaries
from core.summaries.run import summarize
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarized import store
from tests.support.summarizing import AT_NOON, KEY, Shelf, configure, papers, run

__all__ = ["store"]


async def test_off_is_off(store):
    """
    Without a key nothing is done and nothing said; with ``enabled: true`` the missing key is named; false is false.
    """
    async with ScriptedLLM() as llm:
        for enabled, key, problem in [("auto", "", ""), (True, "", "OPENAI_API_KEY"), (False, KEY, "")]:
            config = configure(llm, enabled=enabled)
            config = Config(config.settings, replace(config.environment, llm_key=key))
            clock = AT_NOON
            report = await summarize(
                store,
                config,
                Shelf(),
                papers(1),
                clock=clock,
                holder="a",
                summaries_deadline=clock.now() + timedelta(minutes=1),
            )
            assert problem in report.problem
            assert bool(report.problem) == bool(problem)
        assert llm.calls == []


async def test_a_missing_prompt_file_is_one_line(store):
    """
    A prompt file that could not be read stops the summaries, not the refresh.
    """
    async with ScriptedLLM() as llm:
        report = await run(store, llm, papers(1), prompt_file="no/such/file.md")
        assert "ai_summary.prompt_file" in report.problem
        assert llm.calls == []


async def test_a_plan_costs_nothing_and_tells(store):
    """
    The plan names what is due and an estimate of its cost, and asks neither arXiv nor the model.
    """
    async with ScriptedLLM() as llm:
        await run(store, llm, papers(1))
        config = configure(llm, price_per_million_input=1.0, price_per_million_output=2.0, daily_token_budget=40_000)
        found = await plan_summaries(store, config, papers(5), now=AT_NOON.now())
        assert len(llm.calls) == 1
        assert [each.paper.arxiv_id for each in found.due_summaries] == [f"2613.0000{n}" for n in (2, 3, 4, 5)]
        assert (found.ready, found.prompt_tokens, found.affordable) == (1, 48_000, 2)
        assert found.summary_cost == pytest.approx(0.048 + 0.0096)
        assert found.budget_tokens_left == 40_000 - 9_700
        assert found.summaries_off == ""
