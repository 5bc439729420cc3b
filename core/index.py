"""
The match index of one batch: immutable, small, and opened piece by piece as queries need it.

``core.indexing`` writes it at refresh. A word's postings are the rows (papers, by position in the batch) that hold it,
the rows that hold it in the title, and the places at which it stands. A place counts the words of title and abstract
together; a full stop or a comma leaves one free, so that no phrase reaches over it. Words joined by hyphens are also
indexed as one where a query could not find them as two (``incontext-2`` for ``in-context``: two places wide).
"""

import re
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import Final, Literal

from core.errors import Damaged
from core.paper import AnnounceType
from core.planes import bits_of, join_planes, rows_of, unpack

MAGIC: Final = b"PFX1"
HEADER: Final = struct.Struct("<4sI")
LENGTH: Final = struct.Struct("<I")
_SECTION_NAMES: Final = """
ids versions announced spans lengths sets authors words block_names block_words block_characters block_rows
block_title_rows block_counts block_extras sizes rows frequent bitmaps title_sizes title_rows counts places
"""
SECTIONS: Final = tuple(_SECTION_NAMES.split())
TEXTS: Final = frozenset(("ids", "sets", "authors", "words", "block_names"))
EPOCH: Final = date(1990, 1, 1).toordinal()
"""Days are counted from here, so that they fit 16 bits; arXiv is younger."""
PLACE_BITS: Final = 16
"""A place in a batch is ``row << 16 | place``."""
BLOCK: Final = 2
"""Words that share so many first letters are a block; what is long is summed up block by block."""
FREQUENT: Final = 32
"""A word that more than one in so many papers hold has its rows as bits, not as a list."""


Probe = tuple[str, str]
"""A word as it is looked up: its block, and it between line feeds."""


def probe(word: str) -> Probe:
    return word[:BLOCK], f"\n{word}\n"


class BatchIndex:
    """
    One batch's index. A query pays for the sections it needs, once.

    Raises Damaged when the bytes are no index of this version.
    """

    def __init__(self, data: bytes) -> None:
        if data[:4] != MAGIC:
            raise Damaged("a match index is damaged or of another version; the next refresh writes it again")
        _, self.count = HEADER.unpack_from(data)
        at = HEADER.size + len(SECTIONS) * LENGTH.size
        self._sections: dict[str, memoryview] = {}
        for number, name in enumerate(SECTIONS):
            (length,) = LENGTH.unpack_from(data, HEADER.size + number * LENGTH.size)
            self._sections[name] = memoryview(data)[at : at + length]
            at += length
        self._width = (self.count + 7) // 8 or 1
        self.memo: dict[str, object] = {}
        """What queries found out before; bounded by who fills it."""

    def _text(self, name: str) -> str:
        return unpack(self._sections[name]).decode()

    def _numbers(self, name: str, code: Literal["H", "I"] = "H") -> memoryview:
        return join_planes(unpack(self._sections[name]), code)

    # -- columns: one value a paper

    @cached_property
    def ids(self) -> list[str]:
        return self._text("ids").split("\n") if self.count else []

    @cached_property
    def versions(self) -> memoryview:
        return self._numbers("versions")

    @cached_property
    def announced(self) -> list[date]:
        numbers = self._numbers("announced")
        days = {number: date.fromordinal(number + EPOCH) for number in set(numbers)}
        return [days[number] for number in numbers]

    @cached_property
    def spans(self) -> memoryview:
        """Where each abstract begins: places below are the title's."""
        return self._numbers("spans")

    @cached_property
    def lengths(self) -> memoryview:
        """How many words title and abstract have."""
        return self._numbers("lengths")

    @cached_property
    def authors(self) -> str:
        """One line a paper: ``|yann lecun|leon bottou|``."""
        return self._text("authors")

    @cached_property
    def author_starts(self) -> list[int]:
        """Where each line of ``authors`` begins."""
        return [0, *(found.end() for found in re.finditer("\n", self.authors))]

    # -- sets of papers, as bits

    @cached_property
    def everything(self) -> int:
        """The set of all rows."""
        return int("1" * self.count or "0", 2)

    @cached_property
    def sets(self) -> dict[str, int]:
        """Sets by name: ``c:cs.LG`` has it, ``p:cs.LG`` as primary, ``t:new`` new somewhere, ``a:cs.LG new`` there."""
        names, _, bits = unpack(self._sections["sets"]).partition(b"\0")
        parts = (bits[at : at + self._width] for at in range(0, len(bits), self._width))
        rows = (int.from_bytes(part, "little") for part in parts)
        return dict(zip(names.decode().split("\n"), rows, strict=False))

    @cached_property
    def announcements(self) -> list[tuple[str, AnnounceType, int]]:
        """For every feed of the day and every type: the rows that stood in it as that."""
        named = ((name[2:].split(), rows) for name, rows in self.sets.items() if name.startswith("a:"))
        return [(category, AnnounceType(kind), rows) for (category, kind), rows in named]

    # -- words and their rows

    @cached_property
    def words(self) -> str:
        """The keys, sorted, each between line feeds."""
        return self._text("words")

    def _sums(self, name: str) -> list[int]:
        return [*accumulate(self._numbers(name, "I"), initial=0)]

    @cached_property
    def _firsts(self) -> list[int]:
        """The number of each block's first word."""
        return self._sums("block_words")

    @cached_property
    def _blocks(self) -> dict[str, tuple[int, int, int]]:
        """For every beginning of words: its first word's number, and where in ``words`` the block begins and ends."""
        begins = self._sums("block_characters")
        ends = [begin + 1 for begin in begins[1:]]
        return dict(
            zip(self._text("block_names").split("\n"), zip(self._firsts, begins, ends, strict=False), strict=False)
        )

    def find(self, word: str) -> int:
        """Return the number of a word; -1 when no paper holds it."""
        return self.look_up(probe(word))

    def look_up(self, wanted: Probe) -> int:
        """``find``, for who asks many indexes for the same word."""
        block = self._blocks.get(wanted[0])
        if block is None:
            return -1
        first, begin, end = block
        at = self.words.find(wanted[1], begin, end)
        return -1 if at < 0 else first + self.words.count("\n", begin, at)

    def look_up_all(self, blocks: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> dict[int, list[int]]:
        """Look up many words, sorted by block, each with a mark; return the numbers that there are for a mark."""
        found: dict[int, list[int]] = {}
        get, words = self._blocks.get, self.words
        for name, probes in blocks:
            block = get(name)
            if block is not None:
                first, begin, end = block
                text = words[begin:end]
                for word, mark in probes:
                    if word in text:
                        found.setdefault(mark, []).append(first + text.count("\n", 0, text.find(word)))
        return found

    def beginning(self, prefix: str) -> dict[str, int]:
        """Return the words that begin so, and their numbers; ``prefix`` has ``BLOCK`` letters or more."""
        block = self._blocks.get(prefix[:BLOCK])
        if not block:
            return {}
        first, begin, end = block
        start = self.words.find("\n" + prefix, begin, end)
        if start < 0:
            return {}
        last = self.words.find("\n", self.words.rfind("\n" + prefix, begin, end) + 1)
        number = first + self.words.count("\n", begin, start)
        return {word: number + place for place, word in enumerate(self.words[start + 1 : last].split("\n"))}

    def _start(self, number: int, sums: Sequence[int], sizes: memoryview) -> int:
        """Where a word's part of a long section begins: the sum of the blocks and of the words before it."""
        block = bisect_right(self._firsts, number) - 1
        return sums[block] + sum(sizes[self._firsts[block] : number])

    @cached_property
    def _row_sums(self) -> list[int]:
        return self._sums("block_rows")

    @cached_property
    def _sizes(self) -> memoryview:
        """How many rows are listed for each word: 0 for frequent ones."""
        return self._numbers("sizes")

    @cached_property
    def _rows(self) -> memoryview:
        return self._numbers("rows")

    @cached_property
    def _frequent(self) -> dict[int, int]:
        """Which bitmap is which frequent word's."""
        return {number: at for at, number in enumerate(accumulate(self._numbers("frequent")))}

    @cached_property
    def _bitmaps(self) -> bytes:
        return unpack(self._sections["bitmaps"])

    def _bitmap(self, number: int) -> int:
        at = self._frequent[number] * self._width
        return int.from_bytes(self._bitmaps[at : at + self._width], "little")

    @cached_property
    def _title_sums(self) -> list[int]:
        return self._sums("block_title_rows")

    @cached_property
    def _title_sizes(self) -> memoryview:
        return self._numbers("title_sizes")

    @cached_property
    def _title_rows(self) -> memoryview:
        return self._numbers("title_rows")

    def rows(self, number: int) -> int:
        """Return the set of rows that hold a word."""
        if not self._sizes[number]:
            return self._bitmap(number)
        return bits_of(self._row_list(number), self.count)

    def _row_list(self, number: int) -> Iterable[int]:
        size = self._sizes[number]
        if not size:
            return rows_of(self._bitmap(number))
        start = self._start(number, self._row_sums, self._sizes)
        return accumulate(self._rows[start : start + size])

    def frequency(self, number: int) -> int:
        """Return how many rows hold a word."""
        return self._sizes[number] or self._bitmap(number).bit_count()

    def title_rows(self, number: int) -> int:
        """Return the set of rows that hold a word in the title."""
        size = self._title_sizes[number]
        if not size:
            return 0
        start = self._start(number, self._title_sums, self._title_sizes)
        return bits_of(accumulate(self._title_rows[start : start + size]), self.count)

    # -- places: only phrases and rankings by frequency need them

    @cached_property
    def _count_sums(self) -> list[int]:
        return self._sums("block_counts")

    @cached_property
    def _row_counts(self) -> memoryview:
        """How many rows hold each word, frequent ones included."""
        counts = array("H", self._sizes)
        for number in self._frequent:
            counts[number] = self._bitmap(number).bit_count()
        return memoryview(counts)

    @cached_property
    def _counts(self) -> memoryview:
        return self._numbers("counts")

    @cached_property
    def _extra_sums(self) -> list[int]:
        return self._sums("block_extras")

    @cached_property
    def _places(self) -> memoryview:
        return self._numbers("places")

    def _word_counts(self, number: int) -> tuple[int, memoryview]:
        start = self._start(number, self._count_sums, self._row_counts)
        return start, self._counts[start : start + self._row_counts[number]]

    def counts(self, number: int) -> dict[int, int]:
        """Return how often each of a word's rows holds it."""
        return dict(zip(self._row_list(number), self._word_counts(number)[1], strict=True))

    def places(self, number: int, within: int) -> list[int]:
        """Return every ``row << 16 | place`` of a word in the rows of a set, in order."""
        start, counts = self._word_counts(number)
        block = bisect_right(self._firsts, number) - 1
        before = self._counts[self._count_sums[block] : start]
        start += self._extra_sums[block] + sum(before) - len(before)
        places = []
        for row, count in zip(self._row_list(number), counts, strict=True):
            if within >> row & 1:
                place = row << PLACE_BITS
                for step in self._places[start : start + count]:  # each from the place before in the same paper
                    place += step
                    places.append(place)
            start += count
        return places
