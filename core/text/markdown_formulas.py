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
    text_pieces: list[str] = []
    formulas: list[str] = []
    unclosed_marks: set[str] = set()
    position = 0
    while opening := _FORMULA_BEGINS.search(markdown, position):
        mark, formula_begin = opening[0], opening.end()
        closing = None if mark in unclosed_marks else _FORMULA_ENDS[mark].search(markdown, formula_begin)
        if closing is None:
            unclosed_marks.add(mark)
        formula = markdown[formula_begin : closing.start()].strip() if closing and closing[0] != "\n" else ""
        if formula and closing and (mark != "$" or _closes_formula(markdown, closing)):
            text_pieces += (markdown[position : opening.start()], f"\ue000{len(formulas)}\ue001")
            formulas.append(f"$${formula}$$" if mark in ("$$", "\\[") else f"${formula}$")
            position = closing.end()
        else:
            text_pieces.append(markdown[position:formula_begin])
            position = formula_begin
    return "".join((*text_pieces, markdown[position:])), formulas


def put_formulas_back(markup: str, formulas: Sequence[str]) -> str:
    """Write the formulas, as ``$…$``, into the HTML that the text around them has become."""
    return _FORMULA_PLACEHOLDER.sub(lambda placeholder: html.escape(formulas[int(placeholder[1])], quote=False), markup)


def _closes_formula(markdown: str, closing: re.Match[str]) -> bool:
    """Whether a single dollar ends a formula: not after a blank or a backslash, nor before a digit or a dollar."""
    before, after = markdown[closing.start() - 1], markdown[closing.end() : closing.end() + 1]
    return closing[0] == "$" and not before.isspace() and before not in "$\\" and after not in tuple("$0123456789")
