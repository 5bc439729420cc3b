"""The command line as a person meets it, in a process of its own on a copy of the program."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from core.sample.publish import publish_sample
from core.store import codec
from core.store.open import open_store
from core.store.records import Manifest
from tests.support.command_line import environment, free_port, here, holds_papers, interrupt, read, run, serving
from tests.support.replay import needs_replay, running_replay

__all__ = ["here"]


async def prepare(here: Path, *, cooling: bool = False, sample: bool = False, foreign: bool = False) -> None:
    """Leave in the store what an earlier start left: a pause arXiv asked for, sample papers, another version's list."""
    store, now = open_store("", data_dir=here / ".data", on_vercel=False), datetime.now(UTC)
    if cooling:
        await store.cool_gate(now + timedelta(hours=1), "it said so")
    if sample:
        await publish_sample(store, now=now)
    if foreign:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(codec, "_MANIFEST_BLOB_KIND", b"PFm0")
            await store.publish(Manifest("of another version"))
    await store.close()


@pytest.mark.parametrize(
    ("arguments", "changes", "words"),
    [
        (("feed", "limit=[/x]"), {}, 'limit: must be a whole number between 1 and 500, got "[/x]"'),
        (("feed", "--format", "[/x]"), {}, "--format: must be one of rss, atom, json, got [/x]"),
        (("feed",), {}, "no papers yet"),
        (("serve",), {"REDIS_URL": "redis://:secret@localhost:port"}, "the Redis address is not valid"),
        (("serve",), {"REDIS_URL": "secret@localhost:6379"}, "REDIS_URL: must begin with one of redis://"),
        (("serve",), {"REDIS_URL": "redis://:secret@127.0.0.1:9"}, "could not connect to Redis"),
        (("serve",), {"HOST": "192.0.2.1"}, "cannot listen on 192.0.2.1 port 8000"),
    ],
)
def test_what_is_wrong_is_one_sentence(here: Path, arguments: tuple[str, ...], changes: dict[str, str], words: str):
    """No traceback, no secret, exit code 1 or 2, and nothing on standard output."""
    done = run(here, *arguments, **changes)
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr
    assert done.stdout == ""
    assert done.returncode in (1, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "config.json: not valid JSON"),
        ('{"keyword": []}', "config.json: keyword: unknown key"),
        ('{"max_papers": "[/x]"}', "config.json: max_papers: expected int, got str"),
    ],
)
def test_a_wrong_configuration_stops_the_start(here: Path, text: str, words: str):
    """The sentence names the file and the key."""
    (here / "config.json").write_text(text)
    done = run(here, "serve")
    assert words.lower() in done.stderr.lower()
    assert done.stderr.count("\n") == 1
    assert done.returncode == 2


def test_a_port_in_use_is_found_before_anything_is_fetched(here: Path):
    """Nobody waits for arXiv only to learn that the port is taken."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run(here, "serve", PORT=str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot listen on 127.0.0.1 port")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("foreign", [False, True], ids=["nothing held", "another version's store"])
async def test_without_arxiv_a_marked_sample_is_served_and_ctrl_c_ends_it(here: Path, foreign: bool):
    """It says so in one sentence, marks every page, gives feeds none of it, and ends without a traceback."""
    await prepare(here, cooling=True, foreign=foreign)
    with serving(here, PORT=str(free_port())) as (base, process):
        for name in ("rss", "atom"):
            assert "[Sample]" not in read(f"{base}/{name}")
            assert "<item>" not in (feed := read(f"{base}/{name}"))
            assert "<entry>" not in feed
        assert json.loads(read(f"{base}/json"))["items"] == []
        assert "<title>[Sample] " in read(f"{base}/")
        assert json.loads(read(f"{base}/health"))["status"] == "sample"
        with pytest.raises(HTTPError, match="503"):
            urlopen(f"{base}/health")
        printed = interrupt(process, here)
    assert "the page shows fictional papers" in printed
    assert "Traceback" not in printed
    assert "real papers appear by themselves" in printed
    assert "Subscribe" not in printed
    assert f"Open {base.replace('127.0.0.1', 'localhost')}/ meanwhile" in printed


def test_ctrl_c_while_it_fetches_is_no_traceback(here: Path):
    """Whoever changes their mind during the first fetch gets the prompt back."""
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
        arxiv = f"http://127.0.0.1:{silent.getsockname()[1]}"
        output = (here / "output").open("w")
        command = [sys.executable, "-m", "core", "serve"]
        with subprocess.Popen(
            command, cwd=here, env=environment(arxiv, PORT=str(free_port())), stdout=output, stderr=output
        ) as process:
            silent.settimeout(30)
            connection, _ = silent.accept()
            printed = interrupt(process, here)
            connection.close()
        output.close()
    assert "Traceback" not in printed


@needs_replay
async def test_real_papers_replace_the_sample_and_the_next_start_is_quick(here: Path):
    """When arXiv is back the sample is gone; what was fetched is kept, and not fetched again."""
    await prepare(here, sample=True)
    assert run(here, "status").returncode == 1
    assert "There are no papers yet" in run(here, "feed").stdout
    with running_replay("--today", "2026-01-14", "--rebase-dates") as replay:
        with serving(here, until=holds_papers, arxiv=replay.base, PORT=str(free_port())) as (base, process):
            feed = read(f"{base}/rss?keywords=")
            assert feed.count("<item>") > 20
            assert "[Sample]" not in feed
            interrupt(process, here)
        replay.forget()
    with serving(here, PORT=str(free_port())) as (base, process):
        assert read(f"{base}/rss?keywords=").count("<item>") == feed.count("<item>")
        interrupt(process, here)
    done = run(here, "feed", "keywords=&limit=2", "--format", "json")
    assert len(json.loads(done.stdout)["items"]) == 2


async def test_a_closed_pipe_is_no_traceback(here: Path):
    """``python -m core feed | head`` ends quietly."""
    await prepare(here, sample=True)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "core", "feed", "keywords="],
            cwd=here,
            env=environment(),
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert "Traceback" not in done.stderr
