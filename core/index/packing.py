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


def differences(numbers: Sequence[int]) -> Iterator[int]:
    """``[3, 5, 9]`` as ``3, 2, 4``: what ``itertools.accumulate`` turns back."""
    return chain(numbers[:1], (after - before for before, after in pairwise(numbers)))
