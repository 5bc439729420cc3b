"""
The postings of a match index: in which rows a word stands, in which titles, and at which places.

A posting is one word in one paper. Words are numbered as the dictionary numbers them. A word that more than one paper
in ``FREQUENT`` holds has its rows as bits, the others have them listed. Postings are in the order of the listed words,
then of the frequent ones. Numbers stand as byte planes (``core.index.packing``); n words, p postings, r listed rows:

    part           holds                                                          length
    sizes          rows listed of each word; 0 for a frequent one                 n bytes
    rows_before    rows listed in each group of GROUP_WORDS words                 n / GROUP_WORDS, 16 bits
    rows           step from row to row, doubled; odd when in the title           r, 16 bits
    frequent       step from one frequent word's number to the next               32 bits each
    bitmaps        rows of each frequent word                                     a bit a paper, whole bytes
    title_bitmaps  those of them in whose title it stands                         the same
    counts         places of each posting, two to a byte; ESCAPE_PLACE_COUNT: or more   p / 2 bytes
    firsts         first place of each posting, in the abstract from its begin    p, 16 bits
    steps          steps from place to place; before them, where the count        16 bits each
                   escaped, how many places there are
    steps_before   steps in each stretch of STRETCH_POSTINGS postings             32 bits each
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from operator import sub
from typing import Final

from core.index.bitset import rows_of
from core.index.posting_rows import PostingRows

_POSTING_PARTS: Final = "sizes rows_before rows frequent bitmaps title_bitmaps counts steps_before firsts steps"
PARTS: Final = tuple(_POSTING_PARTS.split())
PLACE_BITS: Final = 16
"""A place in a batch is ``row << 16 | place``."""
FREQUENT: Final = 32
"""A word that more than one in so many papers hold has its rows as bits, not as a list."""
STRETCH_POSTINGS: Final = 256
"""Postings whose steps are counted together, to find where a posting's steps begin."""
ESCAPE_PLACE_COUNT: Final = 15
"""The largest count that half a byte can say: so many places or more, and their number stands before the steps."""
_FEW_POSTINGS: Final = 8
"""Of so few rows, counting up to each is quicker than to all."""
_LOW_HALVES: Final = bytes(count & 15 for count in range(256))
_HIGH_HALVES: Final = bytes(count >> 4 for count in range(256))


def _read_place_counts(half_bytes: bytes) -> bytearray:
    place_counts = bytearray(2 * len(half_bytes))
    place_counts[::2], place_counts[1::2] = (
        half_bytes.translate(_LOW_HALVES),
        half_bytes.translate(_HIGH_HALVES),
    )
    return place_counts


class Postings(PostingRows):
    """Reads counts and places, too: only phrases and rankings by frequency need them."""

    @cached_property
    def _bitmap_postings_before(self) -> list[int]:
        """How many postings stand before each bitmap: those of the listed words come first."""
        return [*accumulate(self._frequent_sizes.values(), initial=self._listed_before[-1])]

    @cached_property
    def _place_counts(self) -> bytearray:
        return _read_place_counts(self._index_parts["counts"])

    @cached_property
    def _first_places(self) -> memoryview:
        return self._index_parts.numbers("firsts")

    @cached_property
    def _place_steps(self) -> memoryview:
        return self._index_parts.numbers("steps")

    @cached_property
    def _steps_before(self) -> list[int]:
        """How many steps stand before each stretch of postings."""
        return [*accumulate(self._index_parts.numbers("steps_before", "I"), initial=0)]

    def _first_posting(self, word_number: int) -> int:
        if self._listed_sizes[word_number]:
            return self._first_listed(word_number)
        return self._bitmap_postings_before[self._bitmap_numbers[word_number]]

    def counts(self, word_number: int) -> Iterable[tuple[int, int]]:
        """Give each of a word's rows with how often it holds it; 15 stands for more, too."""
        return zip(*self.rows_and_counts(word_number), strict=True)

    def rows_and_counts(self, word_number: int) -> tuple[list[int], bytearray]:
        """Return the same as two lists."""
        if listed_size := self._listed_sizes[word_number]:
            first_posting = self._first_listed(word_number)
            row_steps = self._listed_row_steps[first_posting : first_posting + listed_size]
            row_numbers = [*accumulate([row_step >> 1 for row_step in row_steps])]
        else:
            bitmap_number = self._bitmap_numbers[word_number]
            first_posting = self._bitmap_postings_before[bitmap_number]
            row_numbers = rows_of(self._bitmap_rows(bitmap_number))
        return row_numbers, self._place_counts[first_posting : first_posting + len(row_numbers)]

    def counts_in(self, word_number: int, within: int) -> Iterator[tuple[int, int]]:
        """Give those of a word's rows that are in a set, few of them, with how often each holds it."""
        posting_rows = self.rows(word_number)
        if common_rows := posting_rows & within:
            first_posting = self._first_posting(word_number)
            for row in rows_of(common_rows):
                yield row, self._place_counts[first_posting + (posting_rows & (1 << row) - 1).bit_count()]

    @cached_property
    def _abstract_places(self) -> list[int]:
        """Where each row's abstract begins, as a place of the batch."""
        return [(row << PLACE_BITS) + span for row, span in enumerate(self._spans)]

    def places(self, word_number: int, within: int) -> list[int]:
        """Return every ``row << 16 | place`` of a word in the rows of a set, in order."""
        posting_rows, title_rows = self.hits(word_number)
        wanted_rows = rows_of(posting_rows & within)
        if not wanted_rows:
            return []
        first_places, place_steps = self._first_places, self._place_steps
        place_counts, abstract_places = self._place_counts, self._abstract_places
        titled_rows = {*rows_of(title_rows & within)}
        word_places: list[int] = []
        add_place = word_places.append
        for row, posting, steps_at in self._located_postings(word_number, posting_rows, wanted_rows):
            place = first_places[posting] + (row << PLACE_BITS if row in titled_rows else abstract_places[row])
            add_place(place)
            place_count = place_counts[posting]
            if place_count == 1:
                continue
            first_step, end_step = steps_at, steps_at + place_count - 1
            if place_count == ESCAPE_PLACE_COUNT:  # the number of places stands before their steps
                first_step, end_step = steps_at + 1, steps_at + place_steps[steps_at]
            for place_step in place_steps[first_step:end_step]:
                place += place_step
                add_place(place)
        return word_places

    def _located_postings(
        self, word_number: int, posting_rows: int, wanted_rows: Sequence[int]
    ) -> Iterable[tuple[int, int, int]]:
        """Give some of a word's rows, with the number of the posting and where its steps begin."""
        first_posting, posting_count = self._first_posting(word_number), posting_rows.bit_count()
        steps_at = self._first_step(first_posting)
        place_counts = self._place_counts[first_posting : first_posting + posting_count]
        if len(wanted_rows) <= _FEW_POSTINGS or ESCAPE_PLACE_COUNT in place_counts:
            return self._count_up_to_postings(first_posting, steps_at, posting_rows, wanted_rows)
        steps_of_postings = map(sub, accumulate(place_counts, initial=steps_at), range(posting_count))
        postings = range(first_posting, first_posting + posting_count)
        if len(wanted_rows) == posting_count:
            return zip(wanted_rows, postings, steps_of_postings, strict=True)
        numbers = [(posting_rows & (1 << row) - 1).bit_count() for row in wanted_rows]
        steps_before = [*steps_of_postings]
        return zip(wanted_rows, map(postings.__getitem__, numbers), map(steps_before.__getitem__, numbers), strict=True)

    def _count_up_to_postings(
        self, first_posting: int, steps_at: int, posting_rows: int, wanted_rows: Iterable[int]
    ) -> Iterator[tuple[int, int, int]]:
        posting_before = first_posting
        for row in wanted_rows:
            posting = first_posting + (posting_rows & (1 << row) - 1).bit_count()
            steps_at = self._steps_end(steps_at, self._place_counts[posting_before:posting])
            posting_before = posting
            yield row, posting, steps_at

    def _first_step(self, posting: int) -> int:
        stretch = posting // STRETCH_POSTINGS
        return self._steps_end(self._steps_before[stretch], self._place_counts[stretch * STRETCH_POSTINGS : posting])

    def _steps_end(self, steps_at: int, place_counts: bytearray) -> int:
        """Return where the steps of postings with these counts end, which begin at ``steps_at``."""
        if ESCAPE_PLACE_COUNT not in place_counts:
            return steps_at + sum(place_counts) - len(place_counts)
        for place_count in place_counts:
            steps_at += self._place_steps[steps_at] if place_count == ESCAPE_PLACE_COUNT else place_count - 1
        return steps_at
