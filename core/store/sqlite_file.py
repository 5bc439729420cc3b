"""One SQLite file for several processes: opening, transactions, expiry, and errors that name the file."""

import asyncio
import contextlib
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from core.errors import UNREADABLE, StoreError
from core.store.sqlite_errors import (
    is_sqlite_damage,
    lacks_wal_files,
    set_damaged_aside,
    sqlite_store_error,
    why_unwritable,
)
from core.store.sqlite_schema import PAPERS_SCHEMA, SqliteSchema, create_tables, transaction

_WRITE_BUSY_SECONDS: Final = 10.0
"""How long a change waits for another process; it does so in a thread."""

_READ_BUSY_SECONDS: Final = 0.05
"""How long a read waits: it stands in the way of every other request. In WAL only an exclusive lock makes it wait."""

TransactionResult = TypeVar("TransactionResult")
SqlStatements = Callable[[sqlite3.Connection], TransactionResult]


class SqliteFile:
    """
    Reads are short and stand on a connection of their own, so that they see only what is committed; writes may have
    to wait for another process and go to a thread. ``expiry_clock`` tells seconds, for expiry alone.
    """

    def __init__(
        self, sqlite_path: Path, expiry_clock: Callable[[], float] = time.time, sql_schema: SqliteSchema = PAPERS_SCHEMA
    ) -> None:
        self._sqlite_path = sqlite_path
        self._sql_schema = sql_schema
        self.expiry_clock = expiry_clock
        self._sqlite_write_lock = threading.Lock()
        self._read_connection: sqlite3.Connection | None = None
        self._write_connection: sqlite3.Connection | None = None
        self.connections_opened = 0
        """What was known of the file before this last grew may be of another file."""
        self._open_sqlite_inode: tuple[int, int] | None = None  # device and inode of the file that is open

    def get_blob(self, connection: sqlite3.Connection, key: str) -> bytes | None:
        """Read one value unless it has expired."""
        # whatever another hand put there is bytes, which then are no value of ours
        select_blob = "SELECT CAST(value AS BLOB) FROM kept WHERE key = ? AND expires > ?"
        blob_row = connection.execute(select_blob, (key, self.expiry_clock())).fetchone()
        return None if blob_row is None else bytes(blob_row[0])

    def get_blobs(self, kind: str, names: Iterable[str]) -> dict[str, bytes]:
        """Read those values of a kind that are there, by their names."""
        with self.read_connection() as connection:
            sqlite_blobs = {name: self.get_blob(connection, f"{kind}:{name}") for name in names}
        return {name: blob for name, blob in sqlite_blobs.items() if blob is not None}

    def put_blob(self, connection: sqlite3.Connection, key: str, blob: bytes, ttl: timedelta) -> None:
        connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (key, blob, self.expires_at(ttl)))

    def expires_at(self, ttl: timedelta) -> float:
        return self.expiry_clock() + ttl.total_seconds()

    async def transact(self, run_statements: SqlStatements[TransactionResult]) -> TransactionResult:
        """Make a change in one transaction, in a thread; sweep what has expired on the way."""
        return await asyncio.to_thread(self._commit_transaction, run_statements)

    def _commit_transaction(self, run_statements: SqlStatements[TransactionResult]) -> TransactionResult:
        with self._sqlite_errors(), self._sqlite_write_lock:
            self._close_replaced_sqlite()
            connection = self._open_write_connection()
            with transaction(connection):
                connection.execute("DELETE FROM kept WHERE expires <= ?", (self.expiry_clock(),))
                return run_statements(connection)

    @contextlib.contextmanager
    def read_connection(self) -> Iterator[sqlite3.Connection]:
        """Give the connection to read from."""
        with self._sqlite_errors():
            self._close_replaced_sqlite()
            try:
                connection = self._open_read_connection()
            except sqlite3.OperationalError as sqlite_error:
                if not lacks_wal_files(sqlite_error) or not self._is_wal_checkpointed():
                    raise
                connection = self._open_immutable()
            try:
                yield connection
            finally:
                if connection is not self._read_connection:  # it sees no change: the next look opens the file again
                    connection.close()

    def _is_wal_checkpointed(self) -> bool:
        """Whether all that was written stands in the file itself: nobody who died left changes beside it."""
        wal_path = self._sqlite_path.with_name(f"{self._sqlite_path.name}-wal")
        return bool(self._sqlite_bytes(self._sqlite_path) and not self._sqlite_bytes(wal_path))

    def _sqlite_bytes(self, sqlite_path: Path) -> int:
        return sqlite_path.stat().st_size if sqlite_path.exists() else 0

    def _open_immutable(self) -> sqlite3.Connection:
        """Open a file of a full or read-only disk, to which nobody can write, without locks and files beside it."""
        immutable_sqlite_uri = f"{self._sqlite_path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(immutable_sqlite_uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            create_tables(connection, self._sqlite_path, self._sql_schema)
            self.connections_opened += 1
        except BaseException:
            connection.close()
            raise
        return connection

    def unwritable(self) -> str:
        """As ``Store.unwritable``: what can be seen from outside."""
        return why_unwritable(self._sqlite_path)

    def _open_read_connection(self) -> sqlite3.Connection:
        """Connect for reading; only a file that is not there yet is written to."""
        if self._read_connection is None:
            if not self._sqlite_bytes(self._sqlite_path):
                with self._sqlite_write_lock:
                    self._open_write_connection()
            self._read_connection = self._connect(_READ_BUSY_SECONDS)
        return self._read_connection

    def _open_write_connection(self) -> sqlite3.Connection:
        """Connect for writing, under the lock; make the file when there is none."""
        if self._write_connection is None:
            self._sqlite_path.parent.mkdir(parents=True, exist_ok=True)
            self._write_connection = self._connect(_WRITE_BUSY_SECONDS)
        return self._write_connection

    def _connect(self, busy_seconds: float) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._sqlite_path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            create_tables(connection, self._sqlite_path, self._sql_schema)
            self._open_sqlite_inode = self._sqlite_inode()
            self.connections_opened += 1
        except BaseException:
            connection.close()
            raise
        weakref.finalize(self, connection.close)  # for who lets a store go without closing it
        return connection

    def _sqlite_inode(self) -> tuple[int, int] | None:
        try:
            sqlite_stat = self._sqlite_path.stat()
        except FileNotFoundError:
            return None
        return sqlite_stat.st_dev, sqlite_stat.st_ino

    def _close_replaced_sqlite(self) -> None:
        """Let go of a file that was deleted or replaced under us: what is written to it is lost."""
        if self._open_sqlite_inode and self._sqlite_inode() != self._open_sqlite_inode:
            self._close_connections()

    def _close_connections(self) -> None:
        for connection in (self._read_connection, self._write_connection):
            if connection:
                connection.close()
        self._read_connection = self._write_connection = self._open_sqlite_inode = None

    def close(self) -> None:
        with self._sqlite_errors(), self._sqlite_write_lock:
            self._close_connections()

    @contextlib.contextmanager
    def _sqlite_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as sqlite_error:
            if is_sqlite_damage(sqlite_error):
                raise self._damaged_file() from sqlite_error
            raise sqlite_store_error(sqlite_error, self._sqlite_path) from sqlite_error
        except (OSError, *UNREADABLE) as sqlite_error:
            raise sqlite_store_error(sqlite_error, self._sqlite_path) from sqlite_error

    def _damaged_file(self) -> StoreError:
        """Set a damaged file aside, when all that is in it can be fetched again; else say what to do."""
        self._close_connections()
        if self._sql_schema.replaceable:
            return set_damaged_aside(self._sqlite_path)
        restore_sqlite_backup = "it is damaged; put a backup of it in its place"
        return StoreError(f"could not use the store {self._sqlite_path}: {restore_sqlite_backup}")
