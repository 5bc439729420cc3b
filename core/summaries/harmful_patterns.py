"""
The patterns of what may harm a reader or move a model, in the files beside this one: a regular expression a line.

``NAME = `` names a piece of a pattern, and an alternative to it where the name was given before; in the lines below
``<NAME>`` stands for it. ``#`` begins a comment.
"""

import re
from pathlib import Path
from typing import Final

_NAMED_HARMFUL_PATTERN: Final = re.compile(r"([A-Z_]+) = (.+)")
_HARMFUL_PATTERN_NAME: Final = re.compile(r"<([A-Z_]+)>")


def harmful_patterns(harmful_patterns_file: str) -> tuple[str, ...]:
    """Read the patterns of one file, in their order."""
    harmful_patterns, named_patterns = list[str](), dict[str, str]()
    for harmful_line in (Path(__file__).parent / harmful_patterns_file).read_text("utf-8").splitlines():
        if not harmful_line or harmful_line.startswith("#"):
            continue
        harmful_pattern = _HARMFUL_PATTERN_NAME.sub(lambda pattern_name: named_patterns[pattern_name[1]], harmful_line)
        if named_pattern := _NAMED_HARMFUL_PATTERN.fullmatch(harmful_pattern):
            pattern_name, alternative = named_pattern.groups()
            named_patterns[pattern_name] = "|".join(filter(None, (named_patterns.get(pattern_name), alternative)))
        else:
            harmful_patterns.append(harmful_pattern)
    return tuple(harmful_patterns)
