"""The batches in memory, and which papers stand in several of them."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from msgspec import Struct

from core.index.memo import Memo
from core.index.reader import BatchIndex
from core.paper import Paper, Summary
from core.query.feed_query import FeedQuery

_RARITY_PAPERS: Final = 2000


class LoadedBatch(Struct, frozen=True):
    """One announcement day in memory."""

    day: date
    papers: Sequence[Paper]
    index: BatchIndex
    summaries: Mapping[tuple[str, str], Summary]  # by arXiv id and language
    number: int = 0  # of the stored papers that were read, unique in this process; 0 when they were not

    def __post_init__(self) -> None:
        self.index.papers = self.papers


class BatchRow(NamedTuple):
    """Where a paper stands: the batch by its number, newest first, and the row in it."""

    batch: int
    row: int


class BatchLinks:
    """Which papers stand in several batches, and where."""

    def __init__(self, indexes: Sequence[BatchIndex]) -> None:
        self._batch_ids = [index.ids for index in indexes]
        self.memo = Memo()
        """What rankings found out about these batches together."""
        self._rows_of_repeated_papers: dict[str, list[BatchRow]] = {
            batch_paper: [] for batch_paper in _repeated_ids(self._batch_ids)
        }
        self.repeated_rows = [0] * len(indexes)
        """For each batch, the set of its rows whose paper stands in others too."""
        self.newest_rows = [0] * len(indexes)
        """For each batch, those of them that are their paper's newest row."""
        for batch_number, ids_of_batch in enumerate(self._batch_ids):
            for arxiv_id in self._rows_of_repeated_papers.keys() & ids_of_batch:
                row = ids_of_batch.index(arxiv_id)
                self._rows_of_repeated_papers[arxiv_id].append(BatchRow(batch_number, row))
                self.repeated_rows[batch_number] |= 1 << row
        for paper_rows in self._rows_of_repeated_papers.values():
            self.newest_rows[paper_rows[0].batch] |= 1 << paper_rows[0].row

    def paper_rows(self, arxiv_id: str) -> Sequence[BatchRow]:
        """Return every row of a paper, the newest first; none when it is not held."""
        if repeated_rows := self._rows_of_repeated_papers.get(arxiv_id):
            return repeated_rows
        for batch_number, ids_of_batch in enumerate(self._batch_ids):
            row = bisect_left(ids_of_batch, arxiv_id)  # a batch's papers are sorted by id
            if row < len(ids_of_batch) and ids_of_batch[row] == arxiv_id:
                return [BatchRow(batch_number, row)]
        return []

    def paper_rows_from(self, arxiv_id: str, known_row: BatchRow) -> Sequence[BatchRow]:
        """Return the same for a paper of which one row is known, without looking for it."""
        return self._rows_of_repeated_papers.get(arxiv_id) or [known_row]


def _repeated_ids(batches: Iterable[Sequence[str]]) -> set[str]:
    batch_ids_before: set[str] = set()
    repeated_ids: set[str] = set()
    for ids_of_batch in batches:
        repeated_ids |= batch_ids_before.intersection(ids_of_batch)
        batch_ids_before.update(ids_of_batch)
    return repeated_ids


@lru_cache(maxsize=4)
def link_batches(indexes: tuple[BatchIndex, ...]) -> BatchLinks:
    """Link the batches of a snapshot; kept while it is in use."""
    return BatchLinks(indexes)


def batches_within(batches: Sequence[LoadedBatch], batch_days: int) -> Sequence[LoadedBatch]:
    """The batches of the last ``batch_days``, by the calendar, up to the newest."""
    return [batch for batch in batches if batch.day > batches[0].day - timedelta(days=batch_days)]


def oldest_day(batches: Sequence[LoadedBatch], query: FeedQuery) -> date:
    """The last day that is too old for a query: ``days`` count from the newest batch."""
    batch_day_before = batches[0].day - timedelta(days=query.days)
    if query.since is None or query.since <= batch_day_before:  # there is no day before the calendar's first
        return batch_day_before
    return query.since - timedelta(days=1)


def query_ends_before(query: FeedQuery, day: date) -> bool:
    """Whether a day is after the last that a query asks for."""
    return query.until is not None and query.until < day


def held_paper(batches: Sequence[LoadedBatch], arxiv_id: str) -> Paper | None:
    """Return a paper in its newest version held."""
    paper_rows = link_batches(tuple(batch.index for batch in batches)).paper_rows(arxiv_id)
    return batches[paper_rows[0].batch].papers[paper_rows[0].row] if paper_rows else None


def row_text(batches: Sequence[LoadedBatch], paper_row: BatchRow) -> str:
    """Return a held paper's title and abstract."""
    batch_paper = batches[paper_row.batch].papers[paper_row.row]
    return f"{batch_paper.title}. {batch_paper.abstract}"


def rarity_corpus(batches: Sequence[LoadedBatch]) -> Sequence[LoadedBatch]:
    """Return the newest of these batches: of so many papers how rare a word is can be told, and more cost more."""
    return newest_batches(batches, _RARITY_PAPERS)


def newest_batches(batches: Sequence[LoadedBatch], papers: int) -> Sequence[LoadedBatch]:
    """Return the newest of these batches, as many as hold so many papers; all, where there are fewer."""
    batch_counts = accumulate(batch.index.count for batch in batches)
    return batches[
        : next(
            (batch_number for batch_number, batch_count in enumerate(batch_counts, 1) if batch_count >= papers), None
        )
    ]
