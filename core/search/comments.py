"""Which papers have some words in arXiv's comment, or in the name of an author's institution."""

import re
from functools import reduce
from operator import or_

from core.index.bitset import bits_of, rows_of
from core.index.reader import COMMENT_SIGN, INSTITUTION_SIGN, BatchIndex
from core.language.terms import Clause
from core.language.words import FUNCTION_WORDS, cut_words, fold_word


def comment_rows(index: BatchIndex, clause: Clause) -> int:
    """Return the rows in whose comment all these words stand: ``comment:ICML 2026``, ``comment:accept*``."""
    return _rows_with(index, COMMENT_SIGN, clause)


def institution_rows(index: BatchIndex, clause: Clause) -> int:
    """Return the rows of which an institution has these words, next to each other: ``inst:Nanjing University``."""
    rows = _rows_with(index, INSTITUTION_SIGN, clause)
    if len(clause.words) < 2 or not index.papers:
        return rows
    ending = "" if clause.words[-1].is_prefix else r"\b"
    pattern = re.compile(r"\b" + re.escape(_folded(" ".join(word.text for word in clause.words))) + ending)
    named = ((row, {author.affiliation for author in index.papers[row].authors}) for row in rows_of(rows))
    return bits_of((row for row, names in named if any(pattern.search(_folded(name)) for name in names)), index.count)


def _folded(text: str) -> str:
    return " ".join(fold_word(word) for _, word in cut_words(text))


def _rows_with(index: BatchIndex, sign: str, clause: Clause) -> int:
    """Return the rows with all the words of a field; its little words are in no index."""
    rows = index.everything
    for word in clause.words:
        name = sign + fold_word(word.text)
        if word.is_prefix or name[1:] not in FUNCTION_WORDS:
            numbers = index.words.beginning(name) if word.is_prefix else index.words.numbers((name,))
            rows &= reduce(or_, (index.postings.rows(number) for number in numbers), 0)
    return rows
