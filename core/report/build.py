"""From batches and a query to the report of a period: pure, the same report for the same papers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.paper import Entry, Summary, announcement_time
from core.query.feed_query import FeedQuery
from core.report.period import Period
from core.report.statistics import CategoryCount, KeywordCount, count_categories, count_keywords, count_types
from core.search.batch import LoadedBatch
from core.search.order import Placed, by_rank
from core.search.select import Selection

LOOKBACK: Final = timedelta(days=7)
"""
How far before a period papers are looked at: one that stood in a feed then is not told of again.

No further, and nothing after the period at all: so a report stays as it is when later days come and old ones expire.
"""
COMPARED: Final = timedelta(weeks=2)
"""How far before a week its keywords are compared: always the same, so that the comparison does not change either."""
_ALL: Final = 1_000_000


class Report(Struct, frozen=True):
    """A day or a week of one query."""

    period: Period
    query: FeedQuery
    updated: datetime  # when what it tells last changed
    announced: CategoryCount  # of all categories asked for together
    matched: int
    papers: tuple[Entry, ...]  # the best first, as many as ``per_day`` says
    categories: tuple[CategoryCount, ...]
    keywords: tuple[KeywordCount, ...]
    sample: bool = False
    compared_with: int = 0  # announcement days before a week that its keywords are compared with

    @property
    def summarized(self) -> int:
        return sum(entry.summary is not None for entry in self.papers)

    @property
    def risen(self) -> tuple[KeywordCount, ...]:
        """The keywords that stand in surely more of the papers than in the weeks before."""
        return tuple(each for each in self.keywords if each.rose)


def build_report(
    batches: Sequence[LoadedBatch],
    query: FeedQuery,
    period: Period,
    *,
    changed: datetime | None = None,
    sample: bool = False,
) -> Report:
    """
    Report one period; ``batches`` come newest first. Later batches change nothing in it, nor do late summaries.

    ``changed`` is when what is held last changed; without it the report says when its own papers did.
    """
    seen = _seen(batches, period)
    inside = [batch for batch in seen if batch.day in period]
    before = _before(batches, period)
    placed, papers = _chosen(seen, query, period)
    return Report(
        period,
        query,
        changed or max([announcement_time(inside[0].day), *(entry.updated for entry in papers)]),
        count_types(inside, query.categories),
        len(placed),
        tuple(papers),
        count_categories(inside, query, _rows(placed, len(inside))),
        count_keywords(inside, before, query),
        sample,
        len(before),
    )


def _seen(batches: Iterable[LoadedBatch], period: Period) -> tuple[LoadedBatch, ...]:
    return tuple(batch for batch in batches if period.first - LOOKBACK < batch.day <= period.last)


def _before(batches: Iterable[LoadedBatch], period: Period) -> tuple[LoadedBatch, ...]:
    """Return the days that a week is compared with; a day is compared with none."""
    start = period.first - COMPARED if period.is_week else period.first
    return tuple(batch for batch in batches if start <= batch.day < period.first)


def _chosen(seen: Sequence[LoadedBatch], query: FeedQuery, period: Period) -> tuple[list[Placed], list[Entry]]:
    """Return where all papers stand that the period has for the query, the best first, and the best as entries."""
    days = max(query.days, (period.last - period.first).days + 1)
    whole = replace(query, per_day=_ALL, sort="score", days=days)
    selection = Selection(seen, whole)
    unsummarized = Selection(seen, replace(whole, content="abstract"))
    placed = sorted((each for each in selection.placed() if seen[each.stands.batch].day in period), key=by_rank)
    entries = []
    for each in placed[: query.per_day]:
        entry = selection.entry(each)
        entry = unsummarized.entry(each) if _is_late(entry.summary, period) else entry
        entries.append(replace(entry, rating=None) if _is_late(entry.rating, period) else entry)
    return placed, entries


def _is_late(made: Summary | None, period: Period) -> bool:
    """Whether a summary or a rating was made only when the next day was announced already."""
    return made is not None and made.created >= announcement_time(period.closes)


def _rows(placed: Iterable[Placed], batches: int) -> list[int]:
    """Return the set of rows that stand in each batch; a newer text of a paper does not move it."""
    rows = [0] * batches
    for each in placed:
        rows[each.stands.batch] |= 1 << each.stands.row
    return rows
