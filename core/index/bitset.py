"""Sets of rows as integers, a bit a row."""

from collections.abc import Iterable
from itertools import accumulate, compress
from typing import Final

_FEW: Final = 24
_SPARSE: Final = 14
"""With fewer than one row in so many, adding up the gaps between them is quicker than going through all."""
_LISTED: Final = tuple(range(4096))
"""Row numbers made once, for all but the largest batches: to make them again takes half of the time of a list."""
_DIGITS: Final = bytes(48 + bool(flag) for flag in range(256))
_TRUTH: Final = bytes(code == ord("1") for code in range(256))


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


def rows_where(flags: Iterable[bool]) -> int:
    """Put the rows of which it is true, one flag for each row, into one integer."""
    return int(bytes(flags).translate(_DIGITS)[::-1] or b"0", 2)


def rows_of(bits: int) -> list[int]:
    """List the rows of a set, lowest first."""
    digits = f"{bits:b}"[::-1]
    if bits.bit_count() * _SPARSE > len(digits):
        numbers = _LISTED if len(digits) <= len(_LISTED) else range(len(digits))
        return [*compress(numbers, digits.encode().translate(_TRUTH))]
    return [*accumulate(map(len, digits.replace("1", "1 ").split(" ")), initial=-1)][1:-1]
