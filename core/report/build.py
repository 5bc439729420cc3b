"""From batches and a query to the report of a period: pure, the same report for the same papers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.calendar import announcement_time
from core.paper import Entry, Summary
from core.query.feed_query import FeedQuery
from core.report.period import Period
from core.report.statistics import ReportedCategory, ReportedKeyword, count_categories, count_keywords, count_types
from core.search.batch import LoadedBatch
from core.search.order import PlacedPaper, by_rank
from core.search.select import Selection
from core.search.work import require_all_days

REPORT_LOOKBACK: Final = timedelta(days=7)
"""
How far before a period papers are looked at: one that stood in a feed then is not told of again.

No further, and nothing after the period at all: so a report stays as it is when later days come and old ones expire.
"""
COMPARISON_SPAN: Final = timedelta(weeks=2)
"""How far before a week its keywords are compared: always the same, so that the comparison does not change either."""
_MOST_REPORTABLE: Final = 1_000_000  # papers: every one


class Report(Struct, frozen=True):
    """A day or a week of one query."""

    period: Period
    report_query: FeedQuery
    report_updated: datetime  # when what it tells last changed
    announced: ReportedCategory  # of all categories asked for together
    matched: int
    papers: tuple[Entry, ...]  # the best first, as many as ``per_day`` says
    reported_categories: tuple[ReportedCategory, ...]
    reported_keywords: tuple[ReportedKeyword, ...]
    is_sample_report: bool = False
    compared_days: int = 0  # announcement days before a week that its keywords are compared with
    unheld_sentences: tuple[str, ...] = ()  # on categories asked for that are not held, or not yet

    @property
    def summarized_count(self) -> int:
        return sum(reported.summary is not None for reported in self.papers)

    @property
    def risen_keywords(self) -> tuple[ReportedKeyword, ...]:
        """The keywords that stand in surely more of the papers than in the weeks before."""
        return tuple(reported_keyword for reported_keyword in self.reported_keywords if reported_keyword.surely_risen)


def build_report(
    held_batches: Sequence[LoadedBatch],
    report_query: FeedQuery,
    period: Period,
    *,
    report_updated: datetime | None = None,
    is_sample_report: bool = False,
    unheld_sentences: tuple[str, ...] = (),
) -> Report:
    """
    Report one period; ``held_batches`` come newest first. Later batches change nothing in it, nor do late summaries.

    ``report_updated`` is when what is held last changed; without it the report says when its own papers did.
    ``unheld_sentences`` are those of ``describe_unheld``: the numbers have nothing of those categories.
    """
    require_all_days()
    lookback = _lookback_batches(held_batches, period)
    period_batches = [period_batch for period_batch in lookback if period_batch.day in period]
    compared_batches = _compared_batches(held_batches, period)
    period_places, reported = _rank_period(lookback, report_query, period)
    period_announced = announcement_time(period_batches[0].day)
    return Report(
        period,
        report_query,
        report_updated or max([period_announced, *(reported_entry.updated for reported_entry in reported)]),
        count_types(period_batches, report_query.categories),
        len(period_places),
        tuple(reported),
        count_categories(period_batches, report_query, _period_matches(period_places, len(period_batches))),
        count_keywords(period_batches, compared_batches, report_query),
        is_sample_report,
        len(compared_batches),
        unheld_sentences,
    )


def _lookback_batches(held_batches: Iterable[LoadedBatch], period: Period) -> tuple[LoadedBatch, ...]:
    lookback_from = period.reported_from - REPORT_LOOKBACK
    return tuple(lookback for lookback in held_batches if lookback_from < lookback.day <= period.reported_until)


def _compared_batches(held_batches: Iterable[LoadedBatch], period: Period) -> tuple[LoadedBatch, ...]:
    """Return the days that a week is compared with; a day is compared with none."""
    compared_from = period.reported_from - COMPARISON_SPAN if period.is_week else period.reported_from
    return tuple(compared for compared in held_batches if compared_from <= compared.day < period.reported_from)


def _rank_period(
    lookback: Sequence[LoadedBatch], report_query: FeedQuery, period: Period
) -> tuple[list[PlacedPaper], list[Entry]]:
    """Return where all papers stand that the period has for the query, the best first, and the best as entries."""
    period_length = (period.reported_until - period.reported_from).days + 1
    period_query = replace(
        report_query, per_day=_MOST_REPORTABLE, sort="score", days=max(report_query.days, period_length)
    )
    period_selection = Selection(lookback, period_query)
    unsummarized = Selection(lookback, replace(period_query, content="abstract"))
    period_places = sorted(
        (place for place in period_selection.placed() if lookback[place.feed_row.batch].day in period), key=by_rank
    )
    reported = []
    for period_place in period_places[: report_query.per_day]:
        reported_entry = period_selection.entry(period_place)
        if _is_after_period(reported_entry.summary, period):
            reported_entry = unsummarized.entry(period_place)
        is_rated_late = _is_after_period(reported_entry.rating, period)
        reported.append(replace(reported_entry, rating=None) if is_rated_late else reported_entry)
    return period_places, reported


def _is_after_period(summary: Summary | None, period: Period) -> bool:
    """Whether a summary or a rating was made only when the next day was announced already."""
    return summary is not None and summary.created >= announcement_time(period.period_end)


def _period_matches(period_places: Iterable[PlacedPaper], period_length: int) -> list[int]:
    """Return the set of rows that stand in each batch; a newer text of a paper does not move it."""
    period_rows = [0] * period_length
    for period_place in period_places:
        period_rows[period_place.feed_row.batch] |= 1 << period_place.feed_row.row
    return period_rows
