"""
Three days of fictional papers, for a deployment that has none of arXiv's yet.

They are read as arXiv's feeds are. Import this only when they are needed: it brings feedparser along.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from core.arxiv.document import announce_type_for
from core.arxiv.rss import parse_rss
from core.paper import Announcement, ArxivId, Batch, Paper

CATEGORIES: Final = ("cs.AI", "cs.CL", "cs.CV", "cs.DC", "cs.LG")
_FILES: Final = ("first.xml", "second.xml", "third.xml")  # oldest first
_SATURDAY: Final = 5


def sample_batches(today: date) -> tuple[Batch, ...]:
    """The sample as the three announcement days before ``today``, newest first; the same for the same day."""
    days = sorted(_weekdays_before(today, len(_FILES)))
    seen: dict[ArxivId, date] = {}
    batches = []
    for name, day in zip(_FILES, days, strict=True):
        data = Path(__file__).with_name(name).read_bytes()
        papers = [_moved(paper, day, seen) for paper in parse_rss(data, "+".join(CATEGORIES)).papers]
        batches.append(Batch(day, tuple(sorted(papers, key=lambda paper: paper.arxiv_id))))
    return tuple(reversed(batches))


def _weekdays_before(today: date, count: int) -> Iterable[date]:
    day = today
    while count:
        day -= timedelta(days=1)
        if day.weekday() < _SATURDAY:
            count -= 1
            yield day


def _moved(paper: Paper, day: date, seen: dict[ArxivId, date]) -> Paper:
    """Give a paper its day, and to each category the announcement that the category's own feed would have."""
    return replace(
        paper,
        announced=seen.setdefault(paper.arxiv_id, day),
        announcements=tuple(
            Announcement(category, announce_type_for(category, paper.announce_type.value, paper.categories))
            for category in CATEGORIES
            if category in paper.categories
        ),
    )
