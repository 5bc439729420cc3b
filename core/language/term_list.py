"""Several terms in one text, separated by commas; what other filter languages write is refused with a hint."""

import re
from collections.abc import Iterable
from typing import Final

from core.errors import ParseError
from core.language.term_parser import AFTER_WORD, parse_term, quote
from core.language.terms import Term, meaning

MOST_TERMS: Final = 60
MOST_BYTES: Final = 2048
_PIECE: Final = re.compile(r'(?:"[^"]*"|[^",，、；])+')
"""Commas part terms, those of Chinese and Japanese keyboards too."""
_IN_QUOTES: Final = re.compile(r'"[^"]*"')
_FOREIGN: Final = {
    ";": "commas separate terms",
    "|": "commas separate terms, of which one must match",
    "&&": "write AND between words that must all be there",
    "(": "brackets group nothing here; write a comma between terms of which one must match, AND between all that must",
    ")": "brackets group nothing here; write a comma between terms of which one must match, AND between all that must",
}
_MINUS: Final = re.compile(r"(?<!\S)-(?=[A-Za-z])")


def parse_terms(text: str) -> tuple[Term, ...]:
    """
    Read comma-separated terms; the same term twice counts once.

    Raises ParseError, with a message that quotes the place and says what is allowed.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise ParseError(f"is longer than {MOST_BYTES} bytes")
    if text.count('"') % 2:
        last = text[text.rindex('"') :]
        raise ParseError(f"{quote(last)} opens a quotation mark that is not closed")
    return unite_terms(parse_term(_checked(piece)) for piece in _PIECE.findall(text) if piece.strip())


def _checked(piece: str) -> str:
    """Refuse what other filter languages write, instead of looking for the words around it."""
    bare = AFTER_WORD.sub("", _IN_QUOTES.sub("", piece)).strip()
    for sign, hint in _FOREIGN.items():
        if sign in bare:
            raise ParseError(f"{quote(piece.strip())}: {hint}, or quote the words")
    if _MINUS.search(bare):
        raise ParseError(
            f"{quote(piece.strip())}: a minus takes nothing out; write AND NOT before it, or put it into exclude"
        )
    if len(bare) > 1 and bare[0] == bare[-1] == "/":
        raise ParseError(
            f"{quote(piece.strip())}: there are no regular expressions; quantiz* is every word that begins so"
        )
    return piece


def split_terms(text: str) -> list[str]:
    """Cut at the commas between terms, as ``parse_terms`` does, and read nothing: for who shows each with its error."""
    if text.count('"') % 2:
        return [text.strip()]
    return [piece.strip() for piece in _PIECE.findall(text) if piece.strip()]


def unite_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Leave out repetitions. Raises ParseError for two weights of one term, and for too many terms."""
    found: dict[object, Term] = {}
    for term in terms:
        before = found.setdefault(meaning(term), term)
        if before.weight != term.weight:
            raise ParseError(f"{quote(term.text)} stands twice, with weights {before.weight:g} and {term.weight:g}")
    if len(found) > MOST_TERMS:
        raise ParseError(f"has {len(found)} terms; at most {MOST_TERMS} are allowed")
    return tuple(found.values())
