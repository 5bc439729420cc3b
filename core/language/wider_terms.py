"""Wider terms: what matches more than a term, by one small change of it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from core.language.terms import Clause, Term, TermWord, join_clauses, phrase_clause, without_field, word_clause
from core.language.words import FUNCTION_WORDS, as_acronym, fold_word, word_key

_ASKING_WORDS: Final = "paper article recent latest interested looking want find related use used using"
ASKING_KEYS: Final = frozenset(map(word_key, _ASKING_WORDS.split(" ")))
"""Words with which people ask for a subject, by their keys: they are not the subject."""
_WORD_ENDINGS: Final = ["ation", "ency", "ence", "ment", "ing", "ion", "ent", "ive", "er", "or", "ed", "es", "s", "e"]
_LEAST_STEM_LETTERS: Final = 5
"""The fewest letters before a ``*`` that we suggest."""


def wider_terms(term: Term) -> Iterator[Term]:
    """Give terms that let in more: without a clause, out of its field, words apart, another ending."""
    if len(term.clauses) > 1:
        for clause in term.clauses:
            other_clauses = tuple(other for other in term.clauses if other is not clause)
            if not all(other.negated for other in other_clauses):
                yield join_clauses(other_clauses)
        return
    (clause,) = term.clauses
    if clause.field in ("ti", "abs"):
        yield join_clauses([without_field(clause)])
    elif not clause.field:
        yield from _with_words_apart(clause) if len(clause.words) > 1 else _with_other_ending(clause.words[0])


def _with_words_apart(clause: Clause) -> Iterator[Term]:
    term_phrases = _without_little_words(clause.words)
    if 0 < sum(map(len, term_phrases)) < len(clause.words):
        yield join_clauses([phrase_clause(phrase) for phrase in term_phrases])
    telling_words = [word for phrase in term_phrases for word in phrase] or clause.words
    if len(telling_words) > len(term_phrases):
        yield join_clauses([word_clause(word.text, is_prefix=word.is_prefix) for word in telling_words])


def _without_little_words(words: Sequence[TermWord]) -> list[list[TermWord]]:
    """``graph networks for weather`` as (graph networks)(weather)."""
    runs = groupby(words, lambda word: fold_word(word.text) in FUNCTION_WORDS or word_key(word.text) in ASKING_KEYS)
    return [list(run) for is_little, run in runs if not is_little]


def _with_other_ending(word: TermWord) -> Iterator[Term]:
    if word.is_prefix:
        return
    if as_acronym(word.text):
        yield join_clauses([word_clause(word.text.lower())])
    word_ending = next((ending for ending in _WORD_ENDINGS if word.text.lower().endswith(ending)), "")
    word_stem = word.text[: len(word.text) - len(word_ending)]
    if len(word_stem) >= _LEAST_STEM_LETTERS:
        yield join_clauses([word_clause(word_stem, is_prefix=True)])
