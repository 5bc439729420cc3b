"""How one word, or two, of a clause may be written otherwise; and words set at their distances."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from core.language.compounds import MOST_HYPHENED_WORDS, joined_key
from core.language.terms import TermWord
from core.language.words import FUNCTION_WORDS, GAP, HYPHEN, SPACE, asked_keys, fold_word


class Item(Struct, frozen=True):
    """One position of a phrase, so many places after the first: one of these keys, or what begins so."""

    keys: tuple[str, ...] = ()
    prefix: str = ""  # of any word
    joined: str = ""  # of a word that hyphens join
    name: str = ""  # of a word with a version behind it
    offset: int = 0
    is_last: bool = True

    def at(self, offset: int, *, is_last: bool) -> "Item":
        return replace(self, offset=offset, is_last=is_last)


Spelling = tuple[Item, ...]
"""One way in which a clause may be written: ``fine tuning`` has (fine)(tuning) and (finetuning)."""

_LONGEST_LITTLE: Final = max(map(len, FUNCTION_WORDS))


class Change(NamedTuple):
    """One thing written otherwise: so many words of a clause from the first of them on, as these pieces instead."""

    first: int
    width: int
    pieces: "tuple[TermWord | Item, ...]"
    wide: int = 1  # the places that the piece takes


def other_forms(words: Sequence[TermWord], at: int) -> Iterator[Change]:
    """Give a word as a name with a version, and as words that hyphens join."""
    word = words[at]
    if _may_be_name(word):
        yield Change(at, 1, (Item(name=fold_word(word.text)),))
    if word.is_prefix or len(word.text) < 4 or not word.text.isalnum():
        return
    if at == len(words) - 1:  # ``incontext`` may stand as ``in-context``, which is indexed as ``incontext-2``
        yield Change(at, 1, (Item(joined=joined_key(word.text, "")),))  # any width will do
        return
    for width in range(2, MOST_HYPHENED_WORDS + 1):
        yield Change(at, 1, (Item(joined=joined_key(word.text, width)),), width)


def joins(words: Sequence[TermWord], at: int) -> Iterator[Change]:
    if len(words) > 2 and at + 1 < len(words) and may_join(words[at], words[at + 1]):
        yield Change(at, 2, (as_one(words[at : at + 2]),))


def as_one(words: Sequence[TermWord]) -> TermWord:
    return TermWord("".join(word.text for word in words), words[0].glue, words[-1].is_prefix)


def may_join(word: TermWord, following: TermWord) -> bool:
    if following.glue == HYPHEN:
        return True
    return following.glue != GAP and not {fold_word(word.text), fold_word(following.text)} & FUNCTION_WORDS


def splits(word: TermWord) -> Iterable[tuple[TermWord, TermWord]]:
    """``finetuning`` may stand as ``fine tuning``, ``GPT4`` as ``GPT-4``; not ``often`` as ``of ten``."""
    text = word.text
    for at in range(1, len(text)):
        first, second = text[:at], text[at:]
        if _may_split(first, second):
            yield TermWord(first, word.glue), TermWord(second, SPACE, word.is_prefix)


def _may_split(first: str, second: str) -> bool:
    if not (first.isalnum() and second[0].isalnum()) or _is_little(first) or _is_little(second):
        return False
    if first[-1].isdigit() != second[0].isdigit():
        return True
    return len(first) + len(second) >= 4 and len(second) >= 2 and first[-1].isalpha()


def _is_little(word: str) -> bool:
    return len(word) <= _LONGEST_LITTLE and fold_word(word) in FUNCTION_WORDS


def item(word: TermWord, *, exact: bool = False) -> Item:
    return Item(prefix=fold_word(word.text)) if word.is_prefix else Item(asked_keys(word.text, exact=exact))


def _may_be_name(word: TermWord) -> bool:
    """Whether a version may follow without a space: ``Qwen`` has Qwen3 and Qwen2.5, ``DINO`` DINOv2."""
    return (
        len(word.text) > 2 and word.text.isalpha() and not word.is_prefix and fold_word(word.text) not in FUNCTION_WORDS
    )


def plain_sequence(words: Sequence[TermWord]) -> Spelling:
    return sequence([item(word) for word in words], words)


def sequence(items: Sequence[Item], words: Sequence[TermWord], wide: tuple[int, int] = (-1, 1)) -> Spelling:
    """Set the items at their distances: one place apart, two over a full stop, more after a joined word."""
    placed = []
    offset = 0
    for number, (item, word) in enumerate(zip(items, words, strict=True)):
        if number:
            offset += 2 if word.glue == GAP else 1
        placed.append(item.at(offset, is_last=number == len(items) - 1))
        if number == wide[0]:
            offset += wide[1] - 1
    return tuple(placed)
