"""Writing the postings of a match index, at refresh; ``core.index.postings`` reads them and tells their layout."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, zip_longest
from operator import sub
from typing import Final

from core.index.bitset import bits_of
from core.index.packing import differences, split_planes
from core.index.postings import ESCAPE_COUNT, FREQUENT, GROUP_WORDS, STRETCH_POSTINGS, bitmap_width

MOST_LISTED_ROWS: Final = 255


class WordPostings:
    """The postings of one word while an index is being written."""

    __slots__ = ("counts", "firsts", "rows", "steps", "titled")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.titled: list[bool] = []
        self.counts: list[int] = []
        self.firsts: list[int] = []
        self.steps: list[int] = []

    def add(self, row: int, places: Sequence[int], span: int) -> None:
        """Add a paper. Its first place in the abstract is told from where the abstract begins, ``span``."""
        first, count = places[0], len(places)
        self.rows.append(row)
        self.titled.append(first < span)
        self.counts.append(count)
        self.firsts.append(first if first < span else first - span)
        if count > 1:
            if count >= ESCAPE_COUNT:
                self.steps.append(count)
            self.steps += map(sub, places[1:], places)


def write_postings(words: Sequence[WordPostings], count: int) -> dict[str, bytes]:
    """Write the postings of all words, in the order of their numbers, of a batch with ``count`` papers."""
    most = min(count // FREQUENT, MOST_LISTED_ROWS)
    frequent = [number for number, word in enumerate(words) if len(word.rows) > most]
    listed = [word for word in words if len(word.rows) <= most]
    others = [words[number] for number in frequent]
    in_order = [*listed, *others]
    sizes = bytes(len(word.rows) if len(word.rows) <= most else 0 for word in words)
    counts = [*chain.from_iterable(word.counts for word in in_order)]
    return {
        "sizes": sizes,
        "rows_before": split_planes(sum(sizes[at : at + GROUP_WORDS]) for at in range(0, len(sizes), GROUP_WORDS)),
        "rows": split_planes(chain.from_iterable(map(_row_steps, listed))),
        "frequent": split_planes(differences(frequent), "I"),
        "bitmaps": b"".join(_bitmap(word.rows, count) for word in others),
        "title_bitmaps": b"".join(_bitmap([*compress(word.rows, word.titled)], count) for word in others),
        "counts": _write_counts(counts),
        "firsts": split_planes(chain.from_iterable(word.firsts for word in in_order)),
        "steps": split_planes(chain.from_iterable(word.steps for word in in_order)),
        "steps_before": split_planes(_steps_of_stretches(counts), "I"),
    }


def _steps_of_stretches(counts: Sequence[int]) -> Iterator[int]:
    for at in range(0, len(counts), STRETCH_POSTINGS):
        yield sum(count if count >= ESCAPE_COUNT else count - 1 for count in counts[at : at + STRETCH_POSTINGS])


def _row_steps(word: WordPostings) -> Iterator[int]:
    """Each step from row to row, doubled; and one more where the word stands in the title."""
    return (2 * step + titled for step, titled in zip(differences(word.rows), word.titled, strict=True))


def _bitmap(rows: Sequence[int], count: int) -> bytes:
    return bits_of(rows, count).to_bytes(bitmap_width(count), "little")


def _write_counts(counts: Iterable[int]) -> bytes:
    """Two to a byte."""
    low = bytes(min(count, ESCAPE_COUNT) for count in counts)
    return bytes(one | two << 4 for one, two in zip_longest(low[::2], low[1::2], fillvalue=0))
