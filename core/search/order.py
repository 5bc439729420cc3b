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
from core.search.ties import BEST_OF_DAY, SharedWords, best_rows

ScoreLevels = Sequence[tuple[int, int]]
"""Sets of rows by their score in units, the best first."""
_LEAST_TIED: Final = 3
_FOLLOWED_AUTHOR_WORTH: Final = 1e6
"""More than any match is worth."""


class PlacedPaper(NamedTuple):
    """A paper that will be an entry, before it is decoded."""

    arxiv_id: str
    score_units: int  # of the ranker
    newest_row: BatchRow
    feed_row: BatchRow  # the row for which it is in this feed
    match_worth: float = 0.0  # decides before the score, when ``rank=best`` asks for it
    shared_words: int = 0  # decides between equal scores: ``core.search.ties``
    is_nearest: bool = False  # no term matches it: ``core.search.also``


PlacedDay = list[PlacedPaper]


def by_rank(placed: PlacedPaper) -> tuple[float, int, int, str]:
    """The key that sorts a day's papers: what ``rank=best`` says, the score, shared words, most first; then the id."""
    return (-placed.match_worth, -placed.score_units, -placed.shared_words, placed.arxiv_id)


class DayOrder:
    """Puts the papers of one day in their order: by score, and equal ones by what they share with the best."""

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery, *, by_score_alone: bool = False) -> None:
        self._batches = batches
        self._query = query
        by_words = not by_score_alone and bool(query.keywords) and query.match == "word" and not query.like
        self._by_match_worth = by_words and query.rank == "best"
        self._settles_ties = by_words and query.rank == "keywords"
        self._ranks_all_rows = self._by_match_worth or query.sort == "interest"

    def of_day(self, number: int, scores: Scores, rows: int, own: int, moved: PlacedDay) -> PlacedDay:
        """
        Return the best papers of a batch's day, at least ``per_day`` of them when there are so many.

        ``rows`` have matched, those of them that are its ``own`` stand under it, and so do those ``moved`` to it from
        newer batches.
        """
        score_levels = self._score_levels(scores, rows, own)
        shared_words = self._tie_breaker(number, score_levels) if moved or _has_ties(score_levels) else _no_shared_words
        own_papers = self._own_papers(number, score_levels, own, shared_words)
        if self._by_match_worth:
            return self._sorted_by_worth([*own_papers, *moved])
        if not moved:
            return [*(own_papers if self._ranks_all_rows else islice(own_papers, self._query.per_day))]
        moved_papers = (placed._replace(shared_words=shared_words(placed.feed_row.row)) for placed in moved)
        return sorted([*own_papers, *moved_papers], key=by_rank)

    def _score_levels(self, scores: Scores, rows: int, own: int) -> ScoreLevels:
        """Return the rows by score, down to the last that may be shown or tell what the best share."""
        if self._ranks_all_rows:
            return [*scores.levels(rows)]
        score_levels, ranked_papers = [], 0
        for score_units, level_rows in scores.levels(rows):
            score_levels.append((score_units, level_rows))
            ranked_papers += (level_rows & own).bit_count()
            if ranked_papers >= self._query.per_day and ranked_papers >= BEST_OF_DAY:
                break
        return score_levels

    def _tie_breaker(self, number: int, score_levels: ScoreLevels) -> Callable[[int], int]:
        """Return what decides between rows of one score."""
        if not self._settles_ties or not score_levels:
            return _no_shared_words
        return SharedWords(self._batches[number].index, best_rows(score_levels)).in_row

    def _own_papers(
        self, number: int, score_levels: ScoreLevels, own: int, shared_words: Callable[[int], int]
    ) -> Iterator[PlacedPaper]:
        """Give a batch's own papers in their order; its rows are in the order of ids."""
        arxiv_ids = self._batches[number].index.ids
        for score_units, level_rows in score_levels:
            for minus_shared, row in sorted([(-shared_words(row), row) for row in rows_of(level_rows & own)]):
                own_row = BatchRow(number, row)
                yield PlacedPaper(arxiv_ids[row], score_units, own_row, own_row, 0.0, -minus_shared)

    def _sorted_by_worth(self, placed_day: PlacedDay) -> PlacedDay:
        """Sort for ``rank=best``: each paper is worth what it is among the matches of the day of its newest row."""
        batch_rows: dict[int, list[int]] = {}
        for placed in placed_day:
            batch_rows.setdefault(placed.newest_row.batch, []).append(placed.newest_row.row)
        worth = {number: self._match_worth(number, rows) for number, rows in batch_rows.items()}
        ranked = (each._replace(match_worth=worth[each.newest_row.batch][each.newest_row.row]) for each in placed_day)
        return sorted(ranked, key=by_rank)

    def _match_worth(self, number: int, rows: Sequence[int]) -> dict[int, float]:
        """What matches are worth: followed authors come first."""
        from core.search.best import day_worth  # noqa: PLC0415 - few feeds ask for it

        author_rows = reduce(or_, (name_rows(self._batches[number].index, name) for name in self._query.authors), 0)
        match_worth = day_worth(self._batches[number:], self._query, rows)
        return {
            row: worth + (_FOLLOWED_AUTHOR_WORTH if author_rows >> row & 1 else 0) for row, worth in match_worth.items()
        }


def _has_ties(levels: ScoreLevels) -> bool:
    """Whether rows have the same score, and more than two have any: all that two share, both have."""
    return any(rows & (rows - 1) for _, rows in levels) and sum(rows.bit_count() for _, rows in levels) >= _LEAST_TIED


def _no_shared_words(_row: int) -> int:
    return 0
