"""Numbers as bytes: 16 bits each, low bytes first and high bytes after, compressed; and row numbers as bit sets."""

import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise


def pack(data: bytes) -> bytes:
    return zlib.compress(data, 6)


def unpack(data: bytes | memoryview) -> bytes:
    return zlib.decompress(data)


def split_planes(numbers: Sequence[int]) -> bytes:
    """Write numbers below 65,536 as two planes: the high bytes, nearly all 0, compress to almost nothing."""
    return bytes(number & 255 for number in numbers) + bytes(number >> 8 for number in numbers)


def join_planes(data: bytes) -> memoryview:
    """Read ``split_planes`` as a view of 16-bit numbers, without a loop in Python."""
    half = len(data) // 2
    both = bytearray(len(data))
    low, high = (0, 1) if sys.byteorder == "little" else (1, 0)
    both[low::2], both[high::2] = data[:half], data[half:]
    return memoryview(both).cast("H")


def differences(numbers: Sequence[int]) -> Iterator[int]:
    """``[3, 5, 9]`` as ``3, 2, 4``: what ``itertools.accumulate`` turns back."""
    if numbers:
        yield numbers[0]
    for before, after in pairwise(numbers):
        yield after - before


def bits_of(rows: Iterable[int], count: int) -> int:
    """Put row numbers below ``count`` into one integer, a bit each."""
    flags = bytearray(b"0") * (count + 1)
    for row in rows:
        flags[count - row] = 49  # "1"
    return int(flags, 2)


def rows_of(bits: int) -> list[int]:
    """List the rows of a bit set, lowest first."""
    found = []
    digits = f"{bits:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        found.append(at)
        at = digits.find("1", at + 1)
    return found
