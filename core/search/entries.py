"""A placed paper as the entry of a feed: decoded, with its summary, its dates and why it is there."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from core.calendar import announcement_time
from core.language.names import AuthorName
from core.paper import NEAREST, Entry, Matched, Paper, Summary
from core.query.feed_query import FeedQuery
from core.search.authors import name_rows
from core.search.batch import BatchLinks, BatchRow, LoadedBatch
from core.search.categories import RowsByType, row_type, rows_by_type
from core.search.order import PlacedPaper
from core.search.scores import UNIT, Ranker


class EntryDecoder:
    """Decodes papers of one query's selection; ``ranker`` says what matched, and what a unit of the score is."""

    def __init__(self, batches: Sequence[LoadedBatch], links: BatchLinks, query: FeedQuery, ranker: Ranker) -> None:
        self._batches = batches
        self._links = links
        self._query = query
        self._followed: dict[int, list[tuple[AuthorName, int]]] = {}  # whose papers a batch has, by its number
        self._rows_by_type: dict[int, RowsByType] = {}
        self._has_summaries = query.content in ("full", "summary")
        self._ranker = ranker

    def entry(self, placed: PlacedPaper) -> Entry:
        """Decode one paper and tell why it is there."""
        batch, stands_in = self._batches[placed.newest_row.batch], self._batches[placed.feed_row.batch]
        paper = batch.papers[placed.newest_row.row]
        rows = self._links.paper_rows_from(paper.arxiv_id, placed.newest_row)
        summary = self._summary(paper, rows)
        updated = announcement_time(self._revised(rows) or stands_in.day)
        return Entry(
            paper=paper,
            origin=(batch.number, placed.newest_row.row) if batch.number else None,
            day=stands_in.day,
            announce_type=row_type(self._type_rows_of(placed.feed_row.batch), placed.feed_row.row),
            score=placed.score_units * self._ranker.unit / UNIT,
            matched=(NEAREST,) if placed.is_nearest else tuple(self._matched(batch, placed.newest_row.row)),
            published=announcement_time(paper.announced),
            updated=max(updated, summary.created) if summary else updated,
            summary=summary,
            rating=self._kept(paper.arxiv_id, self._query.interest, rows) if self._query.interest else None,
        )

    def _type_rows_of(self, number: int) -> RowsByType:
        """What a batch's papers are announced as, looked up once for all of them."""
        if number not in self._rows_by_type:
            self._rows_by_type[number] = rows_by_type(self._batches[number].index, self._query.categories)
        return self._rows_by_type[number]

    def grade(self, placed: PlacedPaper) -> int:
        """What the model says of a paper; 0 where it says nothing."""
        rows = self._links.paper_rows_from(placed.arxiv_id, placed.newest_row)
        rating = self._kept(placed.arxiv_id, self._query.interest, rows)
        return rating.grade if rating else 0

    def _summary(self, paper: Paper, rows: Sequence[BatchRow]) -> Summary | None:
        if not self._has_summaries:
            return None
        return self._kept(paper.arxiv_id, self._query.lang, rows)

    def _kept(self, arxiv_id: str, language: str, rows: Sequence[BatchRow]) -> Summary | None:
        """What is kept of a paper in a language, beside the newest of its rows."""
        for where in rows:
            if summary := self._batches[where.batch].summaries.get((arxiv_id, language)):
                return summary
        return None

    def _revised(self, rows: Sequence[BatchRow]) -> date | None:
        """Return the day on which the newest version appeared, when an older one is held."""
        if len(rows) == 1:
            return None
        versions = [(self._batches[where.batch].index.versions[where.row], where) for where in rows]
        newest, oldest = versions[0][0], versions[-1][0]
        if newest <= oldest:
            return None
        return min(self._batches[where.batch].day for version, where in versions if version == newest)

    def _matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        if not self._query.authors:
            return self._ranker.matched(batch, row)
        number = batch.index.memo.number
        if number not in self._followed:
            self._followed[number] = [(name, name_rows(batch.index, name)) for name in self._query.authors]
        authors = (Matched(name.text, "author") for name, rows in self._followed[number] if rows >> row & 1)
        return chain(authors, self._ranker.matched(batch, row))
