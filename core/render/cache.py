"""
Rendered entries, kept in the process: most of a feed's entries were in the last one, so most are ready.

Score and matched terms differ from one query to the next and are left out: who asks for fragments fills them in.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Final

from core.paper import AnnounceType, Entry, Paper, Summary
from core.render.head import Look

Shown = tuple[Paper, date, AnnounceType, datetime, datetime, Summary | None]

MOST_BYTES: Final = 32_000_000
"""About 10,000 entries with their abstracts, or 2,000 with long summaries."""


class Fragments:
    """The most recently used fragments, up to a number of bytes; safe to share between threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._held: OrderedDict[Hashable, tuple[Shown, bytes]] = OrderedDict()
        self._lock = Lock()

    def of(self, entries: Sequence[Entry], look: Look, render: Callable[[Sequence[Entry]], list[bytes]]) -> list[bytes]:
        """Take the fragments that are ready and have the others rendered, all in one call of ``render``."""
        ready = self._ready(entries, look)  # a copy: another thread may evict them before we are done
        missing = [entry for entry, fragment in zip(entries, ready, strict=True) if fragment is None]
        if not missing:
            return [fragment for fragment in ready if fragment is not None]
        fresh = render(missing)
        self._keep(missing, fresh, look)
        rest = iter(fresh)
        return [next(rest) if fragment is None else fragment for fragment in ready]

    def _ready(self, entries: Sequence[Entry], look: Look) -> list[bytes | None]:
        with self._lock:
            return [self._find(_key(entry, look), entry) for entry in entries]

    def _find(self, key: Hashable, entry: Entry) -> bytes | None:
        found = self._held.get(key)
        if found is None or found[0] != _shown(entry):
            return None
        self._held.move_to_end(key)
        return found[1]

    def _keep(self, entries: Sequence[Entry], fragments: Sequence[bytes], look: Look) -> None:
        with self._lock:
            for entry, fragment in zip(entries, fragments, strict=True):
                key = _key(entry, look)
                if old := self._held.pop(key, None):
                    self._bytes -= len(old[1])
                self._bytes += len(fragment)
                self._held[key] = (_shown(entry), fragment)
            while self._bytes > self._most_bytes:
                _, (_, evicted) = self._held.popitem(last=False)
                self._bytes -= len(evicted)


def _key(entry: Entry, look: Look) -> Hashable:
    """
    Where to look, quickly; that what is shown of the entry there is equal decides.

    Hashing all of it takes ten times as long as comparing it with itself.
    """
    return (entry.paper.arxiv_id, entry.day, look)


def _shown(entry: Entry) -> Shown:
    """All of an entry but why it is there."""
    return (entry.paper, entry.day, entry.announce_type, entry.published, entry.updated, entry.summary)


FRAGMENTS: Final = Fragments()
"""The process's own, shared by all formats."""
