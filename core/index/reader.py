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
from typing import Final, NamedTuple

from core.errors import Damaged
from core.index import dictionary, postings
from core.index.acronyms import IndexedAcronym, read_acronyms
from core.index.container import ContainerParts
from core.index.dictionary import Dictionary
from core.index.memo import Kind, Memo
from core.index.postings import Postings
from core.index.vectors import GENERIC_STEPS, LENGTH_STEPS
from core.paper import AnnounceType, Paper

KIND: Final = b"PFX7"
COLUMNS: Final = (
    *("ids", "versions", "announced", "spans", "lengths", "vector_lengths", "generic"),
    *("sets", "authors", "acronyms"),
)
PARTS: Final = (*COLUMNS, *dictionary.PARTS, *postings.PARTS)
AUTHOR_SIGN: Final = "@"
"""Stands before a word of an author's name; no word of a text has it. Such a word has rows, and no places."""
COMMENT_SIGN: Final = "%"
"""Stands before a word of arXiv's comment."""
INSTITUTION_SIGN: Final = "&"
"""Stands before a word of the institutions that authors name."""
EPOCH: Final = date(1990, 1, 1).toordinal()
"""Days are counted from here, so that they fit 16 bits; arXiv is younger."""

_MOST_LOOKED_UP: Final = 2000
_LOOKED_UP_BYTES: Final = 200
"""What is kept for each of so many words, its key included."""


class HeldWord(NamedTuple):
    """A word of a batch: its number in the dictionary, -1 when there is none, and how many papers hold it."""

    number: int
    papers: int


_NOT_HELD: Final = HeldWord(-1, 0)


class HeldWords(dict[str, HeldWord]):
    """Words looked up by their keys: rankings ask for the same few thousand again and again."""

    def __init__(self, words: Dictionary, postings: Postings) -> None:
        self._words = words
        self._postings = postings

    def __missing__(self, word: str) -> HeldWord:
        number = self._words.find(word)
        found = HeldWord(number, self._postings.frequency(number)) if number >= 0 else _NOT_HELD
        if len(self) < _MOST_LOOKED_UP:
            self[word] = found
        return found


_HELD_WORDS: Final = Kind[HeldWords]("held words", lambda _: _LOOKED_UP_BYTES * _MOST_LOOKED_UP)


class BatchIndex:
    """
    One batch's index. A query pays for the parts it needs, once.

    Raises Damaged when the bytes are no index of this version.
    """

    def __init__(self, data: bytes) -> None:
        self.parts = ContainerParts(data, KIND, PARTS)
        self.count = self.parts.paper_count
        self.memo = Memo()
        """What queries found out before."""
        self.papers: Sequence[Paper] = ()
        """The batch's papers, where they are at hand; who loads both says so."""

    # -- columns: one value a paper

    @cached_property
    def ids(self) -> list[str]:
        return self.parts.text("ids").split("\n") if self.count else []

    @cached_property
    def versions(self) -> memoryview:
        return self.parts.numbers("versions")

    @cached_property
    def announced(self) -> list[date]:
        numbers = self.parts.numbers("announced")
        days = {number: date.fromordinal(number + EPOCH) for number in set(numbers)}
        return [days[number] for number in numbers]

    @cached_property
    def spans(self) -> memoryview:
        """Where each abstract begins: places below are the title's."""
        return self.parts.numbers("spans")

    @cached_property
    def lengths(self) -> memoryview:
        """How many words title and abstract have."""
        return self.parts.numbers("lengths")

    @cached_property
    def vector_lengths(self) -> list[float]:
        """How long each paper's TF-IDF vector is: see ``core.index.vectors``."""
        return [max(number, 1) / LENGTH_STEPS for number in self.parts.numbers("vector_lengths")]

    @cached_property
    def generic(self) -> list[float]:
        """How like any other each paper is: its unit vector times the mean of all."""
        return [number / GENERIC_STEPS for number in self.parts.numbers("generic")]

    @cached_property
    def authors(self) -> str:
        """One line a paper: ``|yann lecun|leon bottou|``."""
        return self.parts.text("authors")

    @cached_property
    def author_starts(self) -> list[int]:
        """Where each line of ``authors`` begins."""
        return [0, *(found.end() for found in re.finditer("\n", self.authors))]

    @cached_property
    def acronyms(self) -> tuple[IndexedAcronym, ...]:
        """What the day's papers define short forms as."""
        return tuple(read_acronyms(self.parts.text("acronyms")))

    # -- sets of papers, as bits

    @cached_property
    def everything(self) -> int:
        """The set of all rows."""
        return int("1" * self.count or "0", 2)

    @cached_property
    def sets(self) -> dict[str, int]:
        """Sets by name: ``c:cs.LG`` has it, ``p:cs.LG`` as primary, ``t:new`` new somewhere, ``a:cs.LG new`` there."""
        names, _, bits = self.parts["sets"].partition(b"\0")
        width = (self.count + 7) // 8 or 1
        parts = (bits[at : at + width] for at in range(0, len(bits), width))
        rows = (int.from_bytes(part, "little") for part in parts)
        return dict(zip(names.decode().split("\n"), rows, strict=False))

    @cached_property
    def announcements(self) -> list[tuple[str, AnnounceType, int]]:
        """For every feed of the day and every type: the rows that stood in it as that."""
        named = ((name[2:].split(), rows) for name, rows in self.sets.items() if name.startswith("a:"))
        return [(category, AnnounceType(kind), rows) for (category, kind), rows in named]

    # -- words

    @cached_property
    def words(self) -> Dictionary:
        """The words that the papers hold, by number."""
        return Dictionary(self.parts)

    @property
    def held_words(self) -> HeldWords:
        """Words by their keys: their numbers, and how many papers hold each."""
        return self.memo.remembered(_HELD_WORDS, None, lambda: HeldWords(self.words, self.postings))

    @cached_property
    def postings(self) -> Postings:
        """Where the words stand."""
        return Postings(self.parts, self.spans)


def is_index_readable(index_blob: bytes) -> bool:
    """Whether an index is of this version of Paperfeed; after an upgrade, those of the days before are not."""
    try:
        BatchIndex(index_blob)
    except Damaged:
        return False
    return True
