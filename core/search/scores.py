"""
Adding up scores, in whole units.

``SummedScores`` keeps the sums of all rows of a batch as bit planes: bit ``r`` of plane ``k`` is bit ``k`` of row
``r``'s sum. Adding a weight to a set of rows is a handful of operations on long integers, however many rows.
``ListedScores`` keeps one number a row, for rankings in which no two rows add the same; ``RankedScores`` the same of a
day that was ranked once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Final, Protocol

from core.index.bitset import rows_of
from core.paper import Matched
from core.search.batch import LoadedBatch


class Scores(Protocol):
    """A score for every row of a batch, in units."""

    def add(self, rows: int, score_units: int) -> None:
        """Add so many units, not negative, to each row of this set."""

    def of(self, row: int) -> int:
        """Return one row's score."""

    def levels(self, rows: int) -> Iterator[tuple[int, int]]:
        """Give this set of rows by score, the highest first: ``(score units, rows with that score)``."""


class SummedScores:
    """Scores that begin with 0 and are the sum of a few weights."""

    def __init__(self) -> None:
        self._score_planes: list[int] = []

    def add(self, rows: int, score_units: int) -> None:
        score_bit = 0
        while score_units and rows:
            if score_units & 1:
                self._add_score_bit(rows, score_bit)
            score_units >>= 1
            score_bit += 1

    def count(self, matching_sets: Iterable[int]) -> None:
        """Add 1 to each row of each of these sets: as ``add``, in a third of the time."""
        scored_ones = scored_twos = scored_fours = 0
        for matching_rows in matching_sets:
            carried_ones = scored_ones & matching_rows
            scored_ones ^= matching_rows
            carried_twos = scored_twos & carried_ones
            scored_twos ^= carried_ones
            if scored_eights := scored_fours & carried_twos:
                self._add_score_bit(scored_eights, 3)
            scored_fours ^= carried_twos
        for score_bit, scored_rows in enumerate((scored_ones, scored_twos, scored_fours)):
            self._add_score_bit(scored_rows, score_bit)

    def _add_score_bit(self, carried_rows: int, score_bit: int) -> None:
        score_planes = self._score_planes
        while carried_rows:
            while score_bit >= len(score_planes):
                score_planes.append(0)
            scored_rows = score_planes[score_bit]
            score_planes[score_bit], carried_rows = scored_rows ^ carried_rows, scored_rows & carried_rows
            score_bit += 1

    def of(self, row: int) -> int:
        scored_planes = enumerate(self._score_planes)
        return sum((scored_rows >> row & 1) << score_bit for score_bit, scored_rows in scored_planes)

    def levels(self, rows: int) -> Iterator[tuple[int, int]]:
        score_planes = self._score_planes
        lower_levels = [(len(score_planes), 0, rows)] if rows else []
        while lower_levels:
            score_bit, score_units, rows = lower_levels.pop()
            while score_bit:
                score_bit -= 1
                if higher_rows := rows & score_planes[score_bit]:
                    if higher_rows != rows:
                        lower_levels.append((score_bit, score_units, rows ^ higher_rows))
                    score_units |= 1 << score_bit
                    rows = higher_rows
            yield score_units, rows


_ROW_BITS: Final = 16
"""A row below its score, as one number: whole numbers are sorted soonest."""
_ROW_MASK: Final = (1 << _ROW_BITS) - 1


def _units_of_ranked(ranked_row: int) -> int:
    return ranked_row >> _ROW_BITS


class ListedScores:
    """Scores of which every row has its own; rows that are not listed have 0. It changes the table that it is given."""

    def __init__(self, scored_rows: dict[int, int]) -> None:
        self._scored_rows = scored_rows

    def add(self, rows: int, score_units: int) -> None:
        for row in rows_of(rows):
            self._scored_rows[row] = self._scored_rows.get(row, 0) + score_units

    def of(self, row: int) -> int:
        return self._scored_rows.get(row, 0)

    def levels(self, rows: int) -> Iterator[tuple[int, int]]:
        units_of = self._scored_rows.get
        ranked_rows = sorted([(units_of(row, 0) << _ROW_BITS) + row for row in rows_of(rows)], reverse=True)
        for score_units, level_rows in groupby(ranked_rows, key=_units_of_ranked):
            yield score_units, sum([1 << (ranked_row & _ROW_MASK) for ranked_row in level_rows])


class RankedScores:
    """Scores of rows that are ranked already, the highest first: units are made only of those that are asked for."""

    def __init__(
        self, row_scores: Sequence[float], ranked_rows: Sequence[int], units_of_score: Callable[[float], int]
    ) -> None:
        self._row_scores = row_scores
        self._ranked_rows = ranked_rows
        self._units_of_score = units_of_score
        self._listed_scores: ListedScores | None = None

    def add(self, rows: int, score_units: int) -> None:
        if rows and score_units:
            if self._listed_scores is None:
                self._listed_scores = ListedScores(dict(enumerate(map(self._units_of_score, self._row_scores))))
            self._listed_scores.add(rows, score_units)

    def of(self, row: int) -> int:
        return self._listed_scores.of(row) if self._listed_scores else self._units_of_score(self._row_scores[row])

    def levels(self, rows: int) -> Iterator[tuple[int, int]]:
        if self._listed_scores:
            yield from self._listed_scores.levels(rows)
            return
        rows_in_order = islice((row for row in self._ranked_rows if rows >> row & 1), rows.bit_count())
        for score_units, level_rows in groupby(rows_in_order, key=self.of):
            yield score_units, sum([1 << row for row in level_rows])


SCORE_UNIT: Final = 1_000_000
"""Scores are added up in millionths, so that no order depends on rounding."""
_ROUNDED_SCORE: Final = 1000
"""Scores that are estimates have three decimals."""


class Ranker(Protocol):
    """Scores one batch after the other."""

    unit: int
    """Its scores are whole numbers of this many millionths."""

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Return the rows that are in, filters set aside, and a score for each."""

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell what brought a row in."""


def millionths(score_weight: float) -> int:
    return round(score_weight * SCORE_UNIT)


def rounded(score: float) -> int:
    return round(score * _ROUNDED_SCORE) * (SCORE_UNIT // _ROUNDED_SCORE)


def at_least(scores: Scores, rows: int, least_units: int) -> int:
    """Return those rows of a set that have this score or a higher one."""
    rows_at_least = 0
    for level_units, level_rows in scores.levels(rows):
        if level_units < least_units:
            break
        rows_at_least |= level_rows
    return rows_at_least
