"""The filter language: ``kv cache, ti:LLM^2, quantiz* AND NOT survey`` as terms. Errors point at the place."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from core.errors import ParseError
from core.language.set_clauses import SET_FIELDS, set_clause
from core.language.terms import TERM_NEEDS_QUOTES, Clause, Term, TermField, TermWord, join_clauses
from core.language.words import WORD_GAP, WORD_SPACE, cut_words, fold_word

MOST_TERM_WORDS: Final = 12
"""The most words in one term."""
MOST_WORD_LETTERS: Final = 50
"""The most letters in one word: longer ones are no words, and every place where one might be cut is looked at."""
HIGHEST_TERM_WEIGHT: Final = 100.0

_WORD_FIELDS: Final[tuple[TermField, ...]] = ("ti", "abs", "au", "comment", "inst")
_FIELDS_BY_PREFIX: Final[dict[str, TermField]] = {"co": "comment", **{field: field for field in _WORD_FIELDS}}
_OPERATORS: Final = frozenset(("AND", "NOT", "OR"))
_TERM_CHUNK: Final = re.compile(r'(?:"[^"]*"|[^"\s])+')
SHORT_FORM_AFTER_WORD: Final = re.compile(r"(?<=\w)\s+\((?=\w*[A-Z])\w{2,10}\)")
"""``key-value (KV) cache``, ``large language model (LLM)``: a short form in brackets takes no place."""
_SHORT_FORM_ASIDE: Final = re.compile(r"\((?=\w*[A-Z])\w{2,10}\)")
_TERM_WEIGHT: Final = re.compile(r"\^([^\s^\"]*)$")
_WEIGHT_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,3})?")
_FIELD_PREFIX: Final = re.compile(r"([A-Za-z]+):(?=\S|$)")
_RESERVED_SIGNS: Final = re.compile(r"[,，、；;|()]")


@lru_cache(maxsize=2048)
def parse_term(term_text: str) -> Term:
    """Read one term, such as an entry of ``config.json``'s ``keywords``; a comma in it is only a comma."""
    term_text = " ".join(term_text.split())
    if term_text.count('"') % 2:
        raise ParseError(f"{quote_term(term_text)} has a quotation mark that is not closed")
    term_chunks = _TERM_CHUNK.findall(term_text)
    term_weight = _take_weight(term_chunks, term_text)
    clauses = tuple(_parse_clauses(term_chunks, term_text))
    term_word_count = sum(len(clause.words) for clause in clauses)
    if term_word_count > MOST_TERM_WORDS:
        too_many_words = f"has {term_word_count} words; at most {MOST_TERM_WORDS} are allowed in one term"
        raise ParseError(f"{quote_term(term_text)} {too_many_words}")
    if all(clause.negated for clause in clauses):
        raise ParseError(f"{quote_term(term_text)} only says what is not wanted; put that into exclude")
    return join_clauses(clauses, term_weight)


def quote_term(term_text: str) -> str:
    """The place of an error, shortened."""
    return '"' + (term_text if len(term_text) <= 60 else term_text[:57] + "…") + '"'


def _take_weight(term_chunks: list[str], term_text: str) -> float:
    """Take ``^2`` off the end; it belongs to the whole term."""
    for term_chunk in term_chunks[:-1]:
        if not term_chunk.endswith('"') and _TERM_WEIGHT.search(term_chunk):
            raise ParseError(
                f"{quote_term(term_text)}: the weight in {quote_term(term_chunk)} belongs at the end of the term"
            )
    term_weight = _TERM_WEIGHT.search(term_chunks[-1]) if term_chunks else None
    if not term_weight:
        return 1.0
    weight = float(term_weight[1]) if _WEIGHT_NUMBER.fullmatch(term_weight[1]) else 0.0
    if not 0 < weight <= HIGHEST_TERM_WEIGHT:
        allowed_weight = f"a number above 0 and up to {HIGHEST_TERM_WEIGHT:g}, such as 2 or 0.5"
        misread_weight = f"the weight after ^ must be {allowed_weight}, got {quote_term(term_weight[1])}"
        raise ParseError(f"{quote_term(term_text)}: {misread_weight}")
    term_chunks[-1] = term_chunks[-1][: term_weight.start()]
    if not term_chunks[-1]:
        term_chunks.pop()
    return weight


def _parse_clauses(term_chunks: list[str], term_text: str) -> Iterable[Clause]:
    """Split at AND and AND NOT, and say which of them has nothing beside it."""
    clause_chunks, last_operator = list[str](), ""
    for term_chunk in [*term_chunks, "AND"]:
        if term_chunk not in _OPERATORS:
            clause_chunks.append(term_chunk)
            continue
        if term_chunk == "OR":
            raise ParseError(f"{quote_term(term_text)}: there is no OR; write a comma between terms, or quote the word")
        if term_chunk == "NOT" and (clause_chunks or last_operator != "AND"):
            if not clause_chunks and not last_operator:
                raise ParseError(
                    f"{quote_term(term_text)} begins with NOT; words that are not wanted belong in exclude"
                )
            raise ParseError(f"{quote_term(term_text)} has NOT without AND before it")
        if term_chunk == "AND":
            if not clause_chunks:
                raise ParseError(_missing_clause(term_text, term_chunks, last_operator))
            yield _parse_clause(clause_chunks, term_text, negated=last_operator == "NOT")
        clause_chunks, last_operator = [], term_chunk


def _missing_clause(term_text: str, term_chunks: list[str], last_operator: str) -> str:
    if not term_chunks:
        return f"{quote_term(term_text)} has no word in it"
    if term_chunks[-1] in _OPERATORS and last_operator:
        return f"{quote_term(term_text)} ends after {'AND NOT' if last_operator == 'NOT' else last_operator}"
    return f"{quote_term(term_text)} {'has nothing between two ANDs' if last_operator else 'begins with AND'}"


def _parse_clause(term_chunks: list[str], term_text: str, *, negated: bool) -> Clause:
    clause_text = " ".join(term_chunks)
    field_prefix = _FIELD_PREFIX.match(clause_text)
    if field_prefix and (set_field := field_prefix[1].lower()) in SET_FIELDS:
        set_literal = clause_text[field_prefix.end() :].replace('"', "").strip()
        return _set_clause(set_field, set_literal, term_text, negated=negated)
    field, clause_text = _split_field(clause_text, term_text)
    if _RESERVED_SIGNS.search(clause_text):  # from a list in config.json, or between quotation marks already
        clause_text = '"' + clause_text.replace('"', "") + '"'
    literal = clause_text.replace('"', "").strip()
    clause_words = tuple(_parse_words(clause_text, term_text))
    if not clause_words:
        missing_word = " has no word in it" if clause_text else f": {field}: wants a word"
        raise ParseError(f"{quote_term(term_text)}{missing_word}")
    if '"' not in clause_text or not TERM_NEEDS_QUOTES.search(literal):
        spelled_clause = literal
    else:
        is_quoted = clause_text[0] == '"' and clause_text.find('"', 1) == len(clause_text) - 1
        spelled_clause = f'"{literal}"' if is_quoted else clause_text
    return Clause(literal, clause_words, field, negated, text=f"{field}:{spelled_clause}" if field else spelled_clause)


def _split_field(clause_text: str, term_text: str) -> tuple[TermField, str]:
    field_prefix = _FIELD_PREFIX.match(clause_text)
    if not field_prefix:
        return "", clause_text
    term_field = _FIELDS_BY_PREFIX.get(field_prefix[1].lower())
    if term_field is None and field_prefix.end() == len(clause_text):
        return "", clause_text  # a word with a colon after it
    if term_field is None:
        field_names = "ti: abs: au: cat: comment: inst: has: venue: is:"
        allowed_fields = f"the fields are {field_names}, and quotation marks keep a colon in a word"
        raise ParseError(
            f"{quote_term(term_text)}: there is no field {quote_term(field_prefix[1] + ':')}; {allowed_fields}"
        )
    return term_field, clause_text[field_prefix.end() :]


def _set_clause(set_field: str, set_literal: str, term_text: str, *, negated: bool) -> Clause:
    try:
        return set_clause(set_field, set_literal, negated=negated)
    except ParseError as clause_error:
        raise ParseError(f"{quote_term(term_text)}: {clause_error}") from clause_error


def _parse_words(clause_text: str, term_text: str) -> Iterable[TermWord]:
    joining_sign, follows_word = WORD_SPACE, False
    for quoted_chunk in _TERM_CHUNK.findall(clause_text):
        for term_chunk in quoted_chunk.replace('"', "").split():
            if follows_word and _SHORT_FORM_ASIDE.fullmatch(term_chunk):
                continue  # the (KV) of "key-value (KV) cache", which takes no place
            chunk_words = cut_words(term_chunk)
            has_asterisk = '"' not in quoted_chunk and term_chunk.endswith("*")
            for word_at, (word_sign, word) in enumerate(chunk_words):
                is_prefix = has_asterisk and word_at == len(chunk_words) - 1
                if is_prefix and len(fold_word(word)) < 2:
                    raise ParseError(
                        f"{quote_term(term_text)}: {quote_term(term_chunk)} needs at least two letters before the *"
                    )
                if len(word) > MOST_WORD_LETTERS:
                    raise ParseError(f"{quote_term(word)} has {len(word)} letters; a word may have {MOST_WORD_LETTERS}")
                yield TermWord(word, word_sign if word_at else joining_sign, is_prefix)
                follows_word = True
            if chunk_words:
                joining_sign = WORD_GAP if term_chunk[-1] in ".,;:!?" else WORD_SPACE
