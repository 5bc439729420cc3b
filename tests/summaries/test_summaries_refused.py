"""What a service refuses: a key, an account, a paper."""

import json

import pytest

from tests.support.llm_actions import ANSWER, Fail, Hang, Raw, Say, good
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarized import failures, scripted, store
from tests.support.summarizing import KEY, Later, configure, papers, run

__all__ = ["store"]


@pytest.mark.parametrize("status", [401, 403, 402, 404])
async def test_a_bad_key_stops_the_run_with_one_line(store, status):
    """
    Nothing more is asked after the service refused us; the line names no key; nothing is held against the papers.
    """
    async with ScriptedLLM(lambda _: Fail(status, f"Incorrect API key provided: {KEY}.", delay=0.02)) as llm:
        report = await run(store, llm, papers(9), max_workers=2)
        assert len(llm.calls) <= 2
        assert str(status) in report.problem
        assert KEY not in report.problem
        assert (report.made, report.failed, report.left) == (0, (), 9)
        llm.script = good
        assert (await run(store, llm, papers(9))).made == 9


async def test_an_empty_account_stops_the_run(store):
    """
    A 429 that means that the money is gone is not waited out.
    """
    async with ScriptedLLM(lambda _: Fail(429, "You exceeded your quota", code="insufficient_quota")) as llm:
        report = await run(store, llm, papers(3), max_workers=1)
        assert (len(llm.calls), report.left) == (1, 3)
        assert "quota" in report.problem


@pytest.mark.parametrize(
    "refusal",
    [
        Fail(400, "Input data may contain inappropriate content.", code="data_inspection_failed"),
        Fail(400, "The response was filtered", code="content_filter"),
        Fail(403, "Your input was flagged by moderation"),
        Fail(400, "Content Exists Risk", code="invalid_request_error"),
        Fail(413, "too large"),
        Say("", finish="content_filter"),
    ],
)
async def test_a_refused_paper_costs_that_paper_only(store, refusal):
    """
    What a provider will not have is recorded with the reason and never tried again; the others are made.
    """
    async with ScriptedLLM(scripted({"2": refusal})) as llm:
        report = await run(store, llm, papers(3))
        assert report.made == 2
        assert [(f.arxiv_id, f.final) for f in report.failed] == [("2613.00002", True)]
        count = len(llm.calls)
        again = await run(store, llm, papers(3), clock=Later(days=3))
        assert (len(llm.calls), again.given_up, again.left) == (count, 1, 0)


@pytest.mark.parametrize(
    "trouble",
    [
        Fail(500, "sorry"),
        Fail(503, "overloaded"),
        Fail(400, "no reason that anybody knows"),
        Say(json.dumps(ANSWER), cut=2),
        Raw(b'data: {"id": "x", "choices": [{"ind'),
        Raw(b'data: {"broken\n\n'),
        Raw(b"{}", "application/json"),
        Raw(b'data: {"error": {"message": "upstream gone"}}\n\n'),
        Hang(0),
    ],
)
async def test_trouble_is_retried_later_three_times(store, trouble):
    """
    Errors of the service and answers that break off are tried again in later refreshes, with growing pauses, thrice.
    """
    async with ScriptedLLM(scripted({"2": trouble})) as llm:
        report = await run(store, llm, papers(3))
        assert (report.made, report.left, report.failed[0].final) == (2, 1, False)
        assert (await run(store, llm, papers(3), clock=Later(minutes=20))).left == 1
        assert len(llm.calls) == 3
        assert len((await run(store, llm, papers(3), clock=Later(minutes=40))).failed) == 1
        assert (await run(store, llm, papers(3), clock=Later(hours=2))).failed == ()
        last = await run(store, llm, papers(3), clock=Later(hours=3))
        assert (last.failed[0].final, last.left) == (True, 0)
        assert (await run(store, llm, papers(3), clock=Later(days=1))).given_up == 1
        assert len(llm.calls) == 5


async def test_what_failed_once_may_succeed(store):
    """
    A summary that comes at the second try is as good as any, and its failure is forgotten.
    """
    async with ScriptedLLM(scripted({"2": [Fail(500)]})) as llm:
        await run(store, llm, papers(2))
        report = await run(store, llm, papers(2), clock=Later(hours=1))
        assert (report.made, report.ready, report.failed) == (1, 1, ())
        assert await failures(store, configure(llm)) == {}
