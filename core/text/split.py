"""Which parts of a text are maths: between dollars, or between the brackets that LaTeX has for it."""

import re
from typing import Final

_MONEY_AMOUNT: Final = re.compile(
    r"\d[\d.,]*\s?(?:[kKMBT]|million|billion|trillion|thousand|USD|per|an?|to|and|or|for|in)?\b"
)
_PRICE_WORDS: Final = re.compile(r"\d[\d.,]*[kKMBT]?(?: [a-z]{2,}){2}")
_TEX_SIGN: Final = re.compile(r"[\\^_{}=<>]")
_LATEX_BRACKETS: Final = {"\\(": "\\)", "\\[": "\\]"}
_FORMULA_OPENING: Final = re.compile(r"\$\$?|\\[([]")


def split_maths(text: str) -> list[tuple[str, bool]]:
    r"""
    Split into (text, is maths). Maths stands between single or double dollars, or within ``\(…\)`` and ``\[…\]``.

    Dollars that are escaped, alone, or money (``$5 and $10``) open nothing. Linear in the text's length.
    """
    maths_segments: list[tuple[str, bool]] = []
    prose_begin = search_from = 0
    missing_formula_marks: set[str] = set()
    while formula_opening := _FORMULA_OPENING.search(text, search_from):
        opening_mark = formula_opening[0]
        closing_mark = _LATEX_BRACKETS.get(opening_mark, opening_mark[0])
        mark_at, tex_at = formula_opening.span()
        tex_end = -1 if closing_mark in missing_formula_marks else _find_formula_mark(text, closing_mark, tex_at)
        if tex_end < 0:
            missing_formula_marks.add(closing_mark)
        if tex_end < 0 or _is_escaped_mark(text, mark_at) or _is_no_maths(text, tex_at, tex_end, opening_mark):
            search_from = tex_at
            continue
        ends_in_two = opening_mark in _LATEX_BRACKETS or (opening_mark == "$$" and text.startswith("$$", tex_end))
        formula_end = tex_end + (2 if ends_in_two else 1)
        maths_segments += [(text[prose_begin:mark_at], False), (text[mark_at:formula_end], True)]
        prose_begin = search_from = formula_end
    return [*maths_segments, (text[prose_begin:], False)]


def without_formula_marks(formula: str) -> str:
    """Return a formula without its dollars or brackets."""
    mark_width = 2 if formula.startswith(("$$", *_LATEX_BRACKETS)) else 1
    return formula[mark_width : len(formula) - (2 if formula.endswith(("$$", "\\)", "\\]")) else 1)]


def _find_formula_mark(text: str, formula_mark: str, search_from: int) -> int:
    """Find the next ``formula_mark`` that no backslash escapes; -1 when there is none."""
    mark_at = text.find(formula_mark, search_from)
    while mark_at > 0 and _is_escaped_mark(text, mark_at):
        mark_at = text.find(formula_mark, mark_at + 1)
    return mark_at


def _is_escaped_mark(text: str, mark_at: int) -> bool:
    return mark_at > 0 and text[mark_at - 1] == "\\" and not (mark_at > 1 and text[mark_at - 2] == "\\")


def _is_no_maths(text: str, tex_at: int, tex_end: int, opening_mark: str) -> bool:
    """Whether what stands between two dollars is money or shell, as in ``$5 and $10`` and ``$HOME and $PATH``."""
    tex, after_dollar = text[tex_at:tex_end], text[tex_end + 1 : tex_end + 2]
    if opening_mark != "$":
        return opening_mark in _LATEX_BRACKETS and not _TEX_SIGN.search(tex) and len(tex.split()) > 1
    if not tex.strip():
        return True
    if tex[-1].isspace() and after_dollar.isalnum() and not _TEX_SIGN.search(tex):
        return True
    is_money = not _TEX_SIGN.search(tex) and tex[0].isdigit()
    return is_money and bool(after_dollar.isdigit() or _PRICE_WORDS.match(tex) or _is_money_range(tex))


def _is_money_range(tex: str) -> bool:
    return tex[-1] in "-–" and bool(_MONEY_AMOUNT.match(tex))
