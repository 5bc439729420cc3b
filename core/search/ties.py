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
from core.index.memo import MemoKind
from core.index.posting_rows import bitmap_width
from core.index.reader import BatchIndex
from core.search.scores import SummedScores

BEST_OF_DAY: Final = 8
"""So many of a day's best matches are looked at, with those that equal the last of them …"""
MOST_BEST_OF_DAY: Final = 24
"""… up to so many."""
_ENOUGH_TELLING_WORDS: Final = 8
"""So many of the words that tell the best from the others, and those that tell as much as the last."""
_LEAST_BEST_SHARING: Final = 2
_LEAST_PART_SHARING: Final = 5
"""Words that one in so many of the best has, and two of them, may tell something."""
_DAY_SHARES: Final = (0.045, 0.085, 0.17)
_HIGHEST_DAY_SHARES: Final = (0.06, 0.12, 0.25)
"""Words that up to so large a part of the day's papers has are taken for as frequent as that; others tell nothing."""
_IS_IN_SHARE: Final = [bytes(48 + (byte == share) for byte in range(256)) for share in range(len(_DAY_SHARES))]
"""For each share's words, what ``bytes.translate`` makes ``1`` of its number by, and ``0`` of the others."""
_SMALLEST_DAY: Final = 32
"""Papers: a day of fewer is taken for part of so many, since three papers cannot tell which words are frequent."""
_IS_BIT_SET: Final = [bytes(48 + (byte >> bit & 1) for byte in range(256)) for bit in range(8)]
"""For each bit, what ``bytes.translate`` makes ``0`` or ``1`` of a byte by."""
_TIED_ROW_BYTES: Final = 250
"""What is kept of a row: the number of its words, some 800 bits, and its place in the table."""


class FrequentWords:
    """Which of a batch's frequent words its papers have: a bit for each word."""

    def __init__(self, index: BatchIndex) -> None:
        self._frequent_bitmaps = index.postings.frequent_bitmaps
        self._bitmap_width = bitmap_width(index.count) or 1
        self.count = index.count
        self._words_of_rows: dict[int, int] = {}

    def of(self, row: int) -> int:
        """Return a row's words; they are kept."""
        words_of_row = self._words_of_rows.get(row)
        if words_of_row is None:
            row_column = self._frequent_bitmaps[row >> 3 :: self._bitmap_width].translate(_IS_BIT_SET[row & 7])
            words_of_row = self._words_of_rows[row] = int(row_column or b"0", 2)
        return words_of_row

    @cached_property
    def shares(self) -> list[tuple[float, int]]:
        """The words that about so large a part of the papers has, the rare ones first."""
        day_papers = max(self.count, _SMALLEST_DAY)
        highest_matches = [int(day_share * day_papers) for day_share in _HIGHEST_DAY_SHARES]
        match_ranges = enumerate(pairwise([-1, *highest_matches, max(self.count, highest_matches[-1])]))
        share_of_matches = b"".join(bytes([share]) * (last - before) for share, (before, last) in match_ranges)
        word_bitmaps = chain.from_iterable(iter_unpack(f"{self._bitmap_width}s", self._frequent_bitmaps))
        matches_of_words = map(int.bit_count, map(int.from_bytes, word_bitmaps))
        share_of_words = bytes(map(share_of_matches.__getitem__, matches_of_words))
        return [
            (day_share, int(share_of_words.translate(_IS_IN_SHARE[share]) or b"0", 2))
            for share, day_share in enumerate(_DAY_SHARES)
        ]

    @cached_property
    def telling(self) -> int:
        """All of these words."""
        return reduce(or_, (share_words for _, share_words in self.shares), 0)


_FREQUENT_WORDS: Final = MemoKind[FrequentWords]("frequent words", lambda words: _TIED_ROW_BYTES * words.count)


class SharedWords:
    """The words by which the best of a day's matches differ most from its other papers."""

    def __init__(self, index: BatchIndex, best_matches: Sequence[int]) -> None:
        self._frequent_words = index.memo.remembered(_FREQUENT_WORDS, None, lambda: FrequentWords(index))
        self._telling_words = 0
        for telling_words in _most_telling_words(self._frequent_words, best_matches):
            self._telling_words |= telling_words
            if self._telling_words.bit_count() >= _ENOUGH_TELLING_WORDS:
                break

    def in_row(self, row: int) -> int:
        """Return how many of the words a row has."""
        return (self._frequent_words.of(row) & self._telling_words).bit_count()


def _most_telling_words(frequent_words: FrequentWords, best_matches: Sequence[int]) -> list[int]:
    """Return words in groups, first those that more of the best have than so many papers would by chance."""
    shared_counts, ranked_words = SummedScores(), []
    shared_counts.count(map(frequent_words.of, best_matches))
    least_shared = max(_LEAST_BEST_SHARING, len(best_matches) // _LEAST_PART_SHARING)
    shared_by_chance = [
        (len(best_matches) * day_share, math.sqrt(day_share), share_words)
        for day_share, share_words in frequent_words.shares
    ]
    for best_sharing, shared_words in shared_counts.levels(frequent_words.telling):
        if best_sharing < least_shared:
            break
        for expected_sharing, spread, share_words in shared_by_chance:
            if best_sharing > expected_sharing and (telling_words := shared_words & share_words):
                ranked_words.append(((best_sharing - expected_sharing) / spread, telling_words))
    return [telling_words for _, telling_words in sorted(ranked_words, reverse=True)]


def best_rows(score_levels: Iterable[tuple[int, int]]) -> list[int]:
    """Return the first rows of these sets, the best of which come first: whole sets, until there are enough."""
    best_matches: list[int] = []
    for _, level_rows in score_levels:
        best_matches += rows_of(level_rows)
        if len(best_matches) >= BEST_OF_DAY:
            break
    return best_matches[:MOST_BEST_OF_DAY]
