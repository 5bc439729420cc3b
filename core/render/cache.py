"""
Rendered entries, kept in the process: most of a feed's entries were in the last one, so most are ready.

Score and matched terms differ from one query to the next and are left out: who asks for fragments fills them in.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from core.lru import ByteBoundedCache
from core.paper import AnnounceType, Entry, Paper, Summary
from core.render.head import EntryLook

Fragment = tuple[bytes, ...]
"""A rendered entry, cut at the marks where a query's own is put in; a mark is a piece of its own."""
RenderedState = tuple[Paper | tuple[int, int], date, AnnounceType, datetime, datetime, Summary | None]
"""All that a fragment shows of its entry."""

MOST_FRAGMENT_BYTES: Final = 28_000_000
"""About 6,000 entries with their abstracts, or 1,500 with long summaries."""

_FRAGMENT_OVERHEAD_BYTES: Final = 1000
"""What a kept fragment costs beside its own bytes: the table, the dates, the pieces."""
RENDERED_AT_ONCE: Final = 50
"""Entries, some 20 ms; between so many, others may go first."""
_RENDERED_PAPER_BYTES: Final = 700
"""What a kept paper costs beside its text: the names of its authors."""


class Fragments:
    """The most recently used fragments, up to a number of bytes; safe to share between threads."""

    def __init__(self, most_fragment_bytes: int = MOST_FRAGMENT_BYTES) -> None:
        self.rendered = ByteBoundedCache[Hashable, tuple[RenderedState, Fragment]](most_fragment_bytes)
        self.before_rendering: Callable[[int], None] = lambda _entries: None
        """Called with the number of entries that are rendered next: who asks for a feed may let others go first."""

    def of(
        self, entries: Sequence[Entry], look: EntryLook, render: Callable[[Sequence[Entry]], Sequence[Fragment]]
    ) -> Sequence[Fragment]:
        """Take the fragments that are ready, and have the others rendered, ``RENDERED_AT_ONCE`` together."""
        fragments = [self._find_fragment(entry, look) for entry in entries]  # others may evict them before we are done
        unrendered_entries = [entry for entry, fragment in zip(entries, fragments, strict=True) if fragment is None]
        if not unrendered_entries:
            return [fragment for fragment in fragments if fragment is not None]
        rendered_fragments: list[Fragment] = []
        for slice_start in range(0, len(unrendered_entries), RENDERED_AT_ONCE):
            rendered_slice = unrendered_entries[slice_start : slice_start + RENDERED_AT_ONCE]
            self.before_rendering(len(rendered_slice))
            rendered_fragments += render(rendered_slice)
        for entry, fragment in zip(unrendered_entries, rendered_fragments, strict=True):
            cached_fragment = (_rendered_state(entry), fragment)
            self.rendered.put(_fragment_key(entry, look), cached_fragment, _fragment_bytes(entry, fragment))
        next_rendered = iter(rendered_fragments)
        return [next(next_rendered) if fragment is None else fragment for fragment in fragments]

    def _find_fragment(self, entry: Entry, look: EntryLook) -> Fragment | None:
        rendered_fragment = self.rendered.get(_fragment_key(entry, look))
        return rendered_fragment[1] if rendered_fragment and rendered_fragment[0] == _rendered_state(entry) else None


def _fragment_key(entry: Entry, look: EntryLook) -> Hashable:
    """
    Where to look, quickly; that what is shown of the entry there is equal decides.

    Hashing all of it takes ten times as long as comparing it with itself.
    """
    return (entry.paper.arxiv_id, entry.day, look)


def _rendered_state(entry: Entry) -> RenderedState:
    """All of an entry but why it is there; where it was read from is as good as the paper, and takes no memory."""
    rendered_paper = entry.paper_row or entry.paper
    return (rendered_paper, entry.day, entry.announce_type, entry.published, entry.updated, entry.summary)


def _fragment_bytes(entry: Entry, fragment: Fragment) -> int:
    """Bytes; a paper or a summary that is kept to compare with is about as large as what is rendered of it."""
    rendered_bytes = sum(map(len, fragment))
    compared_bytes = rendered_bytes + _RENDERED_PAPER_BYTES if entry.summary or not entry.paper_row else 0
    return rendered_bytes + compared_bytes + _FRAGMENT_OVERHEAD_BYTES


def fill_fragment(fragment: Fragment, marked_bytes: Mapping[bytes, bytes]) -> Iterable[bytes]:
    """Give a rendered entry in pieces, with a query's own in place of the marks."""
    return map(marked_bytes.get, fragment, fragment)


FRAGMENTS: Final = Fragments()
"""The process's own, shared by all formats."""
