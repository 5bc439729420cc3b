"""What a refresh has to do: which categories, and which of their days are not settled yet. Pure."""

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.arxiv.document import Source
from core.calendar import (
    announcement_time,
    eastern_date,
    holiday_name,
    is_weekday,
    latest_announcement_day,
    latest_weekday,
    listed_day,
)
from core.config.followed import categories_to_follow
from core.config.settings import Settings
from core.store.records import DayRecord

MOST_REFEREE_TRIES: Final = 6
"""So often a difference that stays is looked at again; then it is stated and left."""

WAIT_FOR_GAPS_UNTIL: Final = timedelta(hours=6)
"""After midnight in New York: before the last of the day's refreshes, which then takes what there is."""

_LEAST_HELD_DAYS: Final = 3
"""Days from which on "the usual size" means something."""

Ledger = Mapping[tuple[str, date], DayRecord]


def day_settled(record: DayRecord | None) -> bool:
    """Whether nothing more is to be asked about a category's day."""
    return record is not None and (record.complete or record.tries >= MOST_REFEREE_TRIES)


def day_held(record: DayRecord | None) -> bool:
    """Whether papers of that category and day are held, if it has any that can be by now."""
    return record is not None and (bool(record.held) or record.withheld)


def from_archive(record: DayRecord | None) -> bool:
    """Whether what is held of a category's day came from its archive's page: all but late cross-lists within it."""
    return record is not None and bool(record.held) and record.source not in ("", "rss") and not record.announced


class Scope(Struct, frozen=True):
    """What one refresh is about: these categories, from the last weekday back over ``days_back`` calendar days."""

    categories: tuple[str, ...]
    refresh_date: date  # in New York
    newest: date  # the last day on which arXiv is expected to have announced papers
    days_back: int
    retention: timedelta
    configured_categories: frozenset[str] = frozenset()  # the others are there because readers asked for them

    @classmethod
    def of(cls, settings: Settings, followed: Iterable[str], now: datetime) -> "Scope":
        refresh_date = eastern_date(now)
        scope_categories = categories_to_follow(settings, followed)
        newest, retention = latest_announcement_day(refresh_date), timedelta(days=settings.retention_days)
        scope_configured = frozenset(categories_to_follow(settings, ()))
        return cls(scope_categories, refresh_date, newest, settings.days_back, retention, scope_configured)

    def parts(self) -> "tuple[Scope, ...]":
        """
        Divide the work: what the deployment is for first, what strangers asked for with the time that is left.

        Neither waits for days of the other's categories.
        """
        configured = tuple(category for category in self.categories if category in self.configured_categories)
        wished_for = tuple(category for category in self.categories if category not in self.configured_categories)
        return tuple(replace(self, categories=scope_part) for scope_part in (configured, wished_for) if scope_part)

    def unread(self, known_categories: Container[str]) -> tuple[str, ...]:
        """What readers asked for and no refresh has looked at yet."""
        wished_for = (category for category in self.categories if category not in self.configured_categories)
        return tuple(category for category in wished_for if category not in known_categories)

    @property
    def days(self) -> list[date]:
        """The weekdays looked at, newest first; holidays too: arXiv may announce something against the calendar."""
        newest_scope_weekday = latest_weekday(self.refresh_date)
        scope_weekdays = (newest_scope_weekday - timedelta(days=back) for back in range(self.days_back))
        return [day for day in scope_weekdays if is_weekday(day)]

    def gaps(self, ledger: Ledger, *, newest_first: bool = False) -> list[tuple[str, date]]:
        """
        List the categories' days beside ``newest`` that are not settled, oldest or newest first.

        Days asked for without an answer come after the others, and holidays last.
        """
        scope_gaps = [(category, day) for day in self.days if day != self.newest for category in self.categories]
        return sorted(
            (gap for gap in scope_gaps if not day_settled(ledger.get(gap))),
            key=lambda gap: _gap_urgency(gap, ledger, newest_first=newest_first),
        )

    def waits_for_earlier(self, day: date, ledger: Ledger, now: datetime) -> bool:
        """
        Whether papers of ``day`` may have been announced first on an earlier day that is still to be fetched.

        Days that could not be had are waited for until ``WAIT_FOR_GAPS_UNTIL``, days never asked for as long as it
        takes, and days that are held, if not yet proven, not at all.
        """
        still_waits_for_gaps = now < announcement_time(day) + WAIT_FOR_GAPS_UNTIL
        earlier_gaps = (gap for gap in self.gaps(ledger) if gap[1] < day and not holiday_name(gap[1]))
        return any(gap not in ledger or (still_waits_for_gaps and not ledger[gap].held) for gap in earlier_gaps)

    def referees(self, day: date, now: datetime) -> tuple[Source, ...]:
        """The listing shows the last list alone; any other day is on its catch-up page, a holiday's feed is empty."""
        if day == self.refresh_date and holiday_name(day):
            return ("rss", "catchup")
        return ("listing", "catchup") if day == listed_day(now) else ("catchup",)


def _gap_urgency(gap: tuple[str, date], ledger: Ledger, *, newest_first: bool) -> tuple[bool, int, int]:
    gap_record, gap_ordinal = ledger.get(gap), gap[1].toordinal()
    gap_tries = gap_record.tries if gap_record else 0
    return bool(holiday_name(gap[1])), gap_tries, -gap_ordinal if newest_first else gap_ordinal


def usual_size(category: str, ledger: Ledger, before_day: date) -> int | None:
    """How many papers the category has on most of the last days held; None while too few are held to tell."""
    category_records = (record for record in ledger.values() if record.category == category and record.held)
    records_before = (record for record in category_records if record.day < before_day)
    held_before = sorted((record.day, total_papers(record.held)) for record in records_before)
    usual_list_sizes = [held_papers for _, held_papers in held_before[-10:]]
    return round(median(usual_list_sizes)) if len(usual_list_sizes) >= _LEAST_HELD_DAYS else None


def total_papers(held_counts: Iterable[tuple[str, int]]) -> int:
    """Add up counts by type."""
    return sum(held_count for _, held_count in held_counts)
