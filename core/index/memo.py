"""What queries found out about a batch: kept by kind and key, the latest asked for, within a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar, cast

Found = TypeVar("Found")

MEMO_BYTES: Final = 2 * 2**20
"""What one batch's memo may hold: the answers to some thousand terms; 35 days make at most 70 MB."""
_ANSWER_BYTES: Final = 200
"""What any kept answer costs beside itself: its key, its place in the table."""


class Kind(Generic[Found]):
    """One sort of answer; ``size`` tells what one of them costs in bytes. Two kinds never answer for one another."""

    __slots__ = ("name", "size")

    def __init__(self, name: str, size: Callable[[Found], int]) -> None:
        self.name = name
        self.size = size


class Memo:
    """Answers by kind and key, in at most ``most`` bytes; those longest not asked for go first."""

    def __init__(self, most: int = MEMO_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Kind[object], Hashable], tuple[object, int]] = OrderedDict()
        self.size = 0
        """Bytes held, estimated."""

    def remembered(self, kind: Kind[Found], key: Hashable, make: Callable[[], Found]) -> Found:
        """Return the answer of this kind for this key; ``make`` it when it is not kept."""
        name = (cast("Kind[object]", kind), key)
        kept = self._kept.get(name)
        if kept is not None:
            self._kept.move_to_end(name)
            return cast("Found", kept[0])
        found = make()
        self._keep(name, found, kind.size(found) + _key_size(key))
        return found

    def _keep(self, name: tuple[Kind[object], Hashable], found: object, size: int) -> None:
        if size > self._most:
            return
        _, before = self._kept.pop(name, (None, 0))
        self._kept[name] = found, size
        self.size += size - before
        while self.size > self._most:
            _, (_, freed) = self._kept.popitem(last=False)
            self.size -= freed

    def clear(self) -> None:
        self._kept.clear()
        self.size = 0


def _key_size(key: Hashable) -> int:
    return _ANSWER_BYTES + (4 * len(key) if isinstance(key, str) else 0)


def bits_size(bits: int) -> int:
    """Bytes that a set of rows takes."""
    return 32 + bits.bit_length() // 8
