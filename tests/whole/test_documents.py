"""README and docs: every command in them is run, every address asked for, every link followed."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.config.config_json import RETIRED_KEYS
from core.config.read import ROOT
from core.config.settings import Settings
from core.query.parameters import PARAMETER_NAMES
from tests.cli.test_command_line import prepare
from tests.support.command_line import NOWHERE, environment, free_port
from tests.support.documented import _FENCE, PAGES, Command, commands
from tests.support.documents import documents

FOREIGN = {
    "docker compose up --detach", "docker compose logs --follow paperfeed", "docker compose restart paperfeed",
    "docker build --tag paperfeed .", "docker run --detach --publish 8000:8000 --volume papers:/app/.data paperfeed",
    "sudo systemctl daemon-reload", "sudo systemctl enable --now paperfeed",
}  # fmt: skip
"""What no test can run without a container engine or systemd; tests/whole/test_docker.py reads their files."""
UPGRADE = "git "
"""The upgrade's commands need repositories: they have a test of their own."""
FAILING = {"refresh": 1, "doctor": 1, "status": 1, "--install-completion": None, "python -m core summarize": 1}
"""The exit codes of commands where arXiv is out of reach and no key is set; None: as the shell has it."""


@pytest.fixture
async def checkout(tmp_path: Path) -> Path:
    """A whole copy of the repository with sample papers in its store, and a file of subscriptions."""
    for name in ("api", "core", "public", "tests", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (python.parent.parent / "run.stamp").touch()
    (tmp_path / "feeds.opml").write_text(
        '<opml version="2.0"><body><outline xmlUrl="https://rss.arxiv.org/rss/cs.CL"/></body></opml>'
    )
    await prepare(tmp_path, sample=True, cooling=True)
    return tmp_path


def run_here(checkout: Path, line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{checkout / '.venv' / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", line],
        cwd=checkout,
        env=environment(NOWHERE, **variables) | {"PATH": path, "HOME": str(checkout), "SHELL": "/bin/bash"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def test_every_command_is_run(checkout: Path):
    """Each as it stands in the document; none is skipped but what is named above."""
    ran, left = [], []
    for command in commands():
        if command.line in FOREIGN or command.line.startswith((UPGRADE, "cd ")):
            left.append(command)
        elif command.program == "curl":
            continue  # against a server, below
        else:
            _run(checkout, command)
            ran.append(command)
    asked = [command for command in commands() if command.program == "curl"]
    assert len(ran) + len(left) + len(asked) == len(commands())
    assert {command.line for command in left if not command.line.startswith(UPGRADE)} == FOREIGN
    assert len(ran) > 35


def _run(checkout: Path, command: Command) -> None:
    """A target of make is read, not made: the whole test suite is one. A server is started and ended."""
    if command.program == "make":
        target = shlex.split(command.line)[1:]
        done = run_here(checkout, shlex.join(["make", "--dry-run", *target]))
        assert done.returncode == 0, f"{command}: {done.stderr}"
    elif "http.server" in command.line:
        _serve_files(checkout, command.line)
    else:
        done = run_here(checkout, command.line)
        names = [command.line, *command.line.split()]
        expected = next((FAILING[name] for name in names if name in FAILING), 0)
        assert expected is None or done.returncode == expected, f"{command}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, f"{command}: {done.stderr}"


def _serve_files(checkout: Path, line: str) -> None:
    port = str(free_port())
    words = [port if word.isdigit() else word for word in shlex.split(line)]
    (checkout / "site").mkdir(exist_ok=True)
    with subprocess.Popen([sys.executable, *words[1:]], cwd=checkout, stderr=subprocess.DEVNULL) as process:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                    break
            assert process.poll() is None
        process.kill()


def test_every_link_leads_somewhere():
    """To a file that is there, and a heading that is in it."""
    for page in PAGES:
        text = _FENCE.sub("", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith(("http://", "https://")):
                continue
            name, _, heading = target.partition("#")
            path = (page.parent / name) if name else page
            assert path.exists(), f"{page.name}: {target}"
            if heading:
                headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
                assert heading in {_slug(each) for each in headings}, f"{page.name}: {target}"


def _slug(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_what_is_written_by_the_program_is_current():
    """The table of keys, the deploy button and the schema: python tests/support/documents.py writes them anew."""
    for name, text in documents().items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, f"{name} is to be written anew"


def test_every_parameter_and_variable_is_documented():
    """Each parameter in the README's table, each variable in the one of the configuration, once."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)) >= set(PARAMETER_NAMES)
    source = "".join((ROOT / "core" / name).read_text() for name in ("config/environment.py", "config/variables.py"))
    read = set(re.findall(r'"([A-Z][A-Z_]{3,})"', source)) - {"KV_REST_API_URL", "UPSTASH_REDIS_REST_URL"}
    table = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8").partition("## Environment")[2]
    named = re.findall(r"`([A-Z_*]+)`", table.split("|---|---|")[1])
    assert read <= set(named), sorted(read - set(named))
    assert len(named) == len(set(named))


def test_everything_of_the_old_bot_is_told():
    """Every retired key stands in the page about coming from it."""
    text = (ROOT / "docs" / "from-the-old-bot.md").read_text(encoding="utf-8")
    assert all(f"`{key}`" in text for key in RETIRED_KEYS if "institution_weight" not in key)
    assert "institution" in text
    assert Settings.__struct_fields__


def test_the_upgrade_keeps_what_is_ones_own(tmp_path: Path):
    """The commands of docs/deploy-vercel.md on a copy that has its own config.json and no common history."""
    ours, theirs = tmp_path / "paperfeed", tmp_path / "upstream"
    for folder, files in ((theirs, {"new.py": "new", "config.json": "theirs"}), (ours, {"config.json": "mine"})):
        folder.mkdir()
        _git(folder, "git init --quiet --initial-branch main")
        for name, text in (files | {"core.py": f"of {folder.name}"}).items():
            (folder / name).write_text(text)
        _git(folder, "git add --all && git commit --quiet --message first")
    (tmp_path / "bare").mkdir()
    _git(tmp_path / "bare", "git init --quiet --bare")
    _git(ours, f"git remote add origin {tmp_path / 'bare'} && git push --quiet --set-upstream origin main")
    lines = [command.line for command in commands() if command.line.startswith("git ")]
    assert len(lines) == 6
    _git(ours, lines[1].replace("https://github.com/paperfeed/paperfeed", str(theirs)))
    for line in lines[2:]:
        _git(ours, line)
    assert (ours / "config.json").read_text() == "mine"
    assert (ours / "core.py").read_text() == "of upstream"
    assert (ours / "new.py").read_text() == "new"


def _git(folder: Path, line: str) -> None:
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@h", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@h"}
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_EDITOR": "true"}
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=base | names, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
