"""Why a SQLite file of ours cannot be used: what SQLite and the disk say of it, and what is to be done."""

import contextlib
import errno
import os
import shlex
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from core.errors import STORE_FULL, STORE_READ_ONLY, ReadOnlyPath, StoreError, Unwritable, WrongStorePath

_DAMAGED_SQLITE_CODES: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NO_WAL_CODES: Final = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)
"""What opening a file fails with where the two files beside it, which even a reader makes, cannot be made."""

LEAST_FREE_DISK_BYTES: Final = 4 * 1024 * 1024
"""Bytes: with less left on its disk a store is full. A day of five categories takes 1 to 2 MB, twice in writing."""

SQLITE_SUFFIXES: Final = ("", "-wal", "-shm")
"""Of the file itself, and of the two that SQLite makes beside it."""


def sqlite_code(sqlite_error: Exception) -> int:
    """SQLite's primary error code; 0 for any other error."""
    return getattr(sqlite_error, "sqlite_errorcode", 0) & 0xFF


def is_sqlite_damage(sqlite_error: sqlite3.Error) -> bool:
    return sqlite_code(sqlite_error) in _DAMAGED_SQLITE_CODES or str(sqlite_error).startswith("no such table")


def lacks_wal_files(sqlite_error: sqlite3.Error) -> bool:
    """Whether a file could not be opened because those beside it could not be made."""
    return sqlite_code(sqlite_error) in _NO_WAL_CODES


def why_unwritable(sqlite_path: Path) -> str:
    """Why nothing can be written, seen from outside, for anybody to read; "" when nothing speaks against it."""
    try:
        sqlite_disk_path = sqlite_path if sqlite_path.exists() else _nearest_folder(sqlite_path.parent)
        if not os.access(sqlite_disk_path, os.W_OK):
            return STORE_READ_ONLY
        return STORE_FULL if shutil.disk_usage(sqlite_disk_path).free < LEAST_FREE_DISK_BYTES else ""
    except PermissionError:  # a folder into which this user may not even look
        return STORE_READ_ONLY
    except OSError:
        return ""


def _nearest_folder(sqlite_folder: Path) -> Path:
    """The folder, or the first above it that there is."""
    return next((folder for folder in (sqlite_folder, *sqlite_folder.parents) if folder.exists()), sqlite_folder)


def sqlite_store_error(sqlite_error: Exception, sqlite_path: Path) -> StoreError:
    """Say what is to be done where that is known: a wrong path, a full disk, what is not ours to write to."""
    if wrong_path := _wrong_path(sqlite_path):
        return WrongStorePath(f"could not use the store: {wrong_path}")
    unwritable = why_unwritable(sqlite_path)
    if sqlite_code(sqlite_error) == sqlite3.SQLITE_FULL or unwritable == STORE_FULL:
        return Unwritable(f"could not write the store {sqlite_path}: its disk is full; make room on it", STORE_FULL)
    if sqlite_code(sqlite_error) == sqlite3.SQLITE_READONLY or unwritable or _is_write_denied(sqlite_error):
        make_sqlite_writable = f"make {sqlite_path.parent} and what is in it writable for this user"
        return ReadOnlyPath(f"could not write the store {sqlite_path}: {make_sqlite_writable}")
    return StoreError(f"could not use the store {sqlite_path}: {sqlite_error}")


def _wrong_path(sqlite_path: Path) -> str:
    """What stands where the folder or the file belongs, and what to do with it; "" when nothing is wrong with it."""
    places = ((sqlite_path.parent, Path.is_dir, "folder"), (sqlite_path, Path.is_file, "file"))
    with contextlib.suppress(PermissionError):  # nothing is known of what this user may not look at
        for path, is_right, thing in places:
            if path.is_symlink() and not path.exists():
                remove_link = f"remove the link: rm {shlex.quote(str(path))}"
                return f"{path} is a link to {path.readlink()}, which is not there; {remove_link}"
            if path.exists() and not is_right(path):
                return f"{path} is not a {thing}; move it away, and one is made in its place"
    return ""


def _is_write_denied(sqlite_error: Exception) -> bool:
    return isinstance(sqlite_error, OSError) and sqlite_error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)


def set_damaged_aside(sqlite_path: Path) -> StoreError:
    """Set a damaged file aside, of which all can be fetched again; the sentence that says so."""
    damaged_path = sqlite_path.with_name(f"{sqlite_path.name}.damaged")
    try:
        for sqlite_suffix in SQLITE_SUFFIXES:
            damaged_sqlite_path = damaged_path.with_name(damaged_path.name + sqlite_suffix)
            with contextlib.suppress(FileNotFoundError):
                sqlite_path.with_name(sqlite_path.name + sqlite_suffix).replace(damaged_sqlite_path)
    except OSError as rename_error:
        sqlite_damage = f"it is damaged, and could not be set aside: {rename_error.strerror}"
        return StoreError(f"could not use the store {sqlite_path}: {sqlite_damage}")
    return StoreError(
        f"the store {sqlite_path} was damaged and was set aside as {damaged_path.name}; a new one is filled"
    )
