"""Profiles in a SQLite file of their own: whatever becomes of the papers' file, this one stays."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from core.store.profiles import GONE_PROFILE, CreationAnswer, ProfileBlobs, StoredProfileLimits
from core.store.sqlite_file import SqliteFile
from core.store.sqlite_schema import SqliteSchema

PROFILES_SQLITE_FILE: Final = "profiles.sqlite3"

PROFILES_SCHEMA: Final = SqliteSchema(
    application_id=0x50464455,  # "PFDU"
    user_version=1,
    tables="""
CREATE TABLE kept (name TEXT PRIMARY KEY, head BLOB NOT NULL, memory BLOB NOT NULL, expires REAL NOT NULL);
CREATE TABLE created (day TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
""",
)
_UPSERT_CREATED_ON_DAY: Final = "INSERT INTO created VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET count = count + 1"
_COUNT_CREATED_ON_DAY: Final = "SELECT coalesce(sum(count), 0) FROM created WHERE day = ?"
_COUNT_PROFILES: Final = "SELECT count(*) FROM kept WHERE head <> ?"
_COUNT_PROFILE: Final = "SELECT count(*) FROM kept WHERE name = ? AND head <> ?"
_GONE_TTL: Final = timedelta(days=365_000)
"""When the mark of a deleted profile expires."""


class SqliteProfileStore:
    """
    Speaks the verbs of ``core.store.profiles.ProfileStore`` to a file.

    ``expiry_clock`` tells seconds, for expiry alone, as a Redis server has its own.
    """

    def __init__(self, sqlite_path: Path, expiry_clock: Callable[[], float] = time.time) -> None:
        self._sqlite = SqliteFile(sqlite_path, expiry_clock, PROFILES_SCHEMA)

    async def load_head(self, stored_hash: str) -> bytes | None:
        profile_blobs = await self.load_blobs(stored_hash)
        return None if profile_blobs is None else profile_blobs.head

    async def load_blobs(self, stored_hash: str) -> ProfileBlobs | None:
        with self._sqlite.read_connection() as connection:
            select_profile = "SELECT CAST(head AS BLOB), CAST(memory AS BLOB) FROM kept WHERE name = ? AND expires > ?"
            profile_row = connection.execute(select_profile, (stored_hash, self._sqlite.expiry_clock())).fetchone()
        return None if profile_row is None else ProfileBlobs(bytes(profile_row[0]), bytes(profile_row[1]))

    async def create_blobs(
        self,
        stored_hash: str,
        profile_blobs: ProfileBlobs,
        *,
        now: datetime,
        ttl: timedelta,
        limits: StoredProfileLimits,
    ) -> CreationAnswer:
        sqlite_day = str(now.date())

        def insert_profile(connection: sqlite3.Connection) -> CreationAnswer:
            if _select_number(connection, "SELECT count(*) FROM kept WHERE name = ?", stored_hash):
                return "taken"
            if _select_number(connection, _COUNT_PROFILES, GONE_PROFILE) >= limits.most_stored_profiles:
                return "full"
            if _select_number(connection, _COUNT_CREATED_ON_DAY, sqlite_day) >= limits.most_stored_a_day:
                return "too many today"
            connection.execute("DELETE FROM created WHERE day < ?", (sqlite_day,))
            connection.execute(_UPSERT_CREATED_ON_DAY, (sqlite_day,))
            self._put_profile(connection, stored_hash, profile_blobs, ttl)
            return "created"

        return await self._sqlite.transact(insert_profile)

    async def replace_blobs(
        self, stored_hash: str, stored_head: bytes, profile_blobs: ProfileBlobs, *, now: datetime, ttl: timedelta
    ) -> bool:
        return await self.rotate_blobs(stored_hash, stored_head, stored_hash, profile_blobs, now=now, ttl=ttl)

    async def rotate_blobs(
        self,
        stored_hash: str,
        stored_head: bytes,
        new_stored_hash: str,
        profile_blobs: ProfileBlobs,
        *,
        now: datetime,  # noqa: ARG002 - the file's clock says when it expires
        ttl: timedelta,
    ) -> bool:
        def move_profile(connection: sqlite3.Connection) -> bool:
            head_row = connection.execute("SELECT head FROM kept WHERE name = ?", (stored_hash,)).fetchone()
            if head_row is None or head_row[0] == GONE_PROFILE or head_row[0] != stored_head:
                return False
            if new_stored_hash != stored_hash:
                self._put_profile(connection, stored_hash, ProfileBlobs(GONE_PROFILE, b""), _GONE_TTL)
            self._put_profile(connection, new_stored_hash, profile_blobs, ttl)
            return True

        return await self._sqlite.transact(move_profile)

    async def delete(self, stored_hash: str, *, now: datetime) -> bool:  # noqa: ARG002
        def mark_gone(connection: sqlite3.Connection) -> bool:
            if not _select_number(connection, _COUNT_PROFILE, stored_hash, GONE_PROFILE):
                return False
            self._put_profile(connection, stored_hash, ProfileBlobs(GONE_PROFILE, b""), _GONE_TTL)
            return True

        return await self._sqlite.transact(mark_gone)

    async def load_names(self, *, now: datetime) -> tuple[str, ...]:  # noqa: ARG002
        return self._select_names("head <> ?")

    async def load_gone(self) -> tuple[str, ...]:
        return self._select_names("head = ?")

    def _select_names(self, head_condition: str) -> tuple[str, ...]:
        select_names = f"SELECT name FROM kept WHERE {head_condition} AND expires > ? ORDER BY name"  # noqa: S608 (constants)
        with self._sqlite.read_connection() as connection:
            sqlite_names = connection.execute(select_names, (GONE_PROFILE, self._sqlite.expiry_clock()))
            return tuple(sqlite_name[0] for sqlite_name in sqlite_names)

    async def put_blobs(self, stored_hash: str, profile_blobs: ProfileBlobs, *, now: datetime, ttl: timedelta) -> None:  # noqa: ARG002
        await self._sqlite.transact(lambda connection: self._put_profile(connection, stored_hash, profile_blobs, ttl))

    async def restore_gone(self, stored_hashes: Sequence[str], *, now: datetime) -> None:  # noqa: ARG002
        def insert_gone(connection: sqlite3.Connection) -> None:
            for stored_hash in stored_hashes:
                self._put_profile(connection, stored_hash, ProfileBlobs(GONE_PROFILE, b""), _GONE_TTL)

        await self._sqlite.transact(insert_gone)

    def _put_profile(
        self, connection: sqlite3.Connection, stored_hash: str, profile_blobs: ProfileBlobs, ttl: timedelta
    ) -> None:
        profile_row = (stored_hash, profile_blobs.head, profile_blobs.memory, self._sqlite.expires_at(ttl))
        connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", profile_row)

    def close(self) -> None:
        self._sqlite.close()


def _select_number(connection: sqlite3.Connection, select_statement: str, *sql_values: str | bytes) -> int:
    return int(connection.execute(select_statement, sql_values).fetchone()[0])
