"""A cache bounded in bytes, for everything that a request may leave behind in the memory of an instance."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

CacheKey = TypeVar("CacheKey", bound=Hashable)
CachedValue = TypeVar("CachedValue")

_LARGEST_CACHED_PART: Final = 4
"""A value larger than this part of the cache is not kept: it would throw out everything else."""


class ByteBoundedCache(Generic[CacheKey, CachedValue]):
    """
    The most recently used values, in at most ``most_cached_bytes``; safe to share between threads.

    Who puts a value in says what it takes in bytes, its key and all that is kept for it included: an estimate that
    must not be too low, since it is what bounds the memory.
    """

    def __init__(self, most_cached_bytes: int) -> None:
        self._most_cached_bytes = most_cached_bytes
        self._cached_values: OrderedDict[CacheKey, tuple[CachedValue, int]] = OrderedDict()
        self._cache_lock = Lock()
        self._cached_bytes = 0

    @property
    def size(self) -> int:
        """Bytes held, by the estimates given."""
        return self._cached_bytes

    def get(self, cache_key: CacheKey) -> CachedValue | None:
        """Return a value that is kept, and keep it longer; None when there is none."""
        with self._cache_lock:
            cached = self._cached_values.get(cache_key)
            if cached is None:
                return None
            self._cached_values.move_to_end(cache_key)
            return cached[0]

    def put(self, cache_key: CacheKey, cached_value: CachedValue, cached_size: int) -> None:
        """Keep a value of so many bytes, in place of any under the same key; the longest unused make room."""
        with self._cache_lock:
            _, replaced_size = self._cached_values.pop(cache_key, (None, 0))
            self._cached_bytes -= replaced_size
            if cached_size * _LARGEST_CACHED_PART > self._most_cached_bytes:
                return
            self._cached_values[cache_key] = cached_value, cached_size
            self._cached_bytes += cached_size
            while self._cached_bytes > self._most_cached_bytes:
                _, (_, evicted_size) = self._cached_values.popitem(last=False)
                self._cached_bytes -= evicted_size

    def remembered(
        self, cache_key: CacheKey, make_value: Callable[[], CachedValue], size_of: Callable[[CachedValue], int]
    ) -> CachedValue:
        """Return the value that is kept, or make it; two who miss it at once both make it."""
        cached_value = self.get(cache_key)
        if cached_value is None:
            cached_value = make_value()
            self.put(cache_key, cached_value, size_of(cached_value))
        return cached_value

    def drop(self, cache_key: CacheKey) -> None:
        """Keep nothing under this key any more."""
        with self._cache_lock:
            _, dropped_size = self._cached_values.pop(cache_key, (None, 0))
            self._cached_bytes -= dropped_size

    def clear(self) -> None:
        with self._cache_lock:
            self._cached_values.clear()
            self._cached_bytes = 0
