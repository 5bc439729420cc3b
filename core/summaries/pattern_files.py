"""The files of patterns beside this one: a regular expression a line, ``#`` before what is said about them."""

from pathlib import Path


def summary_patterns(pattern_file: str) -> tuple[str, ...]:
    """Read the patterns of one file, in their order."""
    pattern_lines = (Path(__file__).parent / pattern_file).read_text("utf-8").splitlines()
    return tuple(pattern_line for pattern_line in pattern_lines if pattern_line and not pattern_line.startswith("#"))
