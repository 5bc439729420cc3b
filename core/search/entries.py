"""A placed paper as the entry of a feed: decoded, with its summary, its dates and why it is there."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from core.calendar import announcement_time
from core.language.names import AuthorName
from core.paper import NEAREST_MATCH, Entry, Matched, Summary
from core.query.feed_query import FeedQuery
from core.search.authors import name_rows
from core.search.batch import BatchLinks, BatchRow, LoadedBatch
from core.search.categories import RowsByType, row_type, rows_by_type
from core.search.order import PlacedPaper
from core.search.scores import SCORE_UNIT, Ranker


class Selected(NamedTuple):
    """The entries of a feed, and what its description says of them."""

    entries: Sequence[Entry]
    matched: int = 0  # papers of the days looked at that would be in without ``per_day``; 0 where that is not known
    unread_from: date | None = None  # the newest of the days that were left out, since they would take too long


class EntryDecoder:
    """Decodes papers of one query's selection; ``ranker`` says what matched, and what a unit of the score is."""

    def __init__(self, batches: Sequence[LoadedBatch], links: BatchLinks, query: FeedQuery, ranker: Ranker) -> None:
        self._batches = batches
        self._links = links
        self._query = query
        self._author_rows: dict[int, list[tuple[AuthorName, int]]] = {}  # of followed authors, by the batch's number
        self._type_rows: dict[int, RowsByType] = {}
        self._decodes_summaries = query.content in ("full", "summary")
        self._ranker = ranker

    def entry(self, placed: PlacedPaper) -> Entry:
        """Decode one paper and tell why it is there."""
        newest_batch, feed_batch = self._batches[placed.newest_row.batch], self._batches[placed.feed_row.batch]
        placed_paper = newest_batch.papers[placed.newest_row.row]
        paper_rows = self._links.paper_rows_from(placed_paper.arxiv_id, placed.newest_row)
        placed_summary = (
            self._newest_summary(placed_paper.arxiv_id, self._query.lang, paper_rows)
            if self._decodes_summaries
            else None
        )
        placed_or_revised = announcement_time(self._revised_day(paper_rows) or feed_batch.day)
        query_interest = self._query.interest
        return Entry(
            paper=placed_paper,
            paper_row=(newest_batch.number, placed.newest_row.row) if newest_batch.number else None,
            day=feed_batch.day,
            announce_type=row_type(self._batch_type_rows(placed.feed_row.batch), placed.feed_row.row),
            score=placed.score_units * self._ranker.unit / SCORE_UNIT,
            matched=(NEAREST_MATCH,)
            if placed.is_nearest
            else tuple(self._matched(newest_batch, placed.newest_row.row)),
            published=announcement_time(placed_paper.announced),
            updated=max(placed_or_revised, placed_summary.created) if placed_summary else placed_or_revised,
            summary=placed_summary,
            rating=self._newest_summary(placed_paper.arxiv_id, query_interest, paper_rows) if query_interest else None,
        )

    def _batch_type_rows(self, batch_number: int) -> RowsByType:
        """What a batch's papers are announced as, looked up once for all of them."""
        if batch_number not in self._type_rows:
            self._type_rows[batch_number] = rows_by_type(self._batches[batch_number].index, self._query.categories)
        return self._type_rows[batch_number]

    def grade(self, placed: PlacedPaper) -> int:
        """What the model says of a paper; 0 where it says nothing."""
        paper_rows = self._links.paper_rows_from(placed.arxiv_id, placed.newest_row)
        placed_rating = self._newest_summary(placed.arxiv_id, self._query.interest, paper_rows)
        return placed_rating.grade if placed_rating else 0

    def _newest_summary(self, arxiv_id: str, summary_language: str, paper_rows: Sequence[BatchRow]) -> Summary | None:
        """What is kept of a paper in a language, or rates it by a sentence, beside the newest of its rows."""
        for paper_row in paper_rows:
            if placed_summary := self._batches[paper_row.batch].summaries.get((arxiv_id, summary_language)):
                return placed_summary
        return None

    def _revised_day(self, paper_rows: Sequence[BatchRow]) -> date | None:
        """Return the day on which the newest version appeared, when an older one is held."""
        if len(paper_rows) == 1:
            return None
        row_versions = [self._batches[row.batch].index.versions[row.row] for row in paper_rows]
        if row_versions[0] <= row_versions[-1]:
            return None
        newest_rows = (row for row, version in zip(paper_rows, row_versions, strict=True) if version == row_versions[0])
        return min(self._batches[newest_row.batch].day for newest_row in newest_rows)

    def _matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        if not self._query.authors:
            return self._ranker.matched(batch, row)
        batch_number = batch.index.memo.number
        if batch_number not in self._author_rows:
            self._author_rows[batch_number] = [
                (followed_author, name_rows(batch.index, followed_author)) for followed_author in self._query.authors
            ]
        author_reasons = (
            Matched(followed_author.text, "author")
            for followed_author, rows in self._author_rows[batch_number]
            if rows >> row & 1
        )
        return chain(author_reasons, self._ranker.matched(batch, row))
