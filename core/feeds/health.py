"""Is what we hold as new as arXiv's last announcement? From the manifest and the clock."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from core.calendar import (
    announcement_time,
    eastern_date,
    holiday_name,
    last_expected_announcement,
    next_expected_announcement,
)
from core.config.followed import categories_to_follow
from core.config.read import Config
from core.config.setup import setup_warnings
from core.errors import StoreError
from core.feeds.library import SNAPSHOT_STORE_TIMEOUT
from core.feeds.loop_health import LOOP_HEALTH, LoopHealth
from core.store.base import Store
from core.store.records import CategoryState, GateState, LastRefresh, Manifest
from core.store.refresh_reports import recent_refreshes
from core.taxonomy import CategoryFilter

_HEALTH_STALE_AFTER: Final = timedelta(hours=14)
"""How long after an announcement a category may still lack it: the noon cron, an hour late."""

_HELD_BY_LEDGER: Final = "the last refresh was not about it; the next one goes on from there"

HealthStatus = Literal["ok", "empty", "stale", "sample", "not refreshing", "store unreachable"]
CategoryHealthState = Literal["fresh", "waiting", "stale", "partial", "empty"]

HEALTH_STATES: Final[dict[CategoryHealthState, str]] = {
    "fresh": "all that arXiv has announced",
    "waiting": "the next list is awaited",
    "stale": "older than arXiv's last announcement",
    "partial": "some papers of the last day are missing",
    "empty": "nothing was fetched yet",
}
"""In words, for people."""

HealthNote = str
"""A sentence for people; "" when there is nothing to say."""


class CategoryHealth(Struct, frozen=True):
    """One category: what is held of it, and whether that is the last announcement."""

    category: str
    state: CategoryHealthState
    last_announcement: date | None
    age_hours: float | None  # since that announcement
    stale_since: datetime | None
    reason: HealthNote


class StoreHealth(Struct, frozen=True):
    """Which store it is, and whether it keeps what it is given."""

    name: str
    lasting: bool
    note: HealthNote = ""


class Health(Struct, frozen=True):
    """The whole answer of /health; ``status`` is ``ok`` or says in a word what is wrong."""

    status: HealthStatus
    message: HealthNote
    store: StoreHealth
    categories: tuple[CategoryHealth, ...] = ()
    batches: int = 0
    papers: int = 0
    last_refresh: LastRefresh | None = None
    last_expected_announcement: datetime | None = None
    next_expected_announcement: datetime | None = None
    holiday: HealthNote = ""  # why there is none today, or why the next one is later than a weekday would have it
    cooling_down_until: datetime | None = None
    cooling_down_reason: HealthNote = ""
    warnings: tuple[HealthNote, ...] = ()  # what this deployment lacks, and what happens without it
    summaries: HealthNote = ""  # how the last run of summaries went; feeds are whole without them
    memory: HealthNote = ""  # why what this instance serves is not what the store holds; "" while it is
    unreadable_days: tuple[date, ...] = ()  # named by the manifest, and not to be read from the store
    refreshing: HealthNote = ""  # what is wrong with the loop of a local server; "" when nothing is

    @property
    def ok(self) -> bool:
        return self.status == "ok"


_UNDURABLE_STORE_HEALTH: Final = "kept under /tmp, lost with this instance: connect a Redis store to keep papers"


async def check_health(config: Config, store: Store, *, now: datetime) -> Health:
    """Look at the store itself, not at the memory of this instance."""
    store_health = StoreHealth(store.backend, store.durable, "" if store.durable else _UNDURABLE_STORE_HEALTH)
    health_warnings = setup_warnings(config, durable_store=store.durable)
    try:
        async with asyncio.timeout(SNAPSHOT_STORE_TIMEOUT.total_seconds()):
            assessed_manifest, gate = await store.load_manifest(), await store.gate_state(now=now)
            health_reports = await recent_refreshes(store, 1)
    except (StoreError, TimeoutError) as unhealthy_store:
        unhealthy_because = str(unhealthy_store) or "the store did not answer in time"
        return Health("store unreachable", unhealthy_because, store_health, warnings=health_warnings)
    health = assess_health(assessed_manifest, categories_to_follow(config.settings, ()), store_health, gate, now=now)
    health_report = health_reports[0].summaries if health_reports else None
    summaries_health = health_report.outcome if health_report else ""
    health = replace(health, warnings=health_warnings, summaries=summaries_health)
    return _with_loop_health(health, LOOP_HEALTH, store.unwritable(), now)


def _with_loop_health(health: Health, loop_health: LoopHealth, unwritable_store: str, now: datetime) -> Health:
    """Say that nothing is refreshed any more, or that the last round failed."""
    if unhealthy_because := unwritable_store or loop_health.loop_complaint(now):
        health = replace(health, refreshing=unhealthy_because)
        return replace(health, status="not refreshing", message=unhealthy_because) if health.ok else health
    loop_health_failure = loop_health.loop_failure
    return replace(health, refreshing=f"the last refresh failed: {loop_health_failure}" if loop_health_failure else "")


def assess_health(
    assessed_manifest: Manifest | None, followed: Iterable[str], store: StoreHealth, gate: GateState, *, now: datetime
) -> Health:
    """Judge every wanted category, and the whole by its worst."""
    next_expected, next_holiday = next_expected_announcement(now)
    health_holiday = holiday_name(eastern_date(now))
    followed_states = _followed_states(assessed_manifest) if assessed_manifest else {}
    category_healths = tuple(_category_health(category, followed_states.get(category), now) for category in followed)
    health_status, health_message = _overall_health(assessed_manifest, category_healths)
    if health_status == "ok" and health_holiday:
        health_message += f"; {health_holiday}: arXiv announces nothing today"
    return Health(
        health_status,
        health_message,
        store,
        category_healths,
        batches=len(assessed_manifest.batches) if assessed_manifest else 0,
        papers=sum(ref.paper_count for ref in assessed_manifest.batches) if assessed_manifest else 0,
        last_refresh=assessed_manifest.last_refresh if assessed_manifest else None,
        last_expected_announcement=last_expected_announcement(now),
        next_expected_announcement=next_expected,
        holiday=health_holiday or next_holiday,
        cooling_down_until=gate.gate_cooling_until,
        cooling_down_reason=gate.gate_reason,
    )


def _followed_states(manifest: Manifest) -> dict[str, CategoryState]:
    """
    The state of each category that is held.

    Those that the last refresh was not about, such as those of another ``config.json``, have theirs from the ledger.
    """
    followed_days = sorted(filter(attrgetter("held"), manifest.ledger), key=attrgetter("day"))
    followed_until = {followed_day.category: followed_day.day for followed_day in followed_days}
    return {
        followed: CategoryState(followed, last_day, "fresh", _HELD_BY_LEDGER, None, None)
        for followed, last_day in followed_until.items()
    } | {followed_state.category: followed_state for followed_state in manifest.categories}


def _category_health(followed: str, assessed_state: CategoryState | None, now: datetime) -> CategoryHealth:
    health_reason = assessed_state.reason if assessed_state else "never fetched"
    if assessed_state is None or assessed_state.last_day is None:
        return CategoryHealth(followed, "empty", None, None, None, health_reason)
    healthy_until = announcement_time(assessed_state.last_day)
    health_age = round((now - healthy_until).total_seconds() / 3600, 1)
    health_state: CategoryHealthState = "fresh"
    if healthy_until < last_expected_announcement(now - _HEALTH_STALE_AFTER):
        health_state = "stale"
    elif healthy_until < last_expected_announcement(now):
        health_state = "waiting"
    if health_state == "stale" and assessed_state.freshness == "empty":
        health_state = "waiting"  # arXiv's own page of that day lists nothing: what is held is its last announcement
    elif assessed_state.freshness == "partial":
        health_state = "partial"
    assessed_day, stale_since = assessed_state.last_day, assessed_state.since
    return CategoryHealth(followed, health_state, assessed_day, health_age, stale_since, health_reason)


def late_categories(manifest: Manifest, feed_categories: CategoryFilter, *, now: datetime) -> str:
    """Say which of the categories asked for lack the last expected announcement, and since when; "" when none does."""
    feed_states = [state for state in manifest.categories if state.category in feed_categories.included]
    late_before = last_expected_announcement(now)
    late_states = [state for state in feed_states if state.last_day and announcement_time(state.last_day) < late_before]
    return ", ".join(f"{state.category} since {state.last_day}" for state in late_states)


def _overall_health(
    assessed_manifest: Manifest | None, category_healths: tuple[CategoryHealth, ...]
) -> tuple[Literal["ok", "empty", "stale", "sample"], str]:
    if assessed_manifest is None or not assessed_manifest.batches:
        return "empty", "no papers yet: the first refresh has not finished"
    if assessed_manifest.sample:
        return "sample", "arXiv could not be reached yet: these are fictional sample papers"
    unhealthy_categories = [health.category for health in category_healths if health.state in ("stale", "empty")]
    if unhealthy_categories:
        return "stale", f"older than the last announcement: {', '.join(unhealthy_categories)}"
    healthy_message = "every followed category has the last announcement, or waits for it in good time"
    filling_message = f"{healthy_message}; the days before it are still being fetched"
    return "ok", filling_message if assessed_manifest.filling else healthy_message


def are_followed_fresh(assessed_manifest: Manifest | None, config: Config, *, now: datetime) -> bool:
    """Whether every configured category has the last announcement that arXiv should have made."""
    if assessed_manifest is None or assessed_manifest.sample:
        return False
    assessed_last_days = {state.category: state.last_day for state in assessed_manifest.categories}
    assessed_days = [assessed_last_days.get(followed) for followed in categories_to_follow(config.settings, ())]
    fresh_since = last_expected_announcement(now)
    return all(assessed_day and announcement_time(assessed_day) >= fresh_since for assessed_day in assessed_days)
