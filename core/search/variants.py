"""How a clause may be written: ``fine-tuning`` stands for ``fine tuning`` and ``finetuning`` too."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress
from operator import and_, not_
from typing import Final

from core.index.dictionary import Dictionary, dictionary_probe
from core.language.terms import Clause, TermWord
from core.language.words import GAP, asked_keys, fold_word
from core.lru import ByteBoundedCache
from core.search.word_forms import (
    Change,
    Item,
    Spelling,
    as_one,
    item,
    joins,
    may_join,
    other_forms,
    plain_sequence,
    sequence,
    splits,
)

KEPT_BYTES: Final = 4 * 2**20
_WORD_BYTES: Final = 1500
"""What a word of a clause takes in all its spellings, beside its letters."""
MOST_CHANGED: Final = 2
"""Words that one change touches at most: where more are missing, no way of several words stands."""
_LONG: Final = 12
"""Letters of a word from which on it pays to look for its beginning first."""
_BEGINNING: Final = 6
_LETTER_BYTES: Final = 500
"""What a place takes at which a word might be cut: a probe, and where it leads."""


class Spellings:
    """
    All ways in which a clause may be written: as one word, and as several.

    ``fine-tuning`` has ``finetuning`` alone, and 14 ways of several words: ``fine tuning``, ``fi ne tuning``, ``fine
    tun ing``, ``fine-X tuning`` of a wider compound … Each is as asked for but for one change. Most stand in no paper:
    a way is made only when a paper has all the other words, and the day the rarest piece of the change (``uning`` for
    ``fine t uning``), for which the dictionary is asked once for all.
    """

    def __init__(self, words: Sequence[TermWord]) -> None:
        self._words = words
        self.asked = tuple(() if word.is_prefix else asked_keys(word.text) for word in words)
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
        ways: list[Spelling] = [plain_sequence(self._words)] if count > 1 and before[count] else []
        for at in range(count):
            one, two = bool(before[at] & after[at + 1]), bool(before[at] & after[at + 2])
            if one or two:
                if at not in self._changes:
                    self._changes[at] = Changes(self._words, at)
                ways += [_changed(self._words, each) for each in self._changes[at].there(words, one=one, two=two)]
        return ways


class Changes:
    """What may be written otherwise from one word of a clause on, and the keys to look for first."""

    def __init__(self, words: Sequence[TermWord], at: int) -> None:
        own = [] if len(words) == 1 else [*other_forms(words, at)]
        apart = [Change(at, 1, pieces) for pieces in splits(words[at])]
        joined = [*joins(words, at)]
        self._all = (*own, *apart, *joined)
        self._begin = fold_word(words[at].text)[:_BEGINNING] if len(words[at].text) > _LONG else ""
        begun = [self._begin and _begins(change, self._begin) for change in apart]
        self._begun = _probes(compress(enumerate(apart, len(own)), begun))
        """Of a long word, the cuts whose first piece begins as it does: if no word begins so, none is there."""
        self._others = _probes(compress(enumerate(apart, len(own)), map(not_, begun)))
        self._joined = _probes(enumerate(joined, len(own) + len(apart)))
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
    return isinstance(first, TermWord) and all(key.startswith(beginning) for key in asked_keys(first.text))


def _probes(changes: Iterable[tuple[int, Change]]) -> list[tuple[str, int]]:
    """Write the keys to look for, each with the number of its change."""
    return [(dictionary_probe(each), number) for number, change in changes for each in _rarest_keys(change)]


def _is_there(change: Change, words: Dictionary) -> bool:
    """Whether a compound, or a name with a version, is among a day's words; words themselves were looked for."""
    (piece, *_) = change.pieces
    if isinstance(piece, TermWord):
        return True
    return bool(words.joined(piece.joined) if piece.joined else words.versions(piece.name))


def _rarest_keys(change: Change) -> tuple[str, ...]:
    """Return the keys of the longest piece, for which to look first."""
    pieces = [piece for piece in change.pieces if isinstance(piece, TermWord) and not piece.is_prefix]
    return asked_keys(max(pieces, key=lambda word: len(word.text)).text) if pieces else ()


def _changed(words: Sequence[TermWord], change: Change) -> Spelling:
    end = change.first + change.width
    before, after = words[: change.first], words[end:]
    glues = (*before, *(each if isinstance(each, TermWord) else words[end - 1] for each in change.pieces), *after)
    items = [each if isinstance(each, Item) else item(each) for each in (*before, *change.pieces, *after)]
    return sequence(items, glues, wide=(change.first, change.wide))


KEPT: Final = ByteBoundedCache[str, Spellings](KEPT_BYTES)


def spellings(clause: Clause) -> Spellings:
    """List the spellings that agree with a clause: hyphen, space and joined forms of its words."""
    return KEPT.remembered(clause.text, lambda: Spellings(clause.words), lambda ways: ways.size)


def _alone(words: Sequence[TermWord]) -> Iterator[Item]:
    """Give the ways to write a clause as one word."""
    if len(words) == 1:
        yield item(words[0], exact=True)
        yield from (item for change in other_forms(words, 0) for item in change.pieces if isinstance(item, Item))
    elif may_join(*words) if len(words) == 2 else all(word.glue != GAP for word in words[1:]):
        yield item(as_one(words))
