"""Cutting a paper to a model's context: which sections to keep when it cannot take them all."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from core.fulltext.section import Kind, Section

CHARACTERS_PER_TOKEN: Final = 3.7
"""Measured over real papers; good to about a tenth."""

OMITTED: Final = "[…]"
"""Stands where text was left out."""
_DROPPED_FIRST: Final[tuple[Kind, ...]] = ("appendix", "background", "other")


def tokens(text: str) -> int:
    """Estimate how many tokens a model counts in an English text."""
    return round(len(text) / CHARACTERS_PER_TOKEN)


def fit(sections: Sequence[Section], most_tokens: int) -> tuple[Section, ...]:
    """
    Cut a paper to a model's context, by sections.

    Appendices, related work and sections of no known kind go first, whole and from the end; introduction, method,
    results and conclusion stay, and when even they are too long, only the longest of them lose their ends.
    """
    room = int(most_tokens * CHARACTERS_PER_TOKEN)
    kept = list(sections)
    for kind in _DROPPED_FIRST:
        for section in [s for s in reversed(kept) if s.kind == kind]:
            if _size(kept) <= room or len(kept) == 1:
                break
            kept.remove(section)
    return tuple(kept) if _size(kept) <= room else _shorten(kept, room)


def _size(sections: Sequence[Section]) -> int:
    return sum(section.size for section in sections)


def _shorten(sections: Sequence[Section], room: int) -> tuple[Section, ...]:
    """Give every section the same room at most; what the short ones leave over goes to the long ones."""
    share, left = 0, room
    for waiting, section in zip(range(len(sections), 0, -1), sorted(sections, key=lambda s: s.size), strict=True):
        share = max(0, left // waiting)
        left -= min(section.size, share)
    return tuple(s if s.size <= share else _head(s, share - len(s.heading) - 8) for s in sections)


def _head(section: Section, room: int) -> Section:
    """Keep the section's beginning, to the end of a paragraph where one ends in its last fifth."""
    text = section.text[: max(0, room)]
    end = text.rfind("\n")
    kept = text[:end] if end > len(text) * 0.8 else text
    return replace(section, text=f"{kept.rstrip()} {OMITTED}")
