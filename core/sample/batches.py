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

SAMPLE_CATEGORIES: Final = ("cs.AI", "cs.CL", "cs.CV", "cs.DC", "cs.LG")
_SAMPLE_FILES: Final = ("first.xml", "second.xml", "third.xml")  # oldest first
_SATURDAY: Final = 5


def sample_batches(today: date) -> tuple[Batch, ...]:
    """The sample as the three announcement days before ``today``, newest first; the same for the same day."""
    sample_days = sorted(_sample_weekdays(today, len(_SAMPLE_FILES)))
    first_announced: dict[ArxivId, date] = {}
    newest_last = []
    for sample_file, day in zip(_SAMPLE_FILES, sample_days, strict=True):
        sample_rss = Path(__file__).with_name(sample_file).read_bytes()
        sample_papers = [
            _announced_sample(paper, day, first_announced)
            for paper in parse_rss(sample_rss, "+".join(SAMPLE_CATEGORIES)).papers
        ]
        newest_last.append(Batch(day, tuple(sorted(sample_papers, key=lambda paper: paper.arxiv_id))))
    return tuple(reversed(newest_last))


def _sample_weekdays(today: date, count: int) -> Iterable[date]:
    day = today
    while count:
        day -= timedelta(days=1)
        if day.weekday() < _SATURDAY:
            count -= 1
            yield day


def _announced_sample(paper: Paper, sample_day: date, first_announced: dict[ArxivId, date]) -> Paper:
    """Give a paper its day, and to each category the announcement that the category's own feed would have."""
    return replace(
        paper,
        announced=first_announced.setdefault(paper.arxiv_id, sample_day),
        announcements=tuple(
            Announcement(category, announce_type_for(category, paper.announce_type.value, paper.categories))
            for category in SAMPLE_CATEGORIES
            if category in paper.categories
        ),
    )
