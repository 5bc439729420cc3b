"""
The files of patterns beside this one: a regular expression a line, ``#`` before what is said about them.

``NAME = `` names a piece of a pattern, and an alternative to it where the name was given before; in the lines below
``<NAME>`` stands for it.
"""

import re
from pathlib import Path
from typing import Final

_NAMED_PATTERN: Final = re.compile(r"([A-Z_]+) = (.+)")
_PATTERN_NAME: Final = re.compile(r"<([A-Z_]+)>")


def summary_patterns(pattern_file: str) -> tuple[str, ...]:
    """Read the patterns of one file, in their order."""
    patterns, named_patterns = list[str](), dict[str, str]()
    for pattern_line in (Path(__file__).parent / pattern_file).read_text("utf-8").splitlines():
        if not pattern_line or pattern_line.startswith("#"):
            continue
        pattern = _PATTERN_NAME.sub(lambda pattern_name: named_patterns[pattern_name[1]], pattern_line)
        if named_pattern := _NAMED_PATTERN.fullmatch(pattern):
            pattern_name, alternative = named_pattern.groups()
            alternatives = filter(None, (named_patterns.get(pattern_name), alternative))
            named_patterns[pattern_name] = "|".join(alternatives)
        else:
            patterns.append(pattern)
    return tuple(patterns)
