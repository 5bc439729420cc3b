"""Documents for a decision: papers, lists, and days before."""

from datetime import UTC, date, datetime, timedelta

from core.arxiv.document import CategoryDocument, SkippedArxivItem
from core.calendar import announcement_time
from core.paper import Announcement, AnnounceType, ArxivId, Author, Paper
from core.refresh.merge import (
    PreviousList,
)

WEDNESDAY = date(2026, 1, 14)
NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)


def paper(number, kind="new", category="cs.AI", *, version=1, day=WEDNESDAY, also=(), **other):
    kind = AnnounceType(kind)
    fields = {"title": f"Title {number}", "abstract": f"Abstract {number}", "authors": (Author("Ada Fern"),)} | other
    return Paper(
        arxiv_id=ArxivId(f"2613.{number:05}"),
        version=version,
        announce_type=kind,
        announced=day,
        categories=tuple(dict.fromkeys([category, *also])),
        announcements=(Announcement(category, kind),),
        **fields,
    )


def document(papers, *, category="cs.AI", source="rss", day=WEDNESDAY, built=12, skipped=0, totals=()):
    built_at = announcement_time(day).astimezone(UTC) + timedelta(seconds=built) if source == "rss" else None
    left = tuple(SkippedArxivItem(f"item {n}", "no identifier") for n in range(skipped))
    return CategoryDocument(category, source, day, built_at, tuple(papers), left, totals)


def new_papers(first, count, **other):
    return [paper(first + n, **other) for n in range(count)]


TUESDAY = PreviousList.of(date(2026, 1, 13), new_papers(100, 20), "cs.AI")
