"""Which sections of a paper to keep where there is no room for all."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from core.fulltext.section import PaperSection, PaperSectionKind

OMITTED_SECTION_TEXT: Final = "[…]"
"""Stands where text of a section was left out."""
_SECTIONS_CUT_FIRST: Final[tuple[PaperSectionKind, ...]] = ("appendix", "background", "other")


def shorten_sections(sections: Sequence[PaperSection], most_characters: int) -> tuple[PaperSection, ...]:
    """
    Cut a paper to so many characters, by sections.

    Appendices, related work and sections of no known kind go first, whole and from the end; introduction, method,
    results and conclusion stay, and when even they are too long, only the longest of them lose their ends.
    """
    sections = list(sections)
    for section_kind in _SECTIONS_CUT_FIRST:
        for section in [section for section in reversed(sections) if section.kind == section_kind]:
            if _sections_length(sections) <= most_characters or len(sections) == 1:
                break
            sections.remove(section)
    return tuple(sections) if _sections_length(sections) <= most_characters else _cut_ends(sections, most_characters)


def _sections_length(sections: Sequence[PaperSection]) -> int:
    return sum(section.section_length for section in sections)


def _cut_ends(sections: Sequence[PaperSection], most_characters: int) -> tuple[PaperSection, ...]:
    """Give every section the same room at most; what the short ones leave over goes to the long ones."""
    section_size, characters_left = 0, most_characters
    shortest_sections_first = sorted(sections, key=lambda section: section.section_length)
    for sections_left, section in zip(range(len(sections), 0, -1), shortest_sections_first, strict=True):
        section_size = max(0, characters_left // sections_left)
        characters_left -= min(section.section_length, section_size)
    return tuple(
        section
        if section.section_length <= section_size
        else _section_head(section, section_size - len(section.heading) - 8)
        for section in sections
    )


def _section_head(section: PaperSection, most_characters: int) -> PaperSection:
    """Keep the section's beginning, to the end of a paragraph where one ends in its last fifth."""
    section_text = section.text[: max(0, most_characters)]
    paragraph_end = section_text.rfind("\n")
    if paragraph_end > len(section_text) * 0.8:
        section_text = section_text[:paragraph_end]
    return replace(section, text=f"{section_text.rstrip()} {OMITTED_SECTION_TEXT}")
