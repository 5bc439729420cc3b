"""Which parts of a text are maths: between dollars, or between the brackets that LaTeX has for it."""

import re
from typing import Final

_AMOUNT: Final = re.compile(
    r"\d[\d.,]*\s?(?:[kKMBT]|million|billion|trillion|thousand|USD|per|an?|to|and|or|for|in)?\b"
)
_PRICE_WORDS: Final = re.compile(r"\d[\d.,]*[kKMBT]?(?: [a-z]{2,}){2}")
_TEX: Final = re.compile(r"[\\^_{}=<>]")
_BRACKETS: Final = {"\\(": "\\)", "\\[": "\\]"}
_OPENING: Final = re.compile(r"\$\$?|\\[([]")


def split_maths(text: str) -> list[tuple[str, bool]]:
    r"""
    Split into (text, is maths). Maths stands between single or double dollars, or within ``\(…\)`` and ``\[…\]``.

    Dollars that are escaped, alone, or money (``$5 and $10``) open nothing. Linear in the text's length.
    """
    segments: list[tuple[str, bool]] = []
    begin = position = 0
    missing: set[str] = set()
    while opening := _OPENING.search(text, position):
        mark = opening[0]
        closing = _BRACKETS.get(mark, mark[0])
        end = -1 if closing in missing else _find(text, closing, opening.end())
        if end < 0:
            missing.add(closing)
        after = end + (2 if mark in _BRACKETS or (mark == "$$" and text.startswith("$$", end)) else 1)
        if end < 0 or _escaped(text, opening.start()) or _is_no_maths(text, opening.end(), end, mark):
            position = opening.end()
            continue
        segments += [(text[begin : opening.start()], False), (text[opening.start() : after], True)]
        begin = position = after
    segments.append((text[begin:], False))
    return segments


def without_formula_marks(formula: str) -> str:
    """Return a formula without its dollars or brackets."""
    width = 2 if formula.startswith(("$$", *_BRACKETS)) else 1
    return formula[width : len(formula) - (2 if formula.endswith(("$$", "\\)", "\\]")) else 1)]


def _find(text: str, mark: str, start: int) -> int:
    """Find the next ``mark`` that no backslash escapes; -1 when there is none."""
    at = text.find(mark, start)
    while at > 0 and _escaped(text, at):
        at = text.find(mark, at + 1)
    return at


def _escaped(text: str, at: int) -> bool:
    return at > 0 and text[at - 1] == "\\" and not (at > 1 and text[at - 2] == "\\")


def _is_no_maths(text: str, start: int, end: int, mark: str) -> bool:
    """Whether what stands between two dollars is money or shell, as in ``$5 and $10`` and ``$HOME and $PATH``."""
    inside, following = text[start:end], text[end + 1 : end + 2]
    if mark != "$":
        return mark in _BRACKETS and not _TEX.search(inside) and len(inside.split()) > 1
    if not inside.strip():
        return True
    if inside[-1].isspace() and following.isalnum() and not _TEX.search(inside):
        return True
    money = not _TEX.search(inside) and inside[0].isdigit()
    return money and bool(following.isdigit() or _PRICE_WORDS.match(inside) or _ends_open(inside))


def _ends_open(inside: str) -> bool:
    return inside[-1] in "-–" and bool(_AMOUNT.match(inside))
