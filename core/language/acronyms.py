"""
Short forms and what they stand for, as a text defines them: "large language model (LLM)" (Schwartz and Hearst 2003).

Only short forms of three letters and more: those of two have too many meanings.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from core.language.words import ASIDE, FUNCTION_WORDS, GAP, as_acronym, cut_words, fold_word, word_key

_FEWEST_ACRONYM_LETTERS: Final = 3
_MOST_ACRONYM_LETTERS: Final = 8
_MOST_EXTRA_LONG_FORM_WORDS: Final = 3
"""A long form has at most so many words more than the short form has letters."""
_SHARED_LONG_FORM_WORDS: Final = 0.5
"""Meanings that share this part of their telling words are one: "from verifiable rewards", "with verifiable reward"."""


class AcronymDefinition(Struct, frozen=True):
    """A short form by its key, and the words that it stands for, in small letters."""

    short: str
    long: tuple[str, ...]


def short_form(word: str) -> str:
    """Return the key of a word that is a short form, ``LLM`` for LLMs and ``3DGS``; "" for any other."""
    single = word[:-1] if len(word) > 2 and word[-1] == "s" and word[-2].isupper() else word
    capitals = sum(letter.isupper() for letter in single)
    acronym = as_acronym(word) or (single.upper() if capitals > 1 and single.isascii() and single.isalnum() else "")
    return acronym if _FEWEST_ACRONYM_LETTERS <= len(acronym) <= _MOST_ACRONYM_LETTERS else ""


def acronym_definitions(text: str) -> Iterator[AcronymDefinition]:
    """Give the short forms that stand in brackets behind their long forms."""
    if "(" not in text:
        return
    words = cut_words(text)
    for number, (sign, word) in enumerate(words):
        if sign == ASIDE and (acronym := short_form(word)):
            start = number
            while (
                start > 0
                and number - start < len(acronym) + _MOST_EXTRA_LONG_FORM_WORDS
                and (start == number or words[start][0] != GAP)
            ):
                start -= 1
            long_form = _long_form(acronym.lower(), [word for _, word in words[start:number]])
            if long_form:
                yield AcronymDefinition(acronym, tuple(map(fold_word, long_form)))


def _long_form(acronym: str, preceding_words: Sequence[str]) -> Sequence[str]:
    """Return the fewest words at the end of which hold the letters in order, the first at the beginning of a word."""
    folded_words = [fold_word(word) for word in preceding_words]
    word_number, letter_at = len(folded_words) - 1, -1
    for letter_number, letter in reversed([*enumerate(acronym)]):
        while word_number >= 0:
            word = folded_words[word_number]
            letter_at = (len(word) if letter_at < 0 else letter_at) - 1
            while letter_at >= 0 and (word[letter_at] != letter or (not letter_number and letter_at)):
                letter_at -= 1
            if letter_at >= 0:
                break
            word_number, letter_at = word_number - 1, -1
        if word_number < 0:
            return ()
    long_form = preceding_words[word_number:]
    return long_form if len(long_form) > 1 and fold_word(long_form[0]) not in FUNCTION_WORDS else ()


def long_forms_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two long forms say the same: most of their telling words are equal."""
    first_keys, second_keys = (set(map(word_key, {*form} - FUNCTION_WORDS)) for form in (one, other))
    return len(first_keys & second_keys) >= _SHARED_LONG_FORM_WORDS * max(len(first_keys), len(second_keys))
