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


def highlight(highlighted_text: str, keywords: Iterable[Term]) -> list[HighlightPiece]:
    """Cut a text so that the words which keywords ask for stand alone; put together again it is the same text."""
    keyword_clauses = (clause for term in keywords for clause in term.clauses if not clause.negated)
    query_words = [query_word for clause in keyword_clauses for query_word in clause.words]
    return list(_join_plain_pieces(_highlight_pieces(highlighted_text, query_words)))


def _highlight_pieces(highlighted_text: str, query_words: list[TermWord]) -> Iterator[HighlightPiece]:
    title_words = [*_HIGHLIGHTED_WORD.finditer(highlighted_text)]
    words_match = [
        any(_matches_asked(title_word[0], query_word) for query_word in query_words) for title_word in title_words
    ]
    highlight_end = 0
    for word_at, title_word in enumerate(title_words):
        yield HighlightPiece(highlighted_text[highlight_end : title_word.start()])
        is_asked = words_match[word_at] and not (
            len(query_words) > 1 and _is_stray_match(title_word[0], words_match, word_at)
        )
        yield HighlightPiece(title_word[0], highlighted=is_asked)
        highlight_end = title_word.end()
    yield HighlightPiece(highlighted_text[highlight_end:])


def _is_stray_match(title_word: str, words_match: list[bool], word_at: int) -> bool:
    """Whether this is a little word, which stands anywhere, and no other word of a phrase stands beside it."""
    return fold_word(title_word) in FUNCTION_WORDS and not any(
        words_match[max(word_at - 1, 0) : word_at] + words_match[word_at + 1 : word_at + 2]
    )


def _matches_asked(title_word: str, query_word: TermWord) -> bool:
    if query_word.is_prefix:
        return fold_word(title_word).startswith(fold_word(query_word.text))
    return word_key(title_word) in asked_keys(query_word.text, exact=True)


def _join_plain_pieces(highlight_pieces: Iterable[HighlightPiece]) -> Iterator[HighlightPiece]:
    """Join neighbours that are both not highlighted, and leave out what is empty."""
    for is_highlighted, neighbours in groupby(highlight_pieces, key=attrgetter("highlighted")):
        if is_highlighted:
            yield from neighbours
        elif unhighlighted_text := "".join(highlight_piece.text for highlight_piece in neighbours):
            yield HighlightPiece(unhighlighted_text)
