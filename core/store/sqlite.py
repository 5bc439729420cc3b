"""The store in one SQLite file: the default on a laptop; several processes may use it at once."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from core.store import codec
from core.store.base import DROPPED_BLOB_TTL, MANIFEST_TTL, REPORTS_TTL
from core.store.blobs import batch_ref_of, blob_names, blobs_by_name, join_batches
from core.store.gate import micros
from core.store.gate_turns import DecideGateTurn, GateTurnAnswer, GateTurns, decode_gate
from core.store.profiles import ProfileStore
from core.store.records import BatchBlobs, BatchRef, Manifest
from core.store.sqlite_file import SqliteFile
from core.store.sqlite_profiles import PROFILES_SQLITE_FILE, SqliteProfileStore
from core.store.sqlite_summaries import SqliteSummaries, claim

_UPSERT_BLOB: Final = (
    "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT (key) "
    "DO UPDATE SET value = excluded.value, expires = max(expires, excluded.expires)"
)
_UPDATE_PUBLISHED_EXPIRES: Final = (
    "UPDATE kept SET expires = ? WHERE key IN (SELECT key FROM published) AND expires > ?"
)
_INSERT_REPORT: Final = "INSERT INTO reports (report, expires) VALUES (?, ?)"
_SELECT_REPORTS: Final = "SELECT CAST(report AS BLOB) FROM reports WHERE expires > ? ORDER BY number DESC LIMIT ?"
_SELECT_FOLLOWED: Final = "SELECT category FROM followed WHERE until > ? ORDER BY category"
_SELECT_MANIFEST: Final = (
    "SELECT CAST(value AS BLOB), CAST(expires AS REAL) FROM kept WHERE key = 'manifest' AND expires > ?"
)


class SqliteStore(GateTurns, SqliteSummaries):
    """
    Speaks the verbs of ``core.store.base.Store`` to a file.

    ``expiry_clock`` tells seconds, for expiry alone, as a Redis server has its own.
    """

    def __init__(
        self, sqlite_path: Path, *, durable: bool = True, expiry_clock: Callable[[], float] = time.time
    ) -> None:
        self._sqlite = SqliteFile(sqlite_path, expiry_clock)
        self._durable = durable
        self._sqlite_profiles = SqliteProfileStore(sqlite_path.with_name(PROFILES_SQLITE_FILE), expiry_clock)
        self._decoded_manifest: tuple[tuple[int, int], float, Manifest] | None = None

    @property
    def backend(self) -> str:
        return "sqlite"

    @property
    def durable(self) -> bool:
        return self._durable

    def unwritable(self) -> str:
        return self._sqlite.unwritable()

    async def load_manifest(self) -> Manifest | None:
        with self._sqlite.read_connection() as connection:
            data_version: int = connection.execute("PRAGMA data_version").fetchone()[0]
            sqlite_version, moment = (self._sqlite.connections_opened, data_version), self._sqlite.expiry_clock()
            if (stored := self._decoded_manifest) and stored[0] == sqlite_version and stored[1] > moment:
                return stored[2]
            manifest_row = connection.execute(_SELECT_MANIFEST, (moment,)).fetchone()
        if manifest_row is None:
            return None
        self._decoded_manifest = (sqlite_version, manifest_row[1], codec.decode_manifest(manifest_row[0]))
        return self._decoded_manifest[2]

    @property
    def profiles(self) -> ProfileStore:
        return self._sqlite_profiles

    async def load_manifest_and_head(self, stored_hash: str) -> tuple[Manifest | None, bytes | None]:
        return await self.load_manifest(), await self._sqlite_profiles.load_head(stored_hash)

    async def load_batches(self, batch_refs: Sequence[BatchRef]) -> dict[date, BatchBlobs]:
        return join_batches(batch_refs, self._sqlite.get_blobs("blob", blob_names(batch_refs)))

    async def save_batch(self, day: date, batch_blobs: BatchBlobs, *, count: int, ttl: timedelta) -> BatchRef:
        def insert_blobs(connection: sqlite3.Connection) -> None:
            for blob_name, blob in blobs_by_name(batch_blobs).items():
                # one that is there already, and may be in use, never gets a nearer end
                connection.execute(_UPSERT_BLOB, (f"blob:{blob_name}", blob, self._sqlite.expires_at(ttl)))

        await self._sqlite.transact(insert_blobs)
        return batch_ref_of(day, batch_blobs, count)

    async def publish(self, manifest: Manifest) -> None:
        blob_keys = [(f"blob:{blob_name}",) for blob_name in blob_names(manifest.batches)]

        def replace_manifest(connection: sqlite3.Connection) -> None:
            dropped_expires = self._sqlite.expiry_clock() + DROPPED_BLOB_TTL.total_seconds()
            connection.execute(_UPDATE_PUBLISHED_EXPIRES, (dropped_expires, dropped_expires))
            connection.execute("DELETE FROM published")
            connection.executemany("INSERT INTO published VALUES (?)", blob_keys)
            manifest_expires = self._sqlite.expires_at(MANIFEST_TTL)
            connection.execute(_UPDATE_PUBLISHED_EXPIRES, (manifest_expires, self._sqlite.expiry_clock()))
            self._sqlite.put_blob(connection, "manifest", codec.encode_manifest(manifest), MANIFEST_TTL)

        await self._sqlite.transact(replace_manifest)

    async def claim_refresh(self, holder: str, *, now: datetime, lease: timedelta) -> bool:
        return await self._sqlite.transact(lambda connection: claim(connection, "refresh", holder, now, lease))

    async def release_refresh(self, holder: str) -> None:
        delete_claim = "DELETE FROM claims WHERE name = 'refresh' AND holder = ?"
        await self._sqlite.transact(lambda connection: connection.execute(delete_claim, (holder,)))

    async def _load_gate(self) -> bytes | None:
        with self._sqlite.read_connection() as connection:
            return self._sqlite.get_blob(connection, "gate")

    async def _take_gate_turn(self, decide: DecideGateTurn[GateTurnAnswer]) -> GateTurnAnswer:
        def write_gate(connection: sqlite3.Connection) -> GateTurnAnswer:
            gate, gate_turn_answer = decide(decode_gate(self._sqlite.get_blob(connection, "gate")))
            self._sqlite.put_blob(connection, "gate", msgspec.json.encode(gate), MANIFEST_TTL)
            return gate_turn_answer

        return await self._sqlite.transact(write_gate)

    async def save_progress(self, progress_blob: bytes, *, ttl: timedelta) -> None:
        await self._sqlite.transact(
            lambda connection: self._sqlite.put_blob(connection, "progress", progress_blob, ttl)
        )

    async def load_progress(self) -> bytes | None:
        with self._sqlite.read_connection() as connection:
            return self._sqlite.get_blob(connection, "progress")

    async def asked_before(self, category: str, *, day: date, ttl: timedelta) -> bool:
        def put_first_asked(connection: sqlite3.Connection) -> bool:
            first_asked_blob = self._sqlite.get_blob(connection, f"asked:{category}")
            if first_asked_blob is None:
                self._sqlite.put_blob(connection, f"asked:{category}", str(day).encode(), ttl)
            return first_asked_blob is not None and first_asked_blob < str(day).encode()

        return await self._sqlite.transact(put_first_asked)

    async def follow(self, category: str, *, now: datetime, ttl: timedelta, most_followed: int) -> bool:
        def insert_followed(connection: sqlite3.Connection) -> bool:
            connection.execute("DELETE FROM followed WHERE until <= ?", (micros(now),))
            count_others = "SELECT count(*) FROM followed WHERE category <> ?"
            others_stored = connection.execute(count_others, (category,)).fetchone()[0]
            followed_row = connection.execute("SELECT 1 FROM followed WHERE category = ?", (category,)).fetchone()
            if not followed_row and others_stored >= most_followed:
                return False
            connection.execute("INSERT OR REPLACE INTO followed VALUES (?, ?)", (category, micros(now + ttl)))
            return True

        return await self._sqlite.transact(insert_followed)

    async def load_followed(self, *, now: datetime) -> tuple[str, ...]:
        with self._sqlite.read_connection() as connection:
            sqlite_followed = connection.execute(_SELECT_FOLLOWED, (micros(now),))
            return tuple(category for (category,) in sqlite_followed if isinstance(category, str))  # no other is ours

    async def save_report(self, report_blob: bytes, *, most_reports: int) -> None:
        def insert_report(connection: sqlite3.Connection) -> None:
            connection.execute(_INSERT_REPORT, (report_blob, self._sqlite.expires_at(REPORTS_TTL)))
            select_newest = "SELECT number FROM reports ORDER BY number DESC LIMIT ?"
            connection.execute(f"DELETE FROM reports WHERE number NOT IN ({select_newest})", (most_reports,))  # noqa: S608 (constant)

        await self._sqlite.transact(insert_report)

    async def load_reports(self, most_reports: int) -> list[bytes]:
        with self._sqlite.read_connection() as connection:
            sqlite_reports = connection.execute(_SELECT_REPORTS, (self._sqlite.expiry_clock(), max(most_reports, 0)))
            return [sqlite_report[0] for sqlite_report in sqlite_reports]

    async def claim_notice(self, notice_key: str, *, ttl: timedelta) -> bool:
        def insert_notice(connection: sqlite3.Connection) -> bool:
            if self._sqlite.get_blob(connection, f"notice:{notice_key}") is not None:
                return False
            self._sqlite.put_blob(connection, f"notice:{notice_key}", b"1", ttl)
            return True

        return await self._sqlite.transact(insert_notice)

    async def release_notice(self, notice_key: str) -> None:
        delete_notice = "DELETE FROM kept WHERE key = ?"
        await self._sqlite.transact(lambda connection: connection.execute(delete_notice, (f"notice:{notice_key}",)))

    async def close(self) -> None:
        self._sqlite.close()
        self._sqlite_profiles.close()
