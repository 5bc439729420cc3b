"""The batches in memory, and which papers stand in several of them."""

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

_ENOUGH_PAPERS: Final = 2000


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
        self._ids = [index.ids for index in indexes]
        self.memo = Memo()
        """What rankings found out about these batches together."""
        self._several: dict[str, list[BatchRow]] = {arxiv_id: [] for arxiv_id in _repeated(self._ids)}
        self.several = [0] * len(indexes)
        """For each batch, the set of its rows whose paper stands in others too."""
        self.newest = [0] * len(indexes)
        """For each batch, those of them that are their paper's newest row."""
        for batch, ids in enumerate(self._ids):
            for arxiv_id in self._several.keys() & ids:
                row = ids.index(arxiv_id)
                self._several[arxiv_id].append(BatchRow(batch, row))
                self.several[batch] |= 1 << row
        for rows in self._several.values():
            self.newest[rows[0].batch] |= 1 << rows[0].row

    def paper_rows(self, arxiv_id: str) -> Sequence[BatchRow]:
        """Return every row of a paper, the newest first; none when it is not held."""
        if arxiv_id in self._several:
            return self._several[arxiv_id]
        return [BatchRow(batch, ids.index(arxiv_id)) for batch, ids in enumerate(self._ids) if arxiv_id in ids]

    def paper_rows_from(self, arxiv_id: str, where: BatchRow) -> Sequence[BatchRow]:
        """Return the same for a paper of which one row is known, without looking for it."""
        return self._several.get(arxiv_id) or [where]


def _repeated(batches: Iterable[Sequence[str]]) -> set[str]:
    seen: set[str] = set()
    repeated: set[str] = set()
    for ids in batches:
        repeated |= seen.intersection(ids)
        seen.update(ids)
    return repeated


@lru_cache(maxsize=4)
def link_batches(indexes: tuple[BatchIndex, ...]) -> BatchLinks:
    """Link the batches of a snapshot; kept while it is in use."""
    return BatchLinks(indexes)


def batches_within(batches: Sequence[LoadedBatch], days: int) -> Sequence[LoadedBatch]:
    """The batches of the last ``days``, by the calendar, up to the newest."""
    return [batch for batch in batches if batch.day > batches[0].day - timedelta(days=days)]


def oldest_day(batches: Sequence[LoadedBatch], query: FeedQuery) -> date:
    """The last day that is too old for a query: ``days`` count from the newest batch."""
    oldest = batches[0].day - timedelta(days=query.days)
    if query.since is None or query.since <= oldest:  # there is no day before the calendar's first
        return oldest
    return query.since - timedelta(days=1)


def query_ends_before(query: FeedQuery, day: date) -> bool:
    """Whether a day is after the last that a query asks for."""
    return query.until is not None and query.until < day


def held_paper(batches: Sequence[LoadedBatch], arxiv_id: str) -> Paper | None:
    """Return a paper in its newest version held."""
    rows = link_batches(tuple(batch.index for batch in batches)).paper_rows(arxiv_id)
    return batches[rows[0].batch].papers[rows[0].row] if rows else None


def row_text(batches: Sequence[LoadedBatch], where: BatchRow) -> str:
    """Return a held paper's title and abstract."""
    paper = batches[where.batch].papers[where.row]
    return f"{paper.title}. {paper.abstract}"


def rarity_corpus(batches: Sequence[LoadedBatch]) -> Sequence[LoadedBatch]:
    """Return the newest of these batches: of so many papers how rare a word is can be told, and more cost more."""
    papers = accumulate(batch.index.count for batch in batches)
    return batches[: next((number for number, held in enumerate(papers, 1) if held >= _ENOUGH_PAPERS), len(batches))]
