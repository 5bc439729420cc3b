"""
Short forms and what they stand for, as a text defines them: "large language model (LLM)" (Schwartz and Hearst 2003).

Only short forms of three letters and more: those of two have too many meanings.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from core.language.words import ACRONYM_ASIDE, FUNCTION_WORDS, WORD_GAP, as_acronym, cut_words, fold_word, word_key

_FEWEST_ACRONYM_LETTERS: Final = 3
_MOST_ACRONYM_LETTERS: Final = 8
_MOST_EXTRA_LONG_FORM_WORDS: Final = 3
"""A long form has at most so many words more than the short form has letters."""
_AGREEING_LONG_FORM_WORDS: Final = 0.5
"""Meanings that share this part of their telling words are one: "from verifiable rewards", "with verifiable reward"."""


class AcronymDefinition(Struct, frozen=True):
    """A short form by its key, and the words that it stands for, in small letters."""

    acronym: str
    long_form: tuple[str, ...]


def short_form(word: str) -> str:
    """Return the key of a word that is a short form, ``LLM`` for LLMs and ``3DGS``; "" for any other."""
    singular_word = word[:-1] if len(word) > 2 and word[-1] == "s" and word[-2].isupper() else word
    has_capitals = sum(letter.isupper() for letter in singular_word) > 1 and singular_word.isascii()
    acronym = as_acronym(word) or (singular_word.upper() if has_capitals and singular_word.isalnum() else "")
    return acronym if _FEWEST_ACRONYM_LETTERS <= len(acronym) <= _MOST_ACRONYM_LETTERS else ""


def acronym_definitions(text: str) -> Iterator[AcronymDefinition]:
    """Give the short forms that stand in brackets behind their long forms."""
    signed_words = cut_words(text) if "(" in text else []
    for acronym_at, (sign, word) in enumerate(signed_words):
        if sign == ACRONYM_ASIDE and (acronym := short_form(word)):
            long_form_start, most_long_form_words = acronym_at, len(acronym) + _MOST_EXTRA_LONG_FORM_WORDS
            while long_form_start > max(0, acronym_at - most_long_form_words) and (
                long_form_start == acronym_at or signed_words[long_form_start][0] != WORD_GAP
            ):
                long_form_start -= 1
            if long_form := _long_form(acronym.lower(), [word for _, word in signed_words[long_form_start:acronym_at]]):
                yield AcronymDefinition(acronym, tuple(map(fold_word, long_form)))


def _long_form(acronym: str, preceding_words: Sequence[str]) -> Sequence[str]:
    """Return the fewest words at the end of which hold the letters in order, the first at the beginning of a word."""
    folded_words = [*map(fold_word, preceding_words)]
    long_form_at, letter_in_word_at = len(folded_words) - 1, -1
    for acronym_letter_at, acronym_letter in reversed([*enumerate(acronym)]):
        while long_form_at >= 0:
            folded_word = folded_words[long_form_at]
            letter_in_word_at = (len(folded_word) if letter_in_word_at < 0 else letter_in_word_at) - 1
            while letter_in_word_at >= 0 and (
                folded_word[letter_in_word_at] != acronym_letter or (not acronym_letter_at and letter_in_word_at)
            ):
                letter_in_word_at -= 1
            if letter_in_word_at >= 0:
                break
            long_form_at, letter_in_word_at = long_form_at - 1, -1
        if long_form_at < 0:
            return ()
    long_form = preceding_words[long_form_at:]
    return long_form if len(long_form) > 1 and fold_word(long_form[0]) not in FUNCTION_WORDS else ()


def long_forms_agree(first_long_form: Sequence[str], second_long_form: Sequence[str]) -> bool:
    """Whether two long forms say the same: most of their telling words are equal."""
    first_form_keys, second_form_keys = (
        set(map(word_key, {*long_form} - FUNCTION_WORDS)) for long_form in (first_long_form, second_long_form)
    )
    most_long_form_words = max(len(first_form_keys), len(second_form_keys))
    return len(first_form_keys & second_form_keys) >= _AGREEING_LONG_FORM_WORDS * most_long_form_words
