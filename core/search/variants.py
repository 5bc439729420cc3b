"""How a clause may be written: ``fine-tuning`` stands for ``fine tuning`` and ``finetuning`` too."""

from collections.abc import Iterable, Sequence, Set
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.index.dictionary import Dictionary
from core.language.compounds import WIDEST, joined_key
from core.language.terms import Clause, Word
from core.language.words import FUNCTION_WORDS, GAP, HYPHEN, SPACE, fold, keys
from core.lru import ByteBoundedCache


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

KEPT_BYTES: Final = 4 * 2**20
_ITEM_BYTES: Final = 250
"""What an item of a spelling takes: itself, its keys."""
_WAY_BYTES: Final = 300
"""What a way takes beside its items: its tuple, its probe."""


class Spellings:
    """
    All ways in which a clause may be written: as one word, and as several.

    ``fine-tuning`` has ``finetuning`` alone, and 14 ways of several words: ``fine tuning``, ``fi ne tuning``, ``fine
    tun ing``, ``fine-X tuning`` of a wider compound … Most of them stand in no paper, so each is probed by its rarest
    word first (``uning`` for ``fine t uning``), all with one look into the dictionary; only the ways whose probe is
    there are matched. A way without a word to probe (a compound, a prefix) is always matched.
    """

    def __init__(self, words: Sequence[Word]) -> None:
        one: dict[Item, Item] = {}  # most ways of a phrase share most of their items
        spelled = dict.fromkeys(_all_spellings(words))
        ways = tuple(tuple(one.setdefault(item, item) for item in way) for way in spelled)
        asked = {item.keys for item in ways[0]}
        self.alone = tuple(way[0] for way in ways if len(way) == 1)
        self._phrases = tuple(way for way in ways if len(way) > 1)
        rarest = [_rarest_item(way, asked) for way in self._phrases]
        self._probes = tuple((key, at) for at, item in enumerate(rarest) for key in item.keys)
        self._unprobed = tuple(way for way, item in zip(self._phrases, rarest, strict=True) if not item.keys)

        self.size = _ITEM_BYTES * (2 + len(one)) + _WAY_BYTES * len(ways) + 8 * sum(map(len, ways))
        """Bytes that all of it takes, estimated."""

    def phrases_in(self, words: Dictionary) -> Sequence[Spelling]:
        """Return the ways of several words whose rarest word is there: one or two of a dozen."""
        found = words.find_all(self._probes)
        return [*(self._phrases[at] for at in dict.fromkeys(found)), *self._unprobed] if found else self._unprobed


KEPT: Final = ByteBoundedCache[str, Spellings](KEPT_BYTES)


def _rarest_item(way: Spelling, asked: Set[tuple[str, ...]]) -> Item:
    """Return the item to look for first: a part of a word rather than a word, and the longest, are the rarest."""
    return max(way, key=lambda item: (bool(item.keys), item.keys not in asked, len(item.keys[0]) if item.keys else 0))


def spellings(clause: Clause) -> Spellings:
    """List the spellings that agree with a clause: hyphen, space and joined forms of its words."""
    return KEPT.remembered(clause.text, lambda: Spellings(clause.words), lambda ways: ways.size)


def _all_spellings(words: Sequence[Word]) -> Iterable[Spelling]:
    alone = len(words) == 1
    yield _sequence([_item(word, exact=alone) for word in words], words)
    for at, word in enumerate(words):
        if _may_be_name(word):
            yield _sequence(
                [Item(name=fold(each.text)) if at == n else _item(each) for n, each in enumerate(words)], words
            )
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        for pieces in _splits(word):
            yield _plain_sequence([*before, *pieces, *after])
        if not word.is_prefix:
            yield from _hyphened(before, word, after)
        if after and _may_join(word, after[0]):
            yield from _all_joined(before, [word, after[0]], after[1:])
    if len(words) > 2 and all(word.glue != GAP for word in words[1:]):
        yield from _all_joined([], words, [])


def _all_joined(before: Sequence[Word], joined: Sequence[Word], after: Sequence[Word]) -> Iterable[Spelling]:
    text = "".join(word.text for word in joined)
    yield _plain_sequence([*before, Word(text, joined[0].glue, joined[-1].is_prefix), *after])


def _may_join(word: Word, following: Word) -> bool:
    if following.glue == HYPHEN:
        return True
    return following.glue != GAP and not {fold(word.text), fold(following.text)} & FUNCTION_WORDS


def _hyphened(before: Sequence[Word], word: Word, after: Sequence[Word]) -> Iterable[Spelling]:
    """``incontext`` may stand as ``in-context``, which is indexed as ``incontext-2``."""
    if len(word.text) < 4 or not word.text.isalnum():
        return
    items = [_item(other) for other in (*before, word, *after)]
    if not after:  # then any width will do
        items[-1] = Item(joined=joined_key(word.text, ""))
        yield _sequence(items, [*before, word])
        return
    for width in range(2, WIDEST + 1):
        items[len(before)] = Item(joined=joined_key(word.text, width))
        yield _sequence(items, [*before, word, *after], wide=(len(before), width))


def _splits(word: Word) -> Iterable[tuple[Word, Word]]:
    """``finetuning`` may stand as ``fine tuning``, ``GPT4`` as ``GPT-4``; not ``often`` as ``of ten``."""
    text = word.text
    for at in range(1, len(text)):
        first, second = text[:at], text[at:]
        if _may_split(first, second):
            yield Word(first, word.glue), Word(second, SPACE, word.is_prefix)


def _may_split(first: str, second: str) -> bool:
    if not (first.isalnum() and second[0].isalnum()) or {fold(first), fold(second)} & FUNCTION_WORDS:
        return False
    if first[-1].isdigit() != second[0].isdigit():
        return True
    return len(first) + len(second) >= 4 and len(second) >= 2 and first[-1].isalpha()


def _item(word: Word, *, exact: bool = False) -> Item:
    return Item(prefix=fold(word.text)) if word.is_prefix else Item(keys(word.text, exact=exact))


def _may_be_name(word: Word) -> bool:
    """Whether a version may follow without a space: ``Qwen`` has Qwen3 and Qwen2.5, ``DINO`` DINOv2."""
    return len(word.text) > 2 and word.text.isalpha() and not word.is_prefix and fold(word.text) not in FUNCTION_WORDS


def _plain_sequence(words: Sequence[Word]) -> Spelling:
    return _sequence([_item(word) for word in words], words)


def _sequence(items: Sequence[Item], words: Sequence[Word], wide: tuple[int, int] = (-1, 1)) -> Spelling:
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
