"""Several terms in one text, separated by commas; what other filter languages write is refused with a hint."""

import re
from collections.abc import Iterable
from typing import Final

from core.errors import ParseError
from core.language.term_parser import SHORT_FORM_AFTER_WORD, parse_term, quote_term
from core.language.terms import Term, term_meaning

MOST_TERMS: Final = 60
MOST_TERMS_BYTES: Final = 2048
_TERM_TEXT: Final = re.compile(r'(?:"[^"]*"|[^",，、；])+')
"""Commas part terms, those of Chinese and Japanese keyboards too."""
_QUOTED_WORDS: Final = re.compile(r'"[^"]*"')
_FOREIGN_OPERATOR_HINTS: Final = {
    ";": "commas separate terms",
    "|": "commas separate terms, of which one must match",
    "&&": "write AND between words that must all be there",
    "(": "brackets group nothing here; write a comma between terms of which one must match, AND between all that must",
    ")": "brackets group nothing here; write a comma between terms of which one must match, AND between all that must",
}
_MINUS_BEFORE_WORD: Final = re.compile(r"(?<!\S)-(?=[A-Za-z])")


def parse_terms(terms_text: str) -> tuple[Term, ...]:
    """
    Read comma-separated terms; the same term twice counts once.

    Raises ParseError, with a message that quotes the place and says what is allowed.
    """
    if len(terms_text.encode("utf-8", "replace")) > MOST_TERMS_BYTES:
        raise ParseError(f"is longer than {MOST_TERMS_BYTES} bytes")
    if terms_text.count('"') % 2:
        unclosed_quote = terms_text[terms_text.rindex('"') :]
        raise ParseError(f"{quote_term(unclosed_quote)} opens a quotation mark that is not closed")
    term_texts = filter(str.strip, _TERM_TEXT.findall(terms_text))
    return unite_terms(parse_term(_checked_term(term_text)) for term_text in term_texts)


def _checked_term(term_text: str) -> str:
    """Refuse what other filter languages write, instead of looking for the words around it."""
    unquoted_term = SHORT_FORM_AFTER_WORD.sub("", _QUOTED_WORDS.sub("", term_text)).strip()
    for foreign_operator, operator_hint in _FOREIGN_OPERATOR_HINTS.items():
        if foreign_operator in unquoted_term:
            raise ParseError(f"{quote_term(term_text.strip())}: {operator_hint}, or quote the words")
    if _MINUS_BEFORE_WORD.search(unquoted_term):
        minus_hint = "a minus takes nothing out; write AND NOT before it, or put it into exclude"
        raise ParseError(f"{quote_term(term_text.strip())}: {minus_hint}")
    if len(unquoted_term) > 1 and unquoted_term[0] == unquoted_term[-1] == "/":
        asterisk_hint = "there are no regular expressions; quantiz* is every word that begins so"
        raise ParseError(f"{quote_term(term_text.strip())}: {asterisk_hint}")
    return term_text


def split_terms(terms_text: str) -> list[str]:
    """Cut at the commas between terms, as ``parse_terms`` does, and read nothing: for who shows each with its error."""
    if terms_text.count('"') % 2:
        return [terms_text.strip()]
    return [term_text.strip() for term_text in _TERM_TEXT.findall(terms_text) if term_text.strip()]


def unite_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Leave out repetitions. Raises ParseError for two weights of one term, and for too many terms."""
    united_terms: dict[object, Term] = {}
    for term in terms:
        earlier_term = united_terms.setdefault(term_meaning(term), term)
        if earlier_term.weight != term.weight:
            raise ParseError(
                f"{quote_term(term.text)} stands twice, with weights {earlier_term.weight:g} and {term.weight:g}"
            )
    if len(united_terms) > MOST_TERMS:
        raise ParseError(f"has {len(united_terms)} terms; at most {MOST_TERMS} are allowed")
    return tuple(united_terms.values())
