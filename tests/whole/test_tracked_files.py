"""What git tracks: nothing that is right on one machine alone."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config.read import ROOT

LINK_MODE = "120000"
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
needs_repository = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone: there is no .git")


def git(folder: Path, *arguments: str) -> str:
    """What git prints; the folder may belong to somebody else."""
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def links(folder: Path) -> Iterator[str]:
    """The tracked files that are symbolic links."""
    for line in filter(None, git(folder, "ls-files", "--stage", "-z").split("\0")):
        entry, _, name = line.partition("\t")
        if entry.startswith(LINK_MODE):
            yield name


def ignored(folder: Path) -> list[str]:
    """The tracked files that a .gitignore of the repository names; what a user's own settings ignore does not count."""
    only_ours = "--exclude-per-directory=.gitignore"
    return list(filter(None, git(folder, "ls-files", "--cached", "--ignored", only_ours, "-z").split("\0")))


@needs_git
@needs_repository
def test_no_link_and_nothing_ignored_is_tracked():
    """
    A link leads to a folder of one machine, and a fresh clone has nothing there; what is ignored is made by running.
    """
    assert list(links(ROOT)) == []
    assert ignored(ROOT) == []


@needs_git
def test_both_are_found(tmp_path: Path):
    """
    In a repository that has a link and a file in an ignored folder, each is named.
    """
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text(".data\n")
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "paperfeed.sqlite3").touch()
    (tmp_path / "a link").symlink_to("/nowhere")
    (tmp_path / "a file").touch()
    git(tmp_path, "add", "--force", "--", ".gitignore", ".data", "a link", "a file")
    assert list(links(tmp_path)) == ["a link"]
    assert ignored(tmp_path) == [".data/paperfeed.sqlite3"]
