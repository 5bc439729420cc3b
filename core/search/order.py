"""In which order a day's papers stand."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import islice
from operator import or_
from typing import Final, NamedTuple

from core.index.bitset import rows_of
from core.query.feed_query import FeedQuery
from core.search.authors import name_rows
from core.search.batch import BatchRow, LoadedBatch
from core.search.scores import Scores
from core.search.ties import BEST, SharedWords, best_rows

ScoreLevels = Sequence[tuple[int, int]]
"""Sets of rows by their score in units, the best first."""
_SAME_OF_ALL: Final = 2
_FOLLOWED: Final = 1e6
"""More than any match is worth."""


class PlacedPaper(NamedTuple):
    """A paper that will be an entry, before it is decoded."""

    arxiv_id: str
    score_units: int  # of the ranker
    newest_row: BatchRow
    feed_row: BatchRow  # the row for which it is in this feed
    best: float = 0.0  # decides before the score, when ``rank=best`` asks for it
    shared: int = 0  # decides between equal scores: ``core.search.ties``
    is_nearest: bool = False  # no term matches it: ``core.search.also``


def by_rank(placed: PlacedPaper) -> tuple[float, int, int, str]:
    """The key that sorts a day's papers: what ``rank=best`` says, the score, shared words, most first; then the id."""
    return (-placed.best, -placed.score_units, -placed.shared, placed.arxiv_id)


class Order:
    """Puts the papers of one day in their order: by score, and equal ones by what they share with the best."""

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery, *, by_score_alone: bool = False) -> None:
        self._batches = batches
        self._query = query
        by_words = not by_score_alone and bool(query.keywords) and query.match == "word" and not query.like
        self._best_first = by_words and query.rank == "best"
        self._settles_ties = by_words and query.rank == "keywords"
        self._takes_all = self._best_first or query.sort == "interest"

    def of_day(
        self, number: int, scores: Scores, rows: int, own: int, others: Sequence[PlacedPaper]
    ) -> list[PlacedPaper]:
        """
        Return the best papers of a batch's day, at least ``per_day`` of them when there are so many.

        ``rows`` have matched, those of them that are its ``own`` stand under it, and so do ``others`` of newer batches.
        """
        levels = self._levels(scores, rows, own)
        shared = self._shared(number, levels) if others or _has_ties(levels) else _nothing
        placed = self._own(number, levels, own, shared)
        if self._best_first:
            return self._by_worth([*placed, *others])
        if not others:
            return [*(placed if self._takes_all else islice(placed, self._query.per_day))]
        return sorted([*placed, *(each._replace(shared=shared(each.feed_row.row)) for each in others)], key=by_rank)

    def _levels(self, scores: Scores, rows: int, own: int) -> ScoreLevels:
        """Return the rows by score, down to the last that may be shown or tell what the best share."""
        if self._takes_all:
            return [*scores.levels(rows)]
        found, count = [], 0
        for units, level in scores.levels(rows):
            found.append((units, level))
            count += (level & own).bit_count()
            if count >= self._query.per_day and count >= BEST:
                break
        return found

    def _shared(self, number: int, levels: ScoreLevels) -> Callable[[int], int]:
        """Return what decides between rows of one score."""
        if not self._settles_ties or not levels:
            return _nothing
        return SharedWords(self._batches[number].index, best_rows(levels)).in_row

    def _own(self, number: int, levels: ScoreLevels, own: int, shared: Callable[[int], int]) -> Iterator[PlacedPaper]:
        """Give a batch's own papers in their order; its rows are in the order of ids."""
        ids = self._batches[number].index.ids
        for units, level in levels:
            for words, row in sorted([(-shared(row), row) for row in rows_of(level & own)]):
                where = BatchRow(number, row)
                yield PlacedPaper(ids[row], units, where, where, 0.0, -words)

    def _by_worth(self, day: Sequence[PlacedPaper]) -> list[PlacedPaper]:
        """Sort for ``rank=best``: each paper is worth what it is among the matches of the day of its newest row."""
        rows: dict[int, list[int]] = {}
        for placed in day:
            rows.setdefault(placed.newest_row.batch, []).append(placed.newest_row.row)
        best = {number: self._worth(number, some) for number, some in rows.items()}
        return sorted(
            (each._replace(best=best[each.newest_row.batch][each.newest_row.row]) for each in day), key=by_rank
        )

    def _worth(self, number: int, rows: Sequence[int]) -> dict[int, float]:
        """What matches are worth: followed authors come first."""
        from core.search.best import day_worth  # noqa: PLC0415 - few feeds ask for it

        followed = reduce(or_, (name_rows(self._batches[number].index, name) for name in self._query.authors), 0)
        worth = day_worth(self._batches[number:], self._query, rows)
        return {row: value + (_FOLLOWED if followed >> row & 1 else 0) for row, value in worth.items()}


def _has_ties(levels: ScoreLevels) -> bool:
    """Whether rows have the same score, and more than two have any: all that two share, both have."""
    return any(rows & (rows - 1) for _, rows in levels) and sum(rows.bit_count() for _, rows in levels) > _SAME_OF_ALL


def _nothing(_row: int) -> int:
    return 0
