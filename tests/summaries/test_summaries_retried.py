"""Calls that hang, are slowed down, or answer with what cannot be used."""

import json
from datetime import timedelta

import pytest

from tests.support.llm_actions import ANSWER, Call, Fail, Hang, Say, good
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarized import failures, scripted, store
from tests.support.summarizing import AT_NOON, WORDS, Later, Shelf, article, configure, papers, run
from tests.support.synthetic_world import VirtualClock

__all__ = ["store"]


async def test_a_hanging_call_loses_only_itself(store):
    """
    One call that never answers is given up after the timeout; all others are saved long before.
    """
    async with ScriptedLLM(scripted({"1": Hang(30)})) as llm:
        report = await run(store, llm, papers(6), timeout_seconds=1, max_workers=2)
        assert report.made == 5
        assert "no answer within" in report.failed[0].reason or "timed out" in report.failed[0].reason


async def test_a_dead_service_is_left_alone(store):
    """
    After three calls in a row without an answer no other is made, and the papers that were not tried lose no try.
    """
    async with ScriptedLLM(lambda _: Fail(502, "bad gateway")) as llm:
        report = await run(store, llm, papers(10), max_workers=1)
        assert len(llm.calls) == 3
        assert report.paused == "the model's service fails: 502 bad gateway"
        assert (len(report.failed), report.left) == (3, 10)
    refused = await run(store, llm, papers(10), max_workers=1, clock=Later(hours=1))
    assert "does not answer" in refused.paused


async def test_429_slows_down_and_loses_nothing(store):
    """
    Told to slow down, the run waits as long as it is told, halves its concurrency, and completes.
    """
    answers = [Fail(429, "slow down", headers={"Retry-After": "7"}) for _ in range(4)]

    def script(call: Call):
        return answers.pop() if answers else good(call)

    clock = VirtualClock(AT_NOON.now())
    begun = clock.now()
    async with ScriptedLLM(script) as llm:
        report = await run(store, llm, papers(6), max_workers=4, input="abstract", clock=clock, seconds=900)
        assert (report.made, report.failed, report.problem, report.paused) == (6, (), "", "")
        assert clock.now() - begun >= timedelta(seconds=7)


async def test_endless_429_is_left_for_the_next_refresh(store):
    """
    A service that only ever says 429 gets a bounded number of requests, and no paper loses a try.
    """
    async with ScriptedLLM(lambda _: Fail(429, "no")) as llm:
        clock = VirtualClock(AT_NOON.now())
        report = await run(store, llm, papers(3), max_workers=1, clock=clock, seconds=3000)
        assert len(llm.calls) == 6
        assert (report.left, report.failed) == (3, ())
        assert "fewer calls" in report.paused


@pytest.mark.parametrize(
    "bad",
    [
        Say('{"title": "wrong schema"}'),
        Say("I will not answer in JSON."),
        Say(json.dumps(ANSWER)[:150], finish="length"),
        Say(json.dumps(ANSWER | {"results": "x"})),
        "echo",
    ],
)
async def test_an_invalid_answer_is_repaired_once(store, bad):
    """
    Wrong schema, prose, a cut or an echo: the model is told why and asked once more.
    """

    def script(call: Call):
        if call.is_repair:
            return good(call)
        return Say(call.messages[0]["content"]) if bad == "echo" else bad

    async with ScriptedLLM(script) as llm:
        report = await run(store, llm, papers(1))
        assert (report.made, len(llm.calls)) == (1, 2)
        assert "could not be used" in llm.calls[1].messages[-1]["content"]


async def test_a_second_invalid_answer_is_a_failure_with_its_reason(store):
    """
    Repaired once, then recorded as failed; what it cost is counted.
    """
    async with ScriptedLLM(lambda _: Say('{"tldr": "only this"}')) as llm:
        report = await run(store, llm, papers(1))
        assert (report.made, len(llm.calls), report.calls) == (0, 2, 2)
        assert "no contributions" in report.failed[0].reason
        (failure,) = (await failures(store, configure(llm), 1)).values()
        assert (failure.attempts, failure.reason) == (1, report.failed[0].reason)
        assert report.prompt_tokens == 18_000


async def test_a_paper_too_long_for_the_model_is_cut(store):
    """
    A service that says how short its context is gets half of the paper, and the others are cut at once.
    """

    def small(call: Call):
        if len(call.text) > 16_000:
            return Fail(400, "This model's maximum context length is 4096 tokens", code="context_length_exceeded")
        return good(call)

    long = article(
        *((name, WORDS * 12) for name in ("Introduction", "Related Work", "Method", "Results", "Conclusion"))
    )
    async with ScriptedLLM(small) as llm:
        shelf = Shelf({f"/html/2613.0000{n}v1": long for n in (1, 2, 3)})
        report = await run(store, llm, papers(3), shelf, max_workers=1)
        assert (report.made, report.failed) == (3, ())
        assert len(llm.calls) <= 7
        assert all(f"## {name}" in llm.calls[-1].text for name in ("Introduction", "Method", "Results", "Conclusion"))
