"""What a refresh keeps: the batches within the retention, and the ledger's records of some weeks. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from core.refresh.scope import Ledger
from core.store.records import BatchRef, DayRecord

LEDGER_KEPT: Final = timedelta(days=21)
"""How long the ledger remembers a day: long enough for the usual sizes, short enough for a small manifest."""


def retained_refs(held_refs: Mapping[date, BatchRef], retention: timedelta) -> dict[date, BatchRef]:
    """The batches that stay held, newest first."""
    newest_held = max(held_refs, default=date.min)
    held_newest_first = sorted(held_refs, reverse=True)
    return {held_day: held_refs[held_day] for held_day in held_newest_first if newest_held - held_day < retention}


def dated_ledger(ledger: Ledger, published: Iterable[DayRecord], now: datetime) -> dict[tuple[str, date], DayRecord]:
    """Note since when readers have what is held of each day: since now, where this publishing changes it."""
    published_counts = {(record.category, record.day): record.held for record in published}
    return {
        category_day: replace(record, here=now)
        if record.held and published_counts.get(category_day) != record.held
        else record
        for category_day, record in ledger.items()
    }


def remembered_records(ledger: Ledger, ledger_kept: timedelta) -> tuple[DayRecord, ...]:
    """The records of the last days, newest first."""
    newest_recorded = max((day for _, day in ledger), default=date.min)
    kept_records = (record for record in ledger.values() if newest_recorded - record.day < ledger_kept)
    return tuple(sorted(kept_records, key=lambda record: (record.day, record.category), reverse=True))
