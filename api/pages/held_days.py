"""What is held of what arXiv announced, in a sentence and as a calendar: for the status page. Pure."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from api.status_report import Status
from api.ui import Ui
from core.calendar import announcement_time
from core.feeds.health import HEALTH_STATES, CategoryHealth
from core.store.records import DayRecord

DAYS_SHOWN: Final = 10
_MINUTES_SHOWN: Final = 90  # beyond this hours are said
_FRESH: Final = frozenset(("new", "cross"))  # replacements are held too, but nobody waits for them

Shade = Literal["whole", "part", "new", "gap", "none"]


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
    return Cell("new", ui.t("{held} here", held=held)) if held else Cell("gap", ui.t("nothing held"))


def _fresh(counts: Iterable[tuple[str, int]]) -> int:
    return sum(number for kind, number in counts if kind in _FRESH)


class DayHeld(Struct, frozen=True):
    """How far the newest day is here: ``missing`` lack it, ``unproven`` have a list that was not compared yet."""

    day: date
    missing: tuple[str, ...]
    unproven: tuple[str, ...]
    delay: timedelta | None  # from arXiv's feeds to the last paper of it; None where that was not noted


def newest_day(status: Status) -> DayHeld | None:
    """Look at every followed category, those that readers asked for too; None while nothing is held."""
    names = dict.fromkeys([*(each.category for each in status.health.categories), *status.followed])
    day = max((record.day for record in status.ledger if record.held), default=None)
    if day is None:
        return None
    records = {record.category: record for record in status.ledger if record.day == day}
    missing = tuple(name for name in names if not _has_list(records.get(name)))
    unproven = tuple(name for name in names if name not in missing and not records[name].complete)
    return DayHeld(day, missing, unproven, _delay(day, records))


def _has_list(record: DayRecord | None) -> bool:
    return record is not None and bool(record.held or record.complete)


def _delay(day: date, records: Mapping[str, DayRecord]) -> timedelta | None:
    """From midnight in New York, when arXiv's feeds have the day, to the last papers of it."""
    noted = [record.here for record in records.values() if record.held]
    times = [each for each in noted if each is not None]
    late = max(times) - announcement_time(day) if times and len(times) == len(noted) else None
    return late if late is not None and late >= timedelta(0) else None


def first_sentence(status: Status, ui: Ui) -> str:
    """What somebody wants to know who looks at the status: is the newest day here, and since when."""
    health, found = status.health, newest_day(status)
    if health.status != "ok" or found is None or any(each.state in ("stale", "partial") for each in health.categories):
        return sentence(ui.say(health.message), ui)
    day, late = ui.day(found.day), delay_in_words(found.delay, ui)
    own = {each.category for each in health.categories}
    if names := ui.t(", ").join(found.missing):
        if own.isdisjoint(found.missing):
            return ui.t("The list of {day} is here, but for {names}, which readers asked for.", day=day, names=names)
        return ui.t("The list of {day} is here, but for {names}.", day=day, names=names)
    if found.unproven:
        text = "The lists of {day} are here{late}; they are compared with arXiv's own page next."
    else:
        text = "Everything announced on {day} is here{late}."
    return ui.t(text, day=day, late=late)


def delay_in_words(delay: timedelta | None, ui: Ui) -> str:
    """``, 4 minutes after arXiv``; "" where that is not known, or was no delay but a new deployment's first day."""
    if delay is None or delay > timedelta(days=1):
        return ""
    minutes = round(delay.total_seconds() / 60)
    if minutes < _MINUTES_SHOWN:
        return ui.n(minutes, ", {n} minute after arXiv", ", {n} minutes after arXiv")
    return ui.n(round(minutes / 60), ", {n} hour after arXiv", ", {n} hours after arXiv")


def sentence(text: str, ui: Ui) -> str:
    """A message as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '。')) else ui.t('.')}"


class NamedState(Struct, frozen=True):
    """A category, and what is held of its newest day."""

    category: str
    words: str
    last_announcement: date | None
    reason: str
    stale_since: datetime | None


def named_states(status: Status, ui: Ui) -> list[NamedState]:
    """The followed categories, in the words of what was compared and no more."""
    proven = {(record.category, record.day) for record in status.ledger if record.complete}
    return [
        NamedState(each.category, _words(each, proven, ui), each.last_announcement, each.reason, each.stale_since)
        for each in status.health.categories
    ]


def _words(each: CategoryHealth, proven: Set[tuple[str, date | None]], ui: Ui) -> str:
    if each.state == "fresh" and (each.category, each.last_announcement) not in proven:
        return ui.t("the newest list, not compared yet")
    return ui.t(HEALTH_STATES[each.state])
