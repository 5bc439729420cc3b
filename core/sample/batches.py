"""
Three days of fictional papers, for a deployment that has none of arXiv's yet.

They are read as arXiv's feeds are. Import this only when they are needed: it brings feedparser along.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from core.arxiv.document import announce_type_for
from core.arxiv.rss import parse_rss
from core.paper import Announcement, ArxivId, Batch, Paper

SAMPLE_CATEGORIES: Final = ("cs.AI", "cs.CL", "cs.CV", "cs.DC", "cs.LG")
_SAMPLE_FILES: Final = ("first.xml", "second.xml", "third.xml")  # oldest first
_SAMPLE_WEEKDAYS: Final = range(5)


def sample_batches(today: date) -> tuple[Batch, ...]:
    """The sample as the three announcement days before ``today``, newest first; the same for the same day."""
    sample_days = sorted(islice(_sample_days_before(today), len(_SAMPLE_FILES)))
    first_samples: dict[ArxivId, date] = {}
    samples_newest_last = []
    for sample_file, sample_day in zip(_SAMPLE_FILES, sample_days, strict=True):
        sample_rss = Path(__file__).with_name(sample_file).read_bytes()
        sample_document = parse_rss(sample_rss, "+".join(SAMPLE_CATEGORIES))
        sample_papers = [_announced_sample(sample, sample_day, first_samples) for sample in sample_document.papers]
        sample_papers.sort(key=lambda sample: sample.arxiv_id)
        samples_newest_last.append(Batch(sample_day, tuple(sample_papers)))
    return tuple(reversed(samples_newest_last))


def _sample_days_before(today: date) -> Iterator[date]:
    sample_days = (today - timedelta(days=days_back) for days_back in count(1))
    return (sample_day for sample_day in sample_days if sample_day.weekday() in _SAMPLE_WEEKDAYS)


def _announced_sample(sample: Paper, sample_day: date, first_samples: dict[ArxivId, date]) -> Paper:
    """Give a paper its day, and to each category the announcement that the category's own feed would have."""
    sample_categories = [category for category in SAMPLE_CATEGORIES if category in sample.categories]
    sample_type = sample.announce_type.value
    sample_announcements = tuple(
        Announcement(category, announce_type_for(category, sample_type, sample.categories))
        for category in sample_categories
    )
    sample_announced = first_samples.setdefault(sample.arxiv_id, sample_day)
    return replace(sample, announced=sample_announced, announcements=sample_announcements)
