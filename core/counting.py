"""
Adding up scores for a whole batch at once.

A score is a whole number of units; the sums of all rows are kept as bit planes: bit ``r`` of plane ``k`` is bit ``k``
of row ``r``'s sum. Adding a weight to a set of rows is a handful of operations on long integers, however many rows.
"""

from collections.abc import Iterator


class Sums:
    """A sum for every row, all beginning with 0."""

    def __init__(self) -> None:
        self.planes: list[int] = []

    def add(self, rows: int, units: int) -> None:
        """Add ``units``, which is not negative, to each of these rows."""
        place = 0
        while units and rows:
            if units & 1:
                self._add_bit(rows, place)
            units >>= 1
            place += 1

    def _add_bit(self, carry: int, place: int) -> None:
        planes = self.planes
        while carry:
            while place >= len(planes):
                planes.append(0)
            planes[place], carry = planes[place] ^ carry, planes[place] & carry
            place += 1

    def of(self, row: int) -> int:
        """Return one row's sum."""
        return sum((plane >> row & 1) << place for place, plane in enumerate(self.planes))

    def levels(self, rows: int) -> Iterator[tuple[int, int]]:
        """Give these rows by their sums, the highest first: ``(units, rows with that sum)``."""
        yield from self._levels(rows, len(self.planes) - 1, 0)

    def _levels(self, rows: int, place: int, units: int) -> Iterator[tuple[int, int]]:
        if not rows:
            return
        if place < 0:
            yield units, rows
            return
        plane = self.planes[place]
        yield from self._levels(rows & plane, place - 1, units | 1 << place)
        yield from self._levels(rows & ~plane, place - 1, units)
