"""Numbers as compressed bytes, low bytes first and high bytes after; and sets of rows as integers, a bit each."""

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final, Literal

_FEW: Final = 24


def pack(data: bytes, *, is_text: bool = False) -> bytes:
    """Compress; numbers gain from short codes more than from repetitions."""
    strategy = zlib.Z_DEFAULT_STRATEGY if is_text else zlib.Z_FILTERED
    compressor = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    return compressor.compress(data) + compressor.flush()


def unpack(data: bytes | memoryview) -> bytes:
    return zlib.decompress(data)


def split_planes(numbers: Iterable[int], code: Literal["H", "I"] = "H") -> bytes:
    """Write numbers of 16 (``H``) or 32 bits (``I``) as planes: the high ones, nearly all 0, compress to nothing."""
    whole = array(code, numbers)
    if sys.byteorder == "big":
        whole.byteswap()
    data, width = whole.tobytes(), whole.itemsize
    return b"".join(data[plane::width] for plane in range(width))


def join_planes(data: bytes, code: Literal["H", "I"] = "H") -> memoryview:
    """Read ``split_planes`` as a view of whole numbers, without a loop in Python."""
    width = array(code).itemsize
    size = len(data) // width
    whole = bytearray(len(data))
    for plane in range(width):
        at = plane if sys.byteorder == "little" else width - 1 - plane
        whole[at::width] = data[plane * size : (plane + 1) * size]
    return memoryview(whole).cast(code)


def differences(numbers: Sequence[int]) -> Iterator[int]:
    """``[3, 5, 9]`` as ``3, 2, 4``: what ``itertools.accumulate`` turns back."""
    return chain(numbers[:1], (after - before for before, after in pairwise(numbers)))


def bits_of(rows: Iterable[int], count: int) -> int:
    """Put row numbers below ``count`` into one integer."""
    rows = list(rows)
    if len(rows) <= _FEW:
        few = 0
        for row in rows:
            few |= 1 << row
        return few
    flags = bytearray(b"0") * (count + 1)
    for row in rows:
        flags[count - row] = 49  # "1"
    return int(flags, 2)


def rows_of(bits: int) -> list[int]:
    """List the rows of a set, lowest first."""
    found = []
    digits = f"{bits:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        found.append(at)
        at = digits.find("1", at + 1)
    return found
