"""The old bot's way: a term's characters anywhere in title and abstract, as arXiv wrote them, small letters and all."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from operator import add
from typing import Final, Protocol, runtime_checkable

from backports import zstd
from msgspec import Struct

from core.index.bitset import bits_of
from core.index.memo import MemoKind, bits_size
from core.index.posting_rows import Hits
from core.index.reader import BatchIndex
from core.language.terms import NOT_OF_TEXT, Clause, Term
from core.lru import ByteBoundedCache
from core.paper import Paper, PaperTexts
from core.search.match import all_clauses, clause_hits
from core.search.work import may_give_way, spend, spend_once

_BETWEEN_TEXTS: Final = b"\0"
_SEARCHED_TEXTS_LEVEL: Final = 1
"""Unpacked in half of the time of level 3, for a tenth more bytes."""
_READ_AT_ONCE: Final = 16
"""Papers that are read before others may go first."""
_SUBSTRING_PATTERN_CHARACTERS: Final = 3
"""So few characters are found in half of the time by a compiled pattern, more in half of the time by ``find``."""
_SEARCHED_BYTES: Final = 2_300
"""Bytes of texts in which a substring is looked for in a microsecond."""
_FOUND_WORK: Final = 0.3
"""A paper in which it is found, in microseconds of CPU."""
_UNPACKED_WORK: Final = 0.9
"""A paper's text unpacked, in microseconds of CPU."""
_TEXT_WORK: Final = 12
"""A paper's title and abstract read, in microseconds of CPU; no limit counts it, since each day's are kept."""
_SHORT_SUBSTRING_COST: Final = 1.5
"""As many times as long as for another it is looked for all the same …"""
_LONG_SUBSTRING_BYTES: Final = 8
_LONG_SUBSTRING_COST: Final = 0.75
"""… and for one of so many bytes not as long: more of the text is stepped over."""
_TEXT_OFFSET: Final = "I"
"""A place in the texts of a batch, as 4 bytes: they are some 1 MB a day."""


@runtime_checkable
class _WithTexts(Protocol):
    """Stored papers, whose titles and abstracts are read in half of the time alone."""

    def texts(self) -> Iterator[PaperTexts]: ...


class SearchedTexts(Struct, frozen=True):
    """The texts of a batch one after the other, compressed, and where each begins and its title ends, in bytes."""

    packed_texts: bytes
    text_starts: array[int]
    title_ends: array[int]

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.packed_texts) + 2 * self.text_starts.itemsize * len(self.text_starts)


_PACKED_TEXTS: Final = ByteBoundedCache[int, SearchedTexts](13 * 2**20)
"""The texts of 26,000 papers, by the number of the batch's memo: what else is remembered does not throw them out."""
_UNPACKED_TEXTS: Final = ByteBoundedCache[int, bytes](8 * 2**20)
"""The texts being looked through; packed they take a third, and stay longer."""


_SUBSTRING_HITS: Final = MemoKind[Hits]("by substring", lambda hits: bits_size(hits.rows) + bits_size(hits.title))


def substring_hits(index: BatchIndex, papers: Sequence[Paper], term: Term) -> Hits:
    """Match a term as the old bot does: its characters anywhere in title and abstract, as arXiv wrote them."""
    if any(clause.field not in NOT_OF_TEXT for clause in term.clauses):
        spend_once(("unpacked texts", index.memo.number), _UNPACKED_WORK * index.count)
    return index.memo.remembered(
        _SUBSTRING_HITS, term.text, lambda: all_clauses(index, term, partial(_clause_substring_hits, papers))
    )


def _clause_substring_hits(papers: Sequence[Paper], index: BatchIndex, clause: Clause) -> Hits:
    return clause_hits(index, clause) if clause.field in NOT_OF_TEXT else _substring_rows(index, papers, clause)


def _substring_rows(index: BatchIndex, papers: Sequence[Paper], clause: Clause) -> Hits:
    """Return the rows that hold a clause's characters. Raises BadQuery when that is too much to read."""
    texts = _PACKED_TEXTS.remembered(index.memo.number, lambda: _pack_searched_texts(papers), lambda made: made.size)
    unpacked_texts = _UNPACKED_TEXTS.remembered(index.memo.number, lambda: _unpack_texts(texts), len)
    substring = clause.literal.lower().encode("utf-8", "replace")
    spend(_substring_cost(len(substring)) * len(unpacked_texts) / _SEARCHED_BYTES)
    matching_rows, title_rows = _matching_rows(texts, unpacked_texts, substring, skip_titles=clause.field == "abs")
    spend(_FOUND_WORK * len(matching_rows))
    title_hits = bits_of(title_rows, index.count)
    return (
        Hits(title_hits, title_hits) if clause.field == "ti" else Hits(bits_of(matching_rows, index.count), title_hits)
    )


def _substring_cost(size: int) -> float:
    if size <= _SUBSTRING_PATTERN_CHARACTERS:
        return _SHORT_SUBSTRING_COST
    return _LONG_SUBSTRING_COST if size >= _LONG_SUBSTRING_BYTES else 1.0


def _matching_rows(
    texts: SearchedTexts, unpacked_texts: bytes, substring: bytes, *, skip_titles: bool
) -> tuple[list[int], list[int]]:
    """Return the rows that hold it, and those that hold it in the title; UTF-8 is searched as its characters are."""
    text_starts, title_ends, substring_size = texts.text_starts, texts.title_ends, len(substring)
    matching_rows, title_rows = [], []
    find_substring = _substring_finder(unpacked_texts, substring)
    match_at = find_substring(0)
    while match_at >= 0:
        matching_row = bisect_right(text_starts, match_at) - 1
        if skip_titles and match_at <= title_ends[matching_row]:
            match_at = find_substring(title_ends[matching_row] + 1)
            continue
        matching_rows.append(matching_row)
        if match_at + substring_size <= title_ends[matching_row]:
            title_rows.append(matching_row)
        if matching_row + 1 == len(text_starts):
            break
        match_at = find_substring(text_starts[matching_row + 1])
    return matching_rows, title_rows


def _substring_finder(unpacked_texts: bytes, substring: bytes) -> Callable[[int], int]:
    """Return what finds the characters from a place on, -1 when they do not come: a few sooner by a pattern."""
    if len(substring) > _SUBSTRING_PATTERN_CHARACTERS:
        return partial(unpacked_texts.find, substring)
    search_substring = re.compile(re.escape(substring)).search

    def find_substring(search_start: int) -> int:
        substring_match = search_substring(unpacked_texts, search_start)
        return substring_match.start() if substring_match else -1

    return find_substring


def _unpack_texts(texts: SearchedTexts) -> bytes:
    may_give_way(_UNPACKED_WORK * len(texts.text_starts))
    return zstd.decompress(texts.packed_texts)


def _pack_searched_texts(papers: Sequence[Paper]) -> SearchedTexts:
    searched_titles, searched_texts = [], []
    texts: Iterable[Paper | PaperTexts] = papers.texts() if isinstance(papers, _WithTexts) else papers
    for row, paper in enumerate(texts):
        if row % _READ_AT_ONCE == 0:
            may_give_way(_READ_AT_ONCE * _TEXT_WORK)
        searched_title = paper.title.lower()
        searched_titles.append(searched_title.encode("utf-8", "replace"))
        searched_texts.append(f"{searched_title} {paper.abstract.lower()}".encode("utf-8", "replace"))
    text_sizes = (len(searched_text) + len(_BETWEEN_TEXTS) for searched_text in searched_texts[:-1])
    text_starts = array(_TEXT_OFFSET, accumulate(text_sizes, initial=0))
    title_ends = array(_TEXT_OFFSET, map(add, text_starts, map(len, searched_titles)))
    unpacked_texts = _BETWEEN_TEXTS.join(searched_texts)
    packed_texts = zstd.compress(unpacked_texts, level=_SEARCHED_TEXTS_LEVEL)
    return SearchedTexts(packed_texts, text_starts, title_ends)
