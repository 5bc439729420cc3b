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
        yield join_clauses([phrase_clause(term_phrase) for term_phrase in term_phrases])
    telling_words = [term_word for term_phrase in term_phrases for term_word in term_phrase] or clause.words
    if len(telling_words) > len(term_phrases):
        yield join_clauses([word_clause(term_word.text, is_prefix=term_word.is_prefix) for term_word in telling_words])


def _without_little_words(term_words: Sequence[TermWord]) -> list[list[TermWord]]:
    """``graph networks for weather`` as (graph networks)(weather)."""
    phrase_runs = groupby(
        term_words,
        lambda term_word: fold_word(term_word.text) in FUNCTION_WORDS or word_key(term_word.text) in ASKING_KEYS,
    )
    return [list(phrase_run) for are_little_words, phrase_run in phrase_runs if not are_little_words]


def _with_other_ending(term_word: TermWord) -> Iterator[Term]:
    if term_word.is_prefix:
        return
    if as_acronym(term_word.text):
        yield join_clauses([word_clause(term_word.text.lower())])
    word_ending = next(
        (known_ending for known_ending in _WORD_ENDINGS if term_word.text.lower().endswith(known_ending)), ""
    )
    word_stem = term_word.text[: len(term_word.text) - len(word_ending)]
    if len(word_stem) >= _LEAST_STEM_LETTERS:
        yield join_clauses([word_clause(word_stem, is_prefix=True)])
