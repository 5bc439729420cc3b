"""The commands that read: report, site, import, schema; and what all commands share."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.config.read import ROOT
from core.paper import Batch
from core.store.open import open_store
from tests.support.command_line import environment, here, run
from tests.support.held_papers import filled
from tests.support.web import TODAY, make_paper, publish

__all__ = ["filled", "here"]


def test_a_report_goes_where_it_is_told(filled: Path):
    """To standard output, or to a file whose name says in which form."""
    printed = run(filled, "report", "keywords=")
    assert printed.stdout.startswith("# \\[Sample\\] arXiv on ")
    assert (printed.returncode, printed.stderr) == (0, "")
    day = re.search(r"new, (\d{4}-\d\d-\d\d)", printed.stdout)[1]
    assert run(filled, "report", "keywords=", "--day", day).stdout == printed.stdout
    done = run(filled, "report", "?keywords=", "--out", "REPORT.md")
    assert ((filled / "REPORT.md").read_text(), done.stdout, done.stderr) == (printed.stdout, "", "wrote REPORT.md\n")
    run(filled, "report", "keywords=", "--out", "report.html")
    assert (filled / "report.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("report", "--day", "tomorrow"), 2, 'error: day: must be a day such as 2026-01-14, got "tomorrow"'),
        (("report", "--day", "2001-01-01"), 1, "error: nothing announced on 2001-01-01 is held here"),
        (("report", "--format", "pdf"), 2, "error: --format: must be one of md, html, got pdf"),
        (("report", "keyword=x"), 2, "error: keyword: is no parameter of a feed"),
        (("feed", "per_day=abc"), 2, "error: per_day: must be a whole number between 1 and 500"),
        (("refresh", "--categories", "cs.XX"), 2, "error: --categories: "),
        (("report", "--out", "nowhere/x.md"), 1, "error: could not write nowhere/x.md: No such file or directory"),
        (("site", "--out", "/proc/x"), 1, "error: could not write /proc/x/index.html: No such file or directory"),
        (("import", "core"), 1, "error: could not read core: Is a directory"),
        (("import", "public/icon.svg"), 1, "error: public/icon.svg names no feed"),
        (("profiles", "import", "nothing"), 1, "error: could not read nothing: No such file or directory"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(
    filled: Path, arguments: tuple[str, ...], code: int, words: str
):
    done = run(filled, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("command", ["status", "schema", "--help"])
def test_a_full_disk_below_standard_output_is_one_sentence(filled: Path, command: str):
    """Of plain text, of bytes and of help alike."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "core", *command.split()],
            cwd=filled,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    words = "error: could not read or write standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, words)


def test_machines_get_json(filled: Path):
    """status --json on standard output, whole; the exit code says the same as without."""
    done = run(filled, "status", "--json")
    assert json.loads(done.stdout)["status"] == "sample"
    assert done.returncode == run(filled, "status").returncode


def test_retired_keys_are_named_once(filled: Path):
    """The old bot's configuration starts; one line on standard error says what does nothing any more."""
    (filled / "config.json").write_text('{"categories": ["cs.CL"], "fetch_ratings": true, "display_limit": 5}')
    done = run(filled, "feed", "keywords=")
    assert done.returncode == 0
    assert done.stderr.startswith("note: config.json: these keys do nothing any more")
    assert done.stderr.count("\n") == 1


def test_version_schema_and_help(here: Path):
    """The version alone; the schema that is delivered; help that names every command and the exit codes."""
    assert re.fullmatch(r"Paperfeed \d+\.\d+\.\d+\n", run(here, "--version").stdout)
    assert run(here, "schema").stdout == (ROOT / "config.schema.json").read_text()
    shown = run(here, "--help").stdout
    for word in ("serve", "refresh", "feed", "report", "site", "summarize", "status", "import", "130 interrupted"):
        assert word in shown


def test_completion_is_of_paperfeed_and_of_nothing_else(here: Path):
    """It once registered on ``python`` itself, so that every python completed Paperfeed's commands."""
    for shell in ("bash", "zsh", "fish"):
        script = subprocess.run(
            [sys.executable, "-m", "core", "--show-completion"],
            cwd=here,
            env=environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1", SHELL=f"/bin/{shell}")
            | {"_PAPERFEED_COMPLETE": f"source_{shell}"},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        assert "paperfeed" in script
        assert "python" not in script


def test_the_launcher_works_from_anywhere(here: Path, tmp_path_factory: pytest.TempPathFactory):
    """./paperfeed, a link to it, another folder: the same command, with the environment it was installed in."""
    shutil.copy(ROOT / "paperfeed", here)
    (here / ".venv" / "bin").mkdir(parents=True)
    (here / ".venv" / "run.stamp").touch()
    python = here / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "pf").symlink_to(here / "paperfeed")
    for command in ([here / "paperfeed"], ["./pf"]):
        done = subprocess.run(
            [*command, "--version"], cwd=elsewhere, env=environment(), capture_output=True, text=True, check=True
        )
        assert done.stdout.startswith("Paperfeed ")


def test_subscriptions_become_addresses(here: Path):
    """Printed a line each, or as OPML that a reader imports."""
    (here / "feeds.opml").write_text(
        '<opml version="2.0"><body><outline text="CL" xmlUrl="https://rss.arxiv.org/rss/cs.CL"/>'
        '<outline text="B" xmlUrl="https://blog.example/feed"/></body></opml>'
    )
    done = run(here, "import", "feeds.opml", "--base", "https://feeds.example/")
    assert (
        done.stdout == "https://feeds.example/rss?per_day=500&limit=500\n"
    )  # cs.CL without keywords is the default here
    assert done.stderr == "left out: https://blog.example/feed: is not a feed of arXiv's\n"
    as_opml = run(here, "import", "feeds.opml", "--opml").stdout
    assert 'xmlUrl="http://localhost:8000/rss?per_day=500&amp;limit=500"' in as_opml


@pytest.mark.parametrize("command", ["refresh", "doctor"])
def test_ctrl_c_is_clean(filled: Path, command: str):
    """While it waits for an arXiv that says nothing: the prompt comes back, without a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen(
            [sys.executable, "-m", "core", command],
            cwd=filled,
            env=environment(base),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            silent.settimeout(30)
            connection, _ = silent.accept()
            with connection:
                process.send_signal(signal.SIGINT)
                printed = process.communicate(timeout=30)[0]
    assert process.returncode == 130
    assert "Traceback" not in printed
    assert "Aborted" not in printed


async def test_what_was_never_fetched_is_said_beside_the_report(here: Path):
    """A report of a category of which nothing was asked for yet warns on standard error; the document stays whole."""
    store = open_store("", data_dir=here / ".data", on_vercel=False)
    await publish(store, [Batch(TODAY, (make_paper(1),))])
    await store.close()
    done = run(here, "report", "categories=q-bio.BM")
    assert done.returncode == 0
    assert done.stderr == "nothing was fetched of q-bio.BM yet: ./paperfeed refresh brings it\n"
    assert "q-bio.BM" in done.stdout
