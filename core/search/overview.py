"""What a page tells beside a feed's entries: how many a day, how many each term finds, which scores there are. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import islice
from operator import or_
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.index.reader import BatchIndex
from core.language.names import AuthorName
from core.language.terms import Term
from core.paper import AnnounceType, Entry
from core.query.feed_query import FeedQuery
from core.search.authors import name_rows
from core.search.batch import LoadedBatch, link_batches, oldest_day, query_ends_before
from core.search.categories import primary_rows, rows_by_type, rows_in_sets
from core.search.hits import batch_hits
from core.search.scores import UNIT
from core.search.select import Selection

DAYS_A_WEEK: Final = 5
"""arXiv announces Monday to Friday."""


class Overview(Struct, frozen=True):
    """The first entries of a feed, and how many there are on each of its days."""

    entries: tuple[Entry, ...]
    total: int  # entries of the feed, its limits applied
    days: tuple[tuple[date, int], ...]  # entries of every day held within the feed's days, newest first
    matching: int = 0  # all papers of these days that match, ``per_day`` set aside

    @property
    def per_week(self) -> int:
        """About how many entries a week of announcements brings."""
        return round(self.taken / (len(self.days) or 1) * DAYS_A_WEEK)

    @property
    def taken(self) -> int:
        """Those of them that are within ``per_day``."""
        return sum(count for _, count in self.days)

    @property
    def newest(self) -> int:
        """Entries of the newest day."""
        return self.days[0][1] if self.days else 0


def overview(batches: Sequence[LoadedBatch], query: FeedQuery, shown: int) -> Overview:
    """Select a feed's first ``shown`` entries, in its order, and count all of them; only those shown are decoded."""
    if not batches:
        return Overview((), 0, ())
    matching = [(batch.day, counts.total()) for batch, counts in Selection(batches, query).counted()]
    days = tuple((day, min(count, query.per_day)) for day, count in matching)
    selection = Selection(batches, query)
    added = sum(len(selection.nearest(number)) for number, _ in shown_batches(batches, query)) if query.also else 0
    total = min(sum(count for _, count in days) + added, query.limit)
    entries = tuple(map(selection.entry, islice(selection.placed(), min(shown, total))))
    return Overview(entries, total, days, sum(count for _, count in matching))


def shown_batches(batches: Sequence[LoadedBatch], query: FeedQuery) -> Iterator[tuple[int, LoadedBatch]]:
    """Give the batches of a query's days, with their numbers, newest first."""
    oldest = oldest_day(batches, query)
    return (
        (number, batch)
        for number, batch in enumerate(batches)
        if batch.day > oldest and not query_ends_before(query, batch.day)
    )


class Coverage:
    """How many papers of a query's categories, types and days a single term or name finds; each paper once."""

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery) -> None:
        self._match = query.match
        links = link_batches(tuple(batch.index for batch in batches))
        self._shown = [
            (batch, _of_query(batch.index, query) & (~links.repeated_rows[number] | links.newest_rows[number]))
            for number, batch in shown_batches(batches, query)
        ]

    def of_term(self, term: Term) -> int:
        return sum((batch_hits(batch, term, self._match).rows & rows).bit_count() for batch, rows in self._shown)

    def of_any(self, terms: Sequence[Term]) -> int:
        """Count the papers that one of the terms finds."""
        hits = ((rows, (batch_hits(batch, term, self._match).rows for term in terms)) for batch, rows in self._shown)
        return sum((reduce(or_, found, 0) & rows).bit_count() for rows, found in hits)

    def of_name(self, name: AuthorName) -> int:
        return sum((name_rows(batch.index, name) & rows).bit_count() for batch, rows in self._shown)

    @property
    def papers(self) -> int:
        """All papers of the categories, types and days."""
        return sum(rows.bit_count() for _, rows in self._shown)


def _of_query(index: BatchIndex, query: FeedQuery) -> int:
    announced = rows_by_type(index, query.categories)
    rows = sum(announced[kind] for kind in query.types)
    return rows & primary_rows(index, query.primary) if query.primary else rows


def papers_by_category(batch: LoadedBatch) -> Mapping[str, int]:
    """Count a day's new papers and cross-lists by category."""
    index = batch.index
    fresh = rows_in_sets(index, "t:", (AnnounceType.NEW, AnnounceType.CROSS))
    named = ((name[2:], rows & fresh) for name, rows in index.sets.items() if name.startswith("c:"))
    return {name: rows.bit_count() for name, rows in named if rows}


def score_histogram(batches: Sequence[LoadedBatch], query: FeedQuery) -> tuple[tuple[float, int], ...]:
    """Count the entries by score, as if there were no lowest one, lowest first; () where papers have no score."""
    if not batches:
        return ()
    selection = Selection(batches, replace(query, min_score=0.0))
    counts = sum((counts for _, counts in selection.counted()), Counter[int]())
    return tuple((units * selection.unit / UNIT, counts[units]) for units in sorted(counts)) if any(counts) else ()


class WayOut(Struct, frozen=True):
    """One condition whose change alone lets papers in: what to write there, and how many papers that brings."""

    parameter: str
    value: str  # "" takes the condition away
    count: int  # entries, the limits of the feed applied
    matching: int = 0  # papers, without them


def ways_out(batches: Sequence[LoadedBatch], query: FeedQuery, *, most_days: int) -> tuple[WayOut, ...]:
    """Say which single condition empties a feed: each whose loosening brings papers, those that bring most first."""
    if not batches:
        return ()
    found = (WayOut(name, value, *_sizes(batches, changed)) for name, value, changed in _loosened(query, most_days))
    return tuple(sorted((each for each in found if each.count), key=lambda each: -each.count))


def _sizes(batches: Sequence[LoadedBatch], query: FeedQuery) -> tuple[int, int]:
    """How many entries a feed has, and how many papers match."""
    matching = [counts.total() for _, counts in Selection(batches, query).counted()]
    return min(sum(min(count, query.per_day) for count in matching), query.limit), sum(matching)


def _loosened(query: FeedQuery, most_days: int) -> Iterator[tuple[str, str, FeedQuery]]:
    if query.min_score:
        yield "min_score", "0", replace(query, min_score=0.0)
    if query.exclude:
        yield "exclude", "", replace(query, exclude=())
    if query.primary:
        yield "primary", "", replace(query, primary=None)
    if query.days < most_days:
        yield "days", str(most_days), replace(query, days=most_days)
    if query.since:
        yield "from", "", replace(query, since=None)
    if query.until:
        yield "to", "", replace(query, until=None)
    if len(query.types) < len(AnnounceType):
        yield "types", "new,cross,replace", replace(query, types=frozenset(AnnounceType))
    if query.keywords:
        yield "keywords", "", replace(query, keywords=())
