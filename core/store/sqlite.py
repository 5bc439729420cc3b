"""The store in one SQLite file: the default on a laptop; several processes may use it at once."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from core.store import codec
from core.store.base import DROPPED_TTL, MANIFEST_TTL, REPORTS_TTL
from core.store.blobs import gather, named, pack, ref_of
from core.store.gate import micros
from core.store.gate_turns import Answer, Decide, GateTurns, gate_of
from core.store.profiles import ProfileStore
from core.store.records import (
    BatchBlobs,
    BatchRef,
    Manifest,
)
from core.store.sqlite_file import KeptFile
from core.store.sqlite_profiles import FILE as PROFILES_FILE
from core.store.sqlite_profiles import SqliteProfileStore
from core.store.sqlite_summaries import SqliteSummaries, claim

_MANIFEST: Final = "SELECT CAST(value AS BLOB), CAST(expires AS REAL) FROM kept WHERE key = 'manifest' AND expires > ?"


class SqliteStore(GateTurns, SqliteSummaries):
    """
    Speaks the verbs of ``core.store.base.Store`` to a file.

    ``clock`` (seconds) is for expiry alone, as a Redis server has its own.
    """

    def __init__(self, path: Path, *, durable: bool = True, clock: Callable[[], float] = time.time) -> None:
        self._file = KeptFile(path, clock)
        self._durable = durable
        self._profiles = SqliteProfileStore(path.with_name(PROFILES_FILE), clock)
        self._seen_manifest: tuple[tuple[int, int], float, Manifest] | None = None

    @property
    def backend(self) -> str:
        return "sqlite"

    @property
    def durable(self) -> bool:
        return self._durable

    def unwritable(self) -> str:
        return self._file.unwritable()

    async def load_manifest(self) -> Manifest | None:
        with self._file.reading() as connection:
            version = (self._file.times_opened, int(connection.execute("PRAGMA data_version").fetchone()[0]))
            if (
                self._seen_manifest
                and self._seen_manifest[0] == version
                and self._seen_manifest[1] > self._file.clock()
            ):
                return self._seen_manifest[2]
            row = connection.execute(_MANIFEST, (self._file.clock(),)).fetchone()
        if row is None:
            return None
        self._seen_manifest = (version, row[1], codec.decode_manifest(row[0]))
        return self._seen_manifest[2]

    @property
    def profiles(self) -> ProfileStore:
        return self._profiles

    async def load_manifest_and_head(self, name: str) -> tuple[Manifest | None, bytes | None]:
        return await self.load_manifest(), await self._profiles.load_head(name)

    async def load_batches(self, refs: Sequence[BatchRef]) -> dict[date, BatchBlobs]:
        return gather(refs, self._file.get_each("blob", named(refs)))

    async def save_batch(self, day: date, blobs: BatchBlobs, *, count: int, ttl: timedelta) -> BatchRef:
        def write(connection: sqlite3.Connection) -> None:
            for name, data in pack(blobs).items():
                # one that is there already, and may be in use, never gets a nearer end
                connection.execute(
                    "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT (key) "
                    "DO UPDATE SET value = excluded.value, expires = max(expires, excluded.expires)",
                    (f"blob:{name}", data, self._file.expiry(ttl)),
                )

        await self._file.write(write)
        return ref_of(day, blobs, count)

    async def publish(self, manifest: Manifest) -> None:
        keys = [(f"blob:{name}",) for name in named(manifest.batches)]

        def write(connection: sqlite3.Connection) -> None:
            dropped = self._file.clock() + DROPPED_TTL.total_seconds()
            connection.execute(
                "UPDATE kept SET expires = ? WHERE key IN (SELECT key FROM published) AND expires > ?",
                (dropped, dropped),
            )
            connection.execute("DELETE FROM published")
            connection.executemany("INSERT INTO published VALUES (?)", keys)
            connection.execute(
                "UPDATE kept SET expires = ? WHERE key IN (SELECT key FROM published) AND expires > ?",
                (self._file.expiry(MANIFEST_TTL), self._file.clock()),
            )
            self._file.put(connection, "manifest", codec.encode_manifest(manifest), MANIFEST_TTL)

        await self._file.write(write)

    async def claim_refresh(self, holder: str, *, now: datetime, lease: timedelta) -> bool:
        return await self._file.write(lambda connection: claim(connection, "refresh", holder, now, lease))

    async def release_refresh(self, holder: str) -> None:
        statement = "DELETE FROM claims WHERE name = 'refresh' AND holder = ?"
        await self._file.write(lambda connection: connection.execute(statement, (holder,)))

    async def _load_gate(self) -> bytes | None:
        with self._file.reading() as connection:
            return self._file.get(connection, "gate")

    async def _turn(self, decide: Decide[Answer]) -> Answer:
        def write(connection: sqlite3.Connection) -> Answer:
            gate, answer = decide(gate_of(self._file.get(connection, "gate")))
            self._file.put(connection, "gate", msgspec.json.encode(gate), MANIFEST_TTL)
            return answer

        return await self._file.write(write)

    async def save_progress(self, progress: bytes, *, ttl: timedelta) -> None:
        await self._file.write(lambda connection: self._file.put(connection, "progress", progress, ttl))

    async def load_progress(self) -> bytes | None:
        with self._file.reading() as connection:
            return self._file.get(connection, "progress")

    async def asked_before(self, category: str, *, day: date, ttl: timedelta) -> bool:
        def write(connection: sqlite3.Connection) -> bool:
            first = self._file.get(connection, f"asked:{category}")
            if first is None:
                self._file.put(connection, f"asked:{category}", str(day).encode(), ttl)
            return first is not None and first < str(day).encode()

        return await self._file.write(write)

    async def follow(self, category: str, *, now: datetime, ttl: timedelta, most: int) -> bool:
        def write(connection: sqlite3.Connection) -> bool:
            connection.execute("DELETE FROM followed WHERE until <= ?", (micros(now),))
            others = connection.execute("SELECT count(*) FROM followed WHERE category <> ?", (category,)).fetchone()[0]
            known = connection.execute("SELECT 1 FROM followed WHERE category = ?", (category,)).fetchone()
            if not known and others >= most:
                return False
            connection.execute("INSERT OR REPLACE INTO followed VALUES (?, ?)", (category, micros(now + ttl)))
            return True

        return await self._file.write(write)

    async def followed(self, *, now: datetime) -> tuple[str, ...]:
        with self._file.reading() as connection:
            rows = connection.execute("SELECT category FROM followed WHERE until > ? ORDER BY category", (micros(now),))
            return tuple(name for (name,) in rows if isinstance(name, str))  # whatever else stands there is no category

    async def save_report(self, report: bytes, *, most: int) -> None:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO reports (report, expires) VALUES (?, ?)", (report, self._file.expiry(REPORTS_TTL))
            )
            newest = "SELECT number FROM reports ORDER BY number DESC LIMIT ?"
            connection.execute(f"DELETE FROM reports WHERE number NOT IN ({newest})", (most,))  # noqa: S608 (constant)

        await self._file.write(write)

    async def reports(self, most: int) -> list[bytes]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT CAST(report AS BLOB) FROM reports WHERE expires > ? ORDER BY number DESC LIMIT ?",
                (self._file.clock(), max(most, 0)),
            )
            return [row[0] for row in rows]

    async def claim_notice(self, name: str, *, ttl: timedelta) -> bool:
        def claim(connection: sqlite3.Connection) -> bool:
            if self._file.get(connection, f"notice:{name}") is not None:
                return False
            self._file.put(connection, f"notice:{name}", b"1", ttl)
            return True

        return await self._file.write(claim)

    async def release_notice(self, name: str) -> None:
        statement = "DELETE FROM kept WHERE key = ?"
        await self._file.write(lambda connection: connection.execute(statement, (f"notice:{name}",)))

    async def close(self) -> None:
        self._file.close()
        self._profiles.close()
