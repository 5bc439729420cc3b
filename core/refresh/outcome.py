"""What came of a refresh: the states of its categories, its report, and what the next one will do. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from core.arxiv.limits import SPACING
from core.calendar import holiday_name, next_expected_announcement
from core.refresh.progress import Progress
from core.refresh.scope import held, settled, total
from core.refresh_report import CategoryReport, RefreshReport, Verdict
from core.store.records import CategoryState, DayRecord, Freshness, LastRefresh

AGAIN_IN: Final = timedelta(hours=1)
"""When it is worth asking again for what arXiv has not announced yet, or did not give."""

_FRESHNESS: Final[dict[Verdict, Freshness]] = {
    Verdict.PARTIAL: "partial",
    Verdict.STALE: "stale",
    Verdict.EMPTY_SUSPICIOUS: "empty",
}


def states(progress: Progress) -> dict[str, CategoryState]:
    return {name: _state(progress, name) for name in progress.scope.categories}


def _state(progress: Progress, category: str) -> CategoryState:
    before = progress.working.states.get(category) or CategoryState(category)
    freshness, reason = _freshness(progress, category, before)
    since = None if freshness == "fresh" else before.since or progress.clock.now()
    checked = progress.clock.now() if category in progress.decided else before.checked
    return CategoryState(category, _last_day(progress, category), freshness, reason, since, checked)


def _freshness(progress: Progress, category: str, before: CategoryState) -> tuple[Freshness, str]:
    record = progress.record(category, progress.scope.newest)
    if record is not None and (held(record) or settled(record)):
        return ("partial" if record.tries and not record.complete else "fresh"), record.note
    fetches = list(progress.fetches(category, progress.scope.newest))
    if category in progress.waiting and not fetches:
        return "empty", progress.decided[category].reason
    if not fetches:
        return before.freshness, before.reason
    judged = max(reversed(fetches), key=lambda fetch: fetch.decision is not Verdict.FAILED)  # the last witness
    if category in progress.waiting:
        return "empty", judged.reason
    if judged.decision is Verdict.EMPTY_SUSPICIOUS and judged.source == "rss":
        return "unknown", judged.reason  # arXiv's feeds are empty now and then; its pages are believed
    return _FRESHNESS.get(judged.decision, "unknown"), judged.reason


def _last_day(progress: Progress, category: str) -> date | None:
    """The last announcement that is held; a day on which arXiv had nothing for the category counts too."""
    own = (each for each in progress.working.ledger.values() if each.category == category)
    known = (each.day for each in own if each.held or (each.complete and not holiday_name(each.day)))
    return max(known, default=None)


def last_refresh(progress: Progress, started: datetime) -> LastRefresh:
    return LastRefresh(started, progress.clock.now(), _ok(progress), _outcome(progress), _outlook(progress)[0])


def report_of(progress: Progress, started: datetime, *, requests: int, waits: Sequence[str]) -> RefreshReport:
    next_step, next_at = _outlook(progress)
    finished = progress.clock.now()
    looked_at = {(each.category, each.day) for each in progress.noted}
    return RefreshReport(
        ok=_ok(progress),
        outcome=_outcome(progress),
        started=started,
        finished=finished,
        seconds=_seconds(finished - started),
        requests=requests,
        categories=tuple(_category_report(progress, name) for name in progress.scope.categories),
        fetches=tuple(progress.noted),
        days=tuple(record for key, record in sorted(progress.working.ledger.items()) if key in looked_at),
        anomalies=(*waits, *progress.anomalies, *([str(progress.stopped)] if progress.stopped else [])),
        gaps=len(progress.gaps()),
        next_step=next_step,
        next_at=next_at,
        reached=not (progress.stopped and progress.stopped.offline),
    )


def _category_report(progress: Progress, category: str) -> CategoryReport:
    fetches = list(progress.fetches(category, progress.scope.newest))
    record = progress.record(category, progress.scope.newest) or DayRecord(category, progress.scope.newest)
    counts, last = dict(record.held), progress.decided.get(category)
    return CategoryReport(
        category=category,
        day=progress.scope.newest,
        items=total(record.held),
        new=counts.get("new", 0),
        cross=counts.get("cross", 0),
        replace=counts.get("replace", 0),
        stale=any(each.decision is Verdict.STALE for each in fetches),
        complete=record.complete,
        skipped=max((len(each.skipped) for each in fetches), default=0),
        decision=last.verdict if last else "held",
        reason=last.reason if last else record.note or "held already",
        source=record.source,
        seconds=round(sum(each.seconds for each in fetches), 1),
    )


def _ok(progress: Progress) -> bool:
    """Nothing of the deployment's own categories is lacking but what arXiv has not announced."""
    return progress.waiting.issuperset(progress.scope.configured.intersection(progress.lacking()))


def _outcome(progress: Progress) -> str:
    lacking = progress.lacking()
    good, of = len(progress.scope.categories) - len(lacking), len(progress.scope.categories)
    outcome = f"{good} of {of} categories have the list of {progress.scope.newest:%A} {progress.scope.newest}"
    if lacking:
        why = progress.decided.get(lacking[0])
        outcome += f"; {lacking[0]}: {why.reason if why else progress.stopped or 'not asked for'}"
    return outcome


def _outlook(progress: Progress) -> tuple[str, datetime | None]:
    """What the next refresh will do, and when that is worth it."""
    now = progress.clock.now()
    if progress.stopped and progress.stopped.until:
        return f"{progress.stopped}; the next refresh goes on then", progress.stopped.until
    if left := progress.gaps():
        return _to_ask(progress, left), now if progress.stopped else now + AGAIN_IN
    if lacking := progress.lacking():
        return f"ask again for {', '.join(lacking)}", now + AGAIN_IN
    at, holiday = next_expected_announcement(now)
    because = f" (because of {holiday})" if holiday else ""
    return f"the next announcement is expected on {at:%A %Y-%m-%d}, at midnight in New York{because}", at


def _to_ask(progress: Progress, left: Sequence[tuple[str, date]]) -> str:
    """What is left, and how long it takes to ask for it."""
    never = sum(not held(progress.working.ledger.get(pair)) for pair in left)
    minutes = max(1, round(len(left) * SPACING["site"].same_host / 60))
    category, day = left[0]
    what = "to be fetched" if never else "to be compared with arXiv's own list"
    return f"{len(left)} days of categories are still {what}, {category} of {day} first: about {minutes} min of asking"


def _seconds(took: timedelta) -> float:
    return round(took.total_seconds(), 1)
