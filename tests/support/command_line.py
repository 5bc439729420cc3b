"""The command line in a process of its own, on a copy of the program."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from core.config.read import ROOT

NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens there


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The program with a configuration of one category and no papers."""
    for name in ("api", "core", "public"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "config.json").write_text('{"categories": ["cs.CL"]}')
    return tmp_path


def environment(arxiv: str = NOWHERE, **changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    bases = dict.fromkeys(("ARXIV_RSS_BASE_URL", "ARXIV_BASE_URL", "ARXIV_API_BASE_URL"), arxiv)
    return kept | bases | changes


def run(here: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        cwd=here,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def holds_something(health: dict[str, Any]) -> bool:
    """Papers or samples."""
    return health.get("status") not in ("empty", "store unreachable")


def holds_papers(health: dict[str, Any]) -> bool:
    return health.get("status") not in ("empty", "sample", "store unreachable")


@contextmanager
def serving(
    here: Path, *, until: Callable[[dict[str, Any]], object] = holds_something, **changes: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``python -m core serve`` until /health says so; ended by the test, or killed in the end."""
    base = f"http://127.0.0.1:{changes['PORT']}"
    key = {"key": changes["ACCESS_KEY"]} if "ACCESS_KEY" in changes else {}
    health = f"{base}/health?{urlencode(key)}"
    output = (here / "output").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "serve"], cwd=here, env=environment(**changes), stdout=output, stderr=output
    )
    try:
        for _ in range(300):
            if process.poll() is not None or answers(health, until):
                break
            time.sleep(0.1)
        yield base, process
    finally:
        process.kill()
        process.wait()
        output.close()


def answers(health: str, until: Callable[[dict[str, Any]], object]) -> bool:
    try:
        return bool(until(json.loads(read(health))))
    except URLError:
        return False


def read(address: str) -> str:
    """The body, whatever the status."""
    try:
        with urlopen(address, timeout=20) as answer:
            return answer.read().decode()
    except HTTPError as error:
        with error:
            return error.read().decode()


def interrupt(process: subprocess.Popen[str], here: Path) -> str:
    """Ctrl-C; return everything that it printed."""
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) in (0, 130)
    return (here / "output").read_text()
