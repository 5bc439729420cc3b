"""Numbers as bytes that compress well, the low ones before the high ones; sets of rows as integers, a bit each."""

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Literal


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


class Planes:
    """``split_planes`` of 16-bit numbers, read one by one: for long lists of which few are asked for."""

    __slots__ = ("_data", "_high")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._high = len(data) // 2  # where the high bytes begin

    def __getitem__(self, at: int) -> int:
        return self._data[at] | self._data[self._high + at] << 8

    def part(self, begin: int, end: int) -> Sequence[int]:
        low, high = self._data[begin:end], self._data[self._high + begin : self._high + end]
        return [one | other << 8 for one, other in zip(low, high, strict=True)] if any(high) else low


def differences(numbers: Sequence[int]) -> Iterator[int]:
    """``[3, 5, 9]`` as ``3, 2, 4``: what ``itertools.accumulate`` turns back."""
    return chain(numbers[:1], (after - before for before, after in pairwise(numbers)))
