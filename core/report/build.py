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

REPORT_LOOKBACK: Final = timedelta(days=7)
"""
How far before a period papers are looked at: one that stood in a feed then is not told of again.

No further, and nothing after the period at all: so a report stays as it is when later days come and old ones expire.
"""
COMPARISON_SPAN: Final = timedelta(weeks=2)
"""How far before a week its keywords are compared: always the same, so that the comparison does not change either."""
_EVERY_PAPER: Final = 1_000_000


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
        return tuple(keyword for keyword in self.keywords if keyword.rose)


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
    lookback = _lookback_batches(batches, period)
    period_batches = [batch for batch in lookback if batch.day in period]
    compared_batches = _compared_batches(batches, period)
    period_papers, reported = _rank_period(lookback, query, period)
    return Report(
        period,
        query,
        changed or max([announcement_time(period_batches[0].day), *(entry.updated for entry in reported)]),
        count_types(period_batches, query.categories),
        len(period_papers),
        tuple(reported),
        count_categories(period_batches, query, _matched_rows(period_papers, len(period_batches))),
        count_keywords(period_batches, compared_batches, query),
        sample,
        len(compared_batches),
    )


def _lookback_batches(batches: Iterable[LoadedBatch], period: Period) -> tuple[LoadedBatch, ...]:
    return tuple(batch for batch in batches if period.first - REPORT_LOOKBACK < batch.day <= period.last)


def _compared_batches(batches: Iterable[LoadedBatch], period: Period) -> tuple[LoadedBatch, ...]:
    """Return the days that a week is compared with; a day is compared with none."""
    compared_from = period.first - COMPARISON_SPAN if period.is_week else period.first
    return tuple(batch for batch in batches if compared_from <= batch.day < period.first)


def _rank_period(lookback: Sequence[LoadedBatch], query: FeedQuery, period: Period) -> tuple[list[Placed], list[Entry]]:
    """Return where all papers stand that the period has for the query, the best first, and the best as entries."""
    days_needed = max(query.days, (period.last - period.first).days + 1)
    period_query = replace(query, per_day=_EVERY_PAPER, sort="score", days=days_needed)
    selection = Selection(lookback, period_query)
    unsummarized = Selection(lookback, replace(period_query, content="abstract"))
    period_papers = sorted(
        (place for place in selection.placed() if lookback[place.stands.batch].day in period), key=by_rank
    )
    reported = []
    for place in period_papers[: query.per_day]:
        entry = selection.entry(place)
        entry = unsummarized.entry(place) if _is_made_late(entry.summary, period) else entry
        reported.append(replace(entry, rating=None) if _is_made_late(entry.rating, period) else entry)
    return period_papers, reported


def _is_made_late(summary: Summary | None, period: Period) -> bool:
    """Whether a summary or a rating was made only when the next day was announced already."""
    return summary is not None and summary.created >= announcement_time(period.closes)


def _matched_rows(period_papers: Iterable[Placed], batch_count: int) -> list[int]:
    """Return the set of rows that stand in each batch; a newer text of a paper does not move it."""
    matched_rows = [0] * batch_count
    for place in period_papers:
        matched_rows[place.stands.batch] |= 1 << place.stands.row
    return matched_rows
