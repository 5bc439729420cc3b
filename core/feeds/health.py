"""Is what we hold as new as arXiv's last announcement? From the manifest and the clock."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from core.calendar import eastern_date, holiday_name, last_expected_announcement, next_expected_announcement
from core.config.followed import categories_to_follow
from core.config.read import Config
from core.config.setup import setup_warnings
from core.errors import StoreError
from core.feeds.refresh_loop import REFRESH_LOOP, RefreshLoop
from core.paper import announcement_time
from core.store.base import STORE_TIMEOUT, Store
from core.store.records import CategoryState, GateState, LastRefresh, Manifest
from core.store.refresh_reports import recent_refreshes
from core.taxonomy import CategoryFilter

ANNOUNCEMENT_GRACE: Final = timedelta(hours=14)
"""How long after an announcement a category may still lack it: the noon cron, an hour late."""

_NOT_IN_LAST_REFRESH: Final = "the last refresh was not about it; the next one goes on from there"

Status = Literal["ok", "empty", "stale", "sample", "not refreshing", "store unreachable"]
CategoryHealthState = Literal["fresh", "waiting", "stale", "partial", "empty"]

HEALTH_STATES: Final[dict[CategoryHealthState, str]] = {
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
    state: CategoryHealthState
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
    store_health = StoreHealth(store.backend, store.durable, "" if store.durable else NOT_LASTING)
    warnings = setup_warnings(config, lasting=store.durable)
    try:
        async with asyncio.timeout(STORE_TIMEOUT.total_seconds()):
            manifest = await store.load_manifest()
            gate = await store.gate_state(now=now)
            last_refreshes = await recent_refreshes(store, 1)
    except (StoreError, TimeoutError) as error:
        store_problem = str(error) or "the store did not answer in time"
        return Health("store unreachable", store_problem, store_health, warnings=warnings)
    health = assess_health(manifest, categories_to_follow(config.settings, ()), store_health, gate, now=now)
    summaries = last_refreshes[0].summaries if last_refreshes else None
    health = replace(health, warnings=warnings, summaries=summaries.outcome if summaries else "")
    return _with_loop_trouble(health, REFRESH_LOOP, store.unwritable(), now)


def _with_loop_trouble(health: Health, loop: RefreshLoop, unwritable: str, now: datetime) -> Health:
    """Say that nothing is refreshed any more, or that the last round failed."""
    if complaint := unwritable or loop.complaint(now):
        status: Status = "not refreshing" if health.ok else health.status
        return replace(health, status=status, message=complaint if health.ok else health.message, refreshing=complaint)
    return replace(health, refreshing=f"the last refresh failed: {loop.failure}" if loop.failure else "")


def assess_health(
    manifest: Manifest | None, followed: Iterable[str], store: StoreHealth, gate: GateState, *, now: datetime
) -> Health:
    """Judge every wanted category, and the whole by its worst."""
    next_announcement, holiday = next_expected_announcement(now)
    today = eastern_date(now)
    holiday = holiday_name(today) or holiday
    category_states = (
        _states_by_ledger(manifest) | {state.category: state for state in manifest.categories} if manifest else {}
    )
    category_healths = tuple(_category_health(category, category_states.get(category), now) for category in followed)
    status, message = _overall_status(manifest, category_healths)
    if status == "ok" and holiday_name(today):
        message += f"; {holiday}: arXiv announces nothing today"
    return Health(
        status,
        message,
        store,
        category_healths,
        batches=len(manifest.batches) if manifest else 0,
        papers=sum(ref.count for ref in manifest.batches) if manifest else 0,
        last_refresh=manifest.last_refresh if manifest else None,
        last_expected_announcement=last_expected_announcement(now),
        next_expected_announcement=next_announcement,
        holiday=holiday,
        cooling_down_until=gate.cooling_until,
        cooling_down_reason=gate.reason,
    )


def _states_by_ledger(manifest: Manifest) -> dict[str, CategoryState]:
    """Categories that the last refresh was not about, such as those of another ``config.json``, by the ledger."""
    newest_held: dict[str, date] = {}
    for record in manifest.ledger:
        if record.held:
            newest_held[record.category] = max(record.day, newest_held.get(record.category, record.day))
    return {
        name: CategoryState(name, day, "fresh", _NOT_IN_LAST_REFRESH, None, None) for name, day in newest_held.items()
    }


def _category_health(category: str, state: CategoryState | None, now: datetime) -> CategoryHealth:
    if state is None or state.last_day is None:
        return CategoryHealth(category, "empty", None, None, None, state.reason if state else "never fetched")
    age_hours = round((now - announcement_time(state.last_day)).total_seconds() / 3600, 1)
    held_announcement = announcement_time(state.last_day)
    health_state: CategoryHealthState = "fresh"
    if held_announcement < last_expected_announcement(now - ANNOUNCEMENT_GRACE):
        health_state = "stale"
    elif held_announcement < last_expected_announcement(now):
        health_state = "waiting"
    if health_state == "stale" and state.freshness == "empty":
        health_state = "waiting"  # arXiv's own page of that day lists nothing: what is held is its last announcement
    elif state.freshness == "partial":
        health_state = "partial"
    return CategoryHealth(category, health_state, state.last_day, age_hours, state.since, state.reason)


def late_categories(manifest: Manifest, asked_categories: CategoryFilter, *, now: datetime) -> str:
    """Say which of the categories asked for lack the last expected announcement, and since when; "" when none does."""
    expected = last_expected_announcement(now)
    late = [
        state
        for state in manifest.categories
        if state.category in asked_categories.included
        and state.last_day
        and announcement_time(state.last_day) < expected
    ]
    return ", ".join(f"{state.category} since {state.last_day}" for state in late)


def _overall_status(
    manifest: Manifest | None, categories: tuple[CategoryHealth, ...]
) -> tuple[Literal["ok", "empty", "stale", "sample"], str]:
    if manifest is None or not manifest.batches:
        return "empty", "no papers yet: the first refresh has not finished"
    if manifest.sample:
        return "sample", "arXiv could not be reached yet: these are fictional sample papers"
    late_names = [category.category for category in categories if category.state in ("stale", "empty")]
    if late_names:
        return "stale", f"older than the last announcement: {', '.join(late_names)}"
    message = "every followed category has the last announcement, or waits for it in good time"
    return "ok", f"{message}; the days before it are still being fetched" if manifest.filling else message


def is_current(manifest: Manifest | None, config: Config, *, now: datetime) -> bool:
    """Whether every configured category has the last announcement that arXiv should have made."""
    if manifest is None or manifest.sample:
        return False
    held_days = {state.category: state.last_day for state in manifest.categories}
    last_days = [held_days.get(category) for category in categories_to_follow(config.settings, ())]
    expected_announcement = last_expected_announcement(now)
    return all(day is not None and announcement_time(day) >= expected_announcement for day in last_days)
