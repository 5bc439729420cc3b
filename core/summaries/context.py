"""Cutting a paper to a model's context: which sections to keep when it cannot take them all."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from core.fulltext.section import Section, SectionKind

CHARACTERS_PER_TOKEN: Final = 3.7
"""Measured over real papers; good to about a tenth."""

OMITTED: Final = "[…]"
"""Stands where text was left out."""
_KINDS_CUT_FIRST: Final[tuple[SectionKind, ...]] = ("appendix", "background", "other")


def estimate_tokens(text: str) -> int:
    """Estimate how many tokens a model counts in an English text."""
    return round(len(text) / CHARACTERS_PER_TOKEN)


def fit_context(sections: Sequence[Section], most_tokens: int) -> tuple[Section, ...]:
    """
    Cut a paper to a model's context, by sections.

    Appendices, related work and sections of no known kind go first, whole and from the end; introduction, method,
    results and conclusion stay, and when even they are too long, only the longest of them lose their ends.
    """
    context_size = int(most_tokens * CHARACTERS_PER_TOKEN)
    kept_sections = list(sections)
    for section_kind in _KINDS_CUT_FIRST:
        for section in [section for section in reversed(kept_sections) if section.kind == section_kind]:
            if _sections_size(kept_sections) <= context_size or len(kept_sections) == 1:
                break
            kept_sections.remove(section)
    return (
        tuple(kept_sections)
        if _sections_size(kept_sections) <= context_size
        else _shorten_sections(kept_sections, context_size)
    )


def _sections_size(sections: Sequence[Section]) -> int:
    return sum(section.size for section in sections)


def _shorten_sections(sections: Sequence[Section], context_size: int) -> tuple[Section, ...]:
    """Give every section the same room at most; what the short ones leave over goes to the long ones."""
    section_size, context_left = 0, context_size
    for sections_waiting, section in zip(
        range(len(sections), 0, -1), sorted(sections, key=lambda shortened: shortened.size), strict=True
    ):
        section_size = max(0, context_left // sections_waiting)
        context_left -= min(section.size, section_size)
    return tuple(
        shortened
        if shortened.size <= section_size
        else _section_head(shortened, section_size - len(shortened.heading) - 8)
        for shortened in sections
    )


def _section_head(section: Section, most_characters: int) -> Section:
    """Keep the section's beginning, to the end of a paragraph where one ends in its last fifth."""
    section_text = section.text[: max(0, most_characters)]
    paragraph_end = section_text.rfind("\n")
    kept_text = section_text[:paragraph_end] if paragraph_end > len(section_text) * 0.8 else section_text
    return replace(section, text=f"{kept_text.rstrip()} {OMITTED}")
