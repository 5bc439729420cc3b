"""A small disk of its own, for tests that fill it or make it read-only: a tmpfs, which only root may mount."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

SIZE: Final = "12m"


class SmallDisk:
    """A mounted tmpfs; what stands on it is in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self) -> None:
        """Leave not one block free."""
        found = os.statvfs(self.path)
        self._ballast.write_bytes(bytes(found.f_bavail * found.f_bsize))

    def make_room(self) -> None:
        self._ballast.unlink()

    def remount(self, option: str) -> None:
        """``ro`` or ``rw``; no file of it may be open for writing."""
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.path)], check=True)


def mounted(path: Path) -> Iterator[SmallDisk]:
    path.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here: that takes root, and a kernel that lets it")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    yield from mounted(tmp_path / "disk")


@pytest.fixture
def data_disk(here: Path) -> Iterator[SmallDisk]:
    """The ``.data`` of a copy of the program, see ``tests.support.command_line.here``."""
    yield from mounted(here / ".data")
