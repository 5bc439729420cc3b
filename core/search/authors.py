"""Which papers of a batch somebody wrote: rows by the words of names first, then the names of those rows alone."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from operator import or_
from typing import Final

from msgspec import Struct

from core.index.bitset import bits_of, rows_of
from core.index.memo import MemoKind, bits_size
from core.index.reader import AUTHOR_WORD_SIGN, BatchIndex
from core.language.names import AuthorName, fold_name, parse_name
from core.language.terms import Clause
from core.search.work import AUTHORS_WORK, spend

_BY_NAME: Final = MemoKind[int]("by name", bits_size)


def name_rows(index: BatchIndex, name: AuthorName) -> int:
    """Return the papers of somebody."""
    return index.memo.remembered(_BY_NAME, name.text, lambda: _rows_of_name(index, name))


class _Wanted(Struct, frozen=True):
    """What an ``au:`` clause looks for: words that follow one another in a name, or somebody of that name."""

    words: tuple[str, ...]
    is_prefix: bool  # of the last word
    name: AuthorName | None  # only words that are whole may be a name

    def holds(self, line: str) -> bool:
        phrase = re.escape(" ".join(self.words))
        return bool(re.search(rf"\b{phrase}" if self.is_prefix else rf"\b{phrase}\b", line))


@lru_cache(maxsize=256)
def _wanted(clause: Clause) -> _Wanted:
    """Read a clause once for all days."""
    words = tuple(fold_name(word.text) for word in clause.words)
    is_prefix = clause.words[-1].is_prefix
    return _Wanted(words, is_prefix, parse_name(clause.literal) if len(words) > 1 and not is_prefix else None)


def author_rows(index: BatchIndex, clause: Clause) -> int:
    """Return where ``au:`` holds: these words in one author's name, or a name that fits as in ``authors=``."""
    wanted = _wanted(clause)
    *whole, last = wanted.words
    rows = _all_of(index, whole)
    if rows:
        rows &= _beginning(index, last) if wanted.is_prefix else _rows_with(index, last)
    if not whole:
        return rows
    found = bits_of(_rows_where(index, rows, " ".join(wanted.words), wanted.holds), index.count)
    return found | _rows_of_name(index, wanted.name) if wanted.name else found


def _rows_of_name(index: BatchIndex, name: AuthorName) -> int:
    rows = 0
    for surname in (name.surname, *name.other_surnames):
        rows |= _rows_of_surname(index, name, surname)
    return rows


def _rows_of_surname(index: BatchIndex, name: AuthorName, surname: Sequence[str]) -> int:
    rows = _all_of(index, surname)
    if rows and name.given_names and len(name.given_names[0]) > 1:  # given names may be initials, but not other names
        rows &= reduce(or_, (_rows_of_given(index, given) for given in (name.given_names, *name.other_given_names)))
    spelled = " ".join(surname)

    def is_theirs(line: str) -> bool:
        return any(name.fits(author.split()) for author in line.split("|") if spelled in author)

    return bits_of(_rows_where(index, rows, spelled, is_theirs), index.count)


def _rows_of_given(index: BatchIndex, given: Sequence[str]) -> int:
    """Return the rows with a given name, as an initial, or joined or apart: ``Xiao-Ming`` and ``Xiaoming``."""
    first = given[0]
    rows = _rows_with(index, first) | _rows_with(index, first[0]) | _rows_with(index, "".join(given))
    for at in range(2, len(first) - 1):
        rows |= _all_of(index, (first[:at], first[at:]))
    return rows


def _rows_where(index: BatchIndex, rows: int, words: str, holds: Callable[[str], bool]) -> Iterator[int]:
    """Give those of some rows whose line of authors has these words and passes. Raises BadQuery when it is too much."""
    text, starts = index.author_lines, index.author_line_starts
    for row in rows_of(rows):
        spend(AUTHORS_WORK)
        begin, end = starts[row], starts[row + 1] if row + 1 < len(starts) else len(text)
        if text.find(words, begin, end) >= 0 and holds(text[begin:end].rstrip("\n")):
            yield row


def _all_of(index: BatchIndex, words: Iterable[str]) -> int:
    rows = index.all_rows
    for word in words:
        rows &= _rows_with(index, word)
        if not rows:
            break
    return rows


def _rows_with(index: BatchIndex, word: str) -> int:
    return _union(index, index.words.numbers((AUTHOR_WORD_SIGN + word,)))


def _beginning(index: BatchIndex, prefix: str) -> int:
    return _union(index, index.words.beginning(AUTHOR_WORD_SIGN + prefix))


def _union(index: BatchIndex, numbers: Sequence[int]) -> int:
    rows = 0
    for number in numbers:
        rows |= index.postings.rows(number)
    return rows
