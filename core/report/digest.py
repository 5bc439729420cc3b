"""``digest=daily|weekly``: a feed with one item a day or a week, whose body is the report."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Final

from msgspec.structs import replace

from core.calendar import announcement_time
from core.config.settings import Settings
from core.feeds.build import FeedUrls, build_feed_head
from core.feeds.describe import describe_categories
from core.feeds.library import Snapshot
from core.query.feed_query import FeedQuery
from core.render.formats import FeedFormat
from core.render.head import FeedHead
from core.render.item import FeedItem
from core.render.links import url_with_key
from core.report.build import COMPARISON_SPAN, REPORT_LOOKBACK, Report, build_report
from core.report.facts import report_sentence, report_title
from core.report.html import html_report
from core.report.period import Period, day_period, week_period, without_digest
from core.search.entries import Selected

DIGEST_WEEKS_BACK: Final = timedelta(weeks=4)
"""A weekly digest has the weeks of at least so long, however few ``days`` a feed of papers has."""

MOST_PAPERS_PER_REPORT: Final = 100
"""Papers in one item, whatever ``per_day`` says: it is read in one go."""
MOST_DIGEST_PAPERS: Final = 500
"""Papers in all items together, as many as an ordinary feed may have; older days are left out."""

ReportUrl = Callable[[Report], str]
DigestRenderer = Callable[[FeedHead, Sequence[FeedItem]], bytes]


def render_digest(
    snapshot: Snapshot,
    digest_query: FeedQuery,
    digest_format: FeedFormat,
    digest_urls: FeedUrls,
    settings: Settings,
    *,
    report_url: ReportUrl | None = None,
) -> bytes:
    """
    Render the digest feed: the same bytes for the same snapshot, query, addresses and settings.

    ``report_url`` tells a report's own address, where that is not the service's.
    """
    most_reports = 0 if snapshot.manifest.sample else digest_query.limit
    report_url = report_url or _service_report_url(digest_urls)
    digest_items = _digest_items(snapshot, digest_query, digest_urls.papers_url, settings, report_url)
    reported_items = list(islice(digest_items, most_reports))
    digest_head = _digest_head(
        build_feed_head(snapshot, digest_query, Selected([]), digest_urls), digest_query, reported_items
    )
    return _digest_renderer(digest_format.name)(digest_head, reported_items)


def _digest_head(empty_head: FeedHead, digest_query: FeedQuery, reported_items: Sequence[FeedItem]) -> FeedHead:
    """What the feed says of itself; without items, why there are none."""
    period_word = "week" if digest_query.digest == "weekly" else "day"
    digest_of = describe_categories(digest_query, len(digest_query.categories.terms))
    digest_head = replace(empty_head, title=f"{empty_head.title} · {digest_query.digest} digest")
    digest_description = f"One report a {period_word} of the new arXiv papers in {digest_of}."
    return replace(digest_head, description=digest_description) if reported_items else digest_head


def _digest_renderer(digest_format: str) -> DigestRenderer:
    """Load what the format needs, and nothing of the others."""
    if digest_format == "json":
        from core.render.json_feed import render_json_items as render_json_digest  # noqa: PLC0415

        return render_json_digest
    from core.render.rss_atom import render_atom_items, render_rss_items  # noqa: PLC0415

    return render_atom_items if digest_format == "atom" else render_rss_items


def _service_report_url(digest_urls: FeedUrls) -> ReportUrl:
    """Where the service has a report."""

    def report_url(report: Report) -> str:
        report_parameters = filter(None, (report.report_query.canonical(), report.period.period_parameter))
        return url_with_key(f"{digest_urls.base_url}/report?{'&'.join(report_parameters)}", digest_urls.access_key)

    return report_url


def _digest_items(
    snapshot: Snapshot, digest_query: FeedQuery, papers_url: str, settings: Settings, report_url: ReportUrl
) -> Iterator[FeedItem]:
    report_query = replace(without_digest(digest_query), per_day=min(digest_query.per_day, MOST_PAPERS_PER_REPORT))
    digest_days = [batch.day for batch in snapshot.batches]
    digest_papers_left, is_sample = MOST_DIGEST_PAPERS, snapshot.manifest.sample
    for period in digest_periods(digest_days, digest_query, timedelta(days=settings.retention_days)):
        report = build_report(snapshot.batches, report_query, period, is_sample_report=is_sample)
        digest_papers_left -= len(report.papers)
        if digest_papers_left < 0:
            return  # whole items or none: one that were cut would change when a newer one comes
        if report.matched:
            yield _digest_item(report, papers_url, settings, report_url(report))


def digest_periods(days: Sequence[date], digest_query: FeedQuery, retention: timedelta) -> list[Period]:
    """
    Return the days or the complete weeks that a digest has an item for, the newest first; ``days`` come newest first.

    Of the oldest ones held the days before, which decide what was told already, are about to expire: those are left
    out, so that an item never changes for that reason.
    """
    newest_day, is_weekly = days[0], digest_query.digest == "weekly"
    digest_window = max(timedelta(days=digest_query.days), DIGEST_WEEKS_BACK if is_weekly else timedelta())
    digest_since, digest_until = digest_query.since or date.min, digest_query.until or date.max
    digest_window_periods = [
        period
        for period in dict.fromkeys(map(week_period if is_weekly else day_period, days))
        if newest_day - period.reported_until < digest_window and (not is_weekly or period.is_complete(newest_day))
        if digest_since <= period.reported_from and period.reported_until <= digest_until
    ]
    digest_lookback = COMPARISON_SPAN if is_weekly else REPORT_LOOKBACK
    return [
        period
        for period in digest_window_periods
        if period == digest_window_periods[0] or newest_day - period.reported_from + digest_lookback < retention
    ]


def _digest_item(report: Report, papers_url: str, settings: Settings, report_url: str) -> FeedItem:
    period_announced = announcement_time(report.period.reported_until)
    return FeedItem(
        item_id=f"tag:paperfeed.github.io,2026:digest:{report.period.period_name}",
        item_url=report_url,
        item_title=f"{report_title(report)}: {report.matched:,} matched",
        item_summary=report_sentence(report),
        item_html=html_report(report, settings, papers_url=papers_url),
        item_published=period_announced,
        item_updated=max(period_announced, report.report_updated),
    )
