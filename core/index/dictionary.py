"""
The words of a match index, sorted, sixteen to a block; each is what it shares with the word before, and the rest.

A block is read when a word is looked for that could stand in it. Words that hyphens join are a list of their own, which
comes first: ``incontext-2`` for ``in-context``, two places wide.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from core.index.container import Parts

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

    def __init__(self, parts: Parts) -> None:
        joined = parts.text("joined")
        self._joined = joined.split("\n") if joined else []
        self._heads = parts.text("heads").split("\n")
        self._tails = parts.text("tails").split("\0")
        self._blocks: list[dict[str, int] | None] = [None] * len(self._heads)

    def find(self, word: str) -> int:
        """Return the number of a word; -1 when no paper holds it."""
        at = bisect_right(self._heads, word) - 1
        return (self._blocks[at] or self._read(at)).get(word, -1)

    def numbers(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of those words that there are."""
        heads, blocks, read = self._heads, self._blocks, self._read
        found = [(blocks[at := bisect_right(heads, word) - 1] or read(at)).get(word, -1) for word in words]
        return [number for number in found if number >= 0] if -1 in found else found

    def find_all(self, words: Iterable[tuple[str, int]]) -> list[int]:
        """Look for many words, each with a mark; return the marks of those that there are."""
        heads, blocks, read = self._heads, self._blocks, self._read
        return [mark for word, mark in words if word in (blocks[at := bisect_right(heads, word) - 1] or read(at))]

    def beginning(self, prefix: str) -> list[int]:
        """Return the numbers of the words, joined ones aside, that begin so."""
        found: list[int] = []
        for at in range(max(bisect_left(self._heads, prefix) - 1, 0), len(self._heads)):
            if self._heads[at] > prefix and not self._heads[at].startswith(prefix):
                break
            block = self._blocks[at] or self._read(at)
            found += [number for word, number in block.items() if word.startswith(prefix)]
        return found

    def versions(self, name: str) -> list[int]:
        """Return the numbers of the words that are this name and a version: ``qwen2.5``, ``yolov8``, ``gpt4o``."""
        found = [number for start in (name, name + "v") for number in self._with_digit(start)]
        return sorted(found)

    def _with_digit(self, start: str) -> Iterator[int]:
        for at in range(max(bisect_right(self._heads, start + "0") - 1, 0), len(self._heads)):
            if self._heads[at] >= start + ":":  # the character after 9
                break
            block = self._blocks[at] or self._read(at)
            for word, number in block.items():
                if start + "0" <= word < start + ":" and _VERSION.fullmatch(word, len(start)):
                    yield number

    def joined(self, prefix: str) -> range:
        """Return the numbers of the joined words that begin so: ``incontext-`` for any width, ``incontext-2``."""
        start = end = bisect_left(self._joined, prefix)
        while end < len(self._joined) and self._joined[end].startswith(prefix):
            end += 1
        return range(start, end)

    def _read(self, at: int) -> dict[str, int]:
        at %= len(self._heads)  # before all words is -1: not in the last block either
        number = len(self._joined) + at * BLOCK
        word = self._heads[at]
        block = {word: number}
        for shared, rest in _TAIL.findall(self._tails[at]):
            word = word[: ord(shared) - 1] + rest
            number += 1
            block[word] = number
        self._blocks[at] = block
        return block
