"""What queries found out about a batch, by kind and key; all batches share one number of bytes."""

from collections.abc import Callable, Hashable
from itertools import count
from typing import Final, Generic, TypeVar, cast

from core.lru import ByteBoundedCache

Found = TypeVar("Found")
Name = tuple[int, "Kind[object]", Hashable]

MEMO_BYTES: Final = 28 * 2**20
"""What the memos of all batches may hold together: the answers to some ten thousand terms on 35 days."""
_ANSWER_BYTES: Final = 350
"""What any kept answer costs beside itself: its key, its place in the table."""
_CHARACTER_BYTES: Final = 4

_numbers: Final = count()


class Kind(Generic[Found]):
    """One sort of answer; ``size`` tells what one of them costs in bytes. Two kinds never answer for one another."""

    __slots__ = ("name", "size")

    def __init__(self, name: str, size: Callable[[Found], int]) -> None:
        self.name = name
        self.size = size


ANSWERS: Final = ByteBoundedCache[Name, object](MEMO_BYTES)
"""The process's own, shared by all memos: those longest not asked for go first, whichever batch they are of."""


class Memo:
    """One batch's answers, by kind and key."""

    def __init__(self, answers: ByteBoundedCache[Name, object] = ANSWERS) -> None:
        self._answers = answers
        self.number = next(_numbers)
        """Of no other memo of this process."""

    def remembered(self, kind: Kind[Found], key: Hashable, make: Callable[[], Found]) -> Found:
        """Return the answer of this kind for this key; ``make`` it when it is not kept."""
        name = (self.number, cast("Kind[object]", kind), key)
        kept = self._answers.get(name)
        if kept is None:
            kept = make()
            self._answers.put(name, kept, kind.size(kept) + _key_size(key))
        return cast("Found", kept)


def _key_size(key: Hashable) -> int:
    return _ANSWER_BYTES + (_CHARACTER_BYTES * len(key) if isinstance(key, str) else 0)


def bits_size(bits: int) -> int:
    """Bytes that a set of rows takes."""
    return 32 + bits.bit_length() // 8
