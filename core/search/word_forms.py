"""How one word, or two, of a clause may be written otherwise; and words set at their distances."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from core.language.terms import TermWord
from core.language.words import (
    FUNCTION_WORDS,
    MOST_HYPHENED_WORDS,
    WORD_GAP,
    WORD_HYPHEN,
    WORD_SPACE,
    asked_keys,
    fold_word,
    joined_key,
)


class VariantWord(Struct, frozen=True):
    """One position of a phrase, so many places after the first: one of these keys, or what begins so."""

    variant_keys: tuple[str, ...] = ()
    variant_prefix: str = ""  # of any word
    joined_variant_prefix: str = ""  # of a word that hyphens join
    versioned_variant: str = ""  # of a word with a version behind it
    word_offset: int = 0
    is_last_variant_word: bool = True

    def at(self, word_offset: int, *, is_last_variant_word: bool) -> "VariantWord":
        return replace(self, word_offset=word_offset, is_last_variant_word=is_last_variant_word)


SpellingVariant = tuple[VariantWord, ...]
"""One way in which a clause may be written: ``fine tuning`` has (fine)(tuning) and (finetuning)."""

_LONGEST_JOINED_FUNCTION_WORD: Final = max(map(len, FUNCTION_WORDS))


class SpellingChange(NamedTuple):
    """One thing written otherwise: so many words of a clause from the first of them on, as these pieces instead."""

    first: int
    width: int
    pieces: "tuple[TermWord | VariantWord, ...]"
    wide: int = 1  # the places that the piece takes


def other_forms(query_words: Sequence[TermWord], at: int) -> Iterator[SpellingChange]:
    """Give a word as a name with a version, and as words that hyphens join."""
    query_word = query_words[at]
    if _may_be_name(query_word):
        yield SpellingChange(at, 1, (VariantWord(versioned_variant=fold_word(query_word.text)),))
    if query_word.is_prefix or len(query_word.text) < 4 or not query_word.text.isalnum():
        return
    if at == len(query_words) - 1:  # ``incontext`` may stand as ``in-context``, which is indexed as ``incontext-2``
        any_joined_word = VariantWord(joined_variant_prefix=joined_key(query_word.text, ""))  # any width will do
        yield SpellingChange(at, 1, (any_joined_word,))
        return
    for joined_width in range(2, MOST_HYPHENED_WORDS + 1):
        yield SpellingChange(
            at, 1, (VariantWord(joined_variant_prefix=joined_key(query_word.text, joined_width)),), joined_width
        )


def joins(query_words: Sequence[TermWord], at: int) -> Iterator[SpellingChange]:
    if len(query_words) > 2 and at + 1 < len(query_words) and may_join(query_words[at], query_words[at + 1]):
        yield SpellingChange(at, 2, (as_one(query_words[at : at + 2]),))


def as_one(query_words: Sequence[TermWord]) -> TermWord:
    joined_text = "".join(query_word.text for query_word in query_words)
    return TermWord(joined_text, query_words[0].joining_sign, query_words[-1].is_prefix)


def may_join(query_word: TermWord, next_word: TermWord) -> bool:
    if next_word.joining_sign == WORD_HYPHEN:
        return True
    return next_word.joining_sign != WORD_GAP and FUNCTION_WORDS.isdisjoint(
        (fold_word(query_word.text), fold_word(next_word.text))
    )


def splits(query_word: TermWord) -> Iterable[tuple[TermWord, TermWord]]:
    """``finetuning`` may stand as ``fine tuning``, ``GPT4`` as ``GPT-4``; not ``often`` as ``of ten``."""
    query_text = query_word.text
    for split_at in range(1, len(query_text)):
        first_variant, second_variant = query_text[:split_at], query_text[split_at:]
        if _may_split(first_variant, second_variant):
            yield (
                TermWord(first_variant, query_word.joining_sign),
                TermWord(second_variant, WORD_SPACE, query_word.is_prefix),
            )


def _may_split(first_variant: str, second_variant: str) -> bool:
    if not (first_variant.isalnum() and second_variant[0].isalnum()):
        return False
    if _is_function_word(first_variant) or _is_function_word(second_variant):
        return False
    if first_variant[-1].isdigit() != second_variant[0].isdigit():
        return True
    return len(first_variant) + len(second_variant) >= 4 and len(second_variant) >= 2 and first_variant[-1].isalpha()


def _is_function_word(piece: str) -> bool:
    return len(piece) <= _LONGEST_JOINED_FUNCTION_WORD and fold_word(piece) in FUNCTION_WORDS


def as_variant_word(query_word: TermWord, *, exact: bool = False) -> VariantWord:
    if query_word.is_prefix:
        return VariantWord(variant_prefix=fold_word(query_word.text))
    return VariantWord(asked_keys(query_word.text, exact=exact))


def _may_be_name(query_word: TermWord) -> bool:
    """Whether a version may follow without a space: ``Qwen`` has Qwen3 and Qwen2.5, ``DINO`` DINOv2."""
    if query_word.is_prefix or len(query_word.text) <= 2 or not query_word.text.isalpha():
        return False
    return fold_word(query_word.text) not in FUNCTION_WORDS


def plain_variant(query_words: Sequence[TermWord]) -> SpellingVariant:
    return variant_sequence([as_variant_word(query_word) for query_word in query_words], query_words)


def variant_sequence(
    variant_words: Sequence[VariantWord], glued_words: Sequence[TermWord], wide_word: tuple[int, int] = (-1, 1)
) -> SpellingVariant:
    """Set the words at their distances: one place apart, two over a full stop, more after a joined word."""
    spelling_variant = []
    word_offset, last_word = 0, len(variant_words) - 1
    for word_at, (variant_word, glued_word) in enumerate(zip(variant_words, glued_words, strict=True)):
        if word_at:
            word_offset += 2 if glued_word.joining_sign == WORD_GAP else 1
        spelling_variant.append(variant_word.at(word_offset, is_last_variant_word=word_at == last_word))
        if word_at == wide_word[0]:
            word_offset += wide_word[1] - 1
    return tuple(spelling_variant)
