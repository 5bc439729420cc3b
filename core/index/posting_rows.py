"""The rows in which a word stands, and in whose title: the first half of the postings (``core.index.postings``)."""

from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from struct import iter_unpack
from typing import Final, NamedTuple

from core.index.container import ContainerParts

GROUP_WORDS: Final = 16
"""Words whose rows are counted together, to find where a word's rows begin."""


class Hits(NamedTuple):
    """The rows that match, and those of them in whose title."""

    rows: int
    title: int


def bitmap_width(paper_count: int) -> int:
    return (paper_count + 7) // 8


class PostingRows:
    """Reads rows as ``write_postings`` wrote them; each part when a query first needs it."""

    def __init__(self, index_parts: ContainerParts, spans: memoryview) -> None:
        self._index_parts = index_parts
        self._spans = spans
        self._bitmap_width = bitmap_width(index_parts.paper_count)

    @cached_property
    def _listed_sizes(self) -> bytes:
        """How many rows are listed for each word: 0 for frequent ones."""
        return self._index_parts["sizes"]

    @cached_property
    def _listed_before(self) -> list[int]:
        """How many rows are listed before each group of words, and in all."""
        return [*accumulate(self._index_parts.numbers("rows_before"), initial=0)]

    @cached_property
    def _listed_row_steps(self) -> memoryview:
        return self._index_parts.numbers("rows")

    @cached_property
    def _bitmap_numbers(self) -> dict[int, int]:
        """Which bitmap is which frequent word's."""
        number_steps = self._index_parts.numbers("frequent", "I")
        return dict(zip(accumulate(number_steps), range(len(number_steps)), strict=True))

    @cached_property
    def frequent_bitmaps(self) -> bytes:
        """The rows of every frequent word, one after the other, ``bitmap_width`` bytes each."""
        return self._index_parts["bitmaps"]

    @cached_property
    def _title_bitmaps(self) -> bytes:
        return self._index_parts["title_bitmaps"]

    def _first_listed(self, word_number: int) -> int:
        word_group = word_number // GROUP_WORDS
        return self._listed_before[word_group] + sum(self._listed_sizes[word_group * GROUP_WORDS : word_number])

    def hits(self, word_number: int) -> Hits:
        """Return where a word stands."""
        listed_size = self._listed_sizes[word_number]
        if not listed_size:
            bitmap_at = self._bitmap_numbers[word_number] * self._bitmap_width
            bitmap_end = bitmap_at + self._bitmap_width
            return Hits(
                int.from_bytes(self.frequent_bitmaps[bitmap_at:bitmap_end], "little"),
                int.from_bytes(self._title_bitmaps[bitmap_at:bitmap_end], "little"),
            )
        first_listed = self._first_listed(word_number)
        row = posting_rows = title_rows = 0
        for row_step in self._listed_row_steps[first_listed : first_listed + listed_size]:
            row += row_step >> 1
            posting_rows |= 1 << row
            if row_step & 1:
                title_rows |= 1 << row
        return Hits(posting_rows, title_rows)

    def rows(self, word_number: int) -> int:
        """Return the rows of a word, in title or abstract: half of ``hits``, in half the time."""
        listed_size = self._listed_sizes[word_number]
        if not listed_size:
            return self._bitmap_rows(self._bitmap_numbers[word_number])
        first_listed = self._first_listed(word_number)
        row = posting_rows = 0
        for row_step in self._listed_row_steps[first_listed : first_listed + listed_size]:
            row += row_step >> 1
            posting_rows |= 1 << row
        return posting_rows

    def _bitmap_rows(self, bitmap_number: int) -> int:
        bitmap_at = bitmap_number * self._bitmap_width
        return int.from_bytes(self.frequent_bitmaps[bitmap_at : bitmap_at + self._bitmap_width], "little")

    @cached_property
    def _frequent_sizes(self) -> dict[int, int]:
        """How many rows each frequent word has."""
        bitmaps = map(itemgetter(0), iter_unpack(f"{self._bitmap_width}s", self.frequent_bitmaps))
        return dict(zip(self._bitmap_numbers, map(int.bit_count, map(int.from_bytes, bitmaps)), strict=True))

    def frequency(self, word_number: int) -> int:
        """Return how many rows hold a word."""
        return self._listed_sizes[word_number] or self._frequent_sizes[word_number]
