"""
The words of a match index, sorted, sixteen to a block; each is what it shares with the word before, and the rest.

A block is read when a word is looked for that could stand in it. Words that hyphens join are a list of their own, which
comes first: ``incontext-2`` for ``in-context``, two places wide.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import count, pairwise
from typing import Final

from core.index.container import ContainerParts

PARTS: Final = ("joined", "heads", "tails")
BLOCK: Final = 16
_MOST_SHARED: Final = 30
_VERSION: Final = re.compile(r"[\d.]{1,6}[a-z]?")
_TAIL: Final = re.compile(r"([\x01-\x1f])([^\x01-\x1f]*)")
"""One more than the number of letters shared with the word before, as a control character, and the other letters."""


def write_words(joined: Sequence[str], words: Sequence[str]) -> dict[str, bytes]:
    """Write words; both lists are sorted. Their numbers are their places, ``joined`` before ``words``."""
    blocks = [words[at : at + BLOCK] for at in range(0, len(words), BLOCK)]
    return {
        "joined": "\n".join(joined).encode(),
        "heads": "\n".join(block[0] for block in blocks).encode(),
        "tails": "\0".join(map(_write_tails, blocks)).encode(),
    }


def _write_tails(block: Sequence[str]) -> str:
    return "".join(_tail(before, word) for before, word in pairwise(block))


def _tail(before: str, word: str) -> str:
    shared = 0
    for one, other in zip(before[:_MOST_SHARED], word, strict=False):
        if one != other:
            break
        shared += 1
    return chr(1 + shared) + word[shared:]


class Dictionary:
    """Finds the numbers of words."""

    def __init__(self, parts: ContainerParts) -> None:
        joined = parts.text("joined")
        self._joined = joined.split("\n") if joined else []
        self._heads = parts.text("heads").split("\n")
        self._tails = parts.text("tails").split("\0")
        self._blocks = [""] * len(self._heads)
        """Those that were read, as text with a line end before and after each word: a tenth of a table's bytes."""

    def find(self, word: str) -> int:
        """Return the number of a word; -1 when no paper holds it."""
        at = bisect_right(self._heads, word) - 1
        block = self._blocks[at] or self._read(at)
        place = block.find(f"\n{word}\n")
        return -1 if place < 0 else len(self._joined) + at * BLOCK + block.count("\n", 0, place)

    def numbers(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of those words that there are."""
        return [number for number in map(self.find, words) if number >= 0]

    def find_all(self, probes: Iterable[tuple[str, int]]) -> list[int]:
        """Look for many words, as ``probe`` writes them, each with a mark; return the marks of those that there are."""
        heads, blocks, read = self._lines, self._blocks, self._read
        return [mark for word, mark in probes if word in (blocks[at := bisect_right(heads, word) - 1] or read(at))]

    def has_beginning(self, prefix: str) -> bool:
        """Whether a word, joined ones aside, begins so."""
        at = bisect_left(self._heads, prefix)
        if at < len(self._heads) and self._heads[at].startswith(prefix):
            return True
        return "\n" + prefix in (self._blocks[at - 1] or self._read(at - 1))

    @cached_property
    def _lines(self) -> list[str]:
        """The heads as a probe sees them."""
        return ["\n" + head for head in self._heads]

    def beginning(self, prefix: str) -> list[int]:
        """Return the numbers of the words, joined ones aside, that begin so."""
        found: list[int] = []
        for at in range(max(bisect_left(self._heads, prefix) - 1, 0), len(self._heads)):
            if self._heads[at] > prefix and not self._heads[at].startswith(prefix):
                break
            found += [number for word, number in self._block(at) if word.startswith(prefix)]
        return found

    def versions(self, name: str) -> list[int]:
        """Return the numbers of the words that are this name and a version: ``qwen2.5``, ``yolov8``, ``gpt4o``."""
        found = [number for start in (name, name + "v") for number in self._with_digit(start)]
        return sorted(found)

    def _with_digit(self, start: str) -> Iterator[int]:
        beginning, after_digits = f"\n{start}", start + ":"  # the character after 9
        for at in range(max(bisect_right(self._heads, start + "0") - 1, 0), len(self._heads)):
            if self._heads[at] >= after_digits:
                break
            if beginning not in (self._blocks[at] or self._read(at)):
                continue
            for word, number in self._block(at):
                if start + "0" <= word < after_digits and _VERSION.fullmatch(word, len(start)):
                    yield number

    def joined(self, prefix: str) -> range:
        """Return the numbers of the joined words that begin so: ``incontext-`` for any width, ``incontext-2``."""
        start = end = bisect_left(self._joined, prefix)
        while end < len(self._joined) and self._joined[end].startswith(prefix):
            end += 1
        return range(start, end)

    def _block(self, at: int) -> Iterator[tuple[str, int]]:
        """Give the words of a block with their numbers."""
        block = self._blocks[at] or self._read(at)
        return zip(block[1:-1].split("\n"), count(self._first(at)))

    def _first(self, at: int) -> int:
        return len(self._joined) + at * BLOCK

    def _read(self, at: int) -> str:
        at %= len(self._heads)  # before all words is -1: not in the last block either
        word = self._heads[at]
        block = [word]
        for shared, rest in _TAIL.findall(self._tails[at]):
            word = word[: ord(shared) - 1] + rest
            block.append(word)
        self._blocks[at] = text = "\n{}\n".format("\n".join(block))
        return text


def probe(word: str) -> str:
    """A word as ``Dictionary.find_all`` looks for it."""
    return f"\n{word}\n"
