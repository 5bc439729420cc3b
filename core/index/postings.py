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
    counts         places of each posting, two to a byte; ESCAPE_COUNT: or more   p / 2 bytes
    firsts         first place of each posting, in the abstract from its begin    p, 16 bits
    steps          steps from place to place; before them, where the count        16 bits each
                   escaped, how many places there are
    steps_before   steps in each stretch of STRETCH_POSTINGS postings             32 bits each
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate, compress
from operator import sub
from typing import Final, NamedTuple

from core.index.bitset import rows_of
from core.index.container import ContainerParts

_PART_NAMES: Final = "sizes rows_before rows frequent bitmaps title_bitmaps counts steps_before firsts steps"
PARTS: Final = tuple(_PART_NAMES.split())
PLACE_BITS: Final = 16
"""A place in a batch is ``row << 16 | place``."""
FREQUENT: Final = 32
"""A word that more than one in so many papers hold has its rows as bits, not as a list."""
GROUP_WORDS: Final = 16
"""Words whose rows are counted together, to find where a word's rows begin."""
STRETCH_POSTINGS: Final = 256
"""Postings whose steps are counted together, to find where a posting's steps begin."""
ESCAPE_COUNT: Final = 15
"""The largest count that half a byte can say: so many places or more, and their number stands before the steps."""
_SCAN_ALL_ABOVE: Final = 4
"""With more than one row in so many wanted, going through all is quicker than counting up to each."""
_LOW: Final = bytes(count & 15 for count in range(256))
_HIGH: Final = bytes(count >> 4 for count in range(256))


class Hits(NamedTuple):
    """The rows that match, and those of them in whose title."""

    rows: int
    title: int


def bitmap_width(count: int) -> int:
    return (count + 7) // 8


def _read_counts(pairs: bytes) -> bytearray:
    counts = bytearray(2 * len(pairs))
    counts[::2], counts[1::2] = pairs.translate(_LOW), pairs.translate(_HIGH)
    return counts


class Postings:
    """Reads what ``write_postings`` wrote; each part when a query first needs it."""

    def __init__(self, parts: ContainerParts, spans: memoryview) -> None:
        self._parts = parts
        self._spans = spans
        self._width = bitmap_width(parts.paper_count)

    # -- rows

    @cached_property
    def _sizes(self) -> bytes:
        """How many rows are listed for each word: 0 for frequent ones."""
        return self._parts["sizes"]

    @cached_property
    def _rows_before(self) -> list[int]:
        """How many rows are listed before each group of words, and in all."""
        return [*accumulate(self._parts.numbers("rows_before"), initial=0)]

    @cached_property
    def _rows(self) -> memoryview:
        return self._parts.numbers("rows")

    @cached_property
    def _frequent(self) -> dict[int, int]:
        """Which bitmap is which frequent word's."""
        numbers = self._parts.numbers("frequent", "I")
        return dict(zip(accumulate(numbers), range(len(numbers)), strict=True))

    @cached_property
    def _bitmaps(self) -> bytes:
        return self._parts["bitmaps"]

    @property
    def frequent_bitmaps(self) -> bytes:
        """The rows of every frequent word, one after the other, ``bitmap_width`` bytes each."""
        return self._bitmaps

    @cached_property
    def _title_bitmaps(self) -> bytes:
        return self._parts["title_bitmaps"]

    def _start(self, number: int) -> int:
        group = number // GROUP_WORDS
        return self._rows_before[group] + sum(self._sizes[group * GROUP_WORDS : number])

    def hits(self, number: int) -> Hits:
        """Return where a word stands."""
        size = self._sizes[number]
        if not size:
            at = self._frequent[number] * self._width
            end = at + self._width
            return Hits(
                int.from_bytes(self._bitmaps[at:end], "little"), int.from_bytes(self._title_bitmaps[at:end], "little")
            )
        start = self._start(number)
        row = rows = title = 0
        for step in self._rows[start : start + size]:
            row += step >> 1
            rows |= 1 << row
            if step & 1:
                title |= 1 << row
        return Hits(rows, title)

    def rows(self, number: int) -> int:
        """Return the rows of a word, in title or abstract: half of ``hits``, in half the time."""
        size = self._sizes[number]
        if not size:
            at = self._frequent[number] * self._width
            return int.from_bytes(self._bitmaps[at : at + self._width], "little")
        start = self._start(number)
        row = rows = 0
        for step in self._rows[start : start + size]:
            row += step >> 1
            rows |= 1 << row
        return rows

    def frequency(self, number: int) -> int:
        """Return how many rows hold a word."""
        return self._sizes[number] or self.rows(number).bit_count()

    # -- places: only phrases and rankings by frequency need them

    @cached_property
    def _bits_before(self) -> list[int]:
        """How many postings stand before each group of bitmaps: those of the listed words come first."""
        size = GROUP_WORDS * self._width
        groups = (self._bitmaps[at : at + size] for at in range(0, len(self._bitmaps), size))
        bits = (int.from_bytes(group, "little").bit_count() for group in groups)
        return [*accumulate(bits, initial=self._rows_before[-1])]

    @cached_property
    def _counts(self) -> bytearray:
        return _read_counts(self._parts["counts"])

    @cached_property
    def _firsts(self) -> memoryview:
        return self._parts.numbers("firsts")

    @cached_property
    def _steps(self) -> memoryview:
        return self._parts.numbers("steps")

    @cached_property
    def _steps_before(self) -> list[int]:
        """How many steps stand before each stretch of postings."""
        return [*accumulate(self._parts.numbers("steps_before", "I"), initial=0)]

    def _first_posting(self, number: int) -> int:
        if self._sizes[number]:
            return self._start(number)
        bitmap = self._frequent[number]
        group = bitmap // GROUP_WORDS
        before = self._bitmaps[group * GROUP_WORDS * self._width : bitmap * self._width]
        return self._bits_before[group] + int.from_bytes(before, "little").bit_count()

    def counts(self, number: int) -> Iterable[tuple[int, int]]:
        """Give each of a word's rows with how often it holds it; 15 stands for more, too."""
        return zip(*self.rows_and_counts(number), strict=True)

    def rows_and_counts(self, number: int) -> tuple[list[int], bytearray]:
        """Return the same as two lists."""
        rows = self._row_numbers(number)
        posting = self._first_posting(number)
        return rows, self._counts[posting : posting + len(rows)]

    def counts_in(self, number: int, wanted: int) -> Iterator[tuple[int, int]]:
        """Give those of a word's rows that are in a set, few of them, with how often each holds it."""
        rows = self.rows(number)
        if common := rows & wanted:
            start = self._first_posting(number)
            for row in rows_of(common):
                yield row, self._counts[start + (rows & (1 << row) - 1).bit_count()]

    def _row_numbers(self, number: int) -> list[int]:
        size = self._sizes[number]
        if not size:
            return rows_of(self.rows(number))
        start = self._start(number)
        return [*accumulate([step >> 1 for step in self._rows[start : start + size]])]

    def places(self, number: int, within: int) -> list[int]:
        """Return every ``row << 16 | place`` of a word in the rows of a set, in order."""
        rows, title = self.hits(number)
        firsts, steps, counts, spans = self._firsts, self._steps, self._counts, self._spans
        titled = {*rows_of(title & within)}
        found: list[int] = []
        for row, posting, at in self._located(number, rows, rows & within):
            count = counts[posting]
            place = (row << PLACE_BITS) + firsts[posting] + (0 if row in titled else spans[row])
            if count == 1:
                found.append(place)
            else:
                begin, end = (at, at + count - 1) if count < ESCAPE_COUNT else (at + 1, at + steps[at])
                found += accumulate(steps[begin:end], initial=place)
        return found

    def _located(self, number: int, rows: int, wanted: int) -> Iterable[tuple[int, int, int]]:
        """Give some of a word's rows, with the number of the posting and where its steps begin."""
        start, size = self._first_posting(number), rows.bit_count()
        at = self._first_step(start)
        counts = self._counts[start : start + size]
        if wanted.bit_count() * _SCAN_ALL_ABOVE < size or ESCAPE_COUNT in counts:
            return self._one_by_one(start, at, rows, wanted)
        offsets = map(sub, accumulate(counts, initial=at), range(size))
        located = zip(rows_of(rows), range(start, start + size), offsets, strict=True)
        if wanted == rows:
            return located
        chosen = set(rows_of(wanted))
        return compress(located, map(chosen.__contains__, rows_of(rows)))

    def _one_by_one(self, start: int, at: int, rows: int, wanted: int) -> Iterator[tuple[int, int, int]]:
        before = start
        for row in rows_of(wanted):
            posting = start + (rows & (1 << row) - 1).bit_count()
            at = self._past(at, self._counts[before:posting])
            before = posting
            yield row, posting, at

    def _first_step(self, posting: int) -> int:
        stretch = posting // STRETCH_POSTINGS
        return self._past(self._steps_before[stretch], self._counts[stretch * STRETCH_POSTINGS : posting])

    def _past(self, at: int, counts: bytearray) -> int:
        """Return where the steps of postings with these counts end, which begin at ``at``."""
        if ESCAPE_COUNT not in counts:
            return at + sum(counts) - len(counts)
        for count in counts:
            at += self._steps[at] if count == ESCAPE_COUNT else count - 1
        return at
