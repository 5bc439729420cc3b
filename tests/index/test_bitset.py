"""Sets of rows as integers: what goes in comes out, however many rows there are and wherever they stand."""

import random

import pytest

from core.index.bitset import bits_of, rows_of, rows_where


def test_no_rows_are_none():
    assert (bits_of((), 0), bits_of((), 800), rows_of(0), rows_where(())) == (0, 0, [], 0)


@pytest.mark.parametrize("count", [1, 8, 63, 830, 4096, 4097, 20_000])
def test_rows_come_back_in_order(count):
    chance = random.Random(count)
    for size in {0, 1, 2, count // 50, count // 14, count // 13, count // 2, count}:
        rows = sorted(chance.sample(range(count), min(size, count)))
        bits = sum(1 << row for row in rows)
        assert rows_of(bits) == rows
        assert bits_of(rows, count) == bits
        assert rows_where(row in set(rows) for row in range(min(count, 900))) == bits & (1 << min(count, 900)) - 1


@pytest.mark.parametrize("row", [0, 1, 7, 829, 5000])
def test_a_single_row_comes_back(row):
    assert rows_of(1 << row) == [row] == rows_of(bits_of([row], row + 1))
