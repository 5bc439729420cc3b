"""What papers are announced as, for the categories that somebody asks for: sets of rows of a batch."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Final

from core.index.bitset import bits_of
from core.index.memo import Kind, bits_size
from core.index.reader import BatchIndex
from core.paper import AnnounceType
from core.taxonomy import CategoryFilter

RowsByType = Mapping[AnnounceType, int]
"""The rows that have one of the categories and none of the excluded ones, by type; every row under one type."""

_BY_DAY: Final = Kind[Mapping[date, int]]("by day", lambda found: sum(map(bits_size, found.values())))
_BY_TYPE: Final = Kind[RowsByType]("announced as", lambda found: sum(map(bits_size, found.values())))


def rows_by_type(index: BatchIndex, categories: CategoryFilter) -> RowsByType:
    """
    Sort the rows of these categories by what they were announced as in them.

    The best type among the feeds of those categories counts; a paper that has the category but stood in none of their
    feeds is a cross-list, or the replacement of one.
    """
    return index.memo.remembered(_BY_TYPE, str(categories), lambda: _rows_by_type(index, categories))


def _rows_by_type(index: BatchIndex, categories: CategoryFilter) -> dict[AnnounceType, int]:
    rows = rows_in_sets(index, "c:", categories.included) & ~excluded_rows(index, categories)
    found: dict[AnnounceType, int] = {}
    for kind in AnnounceType:
        feeds = (there for name, each, there in index.announcements if each is kind and name in categories.included)
        found[kind] = reduce(or_, feeds, 0) & rows
        rows &= ~found[kind]
    fresh = rows & rows_in_sets(index, "t:", (AnnounceType.NEW, AnnounceType.CROSS))
    found[AnnounceType.CROSS] |= fresh
    found[AnnounceType.REPLACE_CROSS] |= rows & ~fresh
    return found


def rows_in_sets(index: BatchIndex, kind: str, names: Iterable[str]) -> int:
    """Return the union of the named sets: ``c:`` has the category, ``p:`` has it as primary."""
    return reduce(or_, (index.sets.get(kind + name, 0) for name in names), 0)


def excluded_rows(index: BatchIndex, categories: CategoryFilter) -> int:
    return rows_in_sets(index, "c:", categories.excluded)


def primary_rows(index: BatchIndex, primary: CategoryFilter) -> int:
    return rows_in_sets(index, "p:", primary.included) & ~rows_in_sets(index, "p:", primary.excluded)


def row_type(announced: RowsByType, row: int) -> AnnounceType:
    """Return what a row counts as; it must be one of ``announced``."""
    return next(kind for kind, rows in announced.items() if rows >> row & 1)


def rows_by_day(index: BatchIndex) -> Mapping[date, int]:
    """Return the rows by the day of their first announcement."""
    return index.memo.remembered(_BY_DAY, None, lambda: _sort_by_day(index))


def _sort_by_day(index: BatchIndex) -> Mapping[date, int]:
    rows: dict[date, list[int]] = {}
    for row, day in enumerate(index.announced):
        rows.setdefault(day, []).append(row)
    return {day: bits_of(each, index.count) for day, each in rows.items()}
