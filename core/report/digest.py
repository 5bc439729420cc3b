"""``digest=daily|weekly``: a feed with one item a day or a week, whose body is the report."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Final

from msgspec.structs import replace

from core.config.settings import Settings
from core.feeds.build import FeedUrls, build_feed_head
from core.feeds.library import Snapshot
from core.paper import announcement_time
from core.query.feed_query import FeedQuery
from core.render.formats import FeedFormat
from core.render.head import FeedHead
from core.render.item import FeedItem
from core.render.links import url_with_key
from core.report.build import COMPARISON_SPAN, REPORT_LOOKBACK, Report, build_report
from core.report.facts import report_sentence, report_title
from core.report.html import html_report
from core.report.period import Period, one_day, week_of, without_digest

DIGEST_WEEKS_BACK: Final = timedelta(weeks=4)
"""A weekly digest has the weeks of at least so long, however few ``days`` a feed of papers has."""

MOST_PAPERS_PER_ITEM: Final = 100
"""Papers in one item, whatever ``per_day`` says: it is read in one go."""
MOST_DIGEST_PAPERS: Final = 500
"""Papers in all items together, as many as an ordinary feed may have; older days are left out."""

ReportUrl = Callable[[Report], str]
DigestRenderer = Callable[[FeedHead, Sequence[FeedItem]], bytes]


def render_digest(
    snapshot: Snapshot,
    query: FeedQuery,
    feed_format: FeedFormat,
    feed_urls: FeedUrls,
    settings: Settings,
    *,
    report_url: ReportUrl | None = None,
) -> bytes:
    """
    Render the digest feed: the same bytes for the same snapshot, query, addresses and settings.

    ``report_url`` tells a report's own address, where that is not the service's.
    """
    most_items = 0 if snapshot.manifest.sample else query.limit
    report_url = report_url or _service_report_url(feed_urls)
    digest_items = list(islice(_digest_items(snapshot, query, feed_urls.papers_url, settings, report_url), most_items))
    return _digest_renderer(feed_format.name)(_digest_head(snapshot, query, feed_urls, digest_items), digest_items)


def _digest_head(
    snapshot: Snapshot, query: FeedQuery, feed_urls: FeedUrls, digest_items: Sequence[FeedItem]
) -> FeedHead:
    """What the feed says of itself; without items, why there are none."""
    query_head = build_feed_head(snapshot, query, (), feed_urls)
    period_word = "week" if query.digest == "weekly" else "day"
    description = f"One report a {period_word} of the new arXiv papers in {', '.join(query.categories.terms)}."
    title = f"{query_head.title} · {query.digest} digest"
    return replace(query_head, title=title, description=description if digest_items else query_head.description)


def _digest_renderer(format_name: str) -> DigestRenderer:
    """Load what the format needs, and nothing of the others."""
    if format_name == "json":
        from core.render.json_feed import render_json_items  # noqa: PLC0415

        return render_json_items
    from core.render.rss_atom import render_atom_items, render_rss_items  # noqa: PLC0415

    return render_atom_items if format_name == "atom" else render_rss_items


def _service_report_url(feed_urls: FeedUrls) -> ReportUrl:
    """Where the service has a report."""

    def report_url(report: Report) -> str:
        parameters = (report.query.canonical(), report.period.parameter)
        report_page = f"{feed_urls.base_url}/report?{'&'.join(part for part in parameters if part)}"
        return url_with_key(report_page, feed_urls.access_key)

    return report_url


def _digest_items(
    snapshot: Snapshot, query: FeedQuery, papers_url: str, settings: Settings, report_url: ReportUrl
) -> Iterator[FeedItem]:
    report_query = replace(without_digest(query), per_day=min(query.per_day, MOST_PAPERS_PER_ITEM))
    retention = timedelta(days=settings.retention_days)
    papers_left = MOST_DIGEST_PAPERS
    for period in digest_periods([batch.day for batch in snapshot.batches], query, retention):
        report = build_report(snapshot.batches, report_query, period, sample=snapshot.manifest.sample)
        papers_left -= len(report.papers)
        if papers_left < 0:
            return  # whole items or none: one that were cut would change when a newer one comes
        if report.matched:
            yield _digest_item(report, papers_url, settings, report_url(report))


def digest_periods(days: Sequence[date], query: FeedQuery, retention: timedelta) -> list[Period]:
    """
    Return the days or the complete weeks that a digest has an item for, the newest first; ``days`` come newest first.

    Of the oldest ones held the days before, which decide what was told already, are about to expire: those are left
    out, so that an item never changes for that reason.
    """
    newest, weekly = days[0], query.digest == "weekly"
    digest_window = timedelta(days=query.days)
    digest_window = max(digest_window, DIGEST_WEEKS_BACK) if weekly else digest_window
    periods = dict.fromkeys(week_of(day) if weekly else one_day(day) for day in days)
    wanted_periods = [
        period
        for period in periods
        if newest - period.last < digest_window and (not weekly or period.is_complete(newest))
    ]
    since, until = query.since or date.min, query.until or date.max
    wanted_periods = [period for period in wanted_periods if since <= period.first and period.last <= until]
    lookback = COMPARISON_SPAN if weekly else REPORT_LOOKBACK
    return [
        period
        for period in wanted_periods
        if period == wanted_periods[0] or newest - period.first + lookback < retention
    ]


def _digest_item(report: Report, papers_url: str, settings: Settings, report_page: str) -> FeedItem:
    announced = announcement_time(report.period.last)
    return FeedItem(
        item_id=f"tag:paperfeed.github.io,2026:digest:{report.period.name}",
        item_url=report_page,
        item_title=f"{report_title(report)}: {report.matched:,} matched",
        item_summary=report_sentence(report),
        item_html=html_report(report, settings, papers_url=papers_url),
        published=announced,
        updated=max(announced, report.updated),
    )
