"""How the pieces of a formula stand on one line: blanks, fractions, accents, alphabets."""

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from core.text.symbols import MATHS_ACCENTS, TEX_ALPHABETS

FormulaItemKind = Literal["ord", "sign", "function", "space", "script"]
_NEEDS_FRACTION_BRACKETS: Final = re.compile(r"[\s+\-−±×·/=,<>≤≥∈→]")
_UNBRACKETED_SCRIPT: Final = re.compile(r"[_^]\w+$")


class FormulaItem(NamedTuple):
    """A piece of a formula that was read."""

    text: str
    kind: FormulaItemKind = "ord"


def join_formula_items(formula_items: list[FormulaItem]) -> str:
    """Set the items side by side, with the blanks that a person writes."""
    formula = ""
    for item_at, formula_item in enumerate(formula_items):
        if formula_item.kind == "space":
            formula += "" if not formula or formula[-1] == " " else " "
        elif formula_item.kind == "sign":
            is_between = bool(formula.strip()) and any(later.text.strip() for later in formula_items[item_at + 1 :])
            formula = f"{formula.rstrip(' ')} {formula_item.text} " if is_between else formula + formula_item.text
        elif formula_item.kind == "function":
            formula += " " * formula[-1:].isalnum() + formula_item.text
        else:
            item_kind_before = formula_items[item_at - 1].kind if item_at else "space"
            formula = _item_after_formula(formula, item_kind_before, formula_item)
    return formula.strip()


def _item_after_formula(formula: str, item_kind_before: FormulaItemKind, formula_item: FormulaItem) -> str:
    """Put an item behind what stands there already: a script close, a name apart from the one before."""
    if formula_item.kind == "script":
        return formula.rstrip(" ") + formula_item.text
    is_script_open = item_kind_before == "script" and bool(_UNBRACKETED_SCRIPT.search(formula))
    needs_space = (item_kind_before == "function" or is_script_open) and formula_item.text[:1].isalnum()
    return formula + " " * needs_space + formula_item.text


def fraction_line(numerator: str, denominator: str) -> str:
    return f"{_bracketed_formula(numerator)}/{_bracketed_formula(denominator)}"


def _bracketed_formula(formula: str) -> str:
    needs_brackets = _NEEDS_FRACTION_BRACKETS.search(formula) and not re.fullmatch(r"\([^()]*\)", formula)
    return f"({formula})" if needs_brackets else formula


def accented_formula(formula: str, maths_accent: str) -> str:
    if maths_accent == MATHS_ACCENTS["not"]:
        return formula[:1] + maths_accent + formula[1:]
    return "".join(character if character == " " else character + maths_accent for character in formula)


def letters_in_alphabet(tex_alphabet: str, maths_letters: str) -> str:
    return "".join(_unicode_letter(TEX_ALPHABETS[tex_alphabet], maths_letter) for maths_letter in maths_letters)


@lru_cache(maxsize=256)
def _unicode_letter(unicode_alphabet: str, maths_letter: str) -> str:
    if not (maths_letter.isascii() and maths_letter.isalnum()):
        return maths_letter
    unicode_case = "DIGIT" if maths_letter.isdigit() else "CAPITAL" if maths_letter.isupper() else "SMALL"
    unicode_letter_name = f"{unicode_case} {unicodedata.name(maths_letter).rsplit(' ', 1)[-1]}"
    # those that were in use before Unicode had the whole alphabet have another name
    older_alphabet = {"FRAKTUR": "BLACK-LETTER"}.get(unicode_alphabet, unicode_alphabet)
    for unicode_name in (
        f"MATHEMATICAL {unicode_alphabet} {unicode_letter_name}",
        f"{older_alphabet} {unicode_letter_name}",
    ):
        try:
            return unicodedata.lookup(unicode_name)
        except KeyError:
            continue
    return maths_letter
