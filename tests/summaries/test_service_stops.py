"""Answers of services that end a run, or that are waited for."""

import pytest

from tests.support.llm_actions import Fail, Raw, good
from tests.support.model_services import body, store
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarizing import AT_NOON, papers, run
from tests.support.synthetic_world import VirtualClock

__all__ = ["store"]


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
    clock = VirtualClock(AT_NOON.now())
    begun = clock.now()
    async with ScriptedLLM(lambda call: answers.pop() if answers else good(call)) as llm:
        report = await run(store, llm, papers(2), input="abstract", clock=clock, seconds=900)
        assert (report.made, report.failed, report.problem) == (2, (), "")
        assert (clock.now() - begun).total_seconds() == pytest.approx(seconds, abs=0.5)
