"""What came of a refresh: the states of its categories, its report, and what the next one will do. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from core.arxiv.limits import ARXIV_SPACING
from core.calendar import holiday_name, next_expected_announcement
from core.refresh.progress import Progress, fetch_seconds
from core.refresh.report import RefreshedCategory, RefreshReport, Verdict
from core.refresh.scope import day_held, day_settled, total_papers
from core.store.records import CategoryState, DayRecord, Freshness, LastRefresh

ASK_AGAIN_IN: Final = timedelta(hours=1)
"""When it is worth asking again for what arXiv has not announced yet, or did not give."""

_VERDICT_FRESHNESS: Final[dict[Verdict, Freshness]] = {
    Verdict.PARTIAL: "partial",
    Verdict.STALE: "stale",
    Verdict.EMPTY_SUSPICIOUS: "empty",
}


def category_states(progress: Progress) -> dict[str, CategoryState]:
    return {name: _category_state(progress, name) for name in progress.scope.categories}


def _category_state(progress: Progress, category: str) -> CategoryState:
    state_before = progress.working.states.get(category) or CategoryState(category)
    freshness, reason = _freshness(progress, category, state_before)
    stale_since = None if freshness == "fresh" else state_before.since or progress.clock.now()
    checked_at = progress.clock.now() if category in progress.newest_decisions else state_before.checked
    return CategoryState(category, _last_held_day(progress, category), freshness, reason, stale_since, checked_at)


def _freshness(progress: Progress, category: str, state_before: CategoryState) -> tuple[Freshness, str]:
    record = progress.record(category, progress.scope.newest)
    if record is not None and (day_held(record) or day_settled(record)):
        return ("partial" if record.tries and not record.complete else "fresh"), record.note
    fetches = list(progress.fetches(category, progress.scope.newest))
    if category in progress.waiting and not fetches:
        return "empty", progress.newest_decisions[category].reason
    if not fetches:
        return state_before.freshness, state_before.reason
    last_fetch = max(reversed(fetches), key=lambda fetch: fetch.decision is not Verdict.FAILED)  # the last witness
    if category in progress.waiting:
        return "empty", last_fetch.reason
    if last_fetch.decision is Verdict.EMPTY_SUSPICIOUS and last_fetch.source == "rss":
        return "unknown", last_fetch.reason  # arXiv's feeds are empty now and then; its pages are believed
    return _VERDICT_FRESHNESS.get(last_fetch.decision, "unknown"), last_fetch.reason


def _last_held_day(progress: Progress, category: str) -> date | None:
    """The last announcement that is held; a day on which arXiv had nothing for the category counts too."""
    ledger_records = (record for record in progress.working.ledger.values() if record.category == category)
    known_days = (
        record.day for record in ledger_records if record.held or (record.complete and not holiday_name(record.day))
    )
    return max(known_days, default=None)


def last_refresh(progress: Progress, started: datetime) -> LastRefresh:
    next_step, _ = _outlook(progress)
    return LastRefresh(started, progress.clock.now(), _is_refresh_ok(progress), _outcome_sentence(progress), next_step)


def report_of(progress: Progress, started: datetime, *, requests: int, throttled_waits: Sequence[str]) -> RefreshReport:
    next_step, next_at = _outlook(progress)
    refresh_finished = progress.clock.now()
    looked_at = {(fetch.category, fetch.day) for fetch in progress.noted_fetches}
    return RefreshReport(
        ok=_is_refresh_ok(progress),
        outcome=_outcome_sentence(progress),
        started=started,
        finished=refresh_finished,
        seconds=fetch_seconds(refresh_finished - started),
        requests=requests,
        categories=tuple(_refreshed_category(progress, name) for name in progress.scope.categories),
        fetches=tuple(progress.noted_fetches),
        days=tuple(record for gap, record in sorted(progress.working.ledger.items()) if gap in looked_at),
        anomalies=(*throttled_waits, *progress.anomalies, *([str(progress.stopped)] if progress.stopped else [])),
        gaps=len(progress.gaps()),
        next_step=next_step,
        next_at=next_at,
        reached=not (progress.stopped and progress.stopped.offline),
    )


def _refreshed_category(progress: Progress, category: str) -> RefreshedCategory:
    newest_fetches = list(progress.fetches(category, progress.scope.newest))
    record = progress.record(category, progress.scope.newest) or DayRecord(category, progress.scope.newest)
    held_counts, last_decision = dict(record.held), progress.newest_decisions.get(category)
    return RefreshedCategory(
        category=category,
        day=progress.scope.newest,
        items=total_papers(record.held),
        new=held_counts.get("new", 0),
        cross=held_counts.get("cross", 0),
        replace=held_counts.get("replace", 0),
        stale=any(fetch.decision is Verdict.STALE for fetch in newest_fetches),
        complete=record.complete,
        skipped=max((len(fetch.skipped) for fetch in newest_fetches), default=0),
        decision=last_decision.verdict if last_decision else "held",
        reason=last_decision.reason if last_decision else record.note or "held already",
        source=record.source,
        seconds=round(sum(fetch.seconds for fetch in newest_fetches), 1),
    )


def _is_refresh_ok(progress: Progress) -> bool:
    """Nothing of the deployment's own categories is lacking but what arXiv has not announced."""
    return progress.waiting.issuperset(progress.scope.configured_categories.intersection(progress.lacking()))


def _outcome_sentence(progress: Progress) -> str:
    lacking, newest, all_categories = progress.lacking(), progress.scope.newest, len(progress.scope.categories)
    held_lists = f"{all_categories - len(lacking)} of {all_categories} categories have the list of {newest:%A} {newest}"
    if not lacking:
        return held_lists
    decision = progress.newest_decisions.get(lacking[0])
    return f"{held_lists}; {lacking[0]}: {decision.reason if decision else progress.stopped or 'not asked for'}"


def _outlook(progress: Progress) -> tuple[str, datetime | None]:
    """What the next refresh will do, and when that is worth it."""
    now = progress.clock.now()
    if progress.stopped and progress.stopped.resume_at:
        return f"{progress.stopped}; the next refresh goes on then", progress.stopped.resume_at
    if gaps := progress.gaps():
        return _gaps_sentence(progress, gaps), now if progress.stopped else now + ASK_AGAIN_IN
    if lacking_categories := progress.lacking():
        return f"ask again for {', '.join(lacking_categories)}", now + ASK_AGAIN_IN
    next_refresh_at, holiday = next_expected_announcement(now)
    holiday_note = f" (because of {holiday})" if holiday else ""
    expected_then = f"{next_refresh_at:%A %Y-%m-%d}, at midnight in New York{holiday_note}"
    return f"the next announcement is expected on {expected_then}", next_refresh_at


def _gaps_sentence(progress: Progress, gaps: Sequence[tuple[str, date]]) -> str:
    """What is left, and how long it takes to ask for it."""
    never_fetched = any(not day_held(progress.working.ledger.get(gap)) for gap in gaps)
    gap_work = "to be fetched" if never_fetched else "to be compared with arXiv's own list"
    (category, day), page_seconds = gaps[0], ARXIV_SPACING["site"].gate_seconds_same_host
    fetch_minutes = max(1, round(len(gaps) * page_seconds / 60))
    next_gap = f"{category} of {day} first: about {fetch_minutes} min of asking"
    return f"{len(gaps)} days of categories are still {gap_work}, {next_gap}"
