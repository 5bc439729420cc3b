"""Streams of services: odd, broken, endless, or of nothing but thoughts."""

import json

import pytest

from tests.support.llm_actions import ANSWER, Call, Fail, Flood, Hang, Raw, Say, good
from tests.support.model_services import body, store
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarizing import KEY, papers, run

__all__ = ["store"]


@pytest.mark.parametrize(
    "whole",
    [
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": json.dumps(ANSWER)}}]},
        {
            "choices": [
                {"message": {"content": [{"type": "text", "text": json.dumps(ANSWER)}]}, "finish_reason": "stop"}
            ]
        },
        {"choices": [{"text": json.dumps(ANSWER), "finish_reason": "stop"}]},
    ],
)
async def test_an_answer_that_is_not_streamed_is_used(store, whole):
    """
    A service that ignores ``stream`` and sends the completion at once is understood, indented or not.
    """
    for indent in (None, 2):
        async with ScriptedLLM(
            lambda _, i=indent: Raw(json.dumps(whole, indent=i).encode(), "application/json")
        ) as llm:
            report = await run(store, llm, papers(1 if indent is None else 2))
            assert (report.made, report.failed) == (1, ())


def event(**changes: object) -> bytes:
    """One event of a stream that holds a whole answer."""
    choice = {"index": 0, "delta": {"content": json.dumps(ANSWER)}, "finish_reason": "stop"}
    return b"data: " + json.dumps({"choices": [choice | changes]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
GOOD_STREAMS = {
    "comments": b": OPENROUTER PROCESSING\n\n" + event() + DONE,
    "message in place of delta": event(delta=None, message={"content": json.dumps(ANSWER)}) + DONE,
    "message that grows": event(delta=None, message={"content": json.dumps(ANSWER)[:99]}, finish_reason=None)
    + event(delta=None, message={"content": json.dumps(ANSWER)}),
    "null delta at the end": event() + b'data: {"choices": [{"delta": null, "finish_reason": "stop"}]}\n\n',
    "no delta": event() + b'data: {"choices": [{"finish_reason": "stop"}]}\n\n' + DONE,
    "choices a string": event() + b'data: {"choices": "none"}\n\n' + DONE,
    "choices of numbers": event() + b'data: {"choices": [1, 2]}\n\n' + DONE,
    "content a list": event(delta={"content": [{"type": "text", "text": json.dumps(ANSWER)}]}) + DONE,
    "content an object": event(delta={"content": {"text": json.dumps(ANSWER)}}) + DONE,
    "usage in strings": event() + b'data: {"choices": [], "usage": {"prompt_tokens": "9000"}}\n\n' + DONE,
    "usage of nonsense": event() + b'data: {"usage": {"prompt_tokens": -5, "completion_tokens": 1e99}}\n\n' + DONE,
    "usage a list": event() + b'data: {"usage": [1, 2]}\n\n' + DONE,
    "bytes that are no UTF-8": event() + b'data: {"x": "\xff\xfe"}\n\n' + DONE,
    "no blank after data": event().replace(b"data: ", b"data:") + DONE,
    "carriage returns": event().replace(b"\n", b"\r\n") + DONE,
    "no end": event(),
    "a byte order mark": b"\xef\xbb\xbf\n" + event() + DONE,
}


@pytest.mark.parametrize("name", GOOD_STREAMS)
async def test_odd_events_do_no_harm(store, name):
    """
    Whatever stands beside a whole answer in its stream, the answer is used.
    """
    async with ScriptedLLM(lambda _: Raw(GOOD_STREAMS[name])) as llm:
        report = await run(store, llm, papers(1))
        assert (report.made, report.failed) == (1, ())


BAD_STREAMS = {
    "bytes that are no UTF-8": b"data: \xff\xfe\n\n" + DONE,
    "nested 980 deep": b'data: {"choices": ' + b"[" * 980 + b"]" * 980 + b"}\n\n" + DONE,
    "nested without end": b"data: " + b"[" * 100_000 + b"\n\n" + DONE,
    "a hole in the answer": event()[:40] + b"\n\n" + event() + DONE,
    "an answer nested 980 deep": event(delta={"content": '{"tldr": ' + "[" * 980 + "]" * 980 + "}"}) + DONE,
    "delta a string": event(delta="text") + DONE,
    "a number": b"data: 7\n\n" + DONE,
    "an endless number": b"data: " + b"7" * 100_000 + b"\n\n" + DONE,
    "half a character": event(delta={"content": '{"tldr": "\\ud800"}'}) + DONE,
    "an error nested 980 deep": b'data: {"error": ' + b"[" * 980 + b"]" * 980 + b"}\n\n",
    "an error that is a number": b'data: {"error": 7}\n\n',
    "nothing": b"",
    "zeros": b"\0" * 1000,
    "only blanks": b"\n" * 100_000,
}


@pytest.mark.parametrize("name", BAD_STREAMS)
async def test_no_answer_ends_more_than_its_paper(store, name):
    """
    An answer that cannot be used is its own paper's failure, with a reason; every other paper has its summary.
    """

    def script(call: Call):
        return Raw(BAD_STREAMS[name]) if call.title.endswith("2") else good(call)

    async with ScriptedLLM(script) as llm:
        report = await run(store, llm, papers(4))
        assert (report.made, [failed.arxiv_id for failed in report.failed]) == (3, ["2613.00002"])
        assert report.failed[0].reason


@pytest.mark.parametrize("status", [200, 400, 500])
async def test_an_answer_without_end_is_bounded(store, status):
    """
    A line, a stream or an error that does not end is read to a bound of 16 MB and costs its own paper only.
    """
    sent = []

    def script(call: Call):
        if not call.title.endswith("2"):
            return good(call)
        sent.append(call)
        return Flood(status)

    async with ScriptedLLM(script) as llm:
        report = await run(store, llm, papers(3))
        assert (report.made, len(report.failed)) == (2, 1)
        assert llm.flooded < 24_000_000


async def test_a_model_that_only_thinks_is_told_and_stopped(store):
    """
    Thoughts up to the limit and no answer: said so, not asked again, the next with more room and less effort, no third.
    """

    def thinks(call: Call):
        limit = call.body.get("max_tokens", 0)
        delta = {"choices": [{"delta": {"reasoning_content": "hm " * 50}, "finish_reason": None}]}
        usage = {"prompt_tokens": 9000, "completion_tokens": limit}
        end = {"choices": [{"delta": {}, "finish_reason": "length"}], "usage": usage}
        return Raw(b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in (delta, end)) + DONE)

    async with ScriptedLLM(thinks) as llm:
        report = await run(store, llm, papers(4))
        assert len(llm.calls) == 2
        assert "thought for all its" in report.problem
        assert report.completion_tokens == 6_000 + 16_000
        assert llm.calls[1].body["reasoning_effort"] == "low"
        assert (len(report.failed), report.left) == (2, 4)


async def test_a_model_that_thinks_too_long_once_gets_more_room(store):
    """
    With a higher limit and less effort it answers; a service that knows no effort is not asked for it again.
    """

    def thinks(call: Call):
        if "reasoning_effort" in call.body:
            return Fail(400, "Unrecognized request argument supplied: reasoning_effort")
        if call.body["max_tokens"] <= 6_000:
            return Say("<think>so I think", finish="length", usage=(9_000, 6_000))
        return good(call)

    async with ScriptedLLM(thinks) as llm:
        report = await run(store, llm, papers(4))
        assert (report.made, len(report.failed), report.problem) == (3, 1, "")
        assert sum("reasoning_effort" in call.body for call in llm.calls) == 1


async def test_a_service_that_hangs_up_is_no_broken_answer(store):
    """
    A connection that ends before anything came is said to be cut off.
    """
    async with ScriptedLLM(lambda _: Hang(0)) as llm:
        report = await run(store, llm, papers(1))
        assert "cut off" in report.failed[0].reason


async def test_the_key_is_in_no_error(store, caplog):
    """
    Services repeat the key in every field of an error; no log line and no report does.
    """
    caplog.set_level("DEBUG")
    said = body(400, {"error": {"message": f"odd {KEY}", "code": KEY, "param": KEY, "metadata": {"raw": KEY}}})
    async with ScriptedLLM(lambda _: said) as llm:
        report = await run(store, llm, papers(1))
    assert KEY not in caplog.text
    assert KEY not in repr(report)
