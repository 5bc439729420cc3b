"""``digest=daily|weekly``: a feed with one item a day or a week, whose body is the report."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Final

from msgspec.structs import replace

from core.config import Settings
from core.feeds.build import Addresses, FeedFormat, feed_head
from core.feeds.library import Snapshot
from core.paper import announcement_time
from core.query.feed_query import FeedQuery
from core.render.head import FeedHead
from core.render.item import Item
from core.render.links import with_key
from core.report.build import COMPARED, LOOKBACK, Report, build_report
from core.report.facts import report_sentence, report_title
from core.report.html import html_report
from core.report.period import Period, of_papers, one_day, week_of

WEEKS_BACK: Final = timedelta(weeks=4)
"""A weekly digest has the weeks of at least so long, however few ``days`` a feed of papers has."""

MOST_IN_ITEM: Final = 100
"""Papers in one item, whatever ``per_day`` says: it is read in one go."""
MOST_PAPERS: Final = 500
"""Papers in all items together, as many as an ordinary feed may have; older days are left out."""

PageOf = Callable[[Report], str]
Renderer = Callable[[FeedHead, Sequence[Item]], bytes]


def render_digest(
    snapshot: Snapshot,
    query: FeedQuery,
    form: FeedFormat,
    addresses: Addresses,
    settings: Settings,
    *,
    page_of: PageOf | None = None,
) -> bytes:
    """
    Render the digest feed: the same bytes for the same snapshot, query, addresses and settings.

    ``page_of`` tells a report's own address, where that is not the service's.
    """
    most = 0 if snapshot.manifest.sample else query.limit
    page_of = page_of or _page_at(addresses)
    items = list(islice(_items(snapshot, query, addresses.papers, settings, page_of), most))
    return _renderer(form.name)(_head(snapshot, query, addresses, items), items)


def _head(snapshot: Snapshot, query: FeedQuery, addresses: Addresses, items: Sequence[Item]) -> FeedHead:
    """What the feed says of itself; without items, why there are none."""
    head = feed_head(snapshot, query, (), addresses)
    every = "week" if query.digest == "weekly" else "day"
    description = f"One report a {every} of the new arXiv papers in {', '.join(query.categories.terms)}."
    title = f"{head.title} · {query.digest} digest"
    return replace(head, title=title, description=description if items else head.description)


def _renderer(form: str) -> Renderer:
    """Load what the format needs, and nothing of the others."""
    if form == "json":
        from core.render.json_feed import json_items  # noqa: PLC0415

        return json_items
    from core.render.rss_atom import atom_items, rss_items  # noqa: PLC0415

    return atom_items if form == "atom" else rss_items


def _page_at(addresses: Addresses) -> PageOf:
    """Where the service has a report."""

    def page_of(report: Report) -> str:
        parameters = (report.query.canonical(), report.period.parameter)
        address = f"{addresses.base}/report?{'&'.join(part for part in parameters if part)}"
        return with_key(address, addresses.key)

    return page_of


def _items(
    snapshot: Snapshot, query: FeedQuery, papers_url: str, settings: Settings, page_of: PageOf
) -> Iterator[Item]:
    papers = replace(of_papers(query), per_day=min(query.per_day, MOST_IN_ITEM))
    retention = timedelta(days=settings.retention_days)
    left = MOST_PAPERS
    for period in digest_periods([batch.day for batch in snapshot.batches], query, retention):
        report = build_report(snapshot.batches, papers, period, sample=snapshot.manifest.sample)
        left -= len(report.papers)
        if left < 0:
            return  # whole items or none: one that were cut would change when a newer one comes
        if report.matched:
            yield _item(report, papers_url, settings, page_of(report))


def digest_periods(days: Sequence[date], query: FeedQuery, retention: timedelta) -> list[Period]:
    """
    Return the days or the complete weeks that a digest has an item for, the newest first; ``days`` come newest first.

    Of the oldest ones held the days before, which decide what was told already, are about to expire: those are left
    out, so that an item never changes for that reason.
    """
    newest, weekly = days[0], query.digest == "weekly"
    window = timedelta(days=query.days)
    window = max(window, WEEKS_BACK) if weekly else window
    periods = dict.fromkeys(week_of(day) if weekly else one_day(day) for day in days)
    wanted = [each for each in periods if newest - each.last < window and (not weekly or each.is_complete(newest))]
    since, until = query.since or date.min, query.until or date.max
    wanted = [each for each in wanted if since <= each.first and each.last <= until]
    back = COMPARED if weekly else LOOKBACK
    return [each for each in wanted if each == wanted[0] or newest - each.first + back < retention]


def _item(report: Report, papers_url: str, settings: Settings, address: str) -> Item:
    announced = announcement_time(report.period.last)
    return Item(
        id=f"tag:paperfeed.github.io,2026:digest:{report.period.name}",
        url=address,
        title=f"{report_title(report)}: {report.matched:,} matched",
        text=report_sentence(report),
        html=html_report(report, settings, papers_url=papers_url),
        published=announced,
        updated=max(announced, report.updated),
    )
