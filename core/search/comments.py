"""Which papers have some words in arXiv's comment, or in the name of an author's institution."""

import re
from functools import reduce
from operator import or_

from core.index.bitset import bits_of, rows_of
from core.index.reader import COMMENT_WORD_SIGN, INSTITUTION_WORD_SIGN, BatchIndex
from core.language.terms import Clause
from core.language.words import FUNCTION_WORDS, cut_words, fold_word


def comment_rows(index: BatchIndex, searched_clause: Clause) -> int:
    """Return the rows in whose comment all these words stand: ``comment:ICML 2026``, ``comment:accept*``."""
    return _rows_with_words(index, COMMENT_WORD_SIGN, searched_clause)


def institution_rows(index: BatchIndex, searched_clause: Clause) -> int:
    """Return the rows of which an institution has these words, next to each other: ``inst:Nanjing University``."""
    institution_hits = _rows_with_words(index, INSTITUTION_WORD_SIGN, searched_clause)
    if len(searched_clause.words) < 2 or not index.papers:
        return institution_hits
    searched_phrase = _folded_phrase(" ".join(searched_word.text for searched_word in searched_clause.words))
    phrase_search = re.compile(
        rf"\b{re.escape(searched_phrase)}" + r"\b" * (not searched_clause.words[-1].is_prefix)
    ).search

    def matches_affiliation(row: int) -> bool:
        searched_affiliations = {author.affiliation for author in index.papers[row].authors}
        return any(
            phrase_search(_folded_phrase(searched_affiliation)) for searched_affiliation in searched_affiliations
        )

    return bits_of(filter(matches_affiliation, rows_of(institution_hits)), index.count)


def _folded_phrase(searched_text: str) -> str:
    return " ".join(fold_word(searched_word_part) for _, searched_word_part in cut_words(searched_text))


def _rows_with_words(index: BatchIndex, field_sign: str, searched_clause: Clause) -> int:
    """Return the rows with all the words of a field; its little words are in no index."""
    matching_rows, searched_dictionary = index.all_rows, index.words
    for searched_word in searched_clause.words:
        searched_key = field_sign + fold_word(searched_word.text)
        if searched_word.is_prefix or searched_key[1:] not in FUNCTION_WORDS:
            word_numbers = (
                searched_dictionary.beginning(searched_key)
                if searched_word.is_prefix
                else searched_dictionary.numbers((searched_key,))
            )
            matching_rows &= reduce(or_, map(index.postings.rows, word_numbers), 0)
    return matching_rows
