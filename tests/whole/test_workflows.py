"""The GitHub workflows: checked by actionlint, and their steps run here, on the recorded days."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import feedparser
import pytest
import yaml

from core.config.read import ROOT
from tests.support.command_line import NOWHERE, environment, here
from tests.support.replay import needs_replay, running_replay

__all__ = ["here"]

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BASE = "https://somebody.github.io/paperfeed"
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def test_actionlint_finds_nothing():
    """Syntax, expressions, inputs and versions of actions."""
    done = subprocess.run(
        [Path(sys.executable).with_name("actionlint"), *WORKFLOWS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0)
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "daily.yml"]


def test_nothing_is_committed():
    """The report goes into the summary and the site; the repository keeps its history."""
    text = (ROOT / ".github" / "workflows" / "daily.yml").read_text()
    assert "contents: read" in text
    assert "contents: write" not in text
    assert "git commit" not in text
    assert "git push" not in text


class Runner:
    """Runs the steps of the report's job as GitHub's runner would; what it has no part in is named."""

    def __init__(self, folder: Path, arxiv: str, inputs: Mapping[str, str]) -> None:
        self.folder = folder
        self.summary = folder / "summary.md"
        self.summary.touch()
        self._arxiv = arxiv
        self._job: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "daily.yml").read_text())["jobs"]
        self._values = {f"inputs.{name}": value for name, value in inputs.items()} | {
            "steps.pages.outputs.base_url": BASE,
            "inputs.summarize == false && '--no-summaries' || ''": "--no-summaries" if inputs.get("no") else "",
            "github.token": "t0ken",
        }
        self.outcomes: dict[str, str] = {}
        self.output = ""
        self.ran: list[str] = []

    def run(self) -> bool:
        """Run every step that has a command; whether all went well."""
        failed = False
        for step in self._steps():
            if not self._wanted(step.get("if", ""), failed=failed):
                self.outcomes[step.get("id", "")] = "skipped"
                continue
            done = self._execute(step)
            self.ran.append(step["name"])
            self.output += done.stdout + done.stderr
            self.outcomes[step.get("id", "")] = "failure" if done.returncode else "success"
            failed = failed or done.returncode != 0
        return not failed

    def _steps(self) -> Iterator[dict[str, Any]]:
        return (step for step in self._job["report"]["steps"] if "run" in step)

    def _wanted(self, condition: str, *, failed: bool) -> bool:
        if not condition:
            return not failed
        known = {
            "steps.papers.outputs.cache-matched-key == ''": not failed,  # the cache was evicted
            "failure() && steps.refresh.outcome == 'failure'": failed and self.outcomes["refresh"] == "failure",
        }
        return known[condition]

    def _execute(self, step: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        named = {**self._job["report"]["env"], **step.get("env", {})}
        variables = {name: EXPRESSION.sub(lambda found: self._value(found[1]), value) for name, value in named.items()}
        assert "${{" not in step["run"], "an input in a command would be run as one"
        path = f"{self._shims()}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env=environment(self._arxiv, **variables, PATH=path, GITHUB_STEP_SUMMARY=str(self.summary)),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def _value(self, expression: str) -> str:
        return self._values.get(expression, "") if not expression.startswith(("secrets.", "vars.")) else ""

    def _shims(self) -> Path:
        """``python`` is the one that runs the tests."""
        folder = self.folder / "shims"
        folder.mkdir(exist_ok=True)
        shim = folder / "python"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        shim.chmod(0o755)
        return folder


@pytest.fixture
def checkout(here: Path) -> Path:
    """What is checked out, following one category for a day, so that the refresh is short."""
    for name in ("requirements.txt", "requirements-notify.txt"):
        shutil.copy(ROOT / name, here)
    (here / "config.json").write_text('{"categories": ["cs.DC"], "days_back": 1}')
    return here


@needs_replay
def test_the_daily_report_is_written(checkout: Path):
    """Every step runs: papers of the day, the report in the summary, a site with feeds at its own address."""
    with running_replay("--today", "2026-01-14", "--rebase-dates") as replay:
        runner = Runner(checkout, replay.base, {"keywords": "network,training", "no": "yes"})
        assert runner.run(), runner.output
        stats = replay.stats()
    assert "No papers of an earlier run: the refresh fetches the last days again." in runner.output
    assert len(runner.ran) == 6
    assert stats["too_soon"] == 0
    summary = runner.summary.read_text()
    assert summary.startswith("# arXiv on ")
    assert "### 1. [" in summary
    assert "| Keywords | network, training |" in summary
    feed = feedparser.parse((checkout / "site" / "rss.xml").read_bytes())
    assert f"{BASE}/rss.xml" in [link.href for link in feed.feed.links]
    assert len(feed.entries) > 1
    assert f'<a class="home" href="{BASE}/">' in (checkout / "site" / "index.html").read_text()
    assert f"{BASE}/reports/" in (checkout / "site" / "index.html").read_text()


def test_it_fails_visibly_when_arxiv_does(checkout: Path):
    """The run is red, and the sentence stands in its annotation and its summary; no site replaces yesterday's."""
    runner = Runner(checkout, NOWHERE, {})
    assert not runner.run()
    assert "::error title=The refresh did not finish::" in runner.output
    assert runner.ran[-1] == "Say what went wrong"
    assert "**The refresh did not finish**" in runner.summary.read_text()
    assert not (checkout / "site").exists()
    sentence = runner.output.partition("finish::")[2].partition("\n")[0]
    assert "could not connect to 127.0.0.1:" in runner.summary.read_text()
    assert len(sentence) > 20
