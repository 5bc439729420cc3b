"""``doctor`` in set-ups that work and in broken ones."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.cli.checks import check_clock
from tests.support.command_line import NOWHERE, environment, here, run
from tests.support.llm_actions import Call, Fail, good
from tests.support.replay import needs_replay, running_replay
from tests.support.scripted_llm import ScriptedLLM

__all__ = ["here"]

NOBODY = "9"  # no server of ours is there, whatever else runs on this machine


@pytest.fixture(scope="module")
def arxiv() -> Iterator[str]:
    with running_replay("--today", "2026-01-14", "--rebase-dates") as replay:
        yield replay.base


def examined(here: Path, *options: str, arxiv: str = NOWHERE, **changes: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code, and each check by its name."""
    done = run(here, "doctor", "--json", *options, **(environment(arxiv) | {"PORT": NOBODY} | changes))
    assert "secret" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.returncode, {each["name"]: each for each in json.loads(done.stdout)}


@needs_replay
def test_a_good_set_up_is_fine(here: Path, arxiv: str):
    """Every check says what it found; for people a line each, with what to do after an arrow."""
    code, found = examined(here, arxiv=arxiv)
    assert code == 0
    assert list(found) == [
        "python", "configuration", "environment", "set-up", "store", "papers", "arxiv", "clock", "model"
    ]  # fmt: skip
    assert {name for name, each in found.items() if each["state"] != "ok"} == {"set-up", "papers"}
    assert found["arxiv"]["found"].startswith("cs.CL has 149 papers of ")
    printed = run(here, "doctor", **environment(arxiv))
    assert "ok      store: sqlite can be read and written\n" in printed.stdout
    assert "        → ./paperfeed refresh, when the checks of arXiv below are ok\n" in printed.stdout


def test_two_terms_in_one_string_are_asked_about(here: Path):
    """In config.json a comma does not separate: doctor says so, and what to write."""
    (here / "config.json").write_text('{"keywords": ["kv cache, LLM", "agents"]}')
    _, checks = examined(here)
    assert checks["terms"] == {
        "name": "terms",
        "state": "warning",
        "found": 'keywords: "kv cache, LLM" is one phrase, not 2 terms',
        "advice": 'write "kv cache", "LLM" if you mean 2 terms',
    }


@pytest.mark.parametrize(
    ("config", "changes", "check", "told"),
    [
        ('{"keyword": []}', {}, "configuration", ("did you mean keywords?", "docs/configuration.md")),
        ("{}", {"REDIS_URL": "redis://:secret@127.0.0.1:9"}, "store", ("could not connect to Redis", "check REDIS")),
        ("{}", {"REDIS_URL": "redis://:secret@h:port"}, "store", ("the Redis address is not valid", "correct")),
        ("{}", {"REDIS_URL": "https://secret.h"}, "configuration", ("REDIS_URL: must begin with", "correct it")),
        ("{}", {}, "arxiv", ("could not connect to 127.0.0.1:", "does something answer there")),
        ("{}", {"NOTIFY_URLS": "nonsense://secret"}, "notices", ("no address that Apprise knows", "correct notify")),
        ('{"ai_summary": {"enabled": true}}', {}, "model", ("no key: no summaries", "")),
    ],
    ids=["config", "redis", "redis-address", "rest", "arxiv", "notices", "key"],
)  # fmt: skip
def test_what_is_broken_is_named(here: Path, config: str, changes: dict[str, str], check: str, told: tuple[str, str]):
    """With what to do about it, and exit code 1."""
    (here / "config.json").write_text(config)
    code, checks = examined(here, **changes)
    assert code == 1
    assert checks[check]["state"] == "failed"
    assert told[0] in checks[check]["found"]
    assert told[1] in checks[check]["advice"]


async def test_a_refused_key_is_found_with_live_alone(here: Path):
    """One tiny call, and only when it is asked for."""

    def refuse(call: Call) -> Fail:
        return Fail(401, "Incorrect API key provided: secret-key-1234567")

    async with ScriptedLLM(refuse) as llm:
        changes = {"OPENAI_API_KEY": "secret-key-1234567", "OPENAI_BASE_URL": llm.base_url}
        _, found = await asyncio.to_thread(examined, here, **changes)
        assert found["model"]["found"] == "there is a key for gpt-4o-mini; doctor --live tries it"
        assert llm.calls == []
        code, found = await asyncio.to_thread(examined, here, "--live", **changes)
    assert code == 1
    assert found["model"]["state"] == "failed"
    assert found["model"]["found"].startswith("401 Incorrect API key provided")
    assert "SUMMARY_MODEL (gpt-4o-mini)" in found["model"]["advice"]
    assert len(llm.calls) == 1


async def test_a_good_key_answers(here: Path):
    async with ScriptedLLM(good) as llm:
        changes = {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": llm.base_url}
        _, found = await asyncio.to_thread(examined, here, "--live", **changes)
    assert (found["model"]["state"], found["model"]["found"]) == ("ok", "gpt-4o-mini answers")


def test_without_a_secret_the_crons_are_refused(here: Path):
    """On Vercel that is said, and how to make one."""
    _, found = examined(here, VERCEL="1", REDIS_URL="redis://127.0.0.1:9", OPENAI_API_KEY="sk-1")
    assert found["set-up"]["found"].startswith("CRON_SECRET is not set")
    assert "openssl rand -hex 32" in found["set-up"]["advice"]


@pytest.mark.parametrize(
    ("seconds", "state", "found"),
    [
        (1, "ok", "1 s ahead of arXiv's"),
        (-110, "ok", "110 s behind arXiv's"),
        (600, "failed", "600 s ahead of arXiv's"),
        (-7200, "failed", "7200 s behind arXiv's"),
    ],
)
def test_the_clock_is_compared_with_arxivs(seconds: int, state: str, found: str):
    check = check_clock(timedelta(seconds=seconds))
    assert (check.state, check.found) == (state, found)
    assert bool(check.advice) == (state == "failed")
