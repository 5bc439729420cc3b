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
from core.search.work import spend

_NAME_WORD_WORK: Final = 4
"""A word of a name in a day's dictionary, and its rows, in microseconds of CPU."""
_AUTHORS_WORK: Final = 6
"""One paper's line of authors, in microseconds of CPU."""
_ROWS_BY_AUTHOR: Final = MemoKind[int]("by name", bits_size)


def name_rows(index: BatchIndex, searched_author: AuthorName) -> int:
    """Return the papers of somebody."""
    return index.memo.remembered(_ROWS_BY_AUTHOR, searched_author.text, lambda: _rows_of_author(index, searched_author))


class _AuthorMatcher(Struct, frozen=True):
    """What an ``au:`` clause looks for: words that follow one another in a name, or somebody of that name."""

    searched_words: tuple[str, ...]
    last_word_is_prefix: bool
    searched_author: AuthorName | None  # only words that are whole may be a name

    def matches(self, author_line: str) -> bool:
        searched_author_phrase = re.escape(" ".join(self.searched_words))
        return bool(
            re.search(
                rf"\b{searched_author_phrase}" if self.last_word_is_prefix else rf"\b{searched_author_phrase}\b",
                author_line,
            )
        )


@lru_cache(maxsize=256)
def _author_matcher(clause: Clause) -> _AuthorMatcher:
    """Read a clause once for all days."""
    searched_author_words = tuple(fold_name(query_word.text) for query_word in clause.words)
    last_word_is_prefix = clause.words[-1].is_prefix
    searched_author = parse_name(clause.literal) if len(searched_author_words) > 1 and not last_word_is_prefix else None
    return _AuthorMatcher(searched_author_words, last_word_is_prefix, searched_author)


def author_rows(index: BatchIndex, clause: Clause) -> int:
    """Return where ``au:`` holds: these words in one author's name, or a name that fits as in ``authors=``."""
    matcher = _author_matcher(clause)
    *whole_words, last_word = matcher.searched_words
    word_rows = _rows_with_all(index, whole_words)
    if word_rows:
        word_rows &= (
            _rows_with_prefix(index, last_word) if matcher.last_word_is_prefix else _rows_with_word(index, last_word)
        )
    if not whole_words:
        return word_rows
    matching_rows = _matching_author_rows(index, word_rows, " ".join(matcher.searched_words), matcher.matches)
    author_bits = bits_of(matching_rows, index.count)
    return author_bits | _rows_of_author(index, matcher.searched_author) if matcher.searched_author else author_bits


def _rows_of_author(index: BatchIndex, searched_author: AuthorName) -> int:
    searched_surnames = (searched_author.surname, *searched_author.other_surnames)
    return reduce(or_, (_rows_of_surname(index, searched_author, surname) for surname in searched_surnames))


def _rows_of_surname(index: BatchIndex, searched_author: AuthorName, searched_surname: Sequence[str]) -> int:
    surname_rows = _rows_with_all(index, searched_surname)
    searched_given = searched_author.given_names
    if (
        surname_rows and searched_given and len(searched_given[0]) > 1
    ):  # given names may be initials, but not other names
        searched_givens = (searched_given, *searched_author.other_given_names)
        surname_rows &= reduce(or_, (_rows_of_given_names(index, searched) for searched in searched_givens))
    searched_surname_words = " ".join(searched_surname)

    def has_author(searched_author_line: str) -> bool:
        matching_authors = (author for author in searched_author_line.split("|") if searched_surname_words in author)
        return any(searched_author.fits(matching_author.split()) for matching_author in matching_authors)

    return bits_of(_matching_author_rows(index, surname_rows, searched_surname_words, has_author), index.count)


def _rows_of_given_names(index: BatchIndex, searched_given: Sequence[str]) -> int:
    """Return the rows with a given name, as an initial, or joined or apart: ``Xiao-Ming`` and ``Xiaoming``."""
    searched_first_name, searched_joined_name = searched_given[0], "".join(searched_given)
    given_name_rows = _rows_with_word(index, searched_first_name) | _rows_with_word(index, searched_first_name[0])
    given_name_rows |= _rows_with_word(index, searched_joined_name)
    for split_at in range(2, len(searched_first_name) - 1):
        given_name_rows |= _rows_with_all(index, (searched_first_name[:split_at], searched_first_name[split_at:]))
    return given_name_rows


def _matching_author_rows(
    index: BatchIndex, rows: int, searched_author_words: str, author_matches: Callable[[str], bool]
) -> Iterator[int]:
    """Give those of some rows whose line of authors has these words and passes. Raises BadQuery when it is too much."""
    searched_author_lines, line_starts = index.author_lines, index.author_line_starts
    for searched_row in rows_of(rows):
        spend(_AUTHORS_WORK)
        author_line_start = line_starts[searched_row]
        author_line_end = (
            line_starts[searched_row + 1] if searched_row + 1 < len(line_starts) else len(searched_author_lines)
        )
        has_searched_words = searched_author_lines.find(searched_author_words, author_line_start, author_line_end) >= 0
        if has_searched_words and author_matches(searched_author_lines[author_line_start:author_line_end].rstrip("\n")):
            yield searched_row


def _rows_with_all(index: BatchIndex, searched_words: Iterable[str]) -> int:
    matching_rows = index.all_rows
    for searched_word in searched_words:
        matching_rows &= _rows_with_word(index, searched_word)
        if not matching_rows:
            break
    return matching_rows


def _rows_with_word(index: BatchIndex, searched_word: str) -> int:
    spend(_NAME_WORD_WORK)
    return _rows_with_any(index, index.words.numbers((AUTHOR_WORD_SIGN + searched_word,)))


def _rows_with_prefix(index: BatchIndex, searched_prefix: str) -> int:
    return _rows_with_any(index, index.words.beginning(AUTHOR_WORD_SIGN + searched_prefix))


def _rows_with_any(index: BatchIndex, matching_numbers: Sequence[int]) -> int:
    matching_rows = 0
    for matching_number in matching_numbers:
        matching_rows |= index.postings.rows(matching_number)
    return matching_rows
