"""
Adding up scores, in whole units.

``Sums`` keeps the sums of all rows of a batch as bit planes: bit ``r`` of plane ``k`` is bit ``k`` of row ``r``'s sum.
Adding a weight to a set of rows is a handful of operations on long integers, however many rows. ``Listed`` keeps one
number a row, for rankings in which no two rows add the same.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, Protocol

from core.index.bitset import rows_of
from core.paper import Matched
from core.search.batch import LoadedBatch


class Scores(Protocol):
    """A score for every row of a batch, in units."""

    def add(self, rows: int, units: int) -> None:
        """Add ``units``, not negative, to each row of this set."""

    def of(self, row: int) -> int:
        """Return one row's score."""

    def levels(self, rows: int) -> Iterator[tuple[int, int]]:
        """Give this set of rows by score, the highest first: ``(units, rows with that score)``."""


class Sums:
    """Scores that begin with 0 and are the sum of a few weights."""

    def __init__(self) -> None:
        self._planes: list[int] = []

    def add(self, rows: int, units: int) -> None:
        place = 0
        while units and rows:
            if units & 1:
                self._add_bit(rows, place)
            units >>= 1
            place += 1

    def count(self, sets: Iterable[int]) -> None:
        """Add 1 to each row of each of these sets: as ``add``, in a third of the time."""
        ones = twos = fours = 0
        for rows in sets:
            carry = ones & rows
            ones ^= rows
            carried = twos & carry
            twos ^= carry
            if eights := fours & carried:
                self._add_bit(eights, 3)
            fours ^= carried
        for place, plane in enumerate((ones, twos, fours)):
            self._add_bit(plane, place)

    def _add_bit(self, carry: int, place: int) -> None:
        planes = self._planes
        while carry:
            while place >= len(planes):
                planes.append(0)
            planes[place], carry = planes[place] ^ carry, planes[place] & carry
            place += 1

    def of(self, row: int) -> int:
        return sum((plane >> row & 1) << place for place, plane in enumerate(self._planes))

    def levels(self, rows: int) -> Iterator[tuple[int, int]]:
        planes = self._planes
        waiting = [(len(planes), 0, rows)] if rows else []
        while waiting:
            place, units, rows = waiting.pop()
            while place:
                place -= 1
                if high := rows & planes[place]:
                    if high != rows:
                        waiting.append((place, units, rows ^ high))
                    units |= 1 << place
                    rows = high
            yield units, rows


class Listed:
    """Scores of which every row has its own; rows that are not listed have 0. It changes the table that it is given."""

    def __init__(self, units: dict[int, int]) -> None:
        self._units = units

    def add(self, rows: int, units: int) -> None:
        for row in rows_of(rows):
            self._units[row] = self._units.get(row, 0) + units

    def of(self, row: int) -> int:
        return self._units.get(row, 0)

    def levels(self, rows: int) -> Iterator[tuple[int, int]]:
        for units, some in groupby(sorted(rows_of(rows), key=self.of, reverse=True), key=self.of):
            yield units, sum(1 << row for row in some)


UNIT: Final = 1_000_000
"""Scores are added up in millionths, so that no order depends on rounding."""
_ROUNDED: Final = 1000
"""Scores that are estimates have three decimals."""


class Ranker(Protocol):
    """Scores one batch after the other."""

    unit: int
    """Its scores are whole numbers of this many millionths."""

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Return the rows that are in, filters set aside, and a score for each."""

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell what brought a row in."""


def millionths(weight: float) -> int:
    return round(weight * UNIT)


def rounded(score: float) -> int:
    return round(score * _ROUNDED) * (UNIT // _ROUNDED)


def at_least(scores: Scores, rows: int, units: int) -> int:
    """Return those rows of a set that have this score or a higher one."""
    found = 0
    for level, members in scores.levels(rows):
        if level < units:
            break
        found |= members
    return found
