"""Which words of a title let a paper in: for pages, which can show it."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from core.language.terms import Term, TermWord
from core.language.words import FUNCTION_WORDS, asked_keys, fold_word, word_key

_WORD: Final = re.compile(r"[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+|['’][^\W_]+)*(?:\+\+|#)?")


class Piece(Struct, frozen=True):
    """A part of a text, and whether a matched term asked for it."""

    text: str
    marked: bool = False


def highlight(text: str, terms: Iterable[Term]) -> list[Piece]:
    """Cut a text so that the words which the terms ask for stand alone; put together again it is the same text."""
    wanted = [word for term in terms for clause in term.clauses if not clause.negated for word in clause.words]
    return list(_united(_pieces(text, wanted)))


def _pieces(text: str, wanted: list[TermWord]) -> Iterator[Piece]:
    found = [*_WORD.finditer(text)]
    marked = [any(_asked_for(each[0], word) for word in wanted) for each in found]
    end = 0
    for at, each in enumerate(found):
        yield Piece(text[end : each.start()])
        yield Piece(each[0], marked[at] and not (len(wanted) > 1 and _stands_alone(each[0], marked, at)))
        end = each.end()
    yield Piece(text[end:])


def _stands_alone(word: str, marked: list[bool], at: int) -> bool:
    """Whether this is a little word, which stands anywhere, and no other word of a phrase stands beside it."""
    return fold_word(word) in FUNCTION_WORDS and not any(marked[max(at - 1, 0) : at] + marked[at + 1 : at + 2])


def _asked_for(found: str, word: TermWord) -> bool:
    return (
        fold_word(found).startswith(fold_word(word.text))
        if word.is_prefix
        else word_key(found) in asked_keys(word.text, exact=True)
    )


def _united(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join neighbours that are both unmarked, and leave out what is empty."""
    plain = ""
    for piece in pieces:
        if not piece.marked:
            plain += piece.text
            continue
        if plain:
            yield Piece(plain)
        yield piece
        plain = ""
    if plain:
        yield Piece(plain)
