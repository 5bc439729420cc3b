"""Profiles in a SQLite file of their own: whatever becomes of the papers' file, this one stays."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from core.store.profiles import GONE, Created, CreationLimits, ProfileBlobs
from core.store.sqlite_file import KeptFile
from core.store.sqlite_schema import Schema

FILE: Final = "profiles.sqlite3"

SCHEMA: Final = Schema(
    application=0x50464455,  # "PFDU"
    version=1,
    tables="""
CREATE TABLE kept (name TEXT PRIMARY KEY, head BLOB NOT NULL, memory BLOB NOT NULL, expires REAL NOT NULL);
CREATE TABLE created (day TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
""",
)
_TODAYS: Final = "SELECT coalesce(sum(count), 0) FROM created WHERE day = ?"
_FOR_GOOD: Final = timedelta(days=365_000)
"""When the mark of a deleted profile expires."""


class SqliteProfileStore:
    """
    Speaks the verbs of ``core.store.profiles.ProfileStore`` to a file.

    ``clock`` (seconds) is for expiry alone, as a Redis server has its own.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = KeptFile(path, clock, SCHEMA)

    async def load_head(self, name: str) -> bytes | None:
        found = await self.load(name)
        return None if found is None else found.head

    async def load(self, name: str) -> ProfileBlobs | None:
        with self._file.reading() as connection:
            statement = "SELECT CAST(head AS BLOB), CAST(memory AS BLOB) FROM kept WHERE name = ? AND expires > ?"
            row = connection.execute(statement, (name, self._file.clock())).fetchone()
        return None if row is None else ProfileBlobs(bytes(row[0]), bytes(row[1]))

    async def create(
        self, name: str, blobs: ProfileBlobs, *, now: datetime, ttl: timedelta, limits: CreationLimits
    ) -> Created:
        today = str(now.date())

        def write(connection: sqlite3.Connection) -> Created:
            if _one(connection, "SELECT count(*) FROM kept WHERE name = ?", name):
                return "taken"
            if _one(connection, "SELECT count(*) FROM kept WHERE head <> ?", GONE) >= limits.most:
                return "full"
            if _one(connection, _TODAYS, today) >= limits.most_a_day:
                return "too many today"
            connection.execute("DELETE FROM created WHERE day < ?", (today,))
            connection.execute(
                "INSERT INTO created VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET count = count + 1", (today,)
            )
            self._put(connection, name, blobs, ttl)
            return "created"

        return await self._file.write(write)

    async def replace(self, name: str, before: bytes, blobs: ProfileBlobs, *, now: datetime, ttl: timedelta) -> bool:
        return await self.rotate(name, before, name, blobs, now=now, ttl=ttl)

    async def rotate(
        self,
        name: str,
        before: bytes,
        new_name: str,
        blobs: ProfileBlobs,
        *,
        now: datetime,  # noqa: ARG002 - the file's clock says when it expires
        ttl: timedelta,
    ) -> bool:
        def write(connection: sqlite3.Connection) -> bool:
            held = connection.execute("SELECT head FROM kept WHERE name = ?", (name,)).fetchone()
            if held is None or held[0] == GONE or held[0] != before:
                return False
            if new_name != name:
                self._put(connection, name, ProfileBlobs(GONE, b""), _FOR_GOOD)
            self._put(connection, new_name, blobs, ttl)
            return True

        return await self._file.write(write)

    async def delete(self, name: str, *, now: datetime) -> bool:  # noqa: ARG002
        def write(connection: sqlite3.Connection) -> bool:
            if not _one(connection, "SELECT count(*) FROM kept WHERE name = ? AND head <> ?", name, GONE):
                return False
            self._put(connection, name, ProfileBlobs(GONE, b""), _FOR_GOOD)
            return True

        return await self._file.write(write)

    async def names(self, *, now: datetime) -> tuple[str, ...]:  # noqa: ARG002
        return self._names("head <> ?")

    async def gone(self) -> tuple[str, ...]:
        return self._names("head = ?")

    def _names(self, condition: str) -> tuple[str, ...]:
        statement = f"SELECT name FROM kept WHERE {condition} AND expires > ? ORDER BY name"  # noqa: S608 (constants)
        with self._file.reading() as connection:
            return tuple(row[0] for row in connection.execute(statement, (GONE, self._file.clock())))

    async def restore(self, name: str, blobs: ProfileBlobs, *, now: datetime, ttl: timedelta) -> None:  # noqa: ARG002
        await self._file.write(lambda connection: self._put(connection, name, blobs, ttl))

    async def restore_gone(self, names: Sequence[str], *, now: datetime) -> None:  # noqa: ARG002
        def write(connection: sqlite3.Connection) -> None:
            for name in names:
                self._put(connection, name, ProfileBlobs(GONE, b""), _FOR_GOOD)

        await self._file.write(write)

    def _put(self, connection: sqlite3.Connection, name: str, blobs: ProfileBlobs, ttl: timedelta) -> None:
        row = (name, blobs.head, blobs.memory, self._file.expiry(ttl))
        connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", row)

    def close(self) -> None:
        self._file.close()


def _one(connection: sqlite3.Connection, statement: str, *values: str | bytes) -> int:
    return int(connection.execute(statement, values).fetchone()[0])
