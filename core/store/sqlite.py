"""The store in one SQLite file: the default on a laptop; several processes may use it at once."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from core.paper import Summary
from core.store import codec
from core.store import gate as gate_rules
from core.store.base import DROPPED_TTL, MANIFEST_TTL, REPORTS_TTL, USAGE_KEPT
from core.store.blobs import gather, named, pack, ref_of
from core.store.gate import Gate, micros
from core.store.profiles import ProfileStore
from core.store.records import (
    BatchBlobs,
    BatchRef,
    GateAnswer,
    GateState,
    Manifest,
    Spacing,
    SummaryFailure,
    SummaryKey,
    Usage,
)
from core.store.sqlite_file import KeptFile
from core.store.sqlite_profiles import FILE as PROFILES_FILE
from core.store.sqlite_profiles import SqliteProfileStore

_CLAIM_KEPT: Final = timedelta(days=1)  # a claim that ran out this long ago is swept

_T = TypeVar("_T")


class SqliteStore:
    """
    Speaks the verbs of ``core.store.base.Store`` to a file.

    ``clock`` (seconds) is for expiry alone, as a Redis server has its own.
    """

    def __init__(self, path: Path, *, lasting: bool = True, clock: Callable[[], float] = time.time) -> None:
        self._file = KeptFile(path, clock)
        self._lasting = lasting
        self._profiles = SqliteProfileStore(path.with_name(PROFILES_FILE), clock)
        self._seen: tuple[tuple[int, int], float, Manifest] | None = None

    @property
    def name(self) -> str:
        return "sqlite"

    @property
    def lasting(self) -> bool:
        return self._lasting

    async def load_manifest(self) -> Manifest | None:
        with self._file.reading() as connection:
            version = (self._file.times_opened, int(connection.execute("PRAGMA data_version").fetchone()[0]))
            if self._seen and self._seen[0] == version and self._seen[1] > self._file.clock():
                return self._seen[2]
            row = connection.execute(
                "SELECT value, expires FROM kept WHERE key = 'manifest' AND expires > ?", (self._file.clock(),)
            ).fetchone()
        if row is None:
            return None
        self._seen = (version, row[1], codec.decode_manifest(row[0]))
        return self._seen[2]

    @property
    def profiles(self) -> ProfileStore:
        return self._profiles

    async def load_manifest_and_head(self, name: str) -> tuple[Manifest | None, bytes | None]:
        return await self.load_manifest(), await self._profiles.load_head(name)

    async def load_batches(self, refs: Sequence[BatchRef]) -> dict[date, BatchBlobs]:
        return gather(refs, self._get_each("blob", named(refs)))

    async def save_batch(self, day: date, blobs: BatchBlobs, *, count: int, keep: timedelta) -> BatchRef:
        def write(connection: sqlite3.Connection) -> None:
            for name, data in pack(blobs).items():
                # one that is there already, and may be in use, never gets a nearer end
                connection.execute(
                    "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT (key) "
                    "DO UPDATE SET value = excluded.value, expires = max(expires, excluded.expires)",
                    (f"blob:{name}", data, self._file.expiry(keep)),
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
        return await self._file.write(lambda connection: _claim(connection, "refresh", holder, now, lease))

    async def release_refresh(self, holder: str) -> None:
        statement = "DELETE FROM claims WHERE name = 'refresh' AND holder = ?"
        await self._file.write(lambda connection: connection.execute(statement, (holder,)))

    async def enter_gate(
        self, holder: str, host: str, *, now: datetime, spacing: Spacing, lease: timedelta
    ) -> GateAnswer:
        def decide(gate: Gate) -> tuple[Gate, GateAnswer]:
            return gate_rules.enter(gate, holder, host, now=now, spacing=spacing, lease=lease)

        return await self._turn(decide)

    async def leave_gate(self, holder: str, host: str, *, now: datetime) -> None:
        await self._turn(lambda gate: (gate_rules.leave(gate, holder, host, now=now), None))

    async def cool_down(self, until: datetime, reason: str) -> None:
        await self._turn(lambda gate: (gate_rules.cool_down(gate, until, reason), None))

    async def gate_state(self, *, now: datetime) -> GateState:
        with self._file.reading() as connection:
            return gate_rules.state(_gate(self._file.get(connection, "gate")), now=now)

    async def _turn(self, decide: Callable[[Gate], tuple[Gate, _T]]) -> _T:
        """Read the gate, decide, and write it back in one transaction."""

        def write(connection: sqlite3.Connection) -> _T:
            gate, answer = decide(_gate(self._file.get(connection, "gate")))
            self._file.put(connection, "gate", msgspec.json.encode(gate), MANIFEST_TTL)
            return answer

        return await self._file.write(write)

    async def save_progress(self, progress: bytes, *, keep: timedelta) -> None:
        await self._file.write(lambda connection: self._file.put(connection, "progress", progress, keep))

    async def load_progress(self) -> bytes | None:
        with self._file.reading() as connection:
            return self._file.get(connection, "progress")

    async def asked_before(self, category: str, *, day: date, keep: timedelta) -> bool:
        def write(connection: sqlite3.Connection) -> bool:
            first = self._file.get(connection, f"asked:{category}")
            if first is None:
                self._file.put(connection, f"asked:{category}", str(day).encode(), keep)
            return first is not None and first < str(day).encode()

        return await self._file.write(write)

    async def follow(self, category: str, *, now: datetime, keep: timedelta, most: int) -> bool:
        def write(connection: sqlite3.Connection) -> bool:
            connection.execute("DELETE FROM followed WHERE until <= ?", (micros(now),))
            others = connection.execute("SELECT count(*) FROM followed WHERE category <> ?", (category,)).fetchone()[0]
            known = connection.execute("SELECT 1 FROM followed WHERE category = ?", (category,)).fetchone()
            if not known and others >= most:
                return False
            connection.execute("INSERT OR REPLACE INTO followed VALUES (?, ?)", (category, micros(now + keep)))
            return True

        return await self._file.write(write)

    async def followed(self, *, now: datetime) -> tuple[str, ...]:
        with self._file.reading() as connection:
            rows = connection.execute("SELECT category FROM followed WHERE until > ? ORDER BY category", (micros(now),))
            return tuple(row[0] for row in rows)

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
                "SELECT report FROM reports WHERE expires > ? ORDER BY number DESC LIMIT ?",
                (self._file.clock(), max(most, 0)),
            )
            return [row[0] for row in rows]

    async def claim_notice(self, name: str, *, keep: timedelta) -> bool:
        def claim(connection: sqlite3.Connection) -> bool:
            if self._file.get(connection, f"notice:{name}") is not None:
                return False
            self._file.put(connection, f"notice:{name}", b"1", keep)
            return True

        return await self._file.write(claim)

    async def release_notice(self, name: str) -> None:
        statement = "DELETE FROM kept WHERE key = ?"
        await self._file.write(lambda connection: connection.execute(statement, (f"notice:{name}",)))

    async def save_summary(self, key: SummaryKey, summary: Summary, *, keep: timedelta) -> None:
        def write(connection: sqlite3.Connection) -> None:
            self._file.put(connection, f"summary:{key}", codec.encode_summaries([summary]), keep)
            connection.execute("DELETE FROM kept WHERE key = ?", (f"failure:{key}",))

        await self._file.write(write)

    async def summaries(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        found = self._get_each("summary", [str(key) for key in keys])
        return {key: codec.decode_summaries(found[str(key)])[0] for key in keys if str(key) in found}

    async def note_failure(self, key: SummaryKey, failure: SummaryFailure, *, keep: timedelta) -> None:
        data = codec.encode_failure(failure)
        await self._file.write(lambda connection: self._file.put(connection, f"failure:{key}", data, keep))

    async def failures(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, SummaryFailure]:
        found = self._get_each("failure", [str(key) for key in keys])
        return {key: codec.decode_failure(found[str(key)]) for key in keys if str(key) in found}

    async def claim_summary(self, key: SummaryKey, holder: str, *, now: datetime, lease: timedelta) -> bool:
        def write(connection: sqlite3.Connection) -> bool:
            if self._file.get(connection, f"summary:{key}") is not None:
                return False
            return _claim(connection, f"summary:{key}", holder, now, lease)

        return await self._file.write(write)

    async def add_usage(self, usage: Usage) -> None:
        counts = (usage.calls, usage.failures, usage.prompt_tokens, usage.completion_tokens)

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,"
                " failures = failures + excluded.failures, prompt_tokens = prompt_tokens + excluded.prompt_tokens,"
                " completion_tokens = completion_tokens + excluded.completion_tokens",
                (str(usage.day), usage.model, *counts),
            )
            connection.execute("DELETE FROM usage WHERE day < ?", (str(usage.day - USAGE_KEPT),))

        await self._file.write(write)

    async def usage(self, since: date) -> list[Usage]:
        with self._file.reading() as connection:
            rows = connection.execute("SELECT * FROM usage WHERE day >= ? ORDER BY day, model", (str(since),))
            return [Usage(date.fromisoformat(day), *counts) for day, *counts in rows]

    async def close(self) -> None:
        self._file.close()
        self._profiles.close()

    def _get_each(self, kind: str, names: Iterable[str]) -> dict[str, bytes]:
        with self._file.reading() as connection:
            found = {name: self._file.get(connection, f"{kind}:{name}") for name in names}
        return {name: value for name, value in found.items() if value is not None}


def _claim(connection: sqlite3.Connection, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
    connection.execute("DELETE FROM claims WHERE until < ?", (micros(now - _CLAIM_KEPT),))
    done = connection.execute(
        "INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until"
        " WHERE claims.holder = excluded.holder OR claims.until <= ?",
        (name, holder, micros(now + lease), micros(now)),
    )
    return done.rowcount == 1


def _gate(data: bytes | None) -> Gate:
    return Gate() if data is None else msgspec.json.decode(data, type=Gate)
