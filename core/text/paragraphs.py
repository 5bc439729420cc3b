"""The paragraphs of an abstract."""

import re
from typing import Final

_PARAGRAPH_BREAK: Final = re.compile(r"\n\s*\n|\n[ \t]+(?=\S)")  # arXiv indents the first line of a paragraph


def paragraphs(abstract: str) -> list[str]:
    """Split arXiv's text where a paragraph ends; the lines within one stay broken."""
    return [paragraph for paragraph in _PARAGRAPH_BREAK.split(abstract) if paragraph.strip()]
