"""The filter language: ``kv cache, ti:LLM^2, quantiz* AND NOT survey`` as terms. Errors point at the place."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from core.errors import ParseError
from core.language.words import GAP, SPACE, cut, fold
from core.taxonomy import parse_categories

MOST_TERMS: Final = 60
MOST_WORDS: Final = 12
"""The most words in one term."""
MOST_LETTERS: Final = 50
"""The most letters in one word: longer ones are no words, and every place where one might be cut is looked at."""
MOST_BYTES: Final = 2048
MOST_WEIGHT: Final = 100.0

Field = Literal["", "ti", "abs", "au", "cat"]
_FIELDS: Final[dict[str, Field]] = {"ti": "ti", "abs": "abs", "au": "au", "cat": "cat"}
_OPERATORS: Final = frozenset(("AND", "NOT", "OR"))
_PIECE: Final = re.compile(r'(?:"[^"]*"|[^",])+')
_CHUNK: Final = re.compile(r'(?:"[^"]*"|[^"\s])+')
_WEIGHT: Final = re.compile(r"\^([^\s^\"]*)$")
_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,3})?")
_FIELD: Final = re.compile(r"([A-Za-z]+):(?=\S)")
_NEEDS_QUOTES: Final = re.compile(r"[,^*]|\b(?:AND|NOT|OR)\b|^[A-Za-z]+:\S|^\s|\s$")


class Word(Struct, frozen=True):
    """A word asked for: how it follows the one before (see ``core.language.words``), and whether more may follow it."""

    text: str
    glue: str = SPACE
    is_prefix: bool = False


class Clause(Struct, frozen=True):
    """One condition: these words, next to each other, in this field (``""``: title or abstract)."""

    literal: str  # as it was written, without field and quotes: what ``match=substring`` looks for
    words: tuple[Word, ...]
    field: Field = ""
    negated: bool = False
    categories: frozenset[str] = frozenset()  # of ``cat:``
    text: str = ""  # canonical spelling

    def __str__(self) -> str:
        return self.text


class Term(Struct, frozen=True):
    """One thing to look for: it matches when all its clauses do. ``text`` is its spelling without the weight."""

    clauses: tuple[Clause, ...]
    weight: float = 1.0
    text: str = ""

    def __str__(self) -> str:
        return self.text if self.weight == 1 else f"{self.text}^{self.weight:g}"


def parse_terms(text: str) -> tuple[Term, ...]:
    """
    Read comma-separated terms; the same term twice counts once.

    Raises ParseError, with a message that quotes the place and says what is allowed.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise ParseError(f"is longer than {MOST_BYTES} bytes")
    if text.count('"') % 2:
        last = text[text.rindex('"') :]
        raise ParseError(f"{_quote(last)} opens a quotation mark that is not closed")
    return unite_terms(parse_term(piece) for piece in _PIECE.findall(text) if piece.strip())


def split_terms(text: str) -> list[str]:
    """Cut at the commas between terms, as ``parse_terms`` does, and read nothing: for who shows each with its error."""
    if text.count('"') % 2:
        return [text.strip()]
    return [piece.strip() for piece in _PIECE.findall(text) if piece.strip()]


def unite_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Leave out repetitions. Raises ParseError for two weights of one term, and for too many terms."""
    found: dict[str, Term] = {}
    for term in terms:
        before = found.setdefault(term.text, term)
        if before.weight != term.weight:
            raise ParseError(f"{_quote(term.text)} stands twice, with weights {before.weight:g} and {term.weight:g}")
    if len(found) > MOST_TERMS:
        raise ParseError(f"has {len(found)} terms; at most {MOST_TERMS} are allowed")
    return tuple(found.values())


@lru_cache(maxsize=2048)
def parse_term(text: str) -> Term:
    """Read one term, such as an entry of ``config.json``'s ``keywords``; a comma in it is only a comma."""
    text = " ".join(text.split())
    if text.count('"') % 2:
        raise ParseError(f"{_quote(text)} has a quotation mark that is not closed")
    chunks = _CHUNK.findall(text)
    weight = _take_weight(chunks, text)
    clauses = tuple(_clauses(chunks, text))
    words = sum(len(clause.words) for clause in clauses)
    if words > MOST_WORDS:
        raise ParseError(f"{_quote(text)} has {words} words; at most {MOST_WORDS} are allowed in one term")
    if all(clause.negated for clause in clauses):
        raise ParseError(f"{_quote(text)} only says what is not wanted; put that into exclude")
    return join_clauses(clauses, weight)


def join_clauses(clauses: Sequence[Clause], weight: float = 1.0) -> Term:
    text = " AND ".join(("NOT " if clause.negated else "") + clause.text for clause in clauses)
    return Term(tuple(clauses), weight, text)


def one_word(text: str, *, is_prefix: bool = False) -> Clause:
    """Return the clause that looks for one word in title or abstract."""
    literal = text + ("*" if is_prefix else "")
    return Clause(literal, (Word(text, is_prefix=is_prefix),), text=literal if is_prefix else _spell(literal))


def in_any_field(clause: Clause) -> Clause:
    """Return the clause without its ``ti:`` or ``abs:``."""
    return replace(clause, field="", text=clause.text.removeprefix(f"{clause.field}:"))


def _spell(literal: str) -> str:
    """Put what the grammar would take for something else between quotation marks."""
    return f'"{literal}"' if _NEEDS_QUOTES.search(literal) else literal


def _quote(text: str) -> str:
    return '"' + (text if len(text) <= 60 else text[:57] + "…") + '"'


def _take_weight(chunks: list[str], text: str) -> float:
    """Take ``^2`` off the end; it belongs to the whole term."""
    for chunk in chunks[:-1]:
        if not chunk.endswith('"') and _WEIGHT.search(chunk):
            raise ParseError(f"{_quote(text)}: the weight in {_quote(chunk)} belongs at the end of the term")
    found = _WEIGHT.search(chunks[-1]) if chunks else None
    if not found:
        return 1.0
    weight = float(found[1]) if _NUMBER.fullmatch(found[1]) else 0.0
    if not 0 < weight <= MOST_WEIGHT:
        allowed = f"a number above 0 and up to {MOST_WEIGHT:g}, such as 2 or 0.5"
        raise ParseError(f"{_quote(text)}: the weight after ^ must be {allowed}, got {_quote(found[1])}")
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
            raise ParseError(f"{_quote(text)}: there is no OR; write a comma between terms, or quote the word")
        if chunk == "NOT" and (part or last != "AND"):
            place = (
                "begins with NOT; words that are not wanted belong in exclude"
                if not part and not last
                else ("has NOT without AND before it")
            )
            raise ParseError(f"{_quote(text)} {place}")
        if chunk == "AND":
            if not part:
                raise ParseError(_missing(text, chunks, last))
            yield _clause(part, text, negated=last == "NOT")
        part, last = [], chunk


def _missing(text: str, chunks: list[str], last: str) -> str:
    if not chunks:
        return f"{_quote(text)} has no word in it"
    if chunks[-1] in _OPERATORS and last:
        return f"{_quote(text)} ends after {'AND NOT' if last == 'NOT' else last}"
    return f"{_quote(text)} {'has nothing between two ANDs' if last else 'begins with AND'}"


def _clause(chunks: list[str], text: str, *, negated: bool) -> Clause:
    body = " ".join(chunks)
    field, body = _split_field(body, text)
    if "," in body:  # from a list in config.json, or between quotation marks already
        body = '"' + body.replace('"', "") + '"'
    literal = body.replace('"', "").strip()
    if field == "cat":
        return _category_clause(literal, text, negated=negated)
    words = tuple(_words(body, text))
    if not words:
        raise ParseError(f"{_quote(text)} has no word in it" if body else f"{_quote(text)}: {field}: wants a word")
    if '"' not in body or not _NEEDS_QUOTES.search(literal):
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
        allowed = "the fields are ti: abs: au: cat:, and quotation marks keep a colon in a word"
        raise ParseError(f"{_quote(text)}: there is no field {_quote(found[1] + ':')}; {allowed}")
    return field, body[found.end() :]


def _category_clause(literal: str, text: str, *, negated: bool) -> Clause:
    try:
        wanted = parse_categories(literal)
    except ParseError as error:
        raise ParseError(f"{_quote(text)}: {error}") from error
    if wanted.excluded or len(wanted.terms) != 1:
        raise ParseError(f"{_quote(text)}: cat: wants one category, such as cat:cs.LG or cat:cs")
    spelled = wanted.terms[0]
    return Clause(spelled, (Word(spelled),), "cat", negated, wanted.included, f"cat:{spelled}")


def _words(body: str, text: str) -> Iterable[Word]:
    glue = SPACE
    for quoted_or_not in _CHUNK.findall(body):
        is_quoted = '"' in quoted_or_not
        for chunk in quoted_or_not.replace('"', "").split():
            words = cut(chunk)
            for number, (sign, word) in enumerate(words):
                is_prefix = not is_quoted and chunk.endswith("*") and number == len(words) - 1
                if is_prefix and len(fold(word)) < 2:
                    raise ParseError(f"{_quote(text)}: {_quote(chunk)} needs at least two letters before the *")
                if len(word) > MOST_LETTERS:
                    raise ParseError(f"{_quote(word)} has {len(word)} letters; a word may have {MOST_LETTERS}")
                yield Word(word, sign if number else glue, is_prefix)
            if words:
                glue = GAP if chunk[-1] in ".,;:!?" else SPACE
