"""What a refresh has to do: which categories, and which of their days are not settled yet. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.arxiv.document import Source
from core.calendar import eastern_date, holiday_name, is_weekday, latest_announcement_day, latest_weekday, listed_day
from core.config.followed import categories_to_follow
from core.config.settings import Settings
from core.paper import announcement_time
from core.store.records import DayRecord

MOST_DAY_TRIES: Final = 6
"""So often a difference that stays is looked at again; then it is stated and left."""

PATIENT_UNTIL: Final = timedelta(hours=6)
"""After midnight in New York: before the last of the day's refreshes, which then takes what there is."""

_ENOUGH_DAYS: Final = 3
"""Days from which on "the usual size" means something."""

Ledger = Mapping[tuple[str, date], DayRecord]


def day_settled(record: DayRecord | None) -> bool:
    """Whether nothing more is to be asked about a category's day."""
    return record is not None and (record.complete or record.tries >= MOST_DAY_TRIES)


def day_held(record: DayRecord | None) -> bool:
    """Whether papers of that category and day are held, if it has any that can be by now."""
    return record is not None and (bool(record.held) or record.withheld)


def from_archive(record: DayRecord | None) -> bool:
    """Whether what is held of a category's day came from its archive's page: all but late cross-lists within it."""
    return record is not None and bool(record.held) and record.source not in ("", "rss") and not record.announced


def dated_ledger(ledger: Ledger, published: Iterable[DayRecord], now: datetime) -> dict[tuple[str, date], DayRecord]:
    """Note since when readers have what is held of each day: since now, where this publishing changes it."""
    before = {(record.category, record.day): record.held for record in published}
    return {
        key: replace(record, here=now) if record.held and before.get(key) != record.held else record
        for key, record in ledger.items()
    }


class Scope(Struct, frozen=True):
    """What one refresh is about: these categories, from the last weekday back over ``days_back`` calendar days."""

    categories: tuple[str, ...]
    today: date  # in New York
    newest: date  # the last day on which arXiv is expected to have announced papers
    days_back: int
    retention: timedelta
    configured: frozenset[str] = frozenset()  # the others are there because readers asked for them

    @classmethod
    def of(cls, settings: Settings, followed: Iterable[str], now: datetime) -> "Scope":
        today = eastern_date(now)
        categories = categories_to_follow(settings, followed)
        newest, retention = latest_announcement_day(today), timedelta(days=settings.retention_days)
        configured = frozenset(categories_to_follow(settings, ()))
        return cls(categories, today, newest, settings.days_back, retention, configured)

    def parts(self) -> "tuple[Scope, ...]":
        """
        Divide the work: what the deployment is for first, what strangers asked for with the time that is left.

        Neither waits for days of the other's categories.
        """
        own = tuple(name for name in self.categories if name in self.configured)
        asked_for = tuple(name for name in self.categories if name not in self.configured)
        return tuple(replace(self, categories=names) for names in (own, asked_for) if names)

    @property
    def window(self) -> list[date]:
        """The weekdays looked at, newest first; holidays too: arXiv may announce something against the calendar."""
        last_weekday = latest_weekday(self.today)
        days = (last_weekday - timedelta(days=back) for back in range(self.days_back))
        return [day for day in days if is_weekday(day)]

    def gaps(self, ledger: Ledger, *, newest_first: bool = False) -> list[tuple[str, date]]:
        """
        List the categories' days beside ``newest`` that are not settled, oldest or newest first.

        Days asked for without an answer come after the others, and holidays last.
        """
        pairs = [(name, day) for day in self.window if day != self.newest for name in self.categories]
        return sorted(
            (pair for pair in pairs if not day_settled(ledger.get(pair))),
            key=lambda pair: _urgency(pair, ledger, newest_first=newest_first),
        )

    def waits_for_earlier(self, day: date, ledger: Ledger, now: datetime) -> bool:
        """
        Whether papers of ``day`` may have been announced first on an earlier day that is still to be fetched.

        Days that could not be had are waited for until ``PATIENT_UNTIL``, days never asked for as long as it takes,
        and days that are held, if not yet proven, not at all.
        """
        patient = now < announcement_time(day) + PATIENT_UNTIL
        earlier_days = (pair for pair in self.gaps(ledger) if pair[1] < day and not holiday_name(pair[1]))
        return any(pair not in ledger or (patient and not ledger[pair].held) for pair in earlier_days)

    def referees(self, day: date, now: datetime) -> tuple[Source, ...]:
        """The listing shows the last list alone; any other day is on its catch-up page, a holiday's feed is empty."""
        if day == self.today and holiday_name(day):
            return ("rss", "catchup")
        return ("listing", "catchup") if day == listed_day(now) else ("catchup",)


def _urgency(pair: tuple[str, date], ledger: Ledger, *, newest_first: bool) -> tuple[bool, int, int]:
    record, ordinal = ledger.get(pair), pair[1].toordinal()
    return bool(holiday_name(pair[1])), record.tries if record else 0, -ordinal if newest_first else ordinal


def usual_size(category: str, ledger: Ledger, before: date) -> int | None:
    """How many papers the category has on most of the last days held; None while too few are held to tell."""
    records = (record for (name, day), record in ledger.items() if name == category and day < before and record.held)
    day_sizes = [total_papers(record.held) for record in sorted(records, key=lambda record: record.day)[-10:]]
    return round(median(day_sizes)) if len(day_sizes) >= _ENOUGH_DAYS else None


def total_papers(counts: Iterable[tuple[str, int]]) -> int:
    """Add up counts by type."""
    return sum(number for _, number in counts)
