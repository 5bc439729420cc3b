"""Which papers make a feed, in which order, and why: pure, over the batches in memory."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from core.index.bitset import rows_of
from core.paper import Entry
from core.query.feed_query import FeedQuery
from core.search.acronyms import with_acronyms
from core.search.authors import name_rows
from core.search.batch import BatchLinks, BatchRow, LoadedBatch, link_batches, oldest_day, query_ends_before
from core.search.categories import excluded_rows, primary_rows, rows_by_day, rows_by_type, rows_in_sets
from core.search.entries import EntryDecoder
from core.search.hits import batch_hits
from core.search.keyword_score import KeywordRanker
from core.search.order import Order, PlacedPaper
from core.search.scores import UNIT, Ranker, Scores, at_least, millionths

WITHDRAWN: Final = "is:withdrawn"
"""The set of papers that their authors took back: out, unless a query names it."""


def select(batches: Sequence[LoadedBatch], query: FeedQuery) -> list[Entry]:
    """
    Return a feed's entries, newest day first, then the best (or with ``sort=date`` the newest id) first.

    ``batches`` come newest first. A paper stands under the oldest held day on which it qualifies, with the text, the
    categories and the score of its newest version; what its newest version makes it match counts, and nothing else.
    """
    return select_and_count(batches, query)[0]


def select_and_count(batches: Sequence[LoadedBatch], query: FeedQuery) -> tuple[list[Entry], int]:
    """Return ``select``'s entries, and how many papers of the days looked at would be in without ``per_day``."""
    if not batches:
        return [], 0
    selection = Selection(batches, query)
    entries = [selection.entry(placed) for placed in islice(selection.placed(), query.limit)]
    return entries, selection.matched


def find_entry(batches: Sequence[LoadedBatch], arxiv_id: str, query: FeedQuery) -> Entry | None:
    """One paper in its newest version held, under the oldest day on which it is held; None when it is not."""
    paper_rows = [
        BatchRow(batch_number, batch.index.ids.index(arxiv_id))
        for batch_number, batch in enumerate(batches)
        if arxiv_id in batch.index.ids
    ]
    if not paper_rows:
        return None
    return Selection(batches, query).entry(PlacedPaper(arxiv_id, 0, paper_rows[0], paper_rows[-1]))


def choose_ranker(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> Ranker:
    """The ranker that a query asks for."""
    return _ranker(with_acronyms(query, batches, links), batches, links)


def _ranker(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> Ranker:
    scoring = query.scoring
    if query.like:
        from core.search.short_text import ShortTextRanker, is_short  # noqa: PLC0415 - few feeds ask for them
        from core.search.similarity import SimilarityRanker, TextsRanker, is_cut  # noqa: PLC0415

        if is_short(query):
            return ShortTextRanker(query, batches, links)
        return (TextsRanker if is_cut(query) else SimilarityRanker)(query, batches, links)
    if query.rank == "bm25":
        from core.search.bm25 import Bm25Ranker  # noqa: PLC0415

        return Bm25Ranker(query, batches)
    # A part of the recency weight may be any number of millionths.
    return KeywordRanker(query, [scoring.author, scoring.primary, 1 / UNIT if scoring.recency else 0])


class Selection:
    """
    One query on one snapshot; batches are looked at one after the other, newest first, as far as the limit reaches.

    A day is done in two passes. First the papers whose newest row it holds are placed: most in this day, but one that
    stands in several batches is put aside (``_move``) for the oldest day on which it qualifies, which is this one or
    comes later. Then the day gives its own papers together with those that newer days put aside for it; so a batch is
    never looked at twice, and no paper stands under two days.

    ``ranker`` scores in place of the one that the query asks for.
    """

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery, ranker: Ranker | None = None) -> None:
        self._batches = batches
        self._links = link_batches(tuple(batch.index for batch in batches))
        self._query = query = with_acronyms(query, batches, self._links)
        self._oldest = oldest_day(batches, query)
        self._moved: dict[int, list[PlacedPaper]] = {}
        self._qualify: dict[int, int] = {}
        clauses = (clause for term in (*query.keywords, *query.exclude) for clause in term.clauses)
        self._wants_withdrawn = any(WITHDRAWN in clause.categories for clause in clauses)
        self._ranker = ranker or _ranker(query, batches, self._links)
        self._order = Order(batches, query, by_score_alone=ranker is not None)
        self.matched = 0
        """How many papers the days given so far have, ``per_day`` set aside."""
        self._entries = EntryDecoder(batches, self._links, query, self._ranker)
        self._adds = bool(query.also) and ranker is None

    @property
    def unit(self) -> int:
        """How many millionths of a score one unit is."""
        return self._ranker.unit

    def placed(self) -> Iterator[PlacedPaper]:
        """Give what makes the feed, in its order."""
        for number, batch in enumerate(self._batches):
            if batch.day <= self._oldest:
                return
            found = self._of_day(number, batch)  # of a day after the last, for what older days have of it
            if not query_ends_before(self._query, batch.day):
                yield from found
                yield from self.nearest(number)

    def counted(self) -> Iterator[tuple[LoadedBatch, Counter[int]]]:
        """Count each day's papers by their score in units, ``per_day`` set aside: without ordering them, and once."""
        for number, batch in enumerate(self._batches):
            if batch.day <= self._oldest:
                return
            wanted, scores = self.wanted(batch)
            several = self._links.repeated_rows[number]
            self._move(number, wanted & several & self._links.newest_rows[number], scores)
            own = wanted & ~several & self._qualifying(number)
            counts = Counter({units: rows.bit_count() for units, rows in scores.levels(own)})
            counts.update(placed.score_units for placed in self._moved.pop(number, ()))
            if not query_ends_before(self._query, batch.day):
                yield batch, counts

    def nearest(self, number: int) -> list[PlacedPaper]:
        """Return what ``also`` adds to a batch's day."""
        if not self._adds:
            return []
        from core.search.also import Nearest  # noqa: PLC0415 - few feeds ask for it

        return Nearest(self._batches, self._links, self._query, self._qualifying, self._others).of_day(number)

    def _others(self, batch: LoadedBatch) -> int:
        """The rows that no term and no name matches, and nothing leaves out."""
        rows = batch.index.everything & ~self._ranker.scores(batch)[0] & ~self._left_out(batch)
        for name in self._query.authors:
            rows &= ~name_rows(batch.index, name)
        return rows & ~excluded_rows(batch.index, self._query.categories)

    def _of_day(self, number: int, batch: LoadedBatch) -> Iterable[PlacedPaper]:
        wanted, scores = self.wanted(batch)
        several = self._links.repeated_rows[number]
        self._move(number, wanted & several & self._links.newest_rows[number], scores)
        rows, moved = wanted & self._qualifying(number), self._moved.pop(number, [])
        if not query_ends_before(self._query, batch.day):
            self.matched += (rows & ~several).bit_count() + len(moved)
        found = self._order.of_day(number, scores, rows, ~several, moved)
        if self._query.sort == "interest":
            found.sort(key=lambda placed: -self._entries.grade(placed))
        found = found[: self._query.per_day]
        if self._query.sort == "date":
            found.sort(key=lambda placed: placed.arxiv_id, reverse=True)
        return found

    # -- what a batch has of it

    def wanted(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Return the rows whose text is wanted, whatever their day and type, and their scores."""
        query, index = self._query, batch.index
        rows, scores = self._ranker.scores(batch)
        self._add_extras(batch, scores)
        rows &= ~self._left_out(batch)
        if query.min_score:
            rows = at_least(scores, rows, -(-millionths(query.min_score) // self._ranker.unit))
        for name in query.authors:
            followed = name_rows(index, name)
            rows |= followed
            scores.add(followed, millionths(query.scoring.author) // self._ranker.unit)
        return rows & ~excluded_rows(index, query.categories), scores

    def _left_out(self, batch: LoadedBatch) -> int:
        """The rows that are withdrawn or excluded by a term."""
        rows = 0 if self._wants_withdrawn else batch.index.sets.get(WITHDRAWN, 0)
        for term in self._query.exclude:
            rows |= batch_hits(batch, term, self._query.match).rows
        return rows

    def _add_extras(self, batch: LoadedBatch, scores: Scores) -> None:
        """Add what the configuration gives to primaries and to what is new."""
        scoring, unit = self._query.scoring, self._ranker.unit
        if scoring.primary:
            primary = rows_in_sets(batch.index, "p:", self._query.categories.included)
            scores.add(primary, millionths(scoring.primary) // unit)
        if scoring.recency:
            for day, rows in rows_by_day(batch.index).items():
                age = (self._batches[0].day - day).days
                part = min(max((self._query.days - age) / self._query.days, 0), 1)
                scores.add(rows, millionths(scoring.recency * part) // unit)

    def _qualifying(self, number: int) -> int:
        """Return the rows that stand in the wanted categories as one of the wanted types."""
        if number not in self._qualify:
            batch = self._batches[number]
            announced = rows_by_type(batch.index, self._query.categories)
            rows = sum(announced[kind] for kind in self._query.types)
            if self._query.primary:
                rows &= primary_rows(batch.index, self._query.primary)
            self._qualify[number] = rows
        return self._qualify[number]

    def _move(self, number: int, rows: int, scores: Scores) -> None:
        """Place papers of several batches under the oldest day on which they qualify."""
        ids = self._batches[number].index.ids
        for row in rows_of(rows):
            for older in reversed(self._links.paper_rows(ids[row])):
                if self._qualifying(older.batch) >> older.row & 1:
                    placed = PlacedPaper(ids[row], scores.of(row), BatchRow(number, row), older)
                    self._moved.setdefault(older.batch, []).append(placed)
                    break

    def held(self, arxiv_id: str, where: BatchRow, stands: BatchRow) -> Entry:
        """Decode a paper that need not be in the feed: with the score and reasons it has there, else without."""
        rows, scores = self.wanted(self._batches[where.batch])
        units = scores.of(where.row) if rows >> where.row & 1 else 0
        return self.entry(PlacedPaper(arxiv_id, units, where, stands))

    def entry(self, placed: PlacedPaper) -> Entry:
        """Decode one paper and tell why it is there."""
        return self._entries.entry(placed)
