"""What instructions to language models look like: patterns over a text as it is read. A blank is any white space."""

import re
from collections.abc import Iterator
from typing import Final

from core.summaries.harmful_patterns import harmful_patterns


def _instruction_patterns(instructions_file: str) -> tuple[re.Pattern[str], ...]:
    """Instructions run over lines: a blank in a pattern is any white space."""
    return tuple(
        re.compile(instruction_pattern.replace(" ?", r"\s{0,8}").replace(" ", r"\s{1,8}"), re.IGNORECASE | re.MULTILINE)
        for instruction_pattern in harmful_patterns(instructions_file)
    )


ENGLISH_INSTRUCTIONS: Final = _instruction_patterns("instructions_english.txt")
"""For a text whose look-alike letters were read as the Latin ones that they look like."""
PLAIN_INSTRUCTIONS: Final = (*ENGLISH_INSTRUCTIONS, *_instruction_patterns("instructions.txt"))
"""For a text as it stands."""
CODED_INSTRUCTIONS: Final = ENGLISH_INSTRUCTIONS[:5]
"""For a text turned round, or with shifted letters."""
SQUEEZED_INSTRUCTION: Final = re.compile("|".join(harmful_patterns("instructions_squeezed.txt")), re.IGNORECASE)
"""For letters that stand alone, put together without a blank between words."""


def instruction_spans(paper_text: str, instruction_patterns: tuple[re.Pattern[str], ...]) -> Iterator[tuple[int, int]]:
    """Where instructions stand in a text, from and to."""
    for instruction_pattern in instruction_patterns:
        yield from (instruction.span() for instruction in instruction_pattern.finditer(paper_text))
