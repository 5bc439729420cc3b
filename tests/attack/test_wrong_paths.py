"""What stands where ``.data`` or ``config.json`` belongs and is neither: told in a sentence, with what to do."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import STORE_READ_ONLY, ReadOnlyPath, StoreError, WrongStorePath
from core.store.open import SQLITE_FILE_NAME, open_store
from core.store.sqlite_errors import sqlite_store_error
from tests.support.command_line import environment, free_port, here, run

__all__ = ["here"]

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
WITHOUT_ROOTS_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if IS_ROOT else []
"""Before a command of root's: modes of files hold for it as for anybody else."""


def dangling(path: Path) -> None:
    path.symlink_to("/nowhere/at all")


def own_loop(path: Path) -> None:
    path.symlink_to(path.name)


def in_a_folder(make: Callable[[Path], None]) -> Callable[[Path], None]:
    """Make it where the file in the folder belongs."""

    def made(path: Path) -> None:
        path.mkdir()
        make(path / SQLITE_FILE_NAME)

    return made


WRONG_DATA = {
    "dangling": (dangling, ".data is a link to /nowhere/at all, which is not there; remove the link: rm "),
    "loop": (own_loop, ".data is a link to .data, which is not there; remove the link: rm "),
    "file": (Path.touch, ".data is not a folder; move it away, and one is made in its place"),
    "link to a file": (lambda path: path.symlink_to("config.json"), ".data is not a folder; move it away"),
    "folder for a file": (in_a_folder(Path.mkdir), f".data/{SQLITE_FILE_NAME} is not a file; move it away"),
    "dangling file": (in_a_folder(dangling), f".data/{SQLITE_FILE_NAME} is a link to /nowhere/at all, which is not"),
}


@pytest.mark.parametrize("kind", WRONG_DATA)
@pytest.mark.parametrize("command", ["refresh", "serve"])
def test_what_is_no_folder_of_data_is_named(here: Path, command: str, kind: str):
    """
    Nothing else is said, nothing is fetched, and the exit code is that of what a person has to set right.
    """
    make, words = WRONG_DATA[kind]
    make(here / ".data")
    done = run(here, command, PORT=str(free_port()))
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert line.startswith(f"error: could not use the store: {here}/{words}")
    assert "Traceback" not in done.stdout + done.stderr
    assert "Errno" not in done.stdout + done.stderr
    assert done.returncode == 2
    if command == "refresh":
        assert done.stderr == f"{line}\n"


def test_doctor_says_it_once(here: Path):
    """
    The sentence has the advice: none is given beside it.
    """
    dangling(here / ".data")
    done = run(here, "doctor", PORT="9")
    assert done.returncode == 1
    assert done.stdout.count("remove the link: rm ") == 1
    assert "is .data writable" not in done.stdout


async def test_strangers_learn_no_path(tmp_path: Path):
    """
    The sentence is the owner's; what readers are told is that of any store that fails.
    """
    (tmp_path / ".data").touch()
    store = open_store("", data_dir=tmp_path / ".data", on_vercel=False)
    with pytest.raises(WrongStorePath) as raised:
        await store.load_manifest()
    assert raised.value.public_message == StoreError.public_message
    await store.close()


def test_a_folder_that_is_not_ours_to_write_to_is_told_apart_from_a_full_disk(tmp_path: Path):
    """
    It stays so until somebody changes it: the one thing to do is in the sentence.
    """
    told = sqlite_store_error(PermissionError(13, "Permission denied"), tmp_path / SQLITE_FILE_NAME)
    assert isinstance(told, ReadOnlyPath)
    assert f"make {tmp_path} and what is in it writable for this user" in str(told)
    assert told.public_message == STORE_READ_ONLY
    assert type(sqlite_store_error(sqlite3.OperationalError("odd"), tmp_path / SQLITE_FILE_NAME)) is StoreError


@pytest.mark.skipif(IS_ROOT and not shutil.which("setpriv"), reason="root may write anywhere; setpriv is not installed")
@pytest.mark.parametrize("mode", [0o000, 0o555])
def test_a_folder_of_data_that_is_not_ours_is_named(here: Path, mode: int):
    """
    Whether this user may look into it or not: the same sentence, and the same exit code.
    """
    (here / ".data").mkdir(mode)
    done = subprocess.run(
        [*WITHOUT_ROOTS_RIGHTS, sys.executable, "-m", "core", "refresh"],
        cwd=here, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    (here / ".data").chmod(0o755)
    assert f"make {here / '.data'} and what is in it writable for this user" in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, "could not read config.json: it is a folder; move it away and put the file in its place"),
        (dangling, "could not read config.json: it is a link to what is not there; remove the link and put the file"),
        (lambda _: None, "could not read config.json: there is no such file; put one there, with {} in it"),
        (lambda path: path.write_bytes(b'{"keywords": ["\xff"]}'), "byte 15 is not UTF-8; save the file as UTF-8"),
    ],
    ids=["folder", "dangling", "none", "bytes"],
)
@pytest.mark.parametrize("command", ["refresh", "serve"])
def test_a_configuration_that_is_no_file_is_named(here: Path, command: str, make: Callable[[Path], None], words: str):
    """
    With what to do, in one sentence; strangers, who may be shown it, learn no path.
    """
    (here / "config.json").unlink()
    make(here / "config.json")
    done = run(here, command, PORT=str(free_port()))
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert "/nowhere" not in done.stderr
    assert done.returncode == 2
