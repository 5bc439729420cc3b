"""Sets of rows as integers, a bit a row."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, compress
from typing import Final

_FEW_BITS: Final = 24
_FEW_ROWS_LISTED: Final = 8
"""So few rows are taken off a set one after the other, in half of the time."""
_SPARSE_BITS: Final = 14
"""With fewer than one row in so many, adding up the gaps between them is quicker than going through all."""
_ROW_NUMBERS: Final = tuple(range(4096))
"""Row numbers made once, for all but the largest batches: to make them again takes half of the time of a list."""
_BIT_DIGITS: Final = bytes(48 + bool(flag) for flag in range(256))
_IS_ONE_BIT: Final = bytes(code == ord("1") for code in range(256))


def bits_of(rows: Iterable[int], row_count: int) -> int:
    """Put row numbers below ``row_count`` into one integer."""
    row_numbers = list(rows)
    if len(row_numbers) <= _FEW_BITS:
        few_bits = 0
        for row in row_numbers:
            few_bits |= 1 << row
        return few_bits
    bit_digits = bytearray(b"0") * (row_count + 1)
    for row in row_numbers:
        bit_digits[row_count - row] = 49  # "1"
    return int(bit_digits, 2)


def rows_where(row_flags: Iterable[bool]) -> int:
    """Put the rows of which it is true, one flag for each row, into one integer."""
    return int(bytes(row_flags).translate(_BIT_DIGITS)[::-1] or b"0", 2)


def rows_not_zero(row_numbers: Sequence[float]) -> int:
    """Put the rows whose number is not 0, one number for each row, into one integer."""
    zero_count = row_numbers.count(0)
    if zero_count > _FEW_BITS:
        return rows_where(map(bool, row_numbers))
    zero_rows, zero_row = 0, -1
    for _ in range(zero_count):
        zero_row = row_numbers.index(0, zero_row + 1)
        zero_rows |= 1 << zero_row
    return (1 << len(row_numbers)) - 1 ^ zero_rows


def rows_of(bits: int) -> list[int]:
    """List the rows of a set, lowest first."""
    row_count = bits.bit_count()
    if row_count <= _FEW_ROWS_LISTED:
        few_rows = []
        while bits:
            lowest = bits & -bits
            few_rows.append(lowest.bit_length() - 1)
            bits ^= lowest
        return few_rows
    bit_digits = f"{bits:b}"[::-1]
    if row_count * _SPARSE_BITS > len(bit_digits):
        row_numbers = _ROW_NUMBERS if len(bit_digits) <= len(_ROW_NUMBERS) else range(len(bit_digits))
        return [*compress(row_numbers, bit_digits.encode().translate(_IS_ONE_BIT))]
    return [*accumulate(map(len, bit_digits.replace("1", "1 ").split(" ")), initial=-1)][1:-1]
