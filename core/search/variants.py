"""How a clause may be written: ``fine-tuning`` stands for ``fine tuning`` and ``finetuning`` too."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress
from operator import and_, not_
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from core.index.dictionary import Dictionary, probe
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
_WORD_BYTES: Final = 1500
"""What a word of a clause takes in all its spellings, beside its letters."""
MOST_CHANGED: Final = 2
"""Words that one change touches at most: where more are missing, no way of several words stands."""
_LONG: Final = 12
"""Letters of a word from which on it pays to look for its beginning first."""
_BEGINNING: Final = 6
_LONGEST_LITTLE: Final = max(map(len, FUNCTION_WORDS))
_LETTER_BYTES: Final = 500
"""What a place takes at which a word might be cut: a probe, and where it leads."""


class Change(NamedTuple):
    """One thing written otherwise: so many words of a clause from the first of them on, as these pieces instead."""

    first: int
    width: int
    pieces: "tuple[Word | Item, ...]"
    wide: int = 1  # the places that the piece takes


class Spellings:
    """
    All ways in which a clause may be written: as one word, and as several.

    ``fine-tuning`` has ``finetuning`` alone, and 14 ways of several words: ``fine tuning``, ``fi ne tuning``, ``fine
    tun ing``, ``fine-X tuning`` of a wider compound … Each is as asked for but for one change. Most stand in no paper:
    a way is made only when a paper has all the other words, and the day the rarest piece of the change (``uning`` for
    ``fine t uning``), for which the dictionary is asked once for all.
    """

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self.asked = tuple(() if word.is_prefix else keys(word.text) for word in words)
        """The keys of each word as it is asked for; none for what is a beginning only."""
        self.alone = tuple(dict.fromkeys(_alone(words)))
        self._changes: dict[int, Changes] = {}
        self.size = sum(_WORD_BYTES + _LETTER_BYTES * len(word.text) for word in words)
        """Bytes that all of it takes once everything is made, estimated."""

    def phrases_in(self, words: Dictionary, rows: Sequence[int]) -> list[Spelling]:
        """Return the ways of several words that may stand in a day's papers; ``rows`` are those with each word."""
        count = len(self._words)
        before = [-1, *accumulate(rows, and_)]  # -1 has every row
        after = [*reversed([*accumulate(reversed(rows), and_, initial=-1)]), 0]
        ways: list[Spelling] = [_plain_sequence(self._words)] if count > 1 and before[count] else []
        for at in range(count):
            one, two = bool(before[at] & after[at + 1]), bool(before[at] & after[at + 2])
            if one or two:
                if at not in self._changes:
                    self._changes[at] = Changes(self._words, at)
                ways += [_changed(self._words, each) for each in self._changes[at].there(words, one=one, two=two)]
        return ways


class Changes:
    """What may be written otherwise from one word of a clause on, and the keys to look for first."""

    def __init__(self, words: Sequence[Word], at: int) -> None:
        own = [] if len(words) == 1 else [*_other_forms(words, at)]
        splits = [Change(at, 1, pieces) for pieces in _splits(words[at])]
        joins = [*_joins(words, at)]
        self._all = (*own, *splits, *joins)
        self._begin = fold(words[at].text)[:_BEGINNING] if len(words[at].text) > _LONG else ""
        begun = [self._begin and _begins(change, self._begin) for change in splits]
        self._begun = _probes(compress(enumerate(splits, len(own)), begun))
        """Of a long word, the cuts whose first piece begins as it does: if no word begins so, none is there."""
        self._others = _probes(compress(enumerate(splits, len(own)), map(not_, begun)))
        self._joined = _probes(enumerate(joins, len(own) + len(splits)))
        probed = {number for _, number in (*self._begun, *self._others, *self._joined)}
        self._unprobed = tuple(number for number in range(len(self._all)) if number not in probed)

    def there(self, words: Dictionary, *, one: bool, two: bool) -> Iterator[Change]:
        """Give the changes that a day's words allow, of one word and of two: where all the others stand together."""
        probes = [*self._others] if one else []
        if one and self._begun and words.has_beginning(self._begin):
            probes += self._begun
        if two:
            probes += self._joined
        for number in (*dict.fromkeys(words.find_all(probes)), *self._unprobed):
            change = self._all[number]
            if (one if change.width == 1 else two) and _is_there(change, words):
                yield change


def _begins(change: Change, beginning: str) -> bool:
    first = change.pieces[0]
    return isinstance(first, Word) and all(key.startswith(beginning) for key in keys(first.text))


def _probes(changes: Iterable[tuple[int, Change]]) -> list[tuple[str, int]]:
    """Write the keys to look for, each with the number of its change."""
    return [(probe(each), number) for number, change in changes for each in _rarest_keys(change)]


def _is_there(change: Change, words: Dictionary) -> bool:
    """Whether a compound, or a name with a version, is among a day's words; words themselves were looked for."""
    (piece, *_) = change.pieces
    if isinstance(piece, Word):
        return True
    return bool(words.joined(piece.joined) if piece.joined else words.versions(piece.name))


def _rarest_keys(change: Change) -> tuple[str, ...]:
    """Return the keys of the longest piece, for which to look first."""
    pieces = [piece for piece in change.pieces if isinstance(piece, Word) and not piece.is_prefix]
    return keys(max(pieces, key=lambda word: len(word.text)).text) if pieces else ()


def _changed(words: Sequence[Word], change: Change) -> Spelling:
    end = change.first + change.width
    before, after = words[: change.first], words[end:]
    glues = (*before, *(each if isinstance(each, Word) else words[end - 1] for each in change.pieces), *after)
    items = [each if isinstance(each, Item) else _item(each) for each in (*before, *change.pieces, *after)]
    return _sequence(items, glues, wide=(change.first, change.wide))


KEPT: Final = ByteBoundedCache[str, Spellings](KEPT_BYTES)


def spellings(clause: Clause) -> Spellings:
    """List the spellings that agree with a clause: hyphen, space and joined forms of its words."""
    return KEPT.remembered(clause.text, lambda: Spellings(clause.words), lambda ways: ways.size)


def _alone(words: Sequence[Word]) -> Iterator[Item]:
    """Give the ways to write a clause as one word."""
    if len(words) == 1:
        yield _item(words[0], exact=True)
        yield from (item for change in _other_forms(words, 0) for item in change.pieces if isinstance(item, Item))
    elif _may_join(*words) if len(words) == 2 else all(word.glue != GAP for word in words[1:]):
        yield _item(_as_one(words))


def _other_forms(words: Sequence[Word], at: int) -> Iterator[Change]:
    """Give a word as a name with a version, and as words that hyphens join."""
    word = words[at]
    if _may_be_name(word):
        yield Change(at, 1, (Item(name=fold(word.text)),))
    if word.is_prefix or len(word.text) < 4 or not word.text.isalnum():
        return
    if at == len(words) - 1:  # ``incontext`` may stand as ``in-context``, which is indexed as ``incontext-2``
        yield Change(at, 1, (Item(joined=joined_key(word.text, "")),))  # any width will do
        return
    for width in range(2, WIDEST + 1):
        yield Change(at, 1, (Item(joined=joined_key(word.text, width)),), width)


def _joins(words: Sequence[Word], at: int) -> Iterator[Change]:
    if len(words) > 2 and at + 1 < len(words) and _may_join(words[at], words[at + 1]):
        yield Change(at, 2, (_as_one(words[at : at + 2]),))


def _as_one(words: Sequence[Word]) -> Word:
    return Word("".join(word.text for word in words), words[0].glue, words[-1].is_prefix)


def _may_join(word: Word, following: Word) -> bool:
    if following.glue == HYPHEN:
        return True
    return following.glue != GAP and not {fold(word.text), fold(following.text)} & FUNCTION_WORDS


def _splits(word: Word) -> Iterable[tuple[Word, Word]]:
    """``finetuning`` may stand as ``fine tuning``, ``GPT4`` as ``GPT-4``; not ``often`` as ``of ten``."""
    text = word.text
    for at in range(1, len(text)):
        first, second = text[:at], text[at:]
        if _may_split(first, second):
            yield Word(first, word.glue), Word(second, SPACE, word.is_prefix)


def _may_split(first: str, second: str) -> bool:
    if not (first.isalnum() and second[0].isalnum()) or _is_little(first) or _is_little(second):
        return False
    if first[-1].isdigit() != second[0].isdigit():
        return True
    return len(first) + len(second) >= 4 and len(second) >= 2 and first[-1].isalpha()


def _is_little(word: str) -> bool:
    return len(word) <= _LONGEST_LITTLE and fold(word) in FUNCTION_WORDS


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
