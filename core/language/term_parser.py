"""The filter language: ``kv cache, ti:LLM^2, quantiz* AND NOT survey`` as terms. Errors point at the place."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from core.errors import ParseError
from core.language.set_clauses import SET_FIELDS, set_clause
from core.language.terms import NEEDS_QUOTES, Clause, Term, TermField, TermWord, join_clauses
from core.language.words import GAP, SPACE, cut_words, fold_word

MOST_TERM_WORDS: Final = 12
"""The most words in one term."""
MOST_WORD_LETTERS: Final = 50
"""The most letters in one word: longer ones are no words, and every place where one might be cut is looked at."""
HIGHEST_TERM_WEIGHT: Final = 100.0

_FIELD_NAMES: Final[dict[str, TermField]] = {
    "ti": "ti",
    "abs": "abs",
    "au": "au",
    "comment": "comment",
    "co": "comment",
    "inst": "inst",
}
_OPERATORS: Final = frozenset(("AND", "NOT", "OR"))
_TERM_CHUNK: Final = re.compile(r'(?:"[^"]*"|[^"\s])+')
SHORT_FORM_AFTER_WORD: Final = re.compile(r"(?<=\w)\s+\((?=\w*[A-Z])\w{2,10}\)")
"""``key-value (KV) cache``, ``large language model (LLM)``: a short form in brackets takes no place."""
_SHORT_FORM_ASIDE: Final = re.compile(r"\((?=\w*[A-Z])\w{2,10}\)")
_TERM_WEIGHT: Final = re.compile(r"\^([^\s^\"]*)$")
_WEIGHT_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,3})?")
_FIELD_PREFIX: Final = re.compile(r"([A-Za-z]+):(?=\S)")
_RESERVED_SIGNS: Final = re.compile(r"[,，、；;|()]")


@lru_cache(maxsize=2048)
def parse_term(term_text: str) -> Term:
    """Read one term, such as an entry of ``config.json``'s ``keywords``; a comma in it is only a comma."""
    term_text = " ".join(term_text.split())
    if term_text.count('"') % 2:
        raise ParseError(f"{quote(term_text)} has a quotation mark that is not closed")
    chunks = _TERM_CHUNK.findall(term_text)
    weight = _take_weight(chunks, term_text)
    clauses = tuple(_parse_clauses(chunks, term_text))
    word_count = sum(len(clause.words) for clause in clauses)
    if word_count > MOST_TERM_WORDS:
        raise ParseError(
            f"{quote(term_text)} has {word_count} words; at most {MOST_TERM_WORDS} are allowed in one term"
        )
    if all(clause.negated for clause in clauses):
        raise ParseError(f"{quote(term_text)} only says what is not wanted; put that into exclude")
    return join_clauses(clauses, weight)


def quote(text: str) -> str:
    """The place of an error, shortened."""
    return '"' + (text if len(text) <= 60 else text[:57] + "…") + '"'


def _take_weight(chunks: list[str], term_text: str) -> float:
    """Take ``^2`` off the end; it belongs to the whole term."""
    for chunk in chunks[:-1]:
        if not chunk.endswith('"') and _TERM_WEIGHT.search(chunk):
            raise ParseError(f"{quote(term_text)}: the weight in {quote(chunk)} belongs at the end of the term")
    weight_match = _TERM_WEIGHT.search(chunks[-1]) if chunks else None
    if not weight_match:
        return 1.0
    weight = float(weight_match[1]) if _WEIGHT_NUMBER.fullmatch(weight_match[1]) else 0.0
    if not 0 < weight <= HIGHEST_TERM_WEIGHT:
        allowed_weight = f"a number above 0 and up to {HIGHEST_TERM_WEIGHT:g}, such as 2 or 0.5"
        raise ParseError(
            f"{quote(term_text)}: the weight after ^ must be {allowed_weight}, got {quote(weight_match[1])}"
        )
    chunks[-1] = chunks[-1][: weight_match.start()]
    if not chunks[-1]:
        chunks.pop()
    return weight


def _parse_clauses(chunks: list[str], term_text: str) -> Iterable[Clause]:
    """Split at AND and AND NOT, and say which of them has nothing beside it."""
    clause_chunks: list[str] = []
    last_operator = ""
    for chunk in [*chunks, "AND"]:
        if chunk not in _OPERATORS:
            clause_chunks.append(chunk)
            continue
        if chunk == "OR":
            raise ParseError(f"{quote(term_text)}: there is no OR; write a comma between terms, or quote the word")
        if chunk == "NOT" and (clause_chunks or last_operator != "AND"):
            misplaced = (
                "begins with NOT; words that are not wanted belong in exclude"
                if not clause_chunks and not last_operator
                else ("has NOT without AND before it")
            )
            raise ParseError(f"{quote(term_text)} {misplaced}")
        if chunk == "AND":
            if not clause_chunks:
                raise ParseError(_missing_clause(term_text, chunks, last_operator))
            yield _parse_clause(clause_chunks, term_text, negated=last_operator == "NOT")
        clause_chunks, last_operator = [], chunk


def _missing_clause(term_text: str, chunks: list[str], last_operator: str) -> str:
    if not chunks:
        return f"{quote(term_text)} has no word in it"
    if chunks[-1] in _OPERATORS and last_operator:
        return f"{quote(term_text)} ends after {'AND NOT' if last_operator == 'NOT' else last_operator}"
    return f"{quote(term_text)} {'has nothing between two ANDs' if last_operator else 'begins with AND'}"


def _parse_clause(chunks: list[str], term_text: str, *, negated: bool) -> Clause:
    body = " ".join(chunks)
    prefix = _FIELD_PREFIX.match(body)
    if prefix and prefix[1].lower() in SET_FIELDS:
        return _set_clause(
            prefix[1].lower(),
            body[prefix.end() :].replace('"', "").strip(),
            term_text,
            negated=negated,
        )
    field, body = _split_field(body, term_text)
    if _RESERVED_SIGNS.search(body):  # from a list in config.json, or between quotation marks already
        body = '"' + body.replace('"', "") + '"'
    literal = body.replace('"', "").strip()
    words = tuple(_parse_words(body, term_text))
    if not words:
        raise ParseError(
            f"{quote(term_text)} has no word in it" if body else f"{quote(term_text)}: {field}: wants a word"
        )
    if '"' not in body or not NEEDS_QUOTES.search(literal):
        spelled_clause = literal
    else:
        is_whole = body[0] == '"' and body.find('"', 1) == len(body) - 1
        spelled_clause = f'"{literal}"' if is_whole else body
    return Clause(literal, words, field, negated, text=f"{field}:{spelled_clause}" if field else spelled_clause)


def _split_field(clause_text: str, term_text: str) -> tuple[TermField, str]:
    field_match = _FIELD_PREFIX.match(clause_text)
    if not field_match:
        return "", clause_text
    field = _FIELD_NAMES.get(field_match[1].lower())
    if field is None:
        field_names = "ti: abs: au: cat: comment: inst: has: venue: is:"
        allowed_fields = f"the fields are {field_names}, and quotation marks keep a colon in a word"
        raise ParseError(f"{quote(term_text)}: there is no field {quote(field_match[1] + ':')}; {allowed_fields}")
    return field, clause_text[field_match.end() :]


def _set_clause(field: str, literal: str, term_text: str, *, negated: bool) -> Clause:
    try:
        return set_clause(field, literal, negated=negated)
    except ParseError as error:
        raise ParseError(f"{quote(term_text)}: {error}") from error


def _parse_words(clause_text: str, term_text: str) -> Iterable[TermWord]:
    glue, word_seen = SPACE, False
    for quoted_or_not in _TERM_CHUNK.findall(clause_text):
        is_quoted = '"' in quoted_or_not
        for chunk in quoted_or_not.replace('"', "").split():
            if word_seen and _SHORT_FORM_ASIDE.fullmatch(chunk):
                continue  # the (KV) of "key-value (KV) cache", which takes no place
            chunk_words = cut_words(chunk)
            for number, (sign, word) in enumerate(chunk_words):
                is_prefix = not is_quoted and chunk.endswith("*") and number == len(chunk_words) - 1
                if is_prefix and len(fold_word(word)) < 2:
                    raise ParseError(f"{quote(term_text)}: {quote(chunk)} needs at least two letters before the *")
                if len(word) > MOST_WORD_LETTERS:
                    raise ParseError(f"{quote(word)} has {len(word)} letters; a word may have {MOST_WORD_LETTERS}")
                yield TermWord(word, sign if number else glue, is_prefix)
                word_seen = True
            if chunk_words:
                glue = GAP if chunk[-1] in ".,;:!?" else SPACE
