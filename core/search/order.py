"""In which order a day's papers stand."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from core.query.feed_query import FeedQuery
from core.search.authors import name_rows
from core.search.batch import LoadedBatch, Row
from core.search.best import day_worth, has_best

_FOLLOWED: Final = 1e6
"""More than any match is worth."""


class Placed(NamedTuple):
    """A paper that will be an entry, before it is decoded."""

    arxiv_id: str
    units: int  # the score, in units of the ranker
    where: Row  # its newest row
    stands: Row  # the row for which it is in this feed
    best: float = 0.0  # decides before the score, when ``rank=best`` asks for it
    worth: float = 0.0  # decides between equal scores
    is_near: bool = False  # no term matches it: ``core.search.also``


def by_rank(placed: Placed) -> tuple[float, int, float, str]:
    """The key that sorts a day's papers: what ``rank=best`` says, score and worth, the most first; then the id."""
    return (-placed.best, -placed.units, -placed.worth, placed.arxiv_id)


class Order:
    """Orders the papers of one day by their scores; equal ones of keywords by what their matches are worth."""

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery | None = None) -> None:
        self._batches = batches
        self._query = query if query and has_best(query) else None

    def sort(self, day: Sequence[Placed]) -> list[Placed]:
        """Sort: by score, then worth, then id; with ``rank=best`` followed authors come first, then worth decides."""
        query = self._query
        if query and len(day) > 1:
            worth = self._worth(day, query)
            day = [placed._replace(worth=worth[placed.where]) for placed in day]
            if query.rank == "best":
                followed = {number: self._followed(number, query) for number in {placed.where.batch for placed in day}}
                day = [placed._replace(best=_best(placed, followed[placed.where.batch])) for placed in day]
        return sorted(day, key=by_rank)

    def _worth(self, day: Sequence[Placed], query: FeedQuery) -> dict[Row, float]:
        """What these papers are worth, each among the matches of the day of its newest row."""
        rows: dict[int, list[int]] = {}
        for placed in day:
            rows.setdefault(placed.where.batch, []).append(placed.where.row)
        return {
            Row(number, row): worth
            for number, some in rows.items()
            for row, worth in day_worth(self._batches[number:], query, some).items()
        }

    def _followed(self, number: int, query: FeedQuery) -> int:
        """The rows of a batch that somebody followed wrote."""
        return reduce(or_, (name_rows(self._batches[number].index, name) for name in query.authors), 0)


def _best(placed: Placed, followed: int) -> float:
    return placed.worth + (_FOLLOWED if followed >> placed.where.row & 1 else 0)
