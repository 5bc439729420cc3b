"""What is held of what arXiv announced, as a calendar of categories and days: for the status page. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal

from msgspec import Struct

from api.ui import Ui
from core.feeds.health import Health
from core.store.records import DayRecord

DAYS_SHOWN: Final = 10
_FRESH: Final = frozenset(("new", "cross"))  # replacements are held too, but nobody waits for them

Shade = Literal["whole", "part", "gap", "none"]


class Cell(Struct, frozen=True):
    """One category's day: how it looks and what it says."""

    shade: Shade
    text: str


class HeldDays(Struct, frozen=True):
    """The calendar: days newest first, and a row of as many cells for each category."""

    days: tuple[date, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def held_days(ledger: Sequence[DayRecord], ui: Ui) -> HeldDays:
    """Lay out the newest days of the ledger."""
    days = tuple(sorted({record.day for record in ledger}, reverse=True)[:DAYS_SHOWN])
    records = {(record.category, record.day): record for record in ledger}
    names = sorted({record.category for record in ledger})
    return HeldDays(days, tuple((name, tuple(_cell(records.get((name, day)), ui) for day in days)) for name in names))


def _cell(record: DayRecord | None, ui: Ui) -> Cell:
    if record is None:
        return Cell("gap", ui.t("nothing held"))
    announced, held = _fresh(record.announced), _fresh(record.held)
    if record.complete:
        return Cell("whole", ui.t("all {n}", n=held)) if held else Cell("none", ui.t("none that day"))
    if announced:
        return Cell("part", ui.t("{held} of {n}", held=held, n=announced))
    return Cell("part", ui.t("{held} held", held=held)) if held else Cell("gap", ui.t("nothing held"))


def _fresh(counts: Iterable[tuple[str, int]]) -> int:
    return sum(number for kind, number in counts if kind in _FRESH)


def all_here(health: Health, ledger: Sequence[DayRecord]) -> date | None:
    """The newest day, when every followed category has all that was announced on it; None while anything lacks."""
    days = {each.last_announcement for each in health.categories}
    newest = max((day for day in days if day), default=None)
    if health.status != "ok" or newest is None or days != {newest}:
        return None
    if any(each.state != "fresh" for each in health.categories):
        return None
    complete = {record.category for record in ledger if record.day == newest and record.complete}
    return newest if {each.category for each in health.categories} <= complete else None
