"""The old bot's way: a term's characters anywhere in title and abstract, as arXiv wrote them, small letters and all."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from operator import add
from typing import Final

from backports import zstd
from msgspec import Struct

from core.index.bitset import bits_of
from core.index.memo import MemoKind
from core.index.posting_rows import Hits
from core.index.reader import BatchIndex
from core.language.terms import Clause
from core.lru import ByteBoundedCache
from core.paper import Paper
from core.search.work import SUBSTRING_CHARACTERS, spend

_BETWEEN: Final = b"\0"
_LEVEL: Final = 3
_PATTERN_CHARACTERS: Final = 3
"""So few characters are found in half of the time by a compiled pattern, more in half of the time by ``find``."""
_OFFSET: Final = "I"
"""A place in the texts of a batch, as 4 bytes: they are some 1 MB a day."""


class PackedTexts(Struct, frozen=True):
    """The texts of a batch one after the other, compressed, and where each begins and its title ends, in bytes."""

    whole: bytes
    starts: array[int]
    title_ends: array[int]


_PACKED: Final = MemoKind[PackedTexts](
    "packed texts", lambda packed: len(packed.whole) + 2 * packed.starts.itemsize * len(packed.starts)
)
_OPEN: Final = ByteBoundedCache[int, bytes](8 * 2**20)
"""The texts being looked through; packed they take a third, and stay longer."""


def substring_rows(index: BatchIndex, papers: Sequence[Paper], clause: Clause) -> Hits:
    """Return the rows that hold a clause's characters. Raises BadQuery when that is too much to read."""
    packed = index.memo.remembered(_PACKED, None, lambda: _pack(papers))
    texts = _OPEN.remembered(index.memo.number, lambda: zstd.decompress(packed.whole), len)
    spend(len(texts) // SUBSTRING_CHARACTERS)
    wanted = clause.literal.lower().encode("utf-8", "replace")
    rows, in_title = _rows_holding(packed, texts, wanted, skip_titles=clause.field == "abs")
    title = bits_of(in_title, index.count)
    return Hits(title, title) if clause.field == "ti" else Hits(bits_of(rows, index.count), title)


def _rows_holding(
    packed: PackedTexts, texts: bytes, wanted: bytes, *, skip_titles: bool
) -> tuple[list[int], list[int]]:
    """Return the rows that hold it, and those that hold it in the title; UTF-8 is searched as its characters are."""
    starts, title_ends, size = packed.starts, packed.title_ends, len(wanted)
    rows, in_title = [], []
    find = _finder(texts, wanted)
    at = find(0)
    while at >= 0:
        row = bisect_right(starts, at) - 1
        if skip_titles and at <= title_ends[row]:
            at = find(title_ends[row] + 1)
            continue
        rows.append(row)
        if at + size <= title_ends[row]:
            in_title.append(row)
        if row + 1 == len(starts):
            break
        at = find(starts[row + 1])
    return rows, in_title


def _finder(texts: bytes, wanted: bytes) -> Callable[[int], int]:
    """Return what finds the characters from a place on, -1 when they do not come: a few sooner by a pattern."""
    if len(wanted) > _PATTERN_CHARACTERS:
        return partial(texts.find, wanted)
    search = re.compile(re.escape(wanted)).search

    def find(at: int) -> int:
        match = search(texts, at)
        return match.start() if match else -1

    return find


def _pack(papers: Sequence[Paper]) -> PackedTexts:
    titles = [paper.title.lower().encode("utf-8", "replace") for paper in papers]
    texts = [
        title + b" " + paper.abstract.lower().encode("utf-8", "replace")
        for title, paper in zip(titles, papers, strict=True)
    ]
    starts = array(_OFFSET, accumulate((len(text) + len(_BETWEEN) for text in texts[:-1]), initial=0))
    ends = array(_OFFSET, map(add, starts, map(len, titles)))
    return PackedTexts(zstd.compress(_BETWEEN.join(texts), level=_LEVEL), starts, ends)
