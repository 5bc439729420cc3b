"""One SQLite file for several processes: opening, transactions, expiry, and errors that name the file."""

import asyncio
import contextlib
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from core.errors import StoreError


class Schema(NamedTuple):
    """The tables of a file, ``kept`` with a column ``expires`` among them; the file's header says whose it is."""

    application: int
    version: int
    tables: str


PAPERS: Final = Schema(
    application=0x50464431,  # "PFD1"
    version=1,
    tables="""
CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL NOT NULL);
CREATE INDEX kept_expires ON kept (expires);
CREATE TABLE published (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE claims (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE followed (category TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE reports (number INTEGER PRIMARY KEY, report BLOB NOT NULL, expires REAL NOT NULL);
CREATE TABLE usage (day TEXT, model TEXT, calls INTEGER NOT NULL, failures INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, PRIMARY KEY (day, model)) WITHOUT ROWID;
""",
)
_BUSY_SECONDS: Final = 10.0

_T = TypeVar("_T")


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
        self._connections: tuple[sqlite3.Connection, sqlite3.Connection] | None = None

    def get(self, connection: sqlite3.Connection, key: str) -> bytes | None:
        """Read one value unless it has expired."""
        row = connection.execute("SELECT value FROM kept WHERE key = ? AND expires > ?", (key, self.clock())).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, connection: sqlite3.Connection, key: str, value: bytes, keep: timedelta) -> None:
        connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (key, value, self.expiry(keep)))

    def expiry(self, keep: timedelta) -> float:
        return self.clock() + keep.total_seconds()

    async def write(self, change: Callable[[sqlite3.Connection], _T]) -> _T:
        """Make a change in one transaction, in a thread; sweep what has expired on the way."""
        return await asyncio.to_thread(self._change, change)

    def _change(self, change: Callable[[sqlite3.Connection], _T]) -> _T:
        with self._errors(), self._writing:
            connection = self._open()[1]
            with _transaction(connection):
                connection.execute("DELETE FROM kept WHERE expires <= ?", (self.clock(),))
                return change(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection to read from."""
        with self._errors():
            if self._connections is None:
                with self._writing:
                    self._open()
            assert self._connections is not None
            yield self._connections[0]

    def _open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        """Connect for reading and for writing, under the lock; make the file when there is none."""
        if self._connections is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.ExitStack() as undo:
                writer = _connect(self._path, undo)
                _prepare(writer, self._path, self._schema)
                reader = _connect(self._path, undo)
                undo.pop_all()
            self._connections = (reader, writer)
            for connection in self._connections:
                weakref.finalize(self, connection.close)  # for who lets a store go without closing it
        return self._connections

    def close(self) -> None:
        with self._errors(), self._writing:
            for connection in self._connections or ():
                connection.close()
            self._connections = None

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, msgspec.DecodeError) as error:
            raise StoreError(f"could not use the store {self._path}: {error}") from error


def _connect(path: Path, undo: contextlib.ExitStack) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    undo.callback(connection.close)
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    """Make the tables of a new file; refuse one that is not ours."""
    with _transaction(connection):
        owner, version = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )
        empty = not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        if not empty and owner != schema.application:
            raise StoreError(f"could not use the store {path}: it is another program's SQLite file")
        if not empty and version != schema.version:
            raise StoreError(f"could not use the store {path}: written by another version; remove it to start over")
        if empty:
            for statement in schema.tables.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {schema.application}")
            connection.execute(f"PRAGMA user_version = {schema.version}")
    connection.execute("PRAGMA journal_mode = WAL")


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
