"""Summaries in SQLite: those made, those that failed, who is at one, and the tokens they took."""

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from core.paper import Summary
from core.store import codec
from core.store.base import USAGE_KEPT
from core.store.gate import micros
from core.store.records import SummaryFailure, SummaryKey, Usage
from core.store.sqlite_file import KeptFile

_USAGE: Final = (
    "SELECT CAST(day AS TEXT), CAST(model AS TEXT), CAST(calls AS INTEGER), CAST(failures AS INTEGER),"
    " CAST(prompt_tokens AS INTEGER), CAST(completion_tokens AS INTEGER) FROM usage WHERE day >= ? ORDER BY day, model"
)
_LONGEST_CLAIM: Final = timedelta(days=1)  # a claim that ends later was written by a clock that went wrong
_CLAIM_KEPT: Final = timedelta(days=1)  # a claim that ran out this long ago is swept


class SqliteSummaries:
    """Speaks the verbs of ``core.store.base.SummaryStore`` to a file."""

    _file: KeptFile

    async def save_summary(self, key: SummaryKey, summary: Summary, *, ttl: timedelta) -> None:
        def write(connection: sqlite3.Connection) -> None:
            self._file.put(connection, f"summary:{key}", codec.encode_summaries([summary]), ttl)
            connection.execute("DELETE FROM kept WHERE key = ?", (f"failure:{key}",))

        await self._file.write(write)

    async def summaries(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, Summary]:
        found = self._file.get_each("summary", [str(key) for key in keys])
        return {key: codec.decode_summaries(found[str(key)])[0] for key in keys if str(key) in found}

    async def note_failure(self, key: SummaryKey, failure: SummaryFailure, *, ttl: timedelta) -> None:
        data = codec.encode_failure(failure)
        await self._file.write(lambda connection: self._file.put(connection, f"failure:{key}", data, ttl))

    async def failures(self, keys: Sequence[SummaryKey]) -> dict[SummaryKey, SummaryFailure]:
        found = self._file.get_each("failure", [str(key) for key in keys])
        return {key: codec.decode_failure(found[str(key)]) for key in keys if str(key) in found}

    async def claim_summary(self, key: SummaryKey, holder: str, *, now: datetime, lease: timedelta) -> bool:
        def write(connection: sqlite3.Connection) -> bool:
            if self._file.get(connection, f"summary:{key}") is not None:
                return False
            return claim(connection, f"summary:{key}", holder, now, lease)

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
            rows = connection.execute(_USAGE, (str(since),)).fetchall()
        return [Usage(on, *counts) for day, *counts in rows if (on := _day(day))]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def claim(connection: sqlite3.Connection, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
    """Claim something for a holder, unless another has it and its lease lasts."""
    connection.execute("DELETE FROM claims WHERE until < ?", (micros(now - _CLAIM_KEPT),))
    done = connection.execute(
        "INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until"
        " WHERE claims.holder = excluded.holder OR claims.until <= ? OR claims.until >= ?",
        (name, holder, micros(now + lease), micros(now), micros(now + _LONGEST_CLAIM)),
    )
    return done.rowcount == 1
