"""The filter language: ``kv cache, ti:LLM^2, quantiz* AND NOT survey`` as terms. Errors point at the place."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from core.errors import ParseError
from core.language.set_clauses import SET_FIELDS, set_clause
from core.language.terms import NEEDS_QUOTES, Clause, Field, Term, Word, join_clauses
from core.language.words import GAP, SPACE, cut, fold

MOST_WORDS: Final = 12
"""The most words in one term."""
MOST_LETTERS: Final = 50
"""The most letters in one word: longer ones are no words, and every place where one might be cut is looked at."""
MOST_WEIGHT: Final = 100.0

_FIELDS: Final[dict[str, Field]] = {
    "ti": "ti",
    "abs": "abs",
    "au": "au",
    "comment": "comment",
    "co": "comment",
    "inst": "inst",
}
_OPERATORS: Final = frozenset(("AND", "NOT", "OR"))
_CHUNK: Final = re.compile(r'(?:"[^"]*"|[^"\s])+')
AFTER_WORD: Final = re.compile(r"(?<=\w)\s+\((?=\w*[A-Z])\w{2,10}\)")
"""``key-value (KV) cache``, ``large language model (LLM)``: a short form in brackets takes no place."""
_ASIDE: Final = re.compile(r"\((?=\w*[A-Z])\w{2,10}\)")
_WEIGHT: Final = re.compile(r"\^([^\s^\"]*)$")
_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,3})?")
_FIELD: Final = re.compile(r"([A-Za-z]+):(?=\S)")
_RESERVED: Final = re.compile(r"[,，、；;|()]")


@lru_cache(maxsize=2048)
def parse_term(text: str) -> Term:
    """Read one term, such as an entry of ``config.json``'s ``keywords``; a comma in it is only a comma."""
    text = " ".join(text.split())
    if text.count('"') % 2:
        raise ParseError(f"{quote(text)} has a quotation mark that is not closed")
    chunks = _CHUNK.findall(text)
    weight = _take_weight(chunks, text)
    clauses = tuple(_clauses(chunks, text))
    words = sum(len(clause.words) for clause in clauses)
    if words > MOST_WORDS:
        raise ParseError(f"{quote(text)} has {words} words; at most {MOST_WORDS} are allowed in one term")
    if all(clause.negated for clause in clauses):
        raise ParseError(f"{quote(text)} only says what is not wanted; put that into exclude")
    return join_clauses(clauses, weight)


def quote(text: str) -> str:
    """The place of an error, shortened."""
    return '"' + (text if len(text) <= 60 else text[:57] + "…") + '"'


def _take_weight(chunks: list[str], text: str) -> float:
    """Take ``^2`` off the end; it belongs to the whole term."""
    for chunk in chunks[:-1]:
        if not chunk.endswith('"') and _WEIGHT.search(chunk):
            raise ParseError(f"{quote(text)}: the weight in {quote(chunk)} belongs at the end of the term")
    found = _WEIGHT.search(chunks[-1]) if chunks else None
    if not found:
        return 1.0
    weight = float(found[1]) if _NUMBER.fullmatch(found[1]) else 0.0
    if not 0 < weight <= MOST_WEIGHT:
        allowed = f"a number above 0 and up to {MOST_WEIGHT:g}, such as 2 or 0.5"
        raise ParseError(f"{quote(text)}: the weight after ^ must be {allowed}, got {quote(found[1])}")
    chunks[-1] = chunks[-1][: found.start()]
    if not chunks[-1]:
        chunks.pop()
    return weight


def _clauses(chunks: list[str], text: str) -> Iterable[Clause]:
    """Split at AND and AND NOT, and say which of them has nothing beside it."""
    part: list[str] = []
    last = ""
    for chunk in [*chunks, "AND"]:
        if chunk not in _OPERATORS:
            part.append(chunk)
            continue
        if chunk == "OR":
            raise ParseError(f"{quote(text)}: there is no OR; write a comma between terms, or quote the word")
        if chunk == "NOT" and (part or last != "AND"):
            place = (
                "begins with NOT; words that are not wanted belong in exclude"
                if not part and not last
                else ("has NOT without AND before it")
            )
            raise ParseError(f"{quote(text)} {place}")
        if chunk == "AND":
            if not part:
                raise ParseError(_missing(text, chunks, last))
            yield _clause(part, text, negated=last == "NOT")
        part, last = [], chunk


def _missing(text: str, chunks: list[str], last: str) -> str:
    if not chunks:
        return f"{quote(text)} has no word in it"
    if chunks[-1] in _OPERATORS and last:
        return f"{quote(text)} ends after {'AND NOT' if last == 'NOT' else last}"
    return f"{quote(text)} {'has nothing between two ANDs' if last else 'begins with AND'}"


def _clause(chunks: list[str], text: str, *, negated: bool) -> Clause:
    body = " ".join(chunks)
    found = _FIELD.match(body)
    if found and found[1].lower() in SET_FIELDS:
        return _set_clause(found[1].lower(), body[found.end() :].replace('"', "").strip(), text, negated=negated)
    field, body = _split_field(body, text)
    if _RESERVED.search(body):  # from a list in config.json, or between quotation marks already
        body = '"' + body.replace('"', "") + '"'
    literal = body.replace('"', "").strip()
    words = tuple(_words(body, text))
    if not words:
        raise ParseError(f"{quote(text)} has no word in it" if body else f"{quote(text)}: {field}: wants a word")
    if '"' not in body or not NEEDS_QUOTES.search(literal):
        spelled = literal
    else:
        is_whole = body[0] == '"' and body.find('"', 1) == len(body) - 1
        spelled = f'"{literal}"' if is_whole else body
    return Clause(literal, words, field, negated, text=f"{field}:{spelled}" if field else spelled)


def _split_field(body: str, text: str) -> tuple[Field, str]:
    found = _FIELD.match(body)
    if not found:
        return "", body
    field = _FIELDS.get(found[1].lower())
    if field is None:
        names = "ti: abs: au: cat: comment: inst: has: venue: is:"
        allowed = f"the fields are {names}, and quotation marks keep a colon in a word"
        raise ParseError(f"{quote(text)}: there is no field {quote(found[1] + ':')}; {allowed}")
    return field, body[found.end() :]


def _set_clause(field: str, literal: str, text: str, *, negated: bool) -> Clause:
    try:
        return set_clause(field, literal, negated=negated)
    except ParseError as error:
        raise ParseError(f"{quote(text)}: {error}") from error


def _words(body: str, text: str) -> Iterable[Word]:
    glue, begun = SPACE, False
    for quoted_or_not in _CHUNK.findall(body):
        is_quoted = '"' in quoted_or_not
        for chunk in quoted_or_not.replace('"', "").split():
            if begun and _ASIDE.fullmatch(chunk):
                continue  # the (KV) of "key-value (KV) cache", which takes no place
            words = cut(chunk)
            for number, (sign, word) in enumerate(words):
                is_prefix = not is_quoted and chunk.endswith("*") and number == len(words) - 1
                if is_prefix and len(fold(word)) < 2:
                    raise ParseError(f"{quote(text)}: {quote(chunk)} needs at least two letters before the *")
                if len(word) > MOST_LETTERS:
                    raise ParseError(f"{quote(word)} has {len(word)} letters; a word may have {MOST_LETTERS}")
                yield Word(word, sign if number else glue, is_prefix)
                begun = True
            if words:
                glue = GAP if chunk[-1] in ".,;:!?" else SPACE
