"""
Which of equal matches come first: those that have most of the words that the day's best matches share.

Pseudo-relevance feedback by counting (Manning et al. 2008, 9.1.6): no text is read. The words are a day's frequent
ones, of which the index has the rows as bits; turned around, a row's words are the bits of one integer. The day's own
papers decide, in the versions that it has, so that no other day moves it.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property, reduce
from itertools import chain, pairwise
from operator import or_
from struct import iter_unpack
from typing import Final

from core.index.bitset import rows_of
from core.index.memo import Kind
from core.index.posting_rows import bitmap_width
from core.index.reader import BatchIndex
from core.search.scores import Sums

BEST: Final = 8
"""So many of a day's best matches are looked at, with those that equal the last of them …"""
MOST_BEST: Final = 24
"""… up to so many."""
_WORDS: Final = 8
"""So many of the words that tell the best from the others, and those that tell as much as the last."""
_LEAST_SHARED: Final = 2
_LEAST_PART: Final = 5
"""Words that one in so many of the best has, and two of them, may tell something."""
_SHARES: Final = (0.045, 0.085, 0.17)
_HIGHEST_SHARES: Final = (0.06, 0.12, 0.25)
"""Words that up to so large a part of the day's papers has are taken for as frequent as that; others tell nothing."""
_IS_GROUP: Final = [bytes(48 + (byte == group) for byte in range(256)) for group in range(len(_SHARES))]
"""For each group of words, what ``bytes.translate`` makes ``1`` of its number by, and ``0`` of the others."""
_SMALLEST_DAY: Final = 32
"""Papers: a day of fewer is taken for part of so many, since three papers cannot tell which words are frequent."""
_BITS: Final = [bytes(48 + (byte >> bit & 1) for byte in range(256)) for bit in range(8)]
"""For each bit, what ``bytes.translate`` makes ``0`` or ``1`` of a byte by."""
_ROW_BYTES: Final = 250
"""What is kept of a row: the number of its words, some 800 bits, and its place in the table."""


class FrequentWords:
    """Which of a batch's frequent words its papers have: a bit for each word."""

    def __init__(self, index: BatchIndex) -> None:
        self._bitmaps = index.postings.frequent_bitmaps
        self._width = bitmap_width(index.count) or 1
        self.count = index.count
        self._rows: dict[int, int] = {}

    def of(self, row: int) -> int:
        """Return a row's words; they are kept."""
        words = self._rows.get(row)
        if words is None:
            column = self._bitmaps[row >> 3 :: self._width].translate(_BITS[row & 7])
            words = self._rows[row] = int(column or b"0", 2)
        return words

    @cached_property
    def shares(self) -> list[tuple[float, int]]:
        """The words that about so large a part of the papers has, the rare ones first."""
        bitmaps, width, papers = self._bitmaps, self._width, max(self.count, _SMALLEST_DAY)
        highest = [int(share * papers) for share in _HIGHEST_SHARES]
        runs = enumerate(pairwise([-1, *highest, max(self.count, highest[-1])]))
        groups = b"".join(bytes([group]) * (last - before) for group, (before, last) in runs)
        rows = map(int.from_bytes, chain.from_iterable(iter_unpack(f"{width}s", bitmaps)))
        group_of = bytes(map(groups.__getitem__, map(int.bit_count, rows)))
        return [(share, int(group_of.translate(_IS_GROUP[group]) or b"0", 2)) for group, share in enumerate(_SHARES)]

    @cached_property
    def telling(self) -> int:
        """All of these words."""
        return reduce(or_, (words for _, words in self.shares), 0)


_FREQUENT: Final = Kind[FrequentWords]("frequent words", lambda words: _ROW_BYTES * words.count)


class SharedWords:
    """The words by which the best of a day's matches differ most from its other papers."""

    def __init__(self, index: BatchIndex, best: Sequence[int]) -> None:
        self._frequent = index.memo.remembered(_FREQUENT, None, lambda: FrequentWords(index))
        self._words = 0
        for words in _most_telling(self._frequent, best):
            self._words |= words
            if self._words.bit_count() >= _WORDS:
                break

    def in_row(self, row: int) -> int:
        """Return how many of the words a row has."""
        return (self._frequent.of(row) & self._words).bit_count()


def _most_telling(frequent: FrequentWords, best: Sequence[int]) -> list[int]:
    """Return words in groups, first those that more of the best have than so many papers would by chance."""
    counts, found = Sums(), []
    counts.count(map(frequent.of, best))
    least = max(_LEAST_SHARED, len(best) // _LEAST_PART)
    by_chance = [(len(best) * share, math.sqrt(share), alike) for share, alike in frequent.shares]
    for count, words in counts.levels(frequent.telling):
        if count < least:
            break
        for expected, spread, alike in by_chance:
            if count > expected and (some := words & alike):
                found.append(((count - expected) / spread, some))
    return [words for _, words in sorted(found, reverse=True)]


def best_rows(levels: Iterable[tuple[int, int]]) -> list[int]:
    """Return the first rows of these sets, the best of which come first: whole sets, until there are enough."""
    found: list[int] = []
    for _, rows in levels:
        found += rows_of(rows)
        if len(found) >= BEST:
            break
    return found[:MOST_BEST]
