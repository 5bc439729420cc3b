"""The command line in a process of its own, on a copy of the program."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

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
