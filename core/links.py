"""The batches in memory, and which papers stand in several of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from core.index import BatchIndex
from core.paper import Paper, Summary


@dataclass(frozen=True, slots=True)
class LoadedBatch:
    """One announcement day in memory."""

    day: date
    papers: Sequence[Paper]
    index: BatchIndex
    summaries: Mapping[tuple[str, str], Summary]  # by arXiv id and language


class Row(NamedTuple):
    """Where a paper stands: the batch by its number, newest first, and the row in it."""

    batch: int
    row: int


class Links:
    """Which papers stand in several batches, and where."""

    def __init__(self, indexes: Sequence[BatchIndex]) -> None:
        self._first: dict[str, Row] = {}
        self._rows: dict[str, list[Row]] = {}
        self.memo: dict[object, object] = {}
        """What rankings found out about these batches together; bounded by who fills it."""
        for batch, index in enumerate(indexes):
            for row, arxiv_id in enumerate(index.ids):
                here = Row(batch, row)
                before = self._first.setdefault(arxiv_id, here)
                if before is not here:
                    self._rows.setdefault(arxiv_id, [before]).append(here)
        self.several = [0] * len(indexes)
        """For each batch, the set of its rows whose paper stands in others too."""
        self.newest = [0] * len(indexes)
        """For each batch, those of them that are their paper's newest row."""
        for rows in self._rows.values():
            self.newest[rows[0].batch] |= 1 << rows[0].row
            for where in rows:
                self.several[where.batch] |= 1 << where.row

    def rows(self, arxiv_id: str) -> Sequence[Row]:
        """Return every row of a paper, the newest first; none when it is not held."""
        several = self._rows.get(arxiv_id)
        if several:
            return several
        first = self._first.get(arxiv_id)
        return [first] if first else []


@lru_cache(maxsize=4)
def link(indexes: tuple[BatchIndex, ...]) -> Links:
    """Link the batches of a snapshot; kept while it is in use."""
    return Links(indexes)
