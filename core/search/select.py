"""Which papers make a feed, in which order, and why: pure, over the batches in memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TypeVar

from core.errors import TooDear
from core.index.bitset import rows_of
from core.paper import Entry
from core.query.feed_query import FeedQuery
from core.search.acronyms import with_acronyms
from core.search.authors import name_rows
from core.search.batch import BatchRow, LoadedBatch, link_batches, oldest_day, query_ends_before
from core.search.categories import excluded_rows, qualifying_rows
from core.search.entries import EntryDecoder, Selected
from core.search.hits import Exclusion
from core.search.order import DayOrder, PlacedPaper
from core.search.rankers import add_configured_scores, ranker_of
from core.search.scores import Ranker, Scores, at_least, millionths
from core.search.variants import count_spellings
from core.search.work import DAY_WORK, ENTRY_WORK, allow_configured_words, may_end_early, read_for, spend, uncounted

_ReadDay = TypeVar("_ReadDay")


def select(batches: Sequence[LoadedBatch], query: FeedQuery) -> list[Entry]:
    """
    Return a feed's entries, newest day first, then the best (or with ``sort=date`` the newest id) first.

    ``batches`` come newest first. A paper stands under the oldest held day on which it qualifies, with the text, the
    categories and the score of its newest version; what its newest version makes it match counts, and nothing else.
    """
    return [*select_and_count(batches, query).entries]


def select_and_count(batches: Sequence[LoadedBatch], query: FeedQuery) -> Selected:
    """Return ``select``'s entries, with what was counted on the way."""
    if not batches:
        return Selected([])
    selection = Selection(batches, query)
    entries = [selection.entry(placed) for placed in islice(selection.placed(), query.limit)]
    return Selected(entries, selection.matched, selection.unread_from)


class Selection:
    """
    One query on one snapshot; batches are looked at one after the other, newest first, as far as the limit reaches.

    A day is done in two passes. First the papers whose newest row it holds are placed: most in this day, but one that
    stands in several batches is put aside (``_move_repeated``) for the oldest day on which it qualifies, which is this
    one or comes later. Then the day gives its own papers together with those that newer days put aside for it; so a
    batch is never looked at twice, and no paper stands under two days.

    Where there is a limit to what may be read (``core.search.work``), the selection ends before the day that would
    pass it: the newest days are whole, and the same for whoever asks. Raises BadQuery when not even the newest fits.

    ``ranker`` scores in place of the one that the query asks for.
    """

    def __init__(self, batches: Sequence[LoadedBatch], query: FeedQuery, ranker: Ranker | None = None) -> None:
        if query.has_configured_words:
            allow_configured_words()
        self._batches = batches
        self._links = link_batches(tuple(batch.index for batch in batches))
        self._query = query = with_acronyms(query, batches, self._links)
        self._oldest_day = oldest_day(batches, query)
        self._moved_papers: dict[int, list[PlacedPaper]] = {}
        self._qualifying_rows: dict[int, int] = {}
        self._exclusion = Exclusion(query)
        if query.exclude:
            read_for("exclude")
            count_spellings(query.exclude)
        self._ranked_by = "like" if query.like else "keywords"
        read_for(self._ranked_by)
        count_spellings(query.keywords)
        self._ranker = ranker or ranker_of(query, batches, self._links)
        self._order = DayOrder(batches, query, by_score_alone=ranker is not None)
        self.matched = 0
        """How many papers the days given so far have, ``per_day`` set aside."""
        self.days_read: list[date] = []
        self.unread_from: date | None = None
        """The newest day that is left out, since reading it would take too long."""
        self._entry_decoder = EntryDecoder(batches, self._links, query, self._ranker)
        self._adds_nearest = bool(query.also) and ranker is None

    @property
    def unit(self) -> int:
        """How many millionths of a score one unit is."""
        return self._ranker.unit

    def placed(self) -> Iterator[PlacedPaper]:
        """Give what makes the feed, in its order."""
        given_papers = 0

        def place(batch_number: int, batch: LoadedBatch) -> list[PlacedPaper]:
            placed_papers = [*self._place_day(batch_number, batch), *self.nearest(batch_number)]
            spend(ENTRY_WORK * min(len(placed_papers), self._query.limit - given_papers))
            return placed_papers

        for _, placed_papers in self._read_days(place):
            yield from placed_papers
            given_papers += len(placed_papers)

    def _read_days(self, read_day: Callable[[int, LoadedBatch], _ReadDay]) -> Iterator[tuple[LoadedBatch, _ReadDay]]:
        """Read the days that are asked for, newest first, as far as there is time; the newest of them must fit."""
        for batch_number, batch in enumerate(self._batches):
            if batch.day <= self._oldest_day:
                return
            matched_before = self.matched
            try:
                if query_ends_before(self._query, batch.day):
                    self._move_from(batch_number)
                    continue
                spend(DAY_WORK)
                day_read = read_day(batch_number, batch)
            except TooDear:
                if not (self.days_read and may_end_early()):
                    raise
                self.unread_from, self.matched = batch.day, matched_before
                return
            self.days_read.append(batch.day)
            yield batch, day_read

    def _move_from(self, batch_number: int) -> None:
        """Read a day after the last that is asked for, where it may have newer versions of papers of these."""
        newest_rows = rows_of(self._links.newest_rows[batch_number])
        ids = self._batches[batch_number].index.ids
        older_rows = (older_row for row in newest_rows for older_row in self._links.paper_rows(ids[row])[1:])
        if any(self._qualifying(older_row.batch) >> older_row.row & 1 for older_row in older_rows):
            spend(DAY_WORK)
            self._move_repeated(batch_number, *self._score_matching_rows(self._batches[batch_number]))

    def counted(self) -> Iterator[tuple[LoadedBatch, Counter[int]]]:
        """Count each day's papers by their score in units, ``per_day`` set aside: without ordering them, and once."""
        return self._read_days(self._count_day)

    def _count_day(self, batch_number: int, batch: LoadedBatch) -> Counter[int]:
        matching_rows, scores = self._score_matching_rows(batch)
        repeated_rows = self._links.repeated_rows[batch_number]
        self._move_repeated(batch_number, matching_rows, scores)
        day_rows = matching_rows & ~repeated_rows & self._qualifying(batch_number)
        score_counts = Counter({units: level_rows.bit_count() for units, level_rows in scores.levels(day_rows)})
        score_counts.update(placed.score_units for placed in self._moved_papers.pop(batch_number, ()))
        return score_counts

    def nearest(self, batch_number: int) -> list[PlacedPaper]:
        """Return what ``also`` adds to a batch's day."""
        if not self._adds_nearest:
            return []
        from core.search.also import Nearest  # noqa: PLC0415 - few feeds ask for it

        nearest = Nearest(self._batches, self._links, self._query, self._qualifying, self._rows_without_match)
        return nearest.of_day(batch_number)

    def _rows_without_match(self, batch: LoadedBatch) -> int:
        """The rows that no term and no name matches, and nothing leaves out."""
        rows = batch.index.all_rows & ~self._ranker.scores(batch)[0] & ~self._exclusion.rows(batch)
        for author_name in self._query.authors:
            rows &= ~name_rows(batch.index, author_name)
        return rows & ~excluded_rows(batch.index, self._query.categories)

    def _place_day(self, batch_number: int, batch: LoadedBatch) -> Iterable[PlacedPaper]:
        matching_rows, scores = self._score_matching_rows(batch)
        repeated_rows = self._links.repeated_rows[batch_number]
        self._move_repeated(batch_number, matching_rows, scores)
        day_rows = matching_rows & self._qualifying(batch_number)
        moved_papers = self._moved_papers.pop(batch_number, [])
        self.matched += (day_rows & ~repeated_rows).bit_count() + len(moved_papers)
        placed_papers = self._order.of_day(batch_number, scores, day_rows, ~repeated_rows, moved_papers)
        if self._query.sort == "interest":
            placed_papers.sort(key=lambda placed: -self._entry_decoder.grade(placed))
        placed_papers = placed_papers[: self._query.per_day]
        if self._query.sort == "date":
            placed_papers.sort(key=lambda placed: placed.arxiv_id, reverse=True)
        return placed_papers

    def _score_matching_rows(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Return the rows whose text is wanted, whatever their day and type, and their scores."""
        query, index = self._query, batch.index
        read_for(self._ranked_by)
        matching_rows, scores = self._ranker.scores(batch)
        add_configured_scores(query, self._batches[0].day, batch, scores, self._ranker.unit)
        matching_rows &= ~self._exclusion.rows(batch)
        if query.min_score:
            matching_rows = at_least(scores, matching_rows, -(-millionths(query.min_score) // self._ranker.unit))
        read_for("authors")
        for author_name in query.authors:
            authored_rows = name_rows(index, author_name)
            matching_rows |= authored_rows
            scores.add(authored_rows, millionths(query.scoring.author) // self._ranker.unit)
        read_for(self._ranked_by)
        return matching_rows & ~excluded_rows(index, query.categories), scores

    def _qualifying(self, batch_number: int) -> int:
        if batch_number not in self._qualifying_rows:
            self._qualifying_rows[batch_number] = qualifying_rows(self._batches[batch_number].index, self._query)
        return self._qualifying_rows[batch_number]

    def _move_repeated(self, batch_number: int, matching_rows: int, scores: Scores) -> None:
        """Place papers of several batches, whose newest row is here, under the oldest day on which they qualify."""
        batch_ids = self._batches[batch_number].index.ids
        for row in rows_of(matching_rows & self._links.newest_rows[batch_number]):
            for older_row in reversed(self._links.paper_rows(batch_ids[row])):
                if self._qualifying(older_row.batch) >> older_row.row & 1:
                    placed = PlacedPaper(batch_ids[row], scores.of(row), BatchRow(batch_number, row), older_row)
                    self._moved_papers.setdefault(older_row.batch, []).append(placed)
                    break

    def held(self, arxiv_id: str, newest_row: BatchRow, feed_row: BatchRow) -> Entry:
        """Decode a paper that need not be in the feed: with the score and reasons it has there, else without."""
        matching_rows, scores = self._score_matching_rows(self._batches[newest_row.batch])
        score_units = scores.of(newest_row.row) if matching_rows >> newest_row.row & 1 else 0
        return self.entry(PlacedPaper(arxiv_id, score_units, newest_row, feed_row))

    def entry(self, placed: PlacedPaper) -> Entry:
        """Decode one paper and tell why it is there."""
        with uncounted(ENTRY_WORK):
            return self._entry_decoder.entry(placed)
