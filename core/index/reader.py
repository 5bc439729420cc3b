"""
The match index of one batch: immutable, small, and opened piece by piece as queries need it.

``core.index.writer`` writes it at refresh. Rows are papers, by position in the batch. A place counts the words of title
and abstract together; a full stop or a comma leaves one free, so that no phrase reaches over it. Words joined by
hyphens are also indexed as one where a query could not find them as two (``incontext-2`` for ``in-context``).
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Final, cast

from core.errors import Damaged
from core.index import dictionary, postings
from core.index.acronyms import IndexedAcronym, read_acronyms
from core.index.bulk_postings import BulkPostings
from core.index.container import ContainerParts
from core.index.dictionary import Dictionary
from core.index.memo import Memo, MemoKind
from core.index.posting_rows import bitmap_width
from core.index.vectors import GENERIC_STEPS, LENGTH_STEPS
from core.paper import AnnounceType, Paper

INDEX_KIND: Final = b"PFX7"
INDEX_COLUMNS: Final = (
    *("ids", "versions", "announced", "spans", "lengths", "vector_lengths", "generic"),
    *("sets", "authors", "acronyms"),
)
INDEX_PARTS: Final = (*INDEX_COLUMNS, *dictionary.PARTS, *postings.PARTS)
AUTHOR_WORD_SIGN: Final = "@"
"""Stands before a word of an author's name; no word of a text has it. Such a word has rows, and no places."""
COMMENT_WORD_SIGN: Final = "%"
"""Stands before a word of arXiv's comment."""
INSTITUTION_WORD_SIGN: Final = "&"
"""Stands before a word of the institutions that authors name."""
INDEX_EPOCH: Final = date(1990, 1, 1).toordinal()
"""Days are counted from here, so that they fit 16 bits; arXiv is younger."""

_MOST_DICTIONARY_WORDS: Final = 2000
_DICTIONARY_WORD_BYTES: Final = 150
"""What is kept for each of so many words, its key included."""


class DictionaryWords(dict[str, int]):
    """The numbers of words, by their keys; -1 of a word that no paper holds. Rankings ask for the same few thousand."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._find_each = dictionary.find_each

    def __missing__(self, word: str) -> int:
        return self.numbers((word,))[0]

    def numbers(self, words: Sequence[str]) -> list[int]:
        """Return the number of each of these words; those that are not kept are looked for together."""
        kept_numbers = [*map(self.get, words)]
        if None not in kept_numbers:
            return cast("list[int]", kept_numbers)
        unkept_words = [word for word, number in zip(words, kept_numbers, strict=True) if number is None]
        found_numbers = dict(zip(unkept_words, self._find_each(unkept_words), strict=True))
        self.update(islice(found_numbers.items(), max(_MOST_DICTIONARY_WORDS - len(self), 0)))
        return [
            found_numbers[word] if number is None else number for word, number in zip(words, kept_numbers, strict=True)
        ]


_DICTIONARY_WORDS: Final = MemoKind[DictionaryWords](
    "dictionary words", lambda _: _DICTIONARY_WORD_BYTES * _MOST_DICTIONARY_WORDS
)


class BatchIndex:
    """
    One batch's index. A query pays for the parts it needs, once.

    Raises Damaged when the bytes are no index of this version.
    """

    def __init__(self, index_blob: bytes) -> None:
        self.index_parts = ContainerParts(index_blob, INDEX_KIND, INDEX_PARTS)
        self.count = self.index_parts.paper_count
        self.memo = Memo()
        """What queries found out before."""
        self.papers: Sequence[Paper] = ()
        """The batch's papers, where they are at hand; who loads both says so."""

    # -- columns: one value a paper

    @cached_property
    def ids(self) -> list[str]:
        return self.index_parts.text("ids").split("\n") if self.count else []

    @cached_property
    def versions(self) -> memoryview:
        return self.index_parts.numbers("versions")

    @cached_property
    def announced_days(self) -> list[date]:
        day_numbers = self.index_parts.numbers("announced")
        indexed_days = {number: date.fromordinal(number + INDEX_EPOCH) for number in set(day_numbers)}
        return [indexed_days[day_number] for day_number in day_numbers]

    @cached_property
    def spans(self) -> memoryview:
        """Where each abstract begins: places below are the title's."""
        return self.index_parts.numbers("spans")

    @cached_property
    def lengths(self) -> memoryview:
        """How many words title and abstract have."""
        return self.index_parts.numbers("lengths")

    @cached_property
    def vector_lengths(self) -> list[float]:
        """How long each paper's TF-IDF vector is: see ``core.index.vectors``."""
        return [max(length_steps, 1) / LENGTH_STEPS for length_steps in self.index_parts.numbers("vector_lengths")]

    @cached_property
    def generic(self) -> list[float]:
        """How like any other each paper is: its unit vector times the mean of all."""
        return [generic_steps / GENERIC_STEPS for generic_steps in self.index_parts.numbers("generic")]

    @cached_property
    def author_lines(self) -> str:
        """One line a paper: ``|yann lecun|leon bottou|``."""
        return self.index_parts.text("authors")

    @cached_property
    def author_line_starts(self) -> list[int]:
        """Where each line of ``author_lines`` begins."""
        return [0, *(line_end.end() for line_end in re.finditer("\n", self.author_lines))]

    @cached_property
    def acronyms(self) -> tuple[IndexedAcronym, ...]:
        """What the day's papers define short forms as."""
        return tuple(read_acronyms(self.index_parts.text("acronyms")))

    # -- sets of papers, as bits

    @cached_property
    def all_rows(self) -> int:
        """The set of all rows."""
        return int("1" * self.count or "0", 2)

    @cached_property
    def row_sets(self) -> dict[str, int]:
        """Sets by name: ``c:cs.LG`` has it, ``p:cs.LG`` as primary, ``t:new`` new somewhere, ``a:cs.LG new`` there."""
        set_names, _, bitmaps = self.index_parts["sets"].partition(b"\0")
        width = bitmap_width(self.count) or 1
        set_bitmaps = (bitmaps[at : at + width] for at in range(0, len(bitmaps), width))
        row_sets = (int.from_bytes(set_bitmap, "little") for set_bitmap in set_bitmaps)
        return dict(zip(set_names.decode().split("\n"), row_sets, strict=False))

    @cached_property
    def announcements(self) -> list[tuple[str, AnnounceType, int]]:
        """For every feed of the day and every type: the rows that stood in it as that."""
        announced_sets = (
            (name[2:].split(), row_set) for name, row_set in self.row_sets.items() if name.startswith("a:")
        )
        return [(category, AnnounceType(kind), row_set) for (category, kind), row_set in announced_sets]

    # -- words

    @cached_property
    def words(self) -> Dictionary:
        """The words that the papers hold, by number."""
        return Dictionary(self.index_parts)

    @property
    def dictionary_words(self) -> DictionaryWords:
        """The numbers of words, by their keys."""
        return self.memo.remembered(_DICTIONARY_WORDS, None, lambda: DictionaryWords(self.words))

    @cached_property
    def postings(self) -> BulkPostings:
        """Where the words stand."""
        return BulkPostings(self.index_parts, self.spans)


def is_index_readable(index_blob: bytes) -> bool:
    """Whether an index is of this version of Paperfeed; after an upgrade, those of the days before are not."""
    try:
        BatchIndex(index_blob)
    except Damaged:
        return False
    return True
