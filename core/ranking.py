"""Which papers make a feed, in which order, and why: pure, over the batches in memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, reduce
from itertools import islice
from math import ceil, gcd
from operator import or_
from typing import Final, NamedTuple

from core.counting import Sums
from core.matching import BatchIndex, Hits, name_rows, substring_hits, term_hits
from core.paper import AnnounceType, Entry, Matched, Paper, Summary, announcement_time
from core.planes import rows_of
from core.query import FeedQuery
from core.taxonomy import CategoryFilter
from core.terms import Term

_UNIT: Final = 1_000_000
"""Scores are added up in millionths, so that no order depends on rounding."""


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
    """Which papers stand in several batches."""

    def __init__(self, indexes: Sequence[BatchIndex]) -> None:
        self.rows: dict[str, list[Row]] = {}  # by id, newest first; only of papers in several batches
        first: dict[str, Row] = {}
        for batch, index in enumerate(indexes):
            for row, arxiv_id in enumerate(index.ids):
                here = Row(batch, row)
                before = first.setdefault(arxiv_id, here)
                if before is not here:
                    self.rows.setdefault(arxiv_id, [before]).append(here)
        self.several = [0] * len(indexes)  # a set of rows for each batch
        self.newest = [0] * len(indexes)
        for rows in self.rows.values():
            self.newest[rows[0].batch] |= 1 << rows[0].row
            for where in rows:
                self.several[where.batch] |= 1 << where.row


@lru_cache(maxsize=4)
def link(indexes: tuple[BatchIndex, ...]) -> Links:
    """Link the batches of a snapshot; kept while it is in use."""
    return Links(indexes)


@dataclass(frozen=True, slots=True)
class Placed:
    """A paper that will be an entry, before it is decoded."""

    units: int
    day: date
    announce_type: AnnounceType
    where: Row  # its newest row


def select(batches: Sequence[LoadedBatch], query: FeedQuery) -> list[Entry]:
    """
    Return a feed's entries, newest day first, then the best (or with ``sort=date`` the newest id) first.

    ``batches`` come newest first. A paper stands under the oldest held day on which it qualifies, with the text, the
    categories and the score of its newest version.
    """
    if not batches:
        return []
    selection = Selection(batches, query)
    return [selection.entry(placed) for placed in islice(selection.placed(), query.limit)]


class Selection:
    """One query on one snapshot; batches are looked at one after the other, as far as the limit reaches."""

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery) -> None:
        self._batches = batches
        self._query = query
        self._links = link(tuple(batch.index for batch in batches))
        self._oldest = batches[0].day - timedelta(days=query.days)
        self._moved: dict[int, list[Placed]] = {}
        scoring = query.scoring
        weights = [(term, scoring.abstract * term.weight, scoring.title * term.weight) for term in query.keywords]
        self._unit = gcd(*(_millionths(each) for _, *pair in weights for each in pair), _millionths(scoring.author))
        self._weights = [(term, self._units(abstract), self._units(title)) for term, abstract, title in weights]
        self._qualify: dict[int, int] = {}

    def _units(self, weight: float) -> int:
        return _millionths(weight) // self._unit

    def placed(self) -> Iterator[Placed]:
        """Give what makes the feed, in its order."""
        for number, batch in enumerate(self._batches):
            if batch.day <= self._oldest:
                return
            yield from self._of_day(number, batch)

    def _of_day(self, number: int, batch: LoadedBatch) -> Iterable[Placed]:
        wanted, sums = self._wanted(batch)
        several = self._links.several[number]
        self._move(number, wanted & several & self._links.newest[number], sums)
        types = announced_as(batch.index, self._query.categories)
        own = wanted & ~several & self._qualifying(number)
        best = self._best(number, batch, own, sums, types)
        found = sorted([*best, *self._moved.pop(number, ())], key=self._order)[: self._query.per_day]
        if self._query.sort == "date":
            found.sort(key=self._id, reverse=True)
        return found

    def _order(self, placed: Placed) -> tuple[int, str]:
        return -placed.units, self._id(placed)

    def _id(self, placed: Placed) -> str:
        return self._batches[placed.where.batch].index.ids[placed.where.row]

    def _best(
        self, number: int, batch: LoadedBatch, rows: int, sums: Sums, types: Mapping[AnnounceType, int]
    ) -> Iterator[Placed]:
        """Give the day's best papers, at least ``per_day`` of them, and all that equal the last."""
        count = 0
        for units, level in sums.levels(rows):
            for row in rows_of(level):
                yield Placed(units, batch.day, _type_of(types, row), Row(number, row))
                count += 1
            if count >= self._query.per_day:
                return

    # -- what a batch has of it

    def _wanted(self, batch: LoadedBatch) -> tuple[int, Sums]:
        """Return the rows whose text is wanted, whatever their day and type, and their scores."""
        query, index = self._query, batch.index
        sums = Sums()
        rows = 0 if query.keywords else index.everything
        for term, abstract, title in self._weights:
            hits = self._hits(batch, term)
            rows |= hits.rows
            sums.add(hits.rows & ~hits.title, abstract)
            sums.add(hits.title, title)
        for term in query.exclude:
            rows &= ~self._hits(batch, term).rows
        if query.min_score:
            rows = _at_least(sums, rows, ceil(query.min_score * _UNIT / self._unit))
        for name in query.authors:
            followed = name_rows(index, name)
            rows |= followed
            sums.add(followed, self._units(query.scoring.author))
        return rows & ~_has_excluded(index, query.categories), sums

    def _hits(self, batch: LoadedBatch, term: Term) -> Hits:
        if self._query.match == "substring":
            return substring_hits(batch.index, batch.papers, term)
        return term_hits(batch.index, term)

    def _qualifying(self, number: int) -> int:
        """Return the rows that stand in the wanted categories as one of the wanted types."""
        if number not in self._qualify:
            self._qualify[number] = self._qualify_rows(self._batches[number].index)
        return self._qualify[number]

    def _qualify_rows(self, index: BatchIndex) -> int:
        types = announced_as(index, self._query.categories)
        rows = 0
        for kind in self._query.types:
            rows |= types[kind]
        if self._query.primary:
            rows &= _primaries(index, self._query.primary)
        return rows

    def _move(self, number: int, rows: int, sums: Sums) -> None:
        """Place papers of several batches under the oldest day on which they qualify."""
        index = self._batches[number].index
        for row in rows_of(rows):
            for older in reversed(self._links.rows[index.ids[row]]):
                there = self._batches[older.batch]
                if self._qualifying(older.batch) >> older.row & 1:
                    kind = _type_of(announced_as(there.index, self._query.categories), older.row)
                    placed = Placed(sums.of(row), there.day, kind, Row(number, row))
                    self._moved.setdefault(older.batch, []).append(placed)
                    break

    # -- entries

    def entry(self, placed: Placed) -> Entry:
        """Decode one paper and tell why it is there."""
        batch = self._batches[placed.where.batch]
        paper = batch.papers[placed.where.row]
        rows = self._links.rows.get(paper.arxiv_id, [placed.where])
        summary = self._summary(paper, rows)
        updated = announcement_time(self._revised(rows) or placed.day)
        return Entry(
            paper=paper,
            day=placed.day,
            announce_type=placed.announce_type,
            score=placed.units * self._unit / _UNIT,
            matched=tuple(self._matched(batch, placed.where.row)),
            published=announcement_time(paper.announced),
            updated=max(updated, summary.created) if summary else updated,
            summary=summary,
        )

    def _summary(self, paper: Paper, rows: Sequence[Row]) -> Summary | None:
        if self._query.content not in ("full", "summary"):
            return None
        name = (paper.arxiv_id, self._query.lang)
        kept = (self._batches[where.batch].summaries.get(name) for where in rows)
        return next((summary for summary in kept if summary), None)

    def _revised(self, rows: Sequence[Row]) -> date | None:
        """Return the day on which the newest version appeared, when an older one is held."""
        versions = [(self._batches[where.batch].index.versions[where.row], where) for where in rows]
        newest, oldest = versions[0][0], versions[-1][0]
        if newest <= oldest:
            return None
        return min(self._batches[where.batch].day for version, where in versions if version == newest)

    def _matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        for name in self._query.authors:
            if name_rows(batch.index, name) >> row & 1:
                yield Matched(name.text, "author")
        for term in self._query.keywords:
            hits = self._hits(batch, term)
            if hits.rows >> row & 1:
                yield Matched(term.text, _field(term, in_title=bool(hits.title >> row & 1)))


def _field(term: Term, *, in_title: bool) -> str:
    fields = {clause.field for clause in term.clauses if not clause.negated}
    if fields == {"au"}:
        return "author"
    if fields == {"cat"}:
        return "category"
    return "title" if in_title else "abstract"


def _millionths(weight: float) -> int:
    return round(weight * _UNIT)


def _at_least(sums: Sums, rows: int, units: int) -> int:
    found = 0
    for level, members in sums.levels(rows):
        if level < units:
            break
        found |= members
    return found


# -- categories and types, the same for every query with the same categories


def announced_as(index: BatchIndex, categories: CategoryFilter) -> dict[AnnounceType, int]:
    """Return the rows that have one of the categories, by what they were announced as in them."""
    name = f"announced as {categories}"
    kept = index.memo.get(name)
    if not isinstance(kept, dict):
        kept = index.memo[name] = _announced_as(index, categories)
    return kept


def _announced_as(index: BatchIndex, categories: CategoryFilter) -> dict[AnnounceType, int]:
    sets = index.sets
    rows = _having(index, "c:", categories.included) & ~_has_excluded(index, categories)
    found: dict[AnnounceType, int] = {}
    for kind in AnnounceType:
        in_feeds = (
            there for category, each, there in index.announcements if each is kind and category in categories.included
        )
        found[kind] = reduce(or_, in_feeds, 0) & rows
        rows &= ~found[kind]
    fresh = rows & (sets.get("t:new", 0) | sets.get("t:cross", 0))
    found[AnnounceType.CROSS] |= fresh
    found[AnnounceType.REPLACE_CROSS] |= rows & ~fresh
    return found


def _having(index: BatchIndex, kind: str, names: Iterable[str]) -> int:
    rows = 0
    for name in names:
        rows |= index.sets.get(kind + name, 0)
    return rows


def _has_excluded(index: BatchIndex, categories: CategoryFilter) -> int:
    return _having(index, "c:", categories.excluded) if categories.excluded else 0


def _primaries(index: BatchIndex, primary: CategoryFilter) -> int:
    return _having(index, "p:", primary.included) & ~_having(index, "p:", primary.excluded)


def _type_of(types: Mapping[AnnounceType, int], row: int) -> AnnounceType:
    return next((kind for kind, rows in types.items() if rows >> row & 1), AnnounceType.NEW)
