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
BLOCK_WORDS: Final = 16
_MOST_SHARED_IN_BLOCK: Final = 30
_DICTIONARY_VERSION: Final = re.compile(r"[\d.]{1,6}[a-z]?")
_DIGIT: Final = re.compile(r"[0-9]")
_BLOCK_TAIL: Final = re.compile(r"([\x01-\x1f])([^\x01-\x1f]*)")
"""One more than the number of letters shared with the word before, as a control character, and the other letters."""


def write_words(joined_words: Sequence[str], words: Sequence[str]) -> dict[str, bytes]:
    """Write words; both lists are sorted. Their numbers are their places, ``joined_words`` before ``words``."""
    blocks = [words[at : at + BLOCK_WORDS] for at in range(0, len(words), BLOCK_WORDS)]
    return {
        "joined": "\n".join(joined_words).encode(),
        "heads": "\n".join(block[0] for block in blocks).encode(),
        "tails": "\0".join(map(_write_block_tails, blocks)).encode(),
    }


def _write_block_tails(block: Sequence[str]) -> str:
    return "".join(_block_tail(block_word, next_word) for block_word, next_word in pairwise(block))


def _block_tail(block_word: str, next_word: str) -> str:
    shared_in_block = 0
    for block_letter, next_letter in zip(block_word[:_MOST_SHARED_IN_BLOCK], next_word, strict=False):
        if block_letter != next_letter:
            break
        shared_in_block += 1
    return chr(1 + shared_in_block) + next_word[shared_in_block:]


class Dictionary:
    """Finds the numbers of words."""

    def __init__(self, parts: ContainerParts) -> None:
        joined_part = parts.text("joined")
        self._joined_words = joined_part.split("\n") if joined_part else []
        self._block_heads = parts.text("heads").split("\n")
        self._block_tails = parts.text("tails").split("\0")
        self._blocks = [""] * len(self._block_heads)
        """Those that were read, as text with a line end before and after each word: a tenth of a table's bytes."""

    def find(self, word: str) -> int:
        """Return the number of a word; -1 when no paper holds it."""
        return self.find_each((word,))[0]

    def find_each(self, words: Iterable[str]) -> list[int]:
        """Return the number of each word, -1 when no paper holds it: many at once in two thirds of the time."""
        heads, blocks, read = self._block_heads, self._blocks, self._read_block_with
        joined_words = len(self._joined_words)
        word_numbers: list[int] = []
        for word in words:
            block_at = bisect_right(heads, word) - 1
            block = blocks[block_at] or read(word, block_at)
            at_in_block = block.find(f"\n{word}\n")
            word_numbers.append(
                joined_words + block_at * BLOCK_WORDS + block.count("\n", 0, at_in_block) if at_in_block >= 0 else -1
            )
        return word_numbers

    def numbers(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of those words that there are."""
        return [word_number for word_number in self.find_each(words) if word_number >= 0]

    def find_all(self, probes: Iterable[tuple[str, int]]) -> list[int]:
        """Look for many words, as ``dictionary_probe`` writes them, with marks; return those of what is held."""
        heads, blocks, read = self._block_head_probes, self._blocks, self._read_block_with
        return [
            mark
            for probe, mark in probes
            if probe in (blocks[at := bisect_right(heads, probe) - 1] or read(probe[1:-1], at))
        ]

    def has_beginning(self, prefix: str) -> bool:
        """Whether a word, joined ones aside, begins so."""
        block_at = bisect_left(self._block_heads, prefix)
        if block_at < len(self._block_heads) and self._block_heads[block_at].startswith(prefix):
            return True
        return "\n" + prefix in (self._blocks[block_at - 1] or self._read_block(block_at - 1))

    @cached_property
    def _block_head_probes(self) -> list[str]:
        """The heads as a probe sees them."""
        return ["\n" + head for head in self._block_heads]

    def beginning(self, prefix: str) -> list[int]:
        """Return the numbers of the words, joined ones aside, that begin so."""
        word_numbers: list[int] = []
        for block_at in range(max(bisect_left(self._block_heads, prefix) - 1, 0), len(self._block_heads)):
            if self._block_heads[block_at] > prefix and not self._block_heads[block_at].startswith(prefix):
                break
            word_numbers += [number for word, number in self._numbered_block(block_at) if word.startswith(prefix)]
        return word_numbers

    def versions(self, name: str) -> list[int]:
        """Return the numbers of the words that are this name and a version: ``qwen2.5``, ``yolov8``, ``gpt4o``."""
        return sorted(number for prefix in (name, name + "v") for number in self._numbers_with_digit(prefix))

    def _numbers_with_digit(self, prefix: str) -> Iterator[int]:
        word_beginning, after_digits = f"\n{prefix}", prefix + ":"  # the character after 9
        for block_at in range(max(bisect_right(self._block_heads, prefix + "0") - 1, 0), len(self._block_heads)):
            if self._block_heads[block_at] >= after_digits:
                break
            if not self._may_hold_digits(block_at):
                continue
            if not _has_digit_after(word_beginning, self._blocks[block_at] or self._read_block(block_at)):
                continue
            for word, word_number in self._numbered_block(block_at):
                if prefix + "0" <= word < after_digits and _DICTIONARY_VERSION.fullmatch(word, len(prefix)):
                    yield word_number

    def _may_hold_digits(self, block_at: int) -> bool:
        """Whether a word of a block may hold a digit: most blocks need not be read to tell that none does."""
        if self._blocks[block_at]:
            return True
        return any(map(_DIGIT.search, (self._block_tails[block_at], self._block_heads[block_at])))

    def joined(self, prefix: str) -> range:
        """Return the numbers of the joined words that begin so: ``incontext-`` for any width, ``incontext-2``."""
        first_number = bisect_left(self._joined_words, prefix)
        after_prefix = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return range(first_number, bisect_left(self._joined_words, after_prefix, first_number))

    def _numbered_block(self, block_at: int) -> Iterator[tuple[str, int]]:
        """Give the words of a block with their numbers."""
        block = self._blocks[block_at] or self._read_block(block_at)
        return zip(block[1:-1].split("\n"), count(self._head_number(block_at)))

    def _head_number(self, block_at: int) -> int:
        return len(self._joined_words) + block_at * BLOCK_WORDS

    def _read_block_with(self, word: str, block_at: int) -> str:
        """
        Read a block that a word could stand in; "" when what is written of it shows that the word does not.

        Its last three letters are written there, or fewer of them, behind how many it shares with the word before.
        """
        tails, size = self._block_tails[block_at], len(word)
        if word[-3:] not in tails and word != self._block_heads[block_at]:
            if size > _MOST_SHARED_IN_BLOCK + 2:
                return ""
            if chr(size) + word[-1:] not in tails and chr(max(size - 1, 0)) + word[-2:] not in tails:
                return ""
        return self._read_block(block_at)

    def _read_block(self, block_at: int) -> str:
        block_at %= len(self._block_heads)  # before all words is -1: not in the last block either
        word = self._block_heads[block_at]
        block_words = [word]
        for shared_in_block, tail in _BLOCK_TAIL.findall(self._block_tails[block_at]):
            word = word[: ord(shared_in_block) - 1] + tail
            block_words.append(word)
        self._blocks[block_at] = block = "\n{}\n".format("\n".join(block_words))
        return block


def _has_digit_after(word_beginning: str, block: str) -> bool:
    """Whether a word of a block begins so and goes on with a digit, which stands before every letter."""
    beginning_at, beginning_size = block.find(word_beginning), len(word_beginning)
    while beginning_at >= 0 and (next_sign := block[beginning_at + beginning_size]) <= "9":
        if next_sign >= "0":
            return True
        beginning_at = block.find(word_beginning, beginning_at + beginning_size)
    return False


def dictionary_probe(probed_word: str) -> str:
    """A word as ``Dictionary.find_all`` looks for it."""
    return f"\n{probed_word}\n"
