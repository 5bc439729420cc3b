"""
Short forms and what they stand for, as a text defines them: "large language model (LLM)" (Schwartz and Hearst 2003).

Only short forms of three letters and more: those of two have too many meanings.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from core.language.words import ASIDE, FUNCTION_WORDS, GAP, as_acronym, cut, fold, key

SHORTEST: Final = 3
_LONGEST: Final = 8
_MORE_WORDS: Final = 3
"""A long form has at most so many words more than the short form has letters."""
_ALIKE: Final = 0.5
"""Meanings that share this part of their telling words are one: "from verifiable rewards", "with verifiable reward"."""


class Definition(Struct, frozen=True):
    """A short form by its key, and the words that it stands for, in small letters."""

    short: str
    long: tuple[str, ...]


def short_form(word: str) -> str:
    """Return the key of a word that is a short form, ``LLM`` for LLMs and ``3DGS``; "" for any other."""
    single = word[:-1] if len(word) > 2 and word[-1] == "s" and word[-2].isupper() else word
    capitals = sum(letter.isupper() for letter in single)
    name = as_acronym(word) or (single.upper() if capitals > 1 and single.isascii() and single.isalnum() else "")
    return name if SHORTEST <= len(name) <= _LONGEST else ""


def definitions(text: str) -> Iterator[Definition]:
    """Give the short forms that stand in brackets behind their long forms."""
    if "(" not in text:
        return
    words = cut(text)
    for at, (sign, word) in enumerate(words):
        if sign == ASIDE and (short := short_form(word)):
            begin = at
            while begin > 0 and at - begin < len(short) + _MORE_WORDS and (begin == at or words[begin][0] != GAP):
                begin -= 1
            long = _long_form(short.lower(), [each for _, each in words[begin:at]])
            if long:
                yield Definition(short, tuple(map(fold, long)))


def _long_form(short: str, before: Sequence[str]) -> Sequence[str]:
    """Return the fewest words at the end of which hold the letters in order, the first at the beginning of a word."""
    words = [fold(word) for word in before]
    number, at = len(words) - 1, -1
    for place, letter in reversed([*enumerate(short)]):
        while number >= 0:
            word = words[number]
            at = (len(word) if at < 0 else at) - 1
            while at >= 0 and (word[at] != letter or (not place and at)):
                at -= 1
            if at >= 0:
                break
            number, at = number - 1, -1
        if number < 0:
            return ()
    long = before[number:]
    return long if len(long) > 1 and fold(long[0]) not in FUNCTION_WORDS else ()


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two long forms say the same: most of their telling words are equal."""
    first, second = ({key(word) for word in words if word not in FUNCTION_WORDS} for words in (one, other))
    return len(first & second) >= _ALIKE * max(len(first), len(second))
