"""Writing the postings of a match index, at refresh; ``core.index.postings`` reads them and tells their layout."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, zip_longest
from operator import sub
from typing import Final

from core.index.bitset import bits_of
from core.index.packing import differences, split_planes
from core.index.posting_rows import GROUP_WORDS, bitmap_width
from core.index.postings import ESCAPE_PLACE_COUNT, FREQUENT, STRETCH_POSTINGS

MOST_LISTED_ROWS: Final = 255


class WordPostings:
    """The postings of one word while an index is being written."""

    __slots__ = ("first_places", "in_titles", "place_counts", "place_steps", "posting_rows")

    def __init__(self) -> None:
        self.posting_rows: list[int] = []
        self.in_titles: list[bool] = []
        self.place_counts: list[int] = []
        self.first_places: list[int] = []
        self.place_steps: list[int] = []

    def add(self, row: int, word_places: Sequence[int], abstract_start: int) -> None:
        """Add a paper. Its first place in the abstract is told from ``abstract_start``."""
        first_place, place_count = word_places[0], len(word_places)
        self.posting_rows.append(row)
        self.in_titles.append(first_place < abstract_start)
        self.place_counts.append(place_count)
        self.first_places.append(first_place if first_place < abstract_start else first_place - abstract_start)
        if place_count > 1:
            if place_count >= ESCAPE_PLACE_COUNT:
                self.place_steps.append(place_count)
            self.place_steps += map(sub, word_places[1:], word_places)


def write_postings(postings: Sequence[WordPostings], paper_count: int) -> dict[str, bytes]:
    """Write the postings of all words, in the order of their numbers, of a batch with so many papers."""
    most_listed = min(paper_count // FREQUENT, MOST_LISTED_ROWS)
    frequent_numbers = [number for number, posting in enumerate(postings) if len(posting.posting_rows) > most_listed]
    listed = [posting for posting in postings if len(posting.posting_rows) <= most_listed]
    frequent = [postings[number] for number in frequent_numbers]
    ordered_postings = [*listed, *frequent]
    sizes = bytes(len(posting.posting_rows) if len(posting.posting_rows) <= most_listed else 0 for posting in postings)
    place_counts = [*chain.from_iterable(posting.place_counts for posting in ordered_postings)]
    return {
        "sizes": sizes,
        "rows_before": split_planes(sum(sizes[at : at + GROUP_WORDS]) for at in range(0, len(sizes), GROUP_WORDS)),
        "rows": split_planes(chain.from_iterable(map(_row_steps, listed))),
        "frequent": split_planes(differences(frequent_numbers), "I"),
        "bitmaps": b"".join(_bitmap(posting.posting_rows, paper_count) for posting in frequent),
        "title_bitmaps": b"".join(_title_bitmap(posting, paper_count) for posting in frequent),
        "counts": _write_counts(place_counts),
        "firsts": split_planes(chain.from_iterable(posting.first_places for posting in ordered_postings)),
        "steps": split_planes(chain.from_iterable(posting.place_steps for posting in ordered_postings)),
        "steps_before": split_planes(_steps_of_stretches(place_counts), "I"),
    }


def _steps_of_stretches(place_counts: Sequence[int]) -> Iterator[int]:
    for at in range(0, len(place_counts), STRETCH_POSTINGS):
        stretch_counts = place_counts[at : at + STRETCH_POSTINGS]
        yield sum(count if count >= ESCAPE_PLACE_COUNT else count - 1 for count in stretch_counts)


def _row_steps(posting: WordPostings) -> Iterator[int]:
    """Each step from row to row, doubled; and one more where the word stands in the title."""
    row_steps = differences(posting.posting_rows)
    return (2 * row_step + in_title for row_step, in_title in zip(row_steps, posting.in_titles, strict=True))


def _bitmap(posting_rows: Sequence[int], paper_count: int) -> bytes:
    return bits_of(posting_rows, paper_count).to_bytes(bitmap_width(paper_count), "little")


def _title_bitmap(posting: WordPostings, paper_count: int) -> bytes:
    return _bitmap([*compress(posting.posting_rows, posting.in_titles)], paper_count)


def _write_counts(place_counts: Iterable[int]) -> bytes:
    """Two to a byte."""
    half_bytes = bytes(min(count, ESCAPE_PLACE_COUNT) for count in place_counts)
    return bytes(low | high << 4 for low, high in zip_longest(half_bytes[::2], half_bytes[1::2], fillvalue=0))
