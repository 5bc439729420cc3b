"""What a page tells beside a feed's entries: how many a day, how many each term finds, which scores there are. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial, reduce
from itertools import islice
from operator import or_
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.language.names import AuthorName
from core.language.terms import Term
from core.paper import AnnounceType, Entry
from core.query.feed_query import FeedQuery
from core.search.authors import name_rows
from core.search.batch import LoadedBatch, link_batches, oldest_day, query_ends_before
from core.search.categories import qualifying_rows, rows_in_sets
from core.search.hits import batch_hits
from core.search.scores import SCORE_UNIT
from core.search.select import Selection
from core.search.work import search_extra

DAYS_A_WEEK: Final = 5
"""arXiv announces Monday to Friday."""


class Overview(Struct, frozen=True):
    """The first entries of a feed, and how many there are on each of its days."""

    entries: tuple[Entry, ...]
    total: int  # entries of the feed, its limits applied
    days: tuple[tuple[date, int], ...]  # entries of every day held within the feed's days, newest first
    matching: int = 0  # all papers of these days that match, ``per_day`` set aside
    unread_from: date | None = None  # the newest day that is left out, since reading it would take too long

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


def overview(batches: Sequence[LoadedBatch], query: FeedQuery, most_shown: int) -> Overview:
    """Select a feed's first ``most_shown`` entries, in its order, and count all of them; only those are decoded."""
    if not batches:
        return Overview((), 0, ())
    if not most_shown:
        day_matches = _count_days(batches, query)
        day_entries = tuple((day, min(matches, query.per_day)) for day, matches in day_matches)
        total_entries = min(sum(entries for _, entries in day_entries), query.limit)
        return Overview((), total_entries, day_entries, sum(matches for _, matches in day_matches))
    selection = Selection(batches, query)
    feed = [*islice(selection.placed(), query.limit)]  # which ends where the feed does
    shown_entries = tuple(map(selection.entry, feed[:most_shown]))
    if selection.unread_from is None and (counted := search_extra(partial(_count_days, batches, query))):
        day_entries = tuple((day, min(matches, query.per_day)) for day, matches in counted)
        return Overview(shown_entries, len(feed), day_entries, sum(matches for _, matches in counted))
    entries_of_days = Counter(batches[placed.feed_row.batch].day for placed in feed if not placed.is_nearest)
    day_entries = tuple((day, entries_of_days[day]) for day in selection.days_read)
    return Overview(shown_entries, len(feed), day_entries, selection.matched, selection.unread_from)


def _count_days(batches: Sequence[LoadedBatch], query: FeedQuery) -> list[tuple[date, int]]:
    """How many papers match on each day, beyond those that a feed has by its limits, too."""
    return [(batch.day, scores.total()) for batch, scores in Selection(batches, query).counted()]


def shown_batches(batches: Sequence[LoadedBatch], query: FeedQuery) -> Iterator[tuple[int, LoadedBatch]]:
    """Give the batches of a query's days, with their numbers, newest first."""
    query_oldest_day = oldest_day(batches, query)
    return (
        (batch_number, batch)
        for batch_number, batch in enumerate(batches)
        if batch.day > query_oldest_day and not query_ends_before(query, batch.day)
    )


class Coverage:
    """How many papers of a query's categories, types and days a single term or name finds; each paper once."""

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery) -> None:
        self._match = query.match
        links = link_batches(tuple(batch.index for batch in batches))
        self._covered_rows = [
            (batch, qualifying_rows(batch.index, query) & (~links.repeated_rows[number] | links.newest_rows[number]))
            for number, batch in shown_batches(batches, query)
        ]

    def of_term(self, term: Term) -> int:
        return sum((batch_hits(batch, term, self._match).rows & rows).bit_count() for batch, rows in self._covered_rows)

    def of_any(self, terms: Sequence[Term]) -> int:
        """Count the papers that one of the terms finds."""
        term_hits = (
            (rows, (batch_hits(batch, term, self._match).rows for term in terms)) for batch, rows in self._covered_rows
        )
        return sum((reduce(or_, rows_of_terms, 0) & rows).bit_count() for rows, rows_of_terms in term_hits)

    def of_name(self, author_name: AuthorName) -> int:
        return sum((name_rows(batch.index, author_name) & rows).bit_count() for batch, rows in self._covered_rows)

    @property
    def papers(self) -> int:
        """All papers of the categories, types and days."""
        return sum(rows.bit_count() for _, rows in self._covered_rows)


def papers_by_category(batch: LoadedBatch) -> Mapping[str, int]:
    """Count a day's new papers and cross-lists by category."""
    new_rows = rows_in_sets(batch.index, "t:", (AnnounceType.NEW, AnnounceType.CROSS))
    category_rows = (
        (set_name[2:], rows & new_rows) for set_name, rows in batch.index.row_sets.items() if set_name.startswith("c:")
    )
    return {category: rows.bit_count() for category, rows in category_rows if rows}


def score_histogram(batches: Sequence[LoadedBatch], query: FeedQuery) -> tuple[tuple[float, int], ...]:
    """Count the entries by score, as if there were no lowest one, lowest first; () where papers have no score."""
    if not batches:
        return ()
    selection = Selection(batches, replace(query, min_score=0.0))
    scores = sum((day_scores for _, day_scores in selection.counted()), Counter[int]())
    return (
        tuple((units * selection.unit / SCORE_UNIT, scores[units]) for units in sorted(scores)) if any(scores) else ()
    )


class Loosening(Struct, frozen=True):
    """One condition whose change alone lets papers in: what to write there, and how many papers that brings."""

    parameter: str
    looser_value: str  # "" takes the condition away
    entry_count: int  # entries, the limits of the feed applied
    matching_papers: int = 0  # papers, without them


def loosenings(batches: Sequence[LoadedBatch], query: FeedQuery, *, most_days: int) -> tuple[Loosening, ...]:
    """Say which single condition empties a feed: each whose loosening brings papers, those that bring most first."""
    if not batches:
        return ()
    loosened_queries = _loosened_queries(query, most_days)
    found = (Loosening(parameter, value, *_count_entries(batches, each)) for parameter, value, each in loosened_queries)
    return tuple(sorted((each for each in found if each.entry_count), key=lambda each: -each.entry_count))


def _count_entries(batches: Sequence[LoadedBatch], query: FeedQuery) -> tuple[int, int]:
    """How many entries a feed has, and how many papers match."""
    day_matches = [scores.total() for _, scores in Selection(batches, query).counted()]
    return min(sum(min(matches, query.per_day) for matches in day_matches), query.limit), sum(day_matches)


def _loosened_queries(narrow_query: FeedQuery, most_days: int) -> Iterator[tuple[str, str, FeedQuery]]:
    if narrow_query.min_score:
        yield "min_score", "0", replace(narrow_query, min_score=0.0)
    if narrow_query.exclude:
        yield "exclude", "", replace(narrow_query, exclude=())
    if narrow_query.primary:
        yield "primary", "", replace(narrow_query, primary=None)
    if narrow_query.days < most_days:
        yield "days", str(most_days), replace(narrow_query, days=most_days)
    if narrow_query.since:
        yield "from", "", replace(narrow_query, since=None)
    if narrow_query.until:
        yield "to", "", replace(narrow_query, until=None)
    if len(narrow_query.types) < len(AnnounceType):
        yield "types", "new,cross,replace", replace(narrow_query, types=frozenset(AnnounceType))
    if narrow_query.keywords:
        yield "keywords", "", replace(narrow_query, keywords=())
