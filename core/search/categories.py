"""What papers are announced as, for the categories that somebody asks for: sets of rows of a batch."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Final

from core.index.bitset import bits_of
from core.index.memo import MemoKind, bits_size
from core.index.reader import BatchIndex
from core.paper import AnnounceType
from core.query.feed_query import FeedQuery
from core.taxonomy import CategoryFilter

RowsByType = Mapping[AnnounceType, int]
"""The rows that have one of the categories and none of the excluded ones, by type; every row under one type."""

_ROWS_BY_DAY: Final = MemoKind[Mapping[date, int]]("by day", lambda rows: sum(map(bits_size, rows.values())))
_ROWS_BY_TYPE: Final = MemoKind[RowsByType]("announced as", lambda rows: sum(map(bits_size, rows.values())))


def rows_by_type(index: BatchIndex, categories: CategoryFilter) -> RowsByType:
    """
    Sort the rows of these categories by what they were announced as in them.

    The best type among the feeds of those categories counts; a paper that has the category but stood in none of their
    feeds is a cross-list, or the replacement of one.
    """
    return index.memo.remembered(_ROWS_BY_TYPE, str(categories), lambda: _sort_rows_by_type(index, categories))


def _sort_rows_by_type(index: BatchIndex, categories: CategoryFilter) -> dict[AnnounceType, int]:
    category_rows = rows_in_sets(index, "c:", categories.included) & ~excluded_rows(index, categories)
    type_rows: dict[AnnounceType, int] = {}
    included = [(kind, rows) for category, kind, rows in index.announcements if category in categories.included]
    for row_type in AnnounceType:
        type_rows[row_type] = category_rows & reduce(or_, (rows for kind, rows in included if kind is row_type), 0)
        category_rows &= ~type_rows[row_type]
    fresh_rows = category_rows & rows_in_sets(index, "t:", (AnnounceType.NEW, AnnounceType.CROSS))
    type_rows[AnnounceType.CROSS] |= fresh_rows
    type_rows[AnnounceType.REPLACE_CROSS] |= category_rows & ~fresh_rows
    return type_rows


def rows_in_sets(index: BatchIndex, set_kind: str, set_names: Iterable[str]) -> int:
    """Return the union of the named sets: ``c:`` has the category, ``p:`` has it as primary."""
    return reduce(or_, (index.row_sets.get(set_kind + name, 0) for name in set_names), 0)


def excluded_rows(index: BatchIndex, categories: CategoryFilter) -> int:
    return rows_in_sets(index, "c:", categories.excluded)


def primary_rows(index: BatchIndex, primary: CategoryFilter) -> int:
    return rows_in_sets(index, "p:", primary.included) & ~rows_in_sets(index, "p:", primary.excluded)


def qualifying_rows(index: BatchIndex, query: FeedQuery) -> int:
    """Return the rows that stand in the wanted categories as one of the wanted types."""
    announced_rows = rows_by_type(index, query.categories)
    typed_rows = sum(announced_rows[announce_type] for announce_type in query.types)
    return typed_rows & primary_rows(index, query.primary) if query.primary else typed_rows


def row_type(type_rows: RowsByType, row: int) -> AnnounceType:
    """Return what a row counts as; it must be one of ``type_rows``."""
    for announce_type, rows in type_rows.items():
        if rows >> row & 1:
            return announce_type
    raise ValueError("no row of these types")


def rows_by_day(index: BatchIndex) -> Mapping[date, int]:
    """Return the rows by the day of their first announcement."""
    return index.memo.remembered(_ROWS_BY_DAY, None, lambda: _sort_rows_by_day(index))


def _sort_rows_by_day(index: BatchIndex) -> Mapping[date, int]:
    day_rows: dict[date, list[int]] = {}
    for row, announced_day in enumerate(index.announced_days):
        day_rows.setdefault(announced_day, []).append(row)
    return {announced_day: bits_of(rows, index.count) for announced_day, rows in day_rows.items()}
