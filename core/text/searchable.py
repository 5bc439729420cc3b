r"""arXiv's text as search reads it: TeX resolved, and of its maths what makes words: ``$k$-means``, ``CO$_2$``."""

import re
from typing import Final

from core.text.plain import prose_with_maths
from core.text.split import split_maths
from core.text.symbols import GREEK_LETTERS

_DOTTED_ABBREVIATION: Final = re.compile(r"\b(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?|\bPh\.\s?D\b\.?")
_DOTTED_LETTER: Final = re.compile(r"\.[A-Za-z]\.")
"""Stands in every such abbreviation but ``Ph.D``: to look for it takes a tenth of the time."""
_DOTTED_TEXT_WORDS: Final = frozenset(("eg", "ie", "aka", "wrt", "st", "am", "pm", "cf", "ca"))
_MATHS_PIECE: Final = re.compile(r"\\([A-Za-z]+)\s*|\^\{?(?=\*)|[_^]\{?(?=\d|\\infty|∞)|\\(.)|[{}$]|[_^~]")
_LETTER_INDEX: Final = re.compile(r"\$_\{?([a-z])\}?\$")
_MATHS_OPERATORS: Final = "arg argmax argmin cos det dim exp gcd lim ln log max min mod sin tanh"
_SEARCHABLE_COMMANDS: Final = (
    GREEK_LETTERS
    | {"infty": "∞", "ell": "ℓ"}
    | {maths_operator: f" {maths_operator} " for maths_operator in _MATHS_OPERATORS.split()}
)
_MATHS_STYLES: Final = re.compile(r"math[a-z]+|text[a-z]*|bm|boldsymbol|operatorname|rm|bf|it|cal|left|right|hat|tilde")
_ATTACHED_INDEXES: Final = ("*", "∞", "\\infty", *"0123456789")
"""What an index or exponent may begin with that is part of the word before: CO₂, H∞, A*."""


def searchable(text: str) -> str:
    r"""Resolve TeX for matching, maths included: ``$\epsilon$-greedy``, ``$k$-means`` and ``CO$_2$`` are words."""
    text = prose_with_maths(text)
    if _DOTTED_LETTER.search(text) or "Ph." in text:
        text = _DOTTED_ABBREVIATION.sub(_undotted_abbreviation, text)
    if "$" not in text and "\\" not in text:
        return text
    return "".join(
        _searchable_maths(text_segment) if is_maths else text_segment for text_segment, is_maths in split_maths(text)
    )


def _undotted_abbreviation(abbreviation: re.Match[str]) -> str:
    """``U.S.`` as ``US`` and ``i.i.d.`` as ``IID``; not ``e.g.``, which is no name of anything."""
    abbreviation_letters = "".join(filter(str.isalpha, abbreviation[0]))
    return (
        abbreviation[0]
        if abbreviation_letters.lower() in _DOTTED_TEXT_WORDS
        else "PhD"
        if abbreviation_letters == "PhD"
        else abbreviation_letters.upper()
    )


def _searchable_maths(formula: str) -> str:
    letter_index = _LETTER_INDEX.fullmatch(formula)  # NO$_x$ is NOx, and $R_L$ is not RL
    return letter_index[1] if letter_index else _MATHS_PIECE.sub(_searchable_piece, formula)


def _searchable_piece(maths_piece: re.Match[str]) -> str:
    if tex_command := maths_piece[1]:
        return _SEARCHABLE_COMMANDS.get(tex_command) or ("" if _MATHS_STYLES.fullmatch(tex_command) else " ")
    if maths_piece[0] in ("{", "}", "$"):
        return ""
    following_tex = maths_piece.string[maths_piece.end() : maths_piece.end() + 6]
    return "" if maths_piece[0][0] in "_^" and following_tex.startswith(_ATTACHED_INDEXES) else " "
