"""The old bot's way: a term's characters anywhere in title and abstract, as arXiv wrote them, small letters and all."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from sys import getsizeof
from typing import Final

from backports import zstd
from msgspec import Struct

from core.index.bitset import bits_of
from core.index.memo import Kind
from core.index.postings import Hits
from core.index.reader import BatchIndex
from core.language.terms import Clause
from core.lru import ByteBoundedCache
from core.paper import Paper
from core.search.work import SUBSTRING_CHARACTERS, spend

_BETWEEN: Final = "\0"
_LEVEL: Final = 3
_PACKED: Final = Kind[bytes]("packed texts", len)


class Texts(Struct, frozen=True):
    """The texts of a batch one after the other, and where each begins and its title ends."""

    whole: str
    starts: tuple[int, ...]
    title_ends: tuple[int, ...]


_ROW_BYTES: Final = 100
_OPEN: Final = ByteBoundedCache[int, Texts](8 * 2**20)
"""Those being looked through; packed they take a third, and stay longer."""


def substring_rows(index: BatchIndex, papers: Sequence[Paper], clause: Clause) -> Hits:
    """Return the rows that hold a clause's characters. Raises BadQuery when that is too much to read."""
    texts = _OPEN.remembered(index.memo.number, lambda: _open(index, papers), _size)
    spend(len(texts.whole) // SUBSTRING_CHARACTERS)
    places = [*_places(texts, clause.literal.lower())]
    title = bits_of({row for row, in_title, _ in places if in_title}, index.count)
    if clause.field == "ti":
        return Hits(title, title)
    if clause.field == "abs":
        return Hits(bits_of({row for row, _, in_abstract in places if in_abstract}, index.count), 0)
    return Hits(bits_of({row for row, *_ in places}, index.count), title)


def _size(texts: Texts) -> int:
    """Bytes: an ASCII letter takes one, so that a day of 1,400 papers is kept between two terms."""
    return getsizeof(texts.whole) + _ROW_BYTES * len(texts.starts)


def _places(texts: Texts, wanted: str) -> Iterator[tuple[int, bool, bool]]:
    """Give the rows that hold it, whether the title does, and whether the abstract does."""
    whole, size = texts.whole, len(wanted)
    at = whole.find(wanted)
    while at >= 0:
        row = bisect_right(texts.starts, at) - 1
        end = texts.starts[row + 1] if row + 1 < len(texts.starts) else len(whole)
        title_end = texts.title_ends[row]
        yield row, at + size <= title_end, whole.find(wanted, title_end + 1, end) >= 0
        at = whole.find(wanted, end)


def _open(index: BatchIndex, papers: Sequence[Paper]) -> Texts:
    packed = index.memo.remembered(_PACKED, None, lambda: _pack(papers))
    rows = zstd.decompress(packed).decode().split(_BETWEEN)
    titles, texts = rows[::2], rows[1::2]
    starts = (0, *accumulate(len(title) + len(text) + 2 for title, text in zip(titles, texts, strict=True)))
    joined = "".join(f"{title} {text}{_BETWEEN}" for title, text in zip(titles, texts, strict=True))
    ends = tuple(start + len(title) for start, title in zip(starts, titles, strict=False))
    return Texts(joined, starts[:-1], ends)


def _pack(papers: Sequence[Paper]) -> bytes:
    rows = (f"{paper.title.lower()}{_BETWEEN}{paper.abstract.lower()}" for paper in papers)
    return zstd.compress(_BETWEEN.join(rows).encode("utf-8", "replace"), level=_LEVEL)
