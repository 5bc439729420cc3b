"""The formulas of a Markdown text, set aside while the rest becomes HTML: a renderer would read ``_`` as emphasis."""

import html
import re
from collections.abc import Sequence
from typing import Final

_FORMULA_BEGINS: Final = re.compile(r"\$\$|\\\[|\\\(|(?<![\\$\w])\$(?=[^\s$])")
_FORMULA_ENDS: Final = {
    "$$": re.compile(r"\$\$"),
    "\\[": re.compile(r"\\\]"),
    "\\(": re.compile(r"\\\)"),
    "$": re.compile(r"[$\n]"),
}
"""What ends a formula; one between single dollars neither holds a dollar nor runs over its line."""

_FORMULA_PLACEHOLDER: Final = re.compile("\ue000(\\d+)\ue001")
_PLACEHOLDER_CHARACTERS: Final = re.compile("[\ue000\ue001]")


def set_formulas_aside(markdown: str) -> tuple[str, list[str]]:
    """Put a placeholder where a formula stood, in one pass: a kind that is not closed is not sought again."""
    markdown = _PLACEHOLDER_CHARACTERS.sub("", markdown)
    markdown_pieces: list[str] = []
    markdown_formulas: list[str] = []
    unclosed_formula_marks: set[str] = set()
    markdown_at = 0
    while formula_opening := _FORMULA_BEGINS.search(markdown, markdown_at):
        formula_mark, formula_begin = formula_opening[0], formula_opening.end()
        formula_closing = (
            None
            if formula_mark in unclosed_formula_marks
            else _FORMULA_ENDS[formula_mark].search(markdown, formula_begin)
        )
        if formula_closing is None:
            unclosed_formula_marks.add(formula_mark)
        formula = (
            markdown[formula_begin : formula_closing.start()].strip()
            if formula_closing and formula_closing[0] != "\n"
            else ""
        )
        if formula and formula_closing and (formula_mark != "$" or _closes_formula(markdown, formula_closing)):
            markdown_pieces += (
                markdown[markdown_at : formula_opening.start()],
                f"\ue000{len(markdown_formulas)}\ue001",
            )
            markdown_formulas.append(f"$${formula}$$" if formula_mark in ("$$", "\\[") else f"${formula}$")
            markdown_at = formula_closing.end()
        else:
            markdown_pieces.append(markdown[markdown_at:formula_begin])
            markdown_at = formula_begin
    return "".join((*markdown_pieces, markdown[markdown_at:])), markdown_formulas


def put_formulas_back(markdown_html: str, markdown_formulas: Sequence[str]) -> str:
    """Write the formulas, as ``$…$``, into the HTML that the text around them has become."""
    return _FORMULA_PLACEHOLDER.sub(
        lambda formula_placeholder: html.escape(markdown_formulas[int(formula_placeholder[1])], quote=False),
        markdown_html,
    )


def _closes_formula(markdown: str, formula_closing: re.Match[str]) -> bool:
    """Whether a single dollar ends a formula: not after a blank or a backslash, nor before a digit or a dollar."""
    before_closing, after_closing = (
        markdown[formula_closing.start() - 1],
        markdown[formula_closing.end() : formula_closing.end() + 1],
    )
    return (
        formula_closing[0] == "$"
        and not before_closing.isspace()
        and before_closing not in "$\\"
        and after_closing not in tuple("$0123456789")
    )
