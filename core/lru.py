"""A cache bounded in bytes, for everything that a request may leave behind in the memory of an instance."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

_LARGEST_PART: Final = 4
"""A value larger than this part of the cache is not kept: it would throw out everything else."""


class ByteBoundedCache(Generic[Key, Value]):
    """
    The most recently used values, in at most ``most_bytes``; safe to share between threads.

    Who puts a value in says what it takes in bytes, its key and all that is kept for it included: an estimate that
    must not be too low, since it is what bounds the memory.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()
        self._bytes = 0

    @property
    def size(self) -> int:
        """Bytes held, by the estimates given."""
        return self._bytes

    def get(self, key: Key) -> Value | None:
        """Return a value that is kept, and keep it longer; None when there is none."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
            return kept[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of so many bytes, in place of any under the same key; the longest unused make room."""
        with self._lock:
            _, before = self._kept.pop(key, (None, 0))
            self._bytes -= before
            if size * _LARGEST_PART > self._most_bytes:
                return
            self._kept[key] = value, size
            self._bytes += size
            while self._bytes > self._most_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed

    def remembered(self, key: Key, make: Callable[[], Value], size: Callable[[Value], int]) -> Value:
        """Return the value that is kept, or ``make`` it; two who miss it at once both make it."""
        kept = self.get(key)
        if kept is None:
            kept = make()
            self.put(key, kept, size(kept))
        return kept

    def drop(self, key: Key) -> None:
        """Keep nothing under this key any more."""
        with self._lock:
            _, freed = self._kept.pop(key, (None, 0))
            self._bytes -= freed

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0
