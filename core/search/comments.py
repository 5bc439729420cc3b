"""Which papers have some words in arXiv's comment: rows by the words, whatever their order."""

from functools import reduce
from operator import or_

from core.index.reader import COMMENT_SIGN, BatchIndex
from core.language.terms import Clause
from core.language.words import fold


def comment_rows(index: BatchIndex, clause: Clause) -> int:
    """Return the rows in whose comment all these words stand: ``comment:ICML 2026``, ``comment:accept*``."""
    rows = index.everything
    for word in clause.words:
        name = COMMENT_SIGN + fold(word.text)
        numbers = index.words.beginning(name) if word.is_prefix else index.words.numbers((name,))
        rows &= reduce(or_, (index.postings.rows(number) for number in numbers), 0)
    return rows
