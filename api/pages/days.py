"""One announcement day: which papers, by category."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from api.pages.entries import AUTHORS_SHOWN, named_categories, shown_authors
from api.ui import Ui
from core.errors import NotFound
from core.feeds.library import Snapshot
from core.index.bitset import rows_of
from core.paper import AnnounceType, Paper
from core.search.batch import LoadedBatch
from core.search.categories import rows_in_sets
from core.search.overview import papers_by_category
from core.taxonomy import CATEGORIES
from core.text.plain import plain

MOST_SHOWN: Final = 400
"""Papers of one category on one page: the largest day of the largest category has fewer new ones."""


class DayPaper(Struct, frozen=True):
    """A paper in a list."""

    id: str
    title: str
    authors: str
    kind: str
    categories: tuple[tuple[str, str], ...]


class DayCategory(Struct, frozen=True):
    """A category on that day."""

    id: str
    name: str
    count: int
    chosen: bool


class DayView(Struct, frozen=True):
    """Everything that the page shows."""

    day: date
    title: str
    count: int
    categories: list[DayCategory]
    chosen: DayCategory | None
    papers: list[DayPaper]
    left_out: int
    previous: str
    next: str
    sample: bool


def day_view(snapshot: Snapshot, text: str, category: str, ui: Ui) -> DayView:
    """Show a day that is held; its largest category first. Raises NotFound for any other day or category."""
    days = [batch.day for batch in snapshot.batches]
    number = next((number for number, day in enumerate(days) if str(day) == text), -1)
    if number < 0:
        raise NotFound(f"nothing announced on {text[:20]!r} is held here; the days are {days[-1]} to {days[0]}")
    batch = snapshot.batches[number]
    counts = sorted(papers_by_category(batch).items(), key=lambda each: (-each[1], each[0]))
    name = category or next((name for name, _ in counts), "")
    if category and category not in dict(counts):
        raise NotFound(f"no paper of {category[:20]!r} was announced on {text} among those held here")
    categories = [DayCategory(each, CATEGORIES.get(each, each), count, each == name) for each, count in counts]
    papers = _papers(batch, name)
    return DayView(
        day=batch.day,
        title=ui.day(batch.day),
        count=rows_in_sets(batch.index, "t:", (AnnounceType.NEW, AnnounceType.CROSS)).bit_count(),
        categories=categories,
        chosen=next((each for each in categories if each.chosen), None),
        papers=[_day_paper(paper, ui) for paper in papers[:MOST_SHOWN]],
        left_out=max(len(papers) - MOST_SHOWN, 0),
        previous=str(days[number + 1]) if number + 1 < len(days) else "",
        next=str(days[number - 1]) if number else "",
        sample=snapshot.manifest.sample,
    )


def _papers(batch: LoadedBatch, category: str) -> Sequence[Paper]:
    """A category's new papers, those whose primary it is first."""
    index = batch.index
    fresh = rows_in_sets(index, "t:", (AnnounceType.NEW, AnnounceType.CROSS)) & rows_in_sets(index, "c:", (category,))
    own = rows_in_sets(index, "p:", (category,))
    return [batch.papers[row] for rows in (fresh & own, fresh & ~own) for row in sorted(rows_of(rows))]


def _day_paper(paper: Paper, ui: Ui) -> DayPaper:
    names = [plain(author.name) for author in paper.authors[: AUTHORS_SHOWN + 1]]
    names += [""] * (len(paper.authors) - len(names))  # only counted
    return DayPaper(
        paper.arxiv_id,
        plain(paper.title),
        shown_authors(names, ui),
        paper.announce_type.value,
        named_categories(paper.categories),
    )
