"""Summaries in SQLite: those made, those that failed, who is at one, and the tokens they took."""

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from core.paper import Summary
from core.store import codec
from core.store.base import USAGE_TTL
from core.store.gate import micros
from core.store.records import SummaryFailure, SummaryKey, Usage
from core.store.sqlite_file import SqliteFile

_SELECT_USAGE: Final = (
    "SELECT CAST(day AS TEXT), CAST(model AS TEXT), CAST(calls AS INTEGER), CAST(failures AS INTEGER),"
    " CAST(prompt_tokens AS INTEGER), CAST(completion_tokens AS INTEGER) FROM usage WHERE day >= ? ORDER BY day, model"
)
_UPSERT_USAGE: Final = (
    "INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,"
    " failures = failures + excluded.failures, prompt_tokens = prompt_tokens + excluded.prompt_tokens,"
    " completion_tokens = completion_tokens + excluded.completion_tokens"
)
_UPSERT_CLAIM: Final = (
    "INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until"
    " WHERE claims.holder = excluded.holder OR claims.until <= ? OR claims.until >= ?"
)
_LONGEST_SQLITE_LEASE: Final = timedelta(days=1)  # a claim that ends later was written by a clock that went wrong
_DEAD_SQLITE_CLAIM_TTL: Final = timedelta(days=1)  # a claim that ran out this long ago is swept


class SqliteSummaries:
    """Speaks the verbs of ``core.store.base.SummaryStore`` to a file."""

    _sqlite: SqliteFile

    async def save_summary(self, summary_key: SummaryKey, summary: Summary, *, ttl: timedelta) -> None:
        def insert_summary(connection: sqlite3.Connection) -> None:
            self._sqlite.put_blob(connection, f"summary:{summary_key}", codec.encode_summaries([summary]), ttl)
            connection.execute("DELETE FROM kept WHERE key = ?", (f"failure:{summary_key}",))

        await self._sqlite.transact(insert_summary)

    async def load_summaries(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        summary_blobs = self._sqlite.get_blobs("summary", map(str, keys))
        return {key: codec.decode_summaries(summary_blobs[str(key)])[0] for key in keys if str(key) in summary_blobs}

    async def note_failure(self, summary_key: SummaryKey, failure: SummaryFailure, *, ttl: timedelta) -> None:
        failure_blob = codec.encode_failure(failure)
        await self._sqlite.transact(
            lambda connection: self._sqlite.put_blob(connection, f"failure:{summary_key}", failure_blob, ttl)
        )

    async def load_failures(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, SummaryFailure]:
        failure_blobs = self._sqlite.get_blobs("failure", map(str, keys))
        return {key: codec.decode_failure(failure_blobs[str(key)]) for key in keys if str(key) in failure_blobs}

    async def claim_summary(self, summary_key: SummaryKey, holder: str, *, now: datetime, lease: timedelta) -> bool:
        def insert_claim(connection: sqlite3.Connection) -> bool:
            if self._sqlite.get_blob(connection, f"summary:{summary_key}") is not None:
                return False
            return claim(connection, f"summary:{summary_key}", holder, now, lease)

        return await self._sqlite.transact(insert_claim)

    async def add_usage(self, usage: Usage) -> None:
        sqlite_usage = (usage.calls, usage.failures, usage.prompt_tokens, usage.completion_tokens)

        def add_usage_row(connection: sqlite3.Connection) -> None:
            connection.execute(_UPSERT_USAGE, (str(usage.day), usage.model, *sqlite_usage))
            connection.execute("DELETE FROM usage WHERE day < ?", (str(usage.day - USAGE_TTL),))

        await self._sqlite.transact(add_usage_row)

    async def load_usage(self, since: date) -> list[Usage]:
        with self._sqlite.read_connection() as connection:
            usage_rows = connection.execute(_SELECT_USAGE, (str(since),)).fetchall()
        return [Usage(day, *usage_row) for stored_day, *usage_row in usage_rows if (day := _usage_day(stored_day))]


def _usage_day(stored_day: str) -> date | None:
    try:
        return date.fromisoformat(stored_day)
    except ValueError:
        return None


def claim(connection: sqlite3.Connection, claim_name: str, holder: str, now: datetime, lease: timedelta) -> bool:
    """Claim something for a holder, unless another has it and its lease lasts."""
    connection.execute("DELETE FROM claims WHERE until < ?", (micros(now - _DEAD_SQLITE_CLAIM_TTL),))
    sqlite_claim = (claim_name, holder, micros(now + lease))
    believed_claim_ends = (micros(now), micros(now + _LONGEST_SQLITE_LEASE))
    return connection.execute(_UPSERT_CLAIM, (*sqlite_claim, *believed_claim_ends)).rowcount == 1
