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

_ROWS_BY_AUTHOR: Final = MemoKind[int]("by name", bits_size)


def name_rows(index: BatchIndex, author_name: AuthorName) -> int:
    """Return the papers of somebody."""
    return index.memo.remembered(_ROWS_BY_AUTHOR, author_name.text, lambda: _rows_of_author(index, author_name))


class _AuthorMatcher(Struct, frozen=True):
    """What an ``au:`` clause looks for: words that follow one another in a name, or somebody of that name."""

    author_words: tuple[str, ...]
    is_prefix: bool  # of the last word
    author_name: AuthorName | None  # only words that are whole may be a name

    def matches(self, author_line: str) -> bool:
        author_phrase = re.escape(" ".join(self.author_words))
        return bool(re.search(rf"\b{author_phrase}" if self.is_prefix else rf"\b{author_phrase}\b", author_line))


@lru_cache(maxsize=256)
def _author_matcher(clause: Clause) -> _AuthorMatcher:
    """Read a clause once for all days."""
    author_words = tuple(fold_name(query_word.text) for query_word in clause.words)
    is_prefix = clause.words[-1].is_prefix
    author_name = parse_name(clause.literal) if len(author_words) > 1 and not is_prefix else None
    return _AuthorMatcher(author_words, is_prefix, author_name)


def author_rows(index: BatchIndex, clause: Clause) -> int:
    """Return where ``au:`` holds: these words in one author's name, or a name that fits as in ``authors=``."""
    matcher = _author_matcher(clause)
    *whole_words, last_word = matcher.author_words
    word_rows = _rows_with_all(index, whole_words)
    if word_rows:
        word_rows &= _rows_with_prefix(index, last_word) if matcher.is_prefix else _rows_with_word(index, last_word)
    if not whole_words:
        return word_rows
    matching_rows = _matching_author_rows(index, word_rows, " ".join(matcher.author_words), matcher.matches)
    author_bits = bits_of(matching_rows, index.count)
    return author_bits | _rows_of_author(index, matcher.author_name) if matcher.author_name else author_bits


def _rows_of_author(index: BatchIndex, author_name: AuthorName) -> int:
    searched_surnames = (author_name.surname, *author_name.other_surnames)
    return reduce(or_, (_rows_of_surname(index, author_name, surname) for surname in searched_surnames))


def _rows_of_surname(index: BatchIndex, author_name: AuthorName, searched_surname: Sequence[str]) -> int:
    surname_rows = _rows_with_all(index, searched_surname)
    given_names = author_name.given_names
    if surname_rows and given_names and len(given_names[0]) > 1:  # given names may be initials, but not other names
        searched_given_names = (given_names, *author_name.other_given_names)
        surname_rows &= reduce(or_, (_rows_of_given_names(index, searched) for searched in searched_given_names))
    surname_words = " ".join(searched_surname)

    def has_author(author_line: str) -> bool:
        matching_authors = (author for author in author_line.split("|") if surname_words in author)
        return any(author_name.fits(matching_author.split()) for matching_author in matching_authors)

    return bits_of(_matching_author_rows(index, surname_rows, surname_words, has_author), index.count)


def _rows_of_given_names(index: BatchIndex, given_names: Sequence[str]) -> int:
    """Return the rows with a given name, as an initial, or joined or apart: ``Xiao-Ming`` and ``Xiaoming``."""
    first_name, joined_name = given_names[0], "".join(given_names)
    name_rows = _rows_with_word(index, first_name) | _rows_with_word(index, first_name[0])
    name_rows |= _rows_with_word(index, joined_name)
    for split_at in range(2, len(first_name) - 1):
        name_rows |= _rows_with_all(index, (first_name[:split_at], first_name[split_at:]))
    return name_rows


def _matching_author_rows(
    index: BatchIndex, rows: int, author_words: str, matches: Callable[[str], bool]
) -> Iterator[int]:
    """Give those of some rows whose line of authors has these words and passes. Raises BadQuery when it is too much."""
    author_lines, line_starts = index.author_lines, index.author_line_starts
    for searched_row in rows_of(rows):
        spend(AUTHORS_WORK)
        line_start = line_starts[searched_row]
        line_end = line_starts[searched_row + 1] if searched_row + 1 < len(line_starts) else len(author_lines)
        has_author_words = author_lines.find(author_words, line_start, line_end) >= 0
        if has_author_words and matches(author_lines[line_start:line_end].rstrip("\n")):
            yield searched_row


def _rows_with_all(index: BatchIndex, searched_words: Iterable[str]) -> int:
    matching_rows = index.all_rows
    for searched_word in searched_words:
        matching_rows &= _rows_with_word(index, searched_word)
        if not matching_rows:
            break
    return matching_rows


def _rows_with_word(index: BatchIndex, searched_word: str) -> int:
    return _rows_with_any(index, index.words.numbers((AUTHOR_WORD_SIGN + searched_word,)))


def _rows_with_prefix(index: BatchIndex, searched_prefix: str) -> int:
    return _rows_with_any(index, index.words.beginning(AUTHOR_WORD_SIGN + searched_prefix))


def _rows_with_any(index: BatchIndex, matching_numbers: Sequence[int]) -> int:
    matching_rows = 0
    for matching_number in matching_numbers:
        matching_rows |= index.postings.rows(matching_number)
    return matching_rows
