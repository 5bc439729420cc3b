"""What is looked for: terms of clauses of words. ``core.language.term_parser`` reads them."""

import re
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from core.language.words import FUNCTION_WORDS, WORD_GAP, WORD_SPACE, fold_word, word_key

TermField = Literal["", "ti", "abs", "au", "cat", "set", "comment", "inst"]
NOT_OF_TEXT: Final = frozenset(("au", "cat", "set", "comment", "inst"))
"""Fields that are neither title nor abstract."""
TERM_NEEDS_QUOTES: Final = re.compile(r"[,，、；;|()^*]|^/.*/$|\b(?:AND|NOT|OR)\b|^[A-Za-z]+:(?:\S|$)|^\s|\s$")
"""What the grammar would take for something else."""


class TermWord(Struct, frozen=True):
    """A word asked for: how it follows the one before (see ``core.language.words``), and whether more may follow it."""

    text: str
    joining_sign: str = WORD_SPACE
    is_prefix: bool = False


class Clause(Struct, frozen=True):
    """One condition: these words, next to each other, in this field (``""``: title or abstract)."""

    literal: str  # as it was written, without field and quotes: what ``match=substring`` looks for
    words: tuple[TermWord, ...]
    field: TermField = ""
    negated: bool = False
    categories: frozenset[str] = frozenset()  # of ``cat:``; of ``has:``, ``is:`` and ``venue:`` the set's name
    text: str = ""  # canonical spelling of the clause

    def __str__(self) -> str:
        return self.text


class TermAlternative(Struct, frozen=True):
    """Another way to say a term: an acronym in place of its long form, or the long form in place of the acronym."""

    clause: Clause
    acronym: str  # the key of the acronym
    long_form: tuple[str, ...]  # what it stands for
    is_acronym: bool  # whether this is the way that has the acronym


class Term(Struct, frozen=True):
    """One thing to look for: it matches when all its clauses do. ``text`` is its spelling without the weight."""

    clauses: tuple[Clause, ...]
    weight: float = 1.0
    text: str = ""
    alternatives: "tuple[TermAlternative, ...]" = ()  # other words for the same, learnt from the papers held

    def __str__(self) -> str:
        return self.text if self.weight == 1 else f"{self.text}^{self.weight:g}"


def join_clauses(clauses: Sequence[Clause], weight: float = 1.0) -> Term:
    return Term(tuple(clauses), weight, " AND ".join("NOT " * clause.negated + clause.text for clause in clauses))


def word_clause(word: str, *, is_prefix: bool = False) -> Clause:
    """Return the clause that looks for one word in title or abstract."""
    literal = word + "*" * is_prefix
    clause_words = (TermWord(word, is_prefix=is_prefix),)
    return Clause(literal, clause_words, text=literal if is_prefix else _quote_literal(literal))


def phrase_clause(phrase_words: Sequence[TermWord]) -> Clause:
    """Return the clause that looks for these words next to each other, in title or abstract."""
    literal = " ".join(word.text + "*" * word.is_prefix for word in phrase_words)
    first_word = replace(phrase_words[0], joining_sign=WORD_SPACE)
    return Clause(literal, (first_word, *phrase_words[1:]), text=literal if "*" in literal else _quote_literal(literal))


def without_field(clause: Clause) -> Clause:
    """Return the clause without its ``ti:`` or ``abs:``."""
    return replace(clause, field="", text=clause.text.removeprefix(f"{clause.field}:"))


def term_meaning(term: Term) -> object:
    """The same for ``kv cache`` and ``kv-cache``, for ``LLM`` and ``LLMs``: what matches the same papers."""
    return tuple((clause.field, clause.negated, clause.categories, _joined_words(clause)) for clause in term.clauses)


def _joined_words(clause: Clause) -> tuple[str, ...]:
    if len(clause.words) == 1 or any(word.joining_sign == WORD_GAP for word in clause.words[1:]):
        return tuple(word_key(word.text) + "*" * word.is_prefix for word in clause.words)
    if any({fold_word(word.text)} & FUNCTION_WORDS for word in clause.words):
        return tuple(word_key(word.text.lower()) + "*" * word.is_prefix for word in clause.words)
    return (word_key("".join(word.text for word in clause.words).lower()) + "*" * clause.words[-1].is_prefix,)


def _quote_literal(literal: str) -> str:
    """Put what the grammar would take for something else between quotation marks."""
    return f'"{literal}"' if TERM_NEEDS_QUOTES.search(literal) else literal
