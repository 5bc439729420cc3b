"""A model's context: how many tokens a text takes of it, and a paper cut to it."""

from collections.abc import Sequence
from typing import Final

from core.fulltext.section import PaperSection
from core.fulltext.shorten import shorten_sections

CHARACTERS_PER_TOKEN: Final = 3.7
"""Measured over real papers; good to about a tenth."""


def estimate_tokens(prompt_text: str) -> int:
    """Estimate how many tokens a model counts in an English text."""
    return round(len(prompt_text) / CHARACTERS_PER_TOKEN)


def fit_context(paper_sections: Sequence[PaperSection], most_prompt_tokens: int) -> tuple[PaperSection, ...]:
    """Cut a paper to a model's context, by sections."""
    return shorten_sections(paper_sections, int(most_prompt_tokens * CHARACTERS_PER_TOKEN))
