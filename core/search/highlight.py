"""Which words of a title let a paper in: for pages, which can show it."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from msgspec import Struct

from core.language.terms import Term, TermWord
from core.language.words import FUNCTION_WORDS, asked_keys, fold_word, word_key

_HIGHLIGHTED_WORD: Final = re.compile(r"[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+|['’][^\W_]+)*(?:\+\+|#)?")


class HighlightPiece(Struct, frozen=True):
    """A part of a text, and whether a matched term asked for it."""

    text: str
    highlighted: bool = False


def highlight(text: str, keywords: Iterable[Term]) -> list[HighlightPiece]:
    """Cut a text so that the words which keywords ask for stand alone; put together again it is the same text."""
    keyword_clauses = (clause for term in keywords for clause in term.clauses if not clause.negated)
    asked_words = [asked_word for clause in keyword_clauses for asked_word in clause.words]
    return list(_join_plain_pieces(_highlight_pieces(text, asked_words)))


def _highlight_pieces(text: str, asked_words: list[TermWord]) -> Iterator[HighlightPiece]:
    title_words = [*_HIGHLIGHTED_WORD.finditer(text)]
    matches = [any(_matches_asked(word[0], asked_word) for asked_word in asked_words) for word in title_words]
    highlight_end = 0
    for at, word in enumerate(title_words):
        yield HighlightPiece(text[highlight_end : word.start()])
        is_asked = matches[at] and not (len(asked_words) > 1 and _is_stray_match(word[0], matches, at))
        yield HighlightPiece(word[0], highlighted=is_asked)
        highlight_end = word.end()
    yield HighlightPiece(text[highlight_end:])


def _is_stray_match(title_word: str, matches: list[bool], at: int) -> bool:
    """Whether this is a little word, which stands anywhere, and no other word of a phrase stands beside it."""
    return fold_word(title_word) in FUNCTION_WORDS and not any(matches[max(at - 1, 0) : at] + matches[at + 1 : at + 2])


def _matches_asked(title_word: str, asked_word: TermWord) -> bool:
    if asked_word.is_prefix:
        return fold_word(title_word).startswith(fold_word(asked_word.text))
    return word_key(title_word) in asked_keys(asked_word.text, exact=True)


def _join_plain_pieces(pieces: Iterable[HighlightPiece]) -> Iterator[HighlightPiece]:
    """Join neighbours that are both not highlighted, and leave out what is empty."""
    for is_highlighted, neighbours in groupby(pieces, key=attrgetter("highlighted")):
        if is_highlighted:
            yield from neighbours
        elif plain_text := "".join(piece.text for piece in neighbours):
            yield HighlightPiece(plain_text)
