"""
Rendered entries, kept in the process: most of a feed's entries were in the last one, so most are ready.

Score and matched terms differ from one query to the next and are left out: who asks for fragments fills them in.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from core.lru import ByteBoundedCache
from core.paper import AnnounceType, Entry, Paper, Summary
from core.render.head import Look

Fragment = tuple[bytes, ...]
"""A rendered entry, cut at the marks where a query's own is put in; a mark is a piece of its own."""
Shown = tuple[Paper | tuple[int, int], date, AnnounceType, datetime, datetime, Summary | None]

MOST_FRAGMENT_BYTES: Final = 28_000_000
"""About 6,000 entries with their abstracts, or 1,500 with long summaries."""

_ENTRY_BYTES: Final = 1000
"""What a kept entry costs beside its fragment: the table, the dates, the pieces."""
_NAMES_BYTES: Final = 700
"""What a kept paper costs beside its text: the names of its authors."""


class Fragments:
    """The most recently used fragments, up to a number of bytes; safe to share between threads."""

    def __init__(self, most_bytes: int = MOST_FRAGMENT_BYTES) -> None:
        self.kept = ByteBoundedCache[Hashable, tuple[Shown, Fragment]](most_bytes)

    def of(
        self, entries: Sequence[Entry], look: Look, render: Callable[[Sequence[Entry]], Sequence[Fragment]]
    ) -> Sequence[Fragment]:
        """Take the fragments that are ready and have the others rendered, all in one call of ``render``."""
        ready = [self._find(_key(entry, look), entry) for entry in entries]  # others may evict them before we are done
        missing = [entry for entry, fragment in zip(entries, ready, strict=True) if fragment is None]
        if not missing:
            return [fragment for fragment in ready if fragment is not None]
        fresh = render(missing)
        for entry, fragment in zip(missing, fresh, strict=True):
            self.kept.put(_key(entry, look), (_shown(entry), fragment), _size(entry, fragment))
        rest = iter(fresh)
        return [next(rest) if fragment is None else fragment for fragment in ready]

    def _find(self, key: Hashable, entry: Entry) -> Fragment | None:
        found = self.kept.get(key)
        return found[1] if found and found[0] == _shown(entry) else None


def _key(entry: Entry, look: Look) -> Hashable:
    """
    Where to look, quickly; that what is shown of the entry there is equal decides.

    Hashing all of it takes ten times as long as comparing it with itself.
    """
    return (entry.paper.arxiv_id, entry.day, look)


def _shown(entry: Entry) -> Shown:
    """All of an entry but why it is there; where it was read from is as good as the paper, and takes no memory."""
    return (entry.origin or entry.paper, entry.day, entry.announce_type, entry.published, entry.updated, entry.summary)


def _size(entry: Entry, fragment: Fragment) -> int:
    """Bytes; a paper or a summary that is kept to compare with is about as large as what is rendered of it."""
    rendered = sum(map(len, fragment))
    kept = rendered + _NAMES_BYTES if entry.summary or not entry.origin else 0
    return rendered + kept + _ENTRY_BYTES


def filled(fragment: Fragment, own: Mapping[bytes, bytes]) -> Iterable[bytes]:
    """Give a rendered entry in pieces, with a query's own in place of the marks."""
    return map(own.get, fragment, fragment)


FRAGMENTS: Final = Fragments()
"""The process's own, shared by all formats."""
