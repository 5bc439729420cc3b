"""Near misses: papers that one small change of a query would let in, and that change."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.config.settings import MAX_LIMIT
from core.language.wider_terms import wider_terms
from core.paper import AnnounceType, Entry
from core.query.feed_query import FeedQuery
from core.search.batch import BatchRow, LoadedBatch, link_batches
from core.search.order import PlacedPaper
from core.search.rankers import choose_ranker
from core.search.select import Selection

_MOST_QUERY_CHANGES: Final = 40
_MISSES_OF_CHANGE: Final = 2
"""The most papers told for one change, so that there is room for others."""

_QueryChange = tuple[FeedQuery, str, str]
"""The changed query, the parameter that is another in it, and what to write there."""


class NearMiss(Struct, frozen=True):
    """A paper that is not in the feed, and the change that would bring it in: ``keywords`` and ``quantiz*``."""

    entry: Entry
    changed_parameter: str
    query_change: str  # what to write there: a term to add, or the term to take out of ``exclude``


def near_misses(batches: Sequence[LoadedBatch], query: FeedQuery, most_misses: int) -> list[NearMiss]:
    """Return at most ``most_misses`` papers that one small change of the query lets in, the smallest changes first."""
    if not batches or query.like:
        return []
    unlimited_query = replace(query, per_day=MAX_LIMIT, limit=MAX_LIMIT)
    placed_rows = {placed.newest_row for placed in _unordered_selection(batches, unlimited_query).placed()}
    misses: list[NearMiss] = []
    for changed_query, changed_parameter, query_change in islice(_query_changes(unlimited_query), _MOST_QUERY_CHANGES):
        selection = _unordered_selection(batches, changed_query)
        newly_placed = _newly_placed(selection, placed_rows, min(most_misses - len(misses), _MISSES_OF_CHANGE))
        misses += [NearMiss(selection.entry(placed), changed_parameter, query_change) for placed in newly_placed]
        if len(misses) >= most_misses:
            break
    return misses


def _unordered_selection(batches: Sequence[LoadedBatch], query: FeedQuery) -> Selection:
    """Select without settling ties, which takes longer than all the rest and changes nothing of what is found."""
    links = link_batches(tuple(batch.index for batch in batches))
    return Selection(batches, query, choose_ranker(query, batches, links))


def _newly_placed(selection: Selection, placed_rows: set[BatchRow], most_misses: int) -> Iterator[PlacedPaper]:
    """Give what was not placed before, and remember it."""
    for placed in islice((new for new in selection.placed() if new.newest_row not in placed_rows), most_misses):
        placed_rows.add(placed.newest_row)
        yield placed


def _query_changes(query: FeedQuery) -> Iterator[_QueryChange]:
    """Replacements come last: they are many, and most of them were read when they were new."""
    for excluded_term in query.exclude:
        other_excluded = tuple(other for other in query.exclude if other is not excluded_term)
        yield replace(query, exclude=other_excluded), "exclude", str(excluded_term)
    if query.min_score:
        yield replace(query, min_score=0.0), "min_score", "0"
    for keyword in query.keywords if query.match != "substring" else ():
        for wider_keyword in wider_terms(keyword):
            wider_query = replace(query, keywords=(wider_keyword,), authors=(), min_score=0.0)
            yield wider_query, "keywords", str(wider_keyword)
    if query.keywords and len(query.types) < len(AnnounceType):
        yield replace(query, types=frozenset(AnnounceType)), "types", "new,cross,replace"
