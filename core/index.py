"""
The match index of one batch: built at refresh, immutable, small, and opened piece by piece as queries need it.

A word's postings are the rows (papers, by position in the batch) that hold it, the rows that hold it in the title, and
the places at which it stands. A place counts the words of title and abstract together; a full stop or a comma leaves
one free, so that no phrase reaches over it. Words joined by hyphens are also indexed as one where their parts are
little words (``incontext-2`` for ``in-context``: 2 places wide), which a query could not find as two words.
"""

import re
import struct
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate, chain, islice, repeat
from operator import add
from typing import Final

from core.errors import StoreError
from core.names import fold_name
from core.paper import AnnounceType, Paper
from core.planes import bits_of, differences, join_planes, pack, split_planes, unpack
from core.taxonomy import canonical
from core.words import FUNCTION_WORDS, GAP, HYPHEN, cut, key

MAGIC: Final = b"PFX1"
_HEADER: Final = struct.Struct("<4sII")
_LENGTH: Final = struct.Struct("<I")
MOST_ROWS: Final = 65_535
MOST_PLACES: Final = 60_000
"""Where the index of one paper ends; arXiv's longest abstracts have some 400 words."""
PLACE_BITS: Final = 16
"""A place in a batch is ``row << 16 | place``."""
_WIDEST: Final = 5
"""The most words that hyphens join into one."""
_SECTION_NAMES: Final = """
ids versions announced spans lengths sets words frequencies rows title_frequencies title_rows counts places authors
"""
_SECTIONS: Final = _SECTION_NAMES.split()


class _Postings:
    """The postings of one word while the index is being built."""

    __slots__ = ("counts", "places", "rows", "title_rows")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.title_rows: list[int] = []
        self.counts: list[int] = []
        self.places: list[int] = []


def build_index(papers: Sequence[Paper]) -> bytes:
    """Index a batch. Raises ValueError for more than 65,535 papers, which no day has."""
    if len(papers) > MOST_ROWS:
        raise ValueError(f"a batch has at most {MOST_ROWS} papers, got {len(papers)}")
    postings: defaultdict[str, _Postings] = defaultdict(_Postings)
    spans, lengths = [], []
    for row, paper in enumerate(papers):
        span, length = _add_paper(postings, row, paper)
        spans.append(span)
        lengths.append(length)
    words = sorted(postings)
    in_order = [postings[word] for word in words]
    sections = {
        "ids": "\n".join(paper.arxiv_id for paper in papers).encode(),
        "versions": split_planes([min(paper.version, MOST_ROWS) for paper in papers]),
        "announced": split_planes([paper.announced.toordinal() - _EPOCH for paper in papers]),
        "spans": split_planes(spans),
        "lengths": split_planes(lengths),
        "sets": _encode_sets(papers),
        "words": "\n".join(words).encode(),
        "frequencies": split_planes([len(word.rows) for word in in_order]),
        "rows": split_planes([*chain.from_iterable(differences(word.rows) for word in in_order)]),
        "title_frequencies": split_planes([len(word.title_rows) for word in in_order]),
        "title_rows": split_planes([*chain.from_iterable(differences(word.title_rows) for word in in_order)]),
        "counts": split_planes([*chain.from_iterable(word.counts for word in in_order)]),
        "places": split_planes([*chain.from_iterable(word.places for word in in_order)]),
        "authors": "\n".join(_fold_authors(paper) for paper in papers).encode(),
    }
    blobs = [pack(sections[name]) for name in _SECTIONS]
    lengths_of_blobs = b"".join(_LENGTH.pack(len(blob)) for blob in blobs)
    return _HEADER.pack(MAGIC, len(papers), len(blobs)) + lengths_of_blobs + b"".join(blobs)


_EPOCH: Final = date(1990, 1, 1).toordinal()


def _add_paper(postings: defaultdict[str, _Postings], row: int, paper: Paper) -> tuple[int, int]:
    """Add one paper's words; return where its abstract begins and how many words it has."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    title, abstract = cut(paper.title), cut(paper.abstract)
    span = _add_words(found, title, 0)
    _add_words(found, abstract, span)
    for word, places in found.items():
        entry = postings[word]
        entry.rows.append(row)
        entry.counts.append(len(places))
        entry.places += places
        if places[0] < span:
            entry.title_rows.append(row)
    return span, min(len(title) + len(abstract), MOST_PLACES)


def _add_words(found: defaultdict[str, list[int]], words: Sequence[tuple[str, str]], start: int) -> int:
    """Note the places of the words of one field; return the first place after them and a gap."""
    for word, place, _width in islice(placed(words, start), MOST_PLACES):
        if place < MOST_PLACES:
            found[word].append(place)
    gaps = sum(glue == GAP for glue, _ in words[1:])
    return min(start + len(words) + gaps + 1, MOST_PLACES) if words else start


def placed(words: Sequence[tuple[str, str]], start: int = 0) -> Iterator[tuple[str, int, int]]:
    """Give every key with its place and width, words that hyphens join included, in order of place."""
    place = start - 1
    run: list[tuple[str, int]] = []
    for number, (glue, word) in enumerate(words):
        place += 2 if glue == GAP and number else 1
        if glue == HYPHEN and number:
            run.append((word, place))
        else:
            yield from _joined(run)
            run = [(word, place)]
        yield key(word), place, 1
    yield from _joined(run)


def _joined(run: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Give the joined forms of ``end-to-end`` or ``in-context``; ``fine-tuning`` is found by its two words."""
    for width in range(2, min(len(run), _WIDEST) + 1):
        for first in range(len(run) - width + 1):
            parts = run[first : first + width]
            if width == len(run) > 2 or any(word.lower() in FUNCTION_WORDS for word, _ in parts):
                yield joined_key("".join(word for word, _ in parts), width), parts[0][1], width


def joined_key(word: str, width: int) -> str:
    return f"{key(word.lower())}-{width}"


def _fold_authors(paper: Paper) -> str:
    """``|yann lecun|jean pierre y|``: names as words, each between bars."""
    return "".join(["|", *(fold_name(author.name) + "|" for author in paper.authors)])


def _encode_sets(papers: Sequence[Paper]) -> bytes:
    """Name every set of papers that a filter may ask for: has a category, is announced in one as new, …"""
    sets: defaultdict[str, list[int]] = defaultdict(list)
    for row, paper in enumerate(papers):
        for name in {canonical(category) for category in paper.categories}:
            sets["c:" + name].append(row)
        sets["p:" + canonical(paper.primary_category)].append(row)
        sets["t:" + paper.announce_type].append(row)
        for announcement in paper.announcements:
            sets[f"a:{canonical(announcement.category)} {announcement.announce_type}"].append(row)
    names = sorted(sets)
    width = (len(papers) + 7) // 8
    bits = b"".join(bits_of(sets[name], len(papers)).to_bytes(width, "little") for name in names)
    return "\n".join(names).encode() + b"\0" + bits


class BatchIndex:
    """
    One batch's index, opened lazily: a query pays for the sections it needs, once.

    Raises StoreError when the bytes are no index of this version.
    """

    def __init__(self, data: bytes) -> None:
        if data[:4] != MAGIC:
            raise StoreError("a match index is damaged or of another version; the next refresh writes it again")
        _, self.count, sections = _HEADER.unpack_from(data)
        at = _HEADER.size + sections * _LENGTH.size
        self._sections: dict[str, memoryview] = {}
        for number, name in enumerate(_SECTIONS):
            (length,) = _LENGTH.unpack_from(data, _HEADER.size + number * _LENGTH.size)
            self._sections[name] = memoryview(data)[at : at + length]
            at += length
        self.memo: dict[str, object] = {}

    def _text(self, name: str) -> str:
        return unpack(self._sections[name]).decode()

    def _numbers(self, name: str) -> memoryview:
        return join_planes(unpack(self._sections[name]))

    # -- columns: one value a paper

    @cached_property
    def ids(self) -> list[str]:
        return self._text("ids").split("\n") if self.count else []

    @cached_property
    def versions(self) -> memoryview:
        return self._numbers("versions")

    @cached_property
    def announced(self) -> list[date]:
        numbers = self._numbers("announced")
        days = {number: date.fromordinal(number + _EPOCH) for number in set(numbers)}
        return [days[number] for number in numbers]

    @cached_property
    def spans(self) -> memoryview:
        """Where each abstract begins: places below are the title's."""
        return self._numbers("spans")

    @cached_property
    def lengths(self) -> memoryview:
        return self._numbers("lengths")

    @cached_property
    def authors(self) -> str:
        """One line a paper: ``|yann lecun|leon bottou|``."""
        return self._text("authors")

    @cached_property
    def author_starts(self) -> list[int]:
        """Where each line of ``authors`` begins."""
        return [0, *(found.end() for found in re.finditer("\n", self.authors))]

    @cached_property
    def everything(self) -> int:
        """The set of all rows."""
        return bits_of(range(self.count), self.count)

    # -- sets of papers, as bits

    @cached_property
    def sets(self) -> dict[str, int]:
        names, _, bits = unpack(self._sections["sets"]).partition(b"\0")
        width = (self.count + 7) // 8
        parts = (bits[at : at + width] for at in range(0, len(bits), width or 1))
        return {
            name: int.from_bytes(part, "little") for name, part in zip(names.decode().split("\n"), parts, strict=False)
        }

    @cached_property
    def announcements(self) -> list[tuple[str, AnnounceType, int]]:
        """For every feed of the day and every type: the rows that stood in it as that."""
        named = ((name[2:].split(), rows) for name, rows in self.sets.items() if name.startswith("a:"))
        return [(category, AnnounceType(kind), rows) for (category, kind), rows in named]

    # -- words

    @cached_property
    def words(self) -> list[str]:
        return self._text("words").split("\n")

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def _row_starts(self) -> list[int]:
        return [*accumulate(self._numbers("frequencies"), initial=0)]

    @cached_property
    def _title_starts(self) -> list[int]:
        return [*accumulate(self._numbers("title_frequencies"), initial=0)]

    @cached_property
    def _rows(self) -> memoryview:
        return self._numbers("rows")

    @cached_property
    def _title_rows(self) -> memoryview:
        return self._numbers("title_rows")

    @cached_property
    def _counts(self) -> memoryview:
        return self._numbers("counts")

    @cached_property
    def _places(self) -> memoryview:
        return self._numbers("places")

    @cached_property
    def _place_starts(self) -> list[int]:
        """For every posting, where its places begin."""
        return [*accumulate(self._counts, initial=0)]

    def beginning(self, prefix: str) -> range:
        """Return the numbers of the words that begin so."""
        return range(bisect_left(self.words, prefix), bisect_left(self.words, prefix + "\U0010ffff"))

    def rows(self, number: int) -> Iterable[int]:
        """Return the rows that hold a word."""
        return accumulate(self._rows[self._row_starts[number] : self._row_starts[number + 1]])

    def title_rows(self, number: int) -> Iterable[int]:
        return accumulate(self._title_rows[self._title_starts[number] : self._title_starts[number + 1]])

    def counts(self, number: int) -> memoryview:
        """Return how often each of the word's rows holds it."""
        return self._counts[self._row_starts[number] : self._row_starts[number + 1]]

    def places(self, number: int) -> Iterator[int]:
        """Return every ``row << 16 | place`` of a word, in order."""
        first, last = self._row_starts[number], self._row_starts[number + 1]
        begins = [row << PLACE_BITS for row in self.rows(number)]
        places = self._places[self._place_starts[first] : self._place_starts[last]]
        return map(add, chain.from_iterable(map(repeat, begins, self._counts[first:last])), places)
