"""Every service in docs/summaries.md, as it answers: its errors, its options, its odd 200s, as users report them."""

import pytest

from tests.support.llm_actions import Call, Fail, good
from tests.support.model_services import body, store
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarizing import Shelf, article, papers, run

__all__ = ["store"]


WORDS = "The invented cache keeps invented keys in four bits and loses nothing that was measured. " * 100


def form(call: Call) -> str:
    return call.body.get("response_format", {}).get("type", "")


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
