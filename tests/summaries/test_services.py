"""Every service in docs/summaries.md, as it answers: its errors, its options, its odd 200s, as users report them."""

import json

import pytest

from core.clock import SystemClock
from core.store.open import open_store
from tests.support.scripted_llm import ANSWER, Call, Fail, Flood, Hang, Raw, Say, ScriptedLLM, good
from tests.support.summarizing import KEY, Shelf, article, papers, run
from tests.support.synthetic_arxiv import VirtualClock

WORDS = "The invented cache keeps invented keys in four bits and loses nothing that was measured. " * 100


@pytest.fixture
async def store(tmp_path):
    """One store does here; what stores promise is watched elsewhere."""
    opened = open_store("", data_dir=tmp_path, on_vercel=False)
    yield opened
    await opened.close()


def form(call: Call) -> str:
    return call.body.get("response_format", {}).get("type", "")


def body(status: int, found: object) -> Raw:
    return Raw(json.dumps(found).encode(), "application/json", status)


STOPS = {  # what services say when no call can succeed
    "OpenAI, wrong key": (Fail(401, "Incorrect API key provided: sk-…", code="invalid_api_key"), "Incorrect API key"),
    "OpenAI, no such model": (
        Fail(404, "The model `gpt-9` does not exist or you do not have access to it.", code="model_not_found"),
        "does not exist",
    ),
    "OpenAI, no money": (
        Fail(429, "You exceeded your current quota, please check your plan and billing.", code="insufficient_quota"),
        "exceeded your current quota",
    ),
    "Azure, no such deployment": (
        body(404, {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}}),
        "deployment does not exist",
    ),
    "Azure, wrong address": (
        body(404, {"error": {"code": "404", "message": "Resource not found"}}),
        "/v1/chat/completions",
    ),
    "DeepSeek, no such model": (Fail(400, "Model Not Exist", code="invalid_request_error"), "Model Not Exist"),
    "DeepSeek, no money": (Fail(402, "Insufficient Balance", code="invalid_request_error"), "Insufficient Balance"),
    "DashScope, no money": (
        body(
            400, {"code": "Arrearage", "message": "Access denied, please make sure your account is in good standing."}
        ),
        "good standing",
    ),
    "Gemini, wrong key": (
        body(400, [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}]),
        "API key not valid",
    ),
    "Groq, no such model": (
        Fail(
            400, "The model `llama-2` has been decommissioned and is no longer supported.", code="model_decommissioned"
        ),
        "decommissioned",
    ),
    "OpenRouter, no such model": (body(400, {"error": {"message": "x/y is not a valid model ID", "code": 400}}), "x/y"),
    "OpenRouter, nobody has the options": (
        Fail(404, "No endpoints found that can handle the requested parameters."),
        "No endpoints found",
    ),
    "Ollama, no such model": (
        Fail(404, 'model "qwen3" not found, try pulling it first', code="not_found"),
        "try pulling it first",
    ),
    "LM Studio, wrong path": (
        body(200, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}),
        "Unexpected endpoint",
    ),
    "LM Studio, nothing loaded": (body(400, {"error": "No models loaded. Please load a model."}), "No models loaded"),
    "vLLM, no such model": (
        body(404, {"object": "error", "message": "The model `qwen` does not exist.", "code": 404}),
        "does not exist",
    ),
    "Anthropic's form, no money": (
        Fail(400, "Your credit balance is too low to access the Anthropic API."),
        "credit balance is too low",
    ),
    "Zhipu, no money": (Fail(429, "您的账户已欠费，请充值后重试", code="1113"), "欠费"),
    "a web page": (
        Raw(b"<!doctype html><html><head><title>Sign in</title></head></html>", "text/html"),
        "answers with a web page, not with a completion: Sign in",
    ),
    "a redirect": (Raw(b"", "text/html", 308), "/v1/chat/completions"),
}


@pytest.mark.parametrize("name", STOPS)
async def test_what_no_call_can_change_stops_the_run(store, name):
    """
    A wrong key, model, address or an empty account ends the run at once, in the service's words; no paper loses a try.
    """
    action, said = STOPS[name]
    async with ScriptedLLM(lambda _: action) as llm:
        report = await run(store, llm, papers(4))
        assert said in report.problem
        assert (len(llm.calls), report.failed, report.left) == (1, (), 4)
        llm.script = good
        assert (await run(store, llm, papers(4))).made == 4


PAUSES = {
    "Groq": (Fail(429, "Rate limit reached on tokens per minute (TPM). Please try again in 2.5s."), 2.5),
    "Gemini": (
        body(429, [{"error": {
            "code": 429,
            "message": "You exceeded your current quota, please check your plan and billing details.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3s"}],
        }}]),
        3.0,
    ),
    "OpenRouter": (body(200, {"error": {"message": "Rate limit exceeded: free-models-per-min", "code": 429}}), 5.0),
}  # fmt: skip


@pytest.mark.parametrize("name", PAUSES)
async def test_a_pause_is_waited_for(store, name):
    """
    A rate limit is waited out as long as the service says, wherever it says so; no paper loses a try.
    """
    action, seconds = PAUSES[name]
    answers = [action]
    clock = VirtualClock(SystemClock().now())
    begun = clock.now()
    async with ScriptedLLM(lambda call: answers.pop() if answers else good(call)) as llm:
        report = await run(store, llm, papers(2), input="abstract", clock=clock, seconds=900)
        assert (report.made, report.failed, report.problem) == (2, (), "")
        assert (clock.now() - begun).total_seconds() == pytest.approx(seconds, abs=0.5)


def no_json_schema(call: Call):
    return (
        Fail(500, "json_schema response format is not supported by this model") if form(call) == "json_schema" else None
    )


def not_implemented(call: Call):
    return Fail(501, "response_format not implemented") if form(call) else None


def deepseek(call: Call):
    return Fail(400, "This response_format type is unavailable now") if form(call) == "json_schema" else None


def lm_studio(call: Call):
    if form(call) == "json_object":
        return body(400, {"error": "'response_format.type' must be 'json_schema' or 'text'"})
    return body(400, {"error": "model does not support structured output: json_schema"}) if form(call) else None


def newer_openai(call: Call):
    if "max_tokens" in call.body:
        return Fail(
            400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", param="max_tokens"
        )
    if call.body.get("temperature") != 1 and "temperature" in call.body:
        return Fail(400, "Unsupported value: 'temperature' does not support 0.2 with this model.", param="temperature")
    return None


def short_answers(call: Call):
    if call.body.get("max_tokens", 0) > 4096:
        return Fail(400, "max_tokens is too large: 6000. This model supports at most 4096 completion tokens.")
    return None


def short_answers_in_qwen(call: Call):
    if call.body.get("max_tokens", 0) > 2000:
        return body(400, {"code": "InvalidParameter", "message": "Range of max_tokens should be [1, 2000]"})
    return None


def no_usage(call: Call):
    return Fail(422, "stream_options: Extra inputs are not permitted") if "stream_options" in call.body else None


def openrouter_provider(call: Call):
    raw = '{"detail": "json_schema is not supported"}'
    error = {"message": "Provider returned error", "code": 400, "metadata": {"raw": raw}}
    return body(400, {"error": error}) if form(call) == "json_schema" else None


def small_vllm(call: Call):
    if call.body.get("max_tokens", 0) > 3000:
        said = (
            "'max_tokens' or 'max_completion_tokens' is too large: 6000. This model's maximum context length is 8192 "
            "tokens and your request has 4000 input tokens (6000 > 8192 - 4000)."
        )
        return body(400, {"object": "error", "message": said, "code": 400})
    return None


ADAPTATIONS = [
    no_json_schema, not_implemented, deepseek, lm_studio, newer_openai, short_answers, short_answers_in_qwen, no_usage,
    openrouter_provider, small_vllm,
]  # fmt: skip


@pytest.mark.parametrize("picky", ADAPTATIONS, ids=lambda picky: picky.__name__)
async def test_what_a_service_lacks_is_left_out(store, picky):
    """
    An option that a service refuses, with whatever status, is left out or lowered; no paper loses a try.
    """
    async with ScriptedLLM(lambda call: picky(call) or good(call)) as llm:
        report = await run(store, llm, papers(3))
        assert (report.made, report.failed, report.problem) == (3, (), "")
        assert len(llm.calls) <= 3 + 2


async def test_a_paper_above_the_rate_is_shortened_and_never_given_up(store):
    """
    Groq's 413: a paper of more tokens than a minute allows is cut; one that cannot be cut enough is left for later.
    """

    def small(call: Call, most: int = 16_000):
        size = len(call.text)
        said = f"Request too large for model on tokens per minute (TPM): Limit 6000, Requested {size}, reduce it."
        return Fail(413, said, code="rate_limit_exceeded") if size > most else good(call)

    long = article(*((name, WORDS) for name in ("Introduction", "Method", "Results", "Conclusion")))
    shelf = Shelf({f"/html/2613.0000{n}v1": long for n in (1, 2)})
    async with ScriptedLLM(small) as llm:
        assert (await run(store, llm, papers(2), shelf)).made == 2
        llm.script = lambda call: small(call, 10)
        report = await run(store, llm, papers(3), shelf)
        assert (report.made, report.failed, report.left) == (0, (), 1)
        assert "within a minute" in report.paused


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
