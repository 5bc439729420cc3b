"""One SQLite file for several processes: opening, transactions, expiry, and errors that name the file."""

import asyncio
import contextlib
import errno
import os
import shutil
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from core.errors import STORE_FULL, STORE_READ_ONLY, UNREADABLE, StoreError, Unwritable
from core.store.sqlite_schema import PAPERS, Schema, prepare, transaction

_BUSY_SECONDS: Final = 10.0
"""How long a change waits for another process; it does so in a thread."""

_READ_BUSY_SECONDS: Final = 0.05
"""How long a read waits: it stands in the way of every other request. In WAL only an exclusive lock makes it wait."""

_BROKEN: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NO_SIDE_FILES: Final = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)
"""What opening a file fails with where the two files beside it, which even a reader makes, cannot be made."""

LEAST_FREE_BYTES: Final = 4 * 1024 * 1024
"""Bytes: with less left on its disk a store is full. A day of five categories takes 1 to 2 MB, twice in writing."""

Answer = TypeVar("Answer")


class KeptFile:
    """
    Reads are short and stand on a connection of their own, so that they see only what is committed; writes may have
    to wait for another process and go to a thread. ``clock`` (seconds) is for expiry alone.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time, schema: Schema = PAPERS) -> None:
        self._path = path
        self._schema = schema
        self.clock = clock
        self._writing = threading.Lock()
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self.times_opened = 0
        """What was known of the file before this last grew may be of another file."""
        self._opened: tuple[int, int] | None = None  # device and inode of the file that is open

    def get(self, connection: sqlite3.Connection, key: str) -> bytes | None:
        """Read one value unless it has expired."""
        # whatever another hand put there is bytes, which then are no value of ours
        statement = "SELECT CAST(value AS BLOB) FROM kept WHERE key = ? AND expires > ?"
        row = connection.execute(statement, (key, self.clock())).fetchone()
        return None if row is None else bytes(row[0])

    def get_each(self, kind: str, names: Iterable[str]) -> dict[str, bytes]:
        """Read those values of a kind that are there, by their names."""
        with self.reading() as connection:
            found = {name: self.get(connection, f"{kind}:{name}") for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def put(self, connection: sqlite3.Connection, key: str, value: bytes, ttl: timedelta) -> None:
        connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (key, value, self.expiry(ttl)))

    def expiry(self, ttl: timedelta) -> float:
        return self.clock() + ttl.total_seconds()

    async def write(self, change: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Make a change in one transaction, in a thread; sweep what has expired on the way."""
        return await asyncio.to_thread(self._change_rows, change)

    def _change_rows(self, change: Callable[[sqlite3.Connection], Answer]) -> Answer:
        with self._sqlite_errors(), self._writing:
            self._follow_file()
            connection = self._open_writer()
            with transaction(connection):
                connection.execute("DELETE FROM kept WHERE expires <= ?", (self.clock(),))
                return change(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection to read from."""
        with self._sqlite_errors():
            self._follow_file()
            try:
                connection = self._open_reader()
            except sqlite3.OperationalError as error:
                if _kind(error) not in _NO_SIDE_FILES or not self._is_settled():
                    raise
                connection = self._open_settled()
            try:
                yield connection
            finally:
                if connection is not self._reader:  # it sees no change: the next look opens the file again
                    connection.close()

    def _is_settled(self) -> bool:
        """Whether all that was written stands in the file itself: nobody who died left changes beside it."""
        beside = self._path.with_name(f"{self._path.name}-wal")
        return bool(self._size(self._path) and not self._size(beside))

    def _size(self, path: Path) -> int:
        return path.stat().st_size if path.exists() else 0

    def _open_settled(self) -> sqlite3.Connection:
        """Open a file of a full or read-only disk, to which nobody can write, without locks and files beside it."""
        address = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        try:
            prepare(connection, self._path, self._schema)
            self.times_opened += 1
        except BaseException:
            connection.close()
            raise
        return connection

    def unwritable(self) -> str:
        """Why nothing can be written, seen from outside, for anybody to read; "" when nothing speaks against it."""
        place = self._path if self._path.exists() else _nearest_folder(self._path.parent)
        try:
            if not os.access(place, os.W_OK):
                return STORE_READ_ONLY
            return STORE_FULL if shutil.disk_usage(place).free < LEAST_FREE_BYTES else ""
        except OSError:
            return ""

    def _open_reader(self) -> sqlite3.Connection:
        """Connect for reading; only a file that is not there yet is written to."""
        if self._reader is None:
            if not self._size(self._path):
                with self._writing:
                    self._open_writer()
            self._reader = self._connect(_READ_BUSY_SECONDS)
        return self._reader

    def _open_writer(self) -> sqlite3.Connection:
        """Connect for writing, under the lock; make the file when there is none."""
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect(_BUSY_SECONDS)
        return self._writer

    def _connect(self, busy_seconds: float) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            prepare(connection, self._path, self._schema)
            self._opened = self._identity()
            self.times_opened += 1
        except BaseException:
            connection.close()
            raise
        weakref.finalize(self, connection.close)  # for who lets a store go without closing it
        return connection

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _follow_file(self) -> None:
        """Let go of a file that was deleted or replaced under us: what is written to it is lost."""
        if self._opened and self._identity() != self._opened:
            self._let_go()

    def _let_go(self) -> None:
        for connection in (self._reader, self._writer):
            if connection:
                connection.close()
        self._reader = self._writer = self._opened = None

    def close(self) -> None:
        with self._sqlite_errors(), self._writing:
            self._let_go()

    @contextlib.contextmanager
    def _sqlite_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            broken = _kind(error) in _BROKEN or str(error).startswith("no such table")
            raise StoreError(self._broken()) if broken else self._could_not(error) from error
        except (OSError, *UNREADABLE) as error:
            raise self._could_not(error) from error

    def _could_not(self, error: Exception) -> StoreError:
        """Say what is to be done where that is known: a full disk, a folder or file that is not ours to write to."""
        reason = self.unwritable()
        if _kind(error) == sqlite3.SQLITE_FULL or reason == STORE_FULL:
            return Unwritable(f"could not write the store {self._path}: its disk is full; make room on it", STORE_FULL)
        if _kind(error) == sqlite3.SQLITE_READONLY or reason or _is_write_denied(error):
            folder = self._path.parent
            said = f"could not write the store {self._path}: make {folder} and what is in it writable for this user"
            return Unwritable(said, STORE_READ_ONLY)
        return StoreError(f"could not use the store {self._path}: {error}")

    def _broken(self) -> str:
        """Set a damaged file aside, when all that is in it can be fetched again; else say what to do."""
        self._let_go()
        if not self._schema.replaceable:
            return f"could not use the store {self._path}: it is damaged; put a backup of it in its place"
        aside = self._path.with_name(f"{self._path.name}.damaged")
        try:
            for suffix in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    self._path.with_name(self._path.name + suffix).replace(aside.with_name(aside.name + suffix))
        except OSError as error:
            return f"could not use the store {self._path}: it is damaged, and could not be set aside: {error.strerror}"
        return f"the store {self._path} was damaged and was set aside as {aside.name}; a new one is filled"


def _kind(error: Exception) -> int:
    """SQLite's primary error code; 0 for any other error."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_write_denied(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)


def _nearest_folder(folder: Path) -> Path:
    """The folder, or the first above it that there is."""
    return next((each for each in (folder, *folder.parents) if each.exists()), folder)
