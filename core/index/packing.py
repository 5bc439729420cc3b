"""Numbers as bytes that compress well, the low ones before the high ones; sets of rows as integers, a bit each."""

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final, Literal

HIGHEST_IN_TWO_PLANES: Final = 65_535


def split_planes(numbers: Iterable[int], plane_code: Literal["H", "I"] = "H") -> bytes:
    """Write numbers of 16 (``H``) or 32 bits (``I``) as planes: the high ones, nearly all 0, compress to nothing."""
    unsplit_numbers = array(plane_code, numbers)
    if sys.byteorder == "big":
        unsplit_numbers.byteswap()
    unsplit_bytes, plane_count = unsplit_numbers.tobytes(), unsplit_numbers.itemsize
    return b"".join(unsplit_bytes[plane::plane_count] for plane in range(plane_count))


def join_planes(planes: bytes, plane_code: Literal["H", "I"] = "H") -> memoryview:
    """Read ``split_planes`` as a view of whole numbers, without a loop in Python."""
    plane_count = array(plane_code).itemsize
    plane_size = len(planes) // plane_count
    joined_planes = bytearray(len(planes))
    for plane in range(plane_count):
        native_plane = plane if sys.byteorder == "little" else plane_count - 1 - plane
        joined_planes[native_plane::plane_count] = planes[plane * plane_size : (plane + 1) * plane_size]
    return memoryview(joined_planes).cast(plane_code)


def differences(ascending_numbers: Sequence[int]) -> Iterator[int]:
    """``[3, 5, 9]`` as ``3, 2, 4``: what ``itertools.accumulate`` turns back."""
    return chain(ascending_numbers[:1], (after - before for before, after in pairwise(ascending_numbers)))
