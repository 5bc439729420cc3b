"""Is what we hold as new as arXiv's last announcement? From the manifest and the clock."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from core.calendar import eastern_date, holiday_name, last_expected_announcement, next_expected_announcement
from core.config import Config
from core.errors import StoreError
from core.feeds.keeper import KEEPER, Keeper
from core.feeds.setup import setup_warnings
from core.following import categories_to_follow
from core.paper import announcement_time
from core.refresh_report import recent_refreshes
from core.store.base import STORE_TIMEOUT, Store
from core.store.records import CategoryState, GateState, LastRefresh, Manifest
from core.taxonomy import CategoryFilter

GRACE: Final = timedelta(hours=14)
"""How long after an announcement a category may still lack it: the noon cron, an hour late."""

_NOT_IN_LAST: Final = "the last refresh was not about it; the next one goes on from there"

Status = Literal["ok", "empty", "stale", "sample", "not refreshing", "store unreachable"]
State = Literal["fresh", "waiting", "stale", "partial", "empty"]

STATES: Final[dict[State, str]] = {
    "fresh": "all that arXiv has announced",
    "waiting": "the next list is awaited",
    "stale": "older than arXiv's last announcement",
    "partial": "some papers of the last day are missing",
    "empty": "nothing was fetched yet",
}
"""In words, for people."""


class CategoryHealth(Struct, frozen=True):
    """One category: what is held of it, and whether that is the last announcement."""

    category: str
    state: State
    last_announcement: date | None
    age_hours: float | None  # since that announcement
    stale_since: datetime | None
    reason: str


class StoreHealth(Struct, frozen=True):
    """Which store it is, and whether it keeps what it is given."""

    name: str
    lasting: bool
    note: str = ""


class Health(Struct, frozen=True):
    """The whole answer of /health; ``status`` is ``ok`` or says in a word what is wrong."""

    status: Status
    message: str
    store: StoreHealth
    categories: tuple[CategoryHealth, ...] = ()
    batches: int = 0
    papers: int = 0
    last_refresh: LastRefresh | None = None
    last_expected_announcement: datetime | None = None
    next_expected_announcement: datetime | None = None
    holiday: str = ""  # why there is none today, or why the next one is later than a weekday would have it
    cooling_down_until: datetime | None = None
    cooling_down_reason: str = ""
    warnings: tuple[str, ...] = ()  # what this deployment lacks, and what happens without it
    summaries: str = ""  # how the last run of summaries went; feeds are whole without them
    memory: str = ""  # why what this instance serves is not what the store holds; "" while it is
    unreadable_days: tuple[date, ...] = ()  # named by the manifest, and not to be read from the store
    refreshing: str = ""  # what is wrong with the loop of a local server; "" when nothing is

    @property
    def ok(self) -> bool:
        return self.status == "ok"


NOT_LASTING: Final = "kept under /tmp, lost with this instance: connect a Redis store to keep papers"


async def check_health(config: Config, store: Store, *, now: datetime) -> Health:
    """Look at the store itself, not at the memory of this instance."""
    described = StoreHealth(store.name, store.lasting, "" if store.lasting else NOT_LASTING)
    warnings = setup_warnings(config, lasting=store.lasting)
    try:
        async with asyncio.timeout(STORE_TIMEOUT.total_seconds()):
            manifest = await store.load_manifest()
            gate = await store.gate_state(now=now)
            last = await recent_refreshes(store, 1)
    except (StoreError, TimeoutError) as error:
        message = str(error) or "the store did not answer in time"
        return Health("store unreachable", message, described, warnings=warnings)
    found = assess(manifest, categories_to_follow(config.settings, ()), described, gate, now=now)
    summaries = last[0].summaries if last else None
    found = replace(found, warnings=warnings, summaries=summaries.outcome if summaries else "")
    return _with_trouble(found, KEEPER, store.unwritable(), now)


def _with_trouble(found: Health, keeper: Keeper, unwritable: str, now: datetime) -> Health:
    """Say that nothing is refreshed any more, or that the last round failed."""
    if complaint := unwritable or keeper.complaint(now):
        status: Status = "not refreshing" if found.ok else found.status
        return replace(found, status=status, message=complaint if found.ok else found.message, refreshing=complaint)
    return replace(found, refreshing=f"the last refresh failed: {keeper.failure}" if keeper.failure else "")


def assess(
    manifest: Manifest | None, wanted: Iterable[str], store: StoreHealth, gate: GateState, *, now: datetime
) -> Health:
    """Judge every wanted category, and the whole by its worst."""
    upcoming, holiday = next_expected_announcement(now)
    today = eastern_date(now)
    holiday = holiday_name(today) or holiday
    states = _held_before(manifest) | {state.category: state for state in manifest.categories} if manifest else {}
    categories = tuple(_assess_category(name, states.get(name), now) for name in wanted)
    status, message = _verdict(manifest, categories)
    if status == "ok" and holiday_name(today):
        message += f"; {holiday}: arXiv announces nothing today"
    return Health(
        status,
        message,
        store,
        categories,
        batches=len(manifest.batches) if manifest else 0,
        papers=sum(ref.count for ref in manifest.batches) if manifest else 0,
        last_refresh=manifest.last_refresh if manifest else None,
        last_expected_announcement=last_expected_announcement(now),
        next_expected_announcement=upcoming,
        holiday=holiday,
        cooling_down_until=gate.cooling_until,
        cooling_down_reason=gate.reason,
    )


def _held_before(manifest: Manifest) -> dict[str, CategoryState]:
    """Categories that the last refresh was not about, such as those of another ``config.json``, by the ledger."""
    newest: dict[str, date] = {}
    for record in manifest.ledger:
        if record.held:
            newest[record.category] = max(record.day, newest.get(record.category, record.day))
    return {name: CategoryState(name, day, "fresh", _NOT_IN_LAST, None, None) for name, day in newest.items()}


def _assess_category(name: str, state: CategoryState | None, now: datetime) -> CategoryHealth:
    if state is None or state.last_day is None:
        return CategoryHealth(name, "empty", None, None, None, state.reason if state else "never fetched")
    age = round((now - announcement_time(state.last_day)).total_seconds() / 3600, 1)
    held = announcement_time(state.last_day)
    verdict: State = "fresh"
    if held < last_expected_announcement(now - GRACE):
        verdict = "stale"
    elif held < last_expected_announcement(now):
        verdict = "waiting"
    if verdict == "stale" and state.freshness == "empty":
        verdict = "waiting"  # arXiv's own page of that day lists nothing: what is held is its last announcement
    elif state.freshness == "partial":
        verdict = "partial"
    return CategoryHealth(name, verdict, state.last_day, age, state.since, state.reason)


def late_categories(manifest: Manifest, asked: CategoryFilter, *, now: datetime) -> str:
    """Say which of the categories asked for lack the last expected announcement, and since when; "" when none does."""
    expected = last_expected_announcement(now)
    late = [
        state
        for state in manifest.categories
        if state.category in asked.included and state.last_day and announcement_time(state.last_day) < expected
    ]
    return ", ".join(f"{state.category} since {state.last_day}" for state in late)


def _verdict(
    manifest: Manifest | None, categories: tuple[CategoryHealth, ...]
) -> tuple[Literal["ok", "empty", "stale", "sample"], str]:
    if manifest is None or not manifest.batches:
        return "empty", "no papers yet: the first refresh has not finished"
    if manifest.sample:
        return "sample", "arXiv could not be reached yet: these are fictional sample papers"
    late = [each.category for each in categories if each.state in ("stale", "empty")]
    if late:
        return "stale", f"older than the last announcement: {', '.join(late)}"
    message = "every followed category has the last announcement, or waits for it in good time"
    return "ok", f"{message}; the days before it are still being fetched" if manifest.filling else message


def is_current(manifest: Manifest | None, config: Config, *, now: datetime) -> bool:
    """Whether every configured category has the last announcement that arXiv should have made."""
    if manifest is None or manifest.sample:
        return False
    held = {state.category: state.last_day for state in manifest.categories}
    days = [held.get(category) for category in categories_to_follow(config.settings, ())]
    expected = last_expected_announcement(now)
    return all(day is not None and announcement_time(day) >= expected for day in days)
