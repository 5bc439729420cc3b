"""How the pieces of a formula stand on one line: blanks, fractions, accents, alphabets."""

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from core.text.symbols import MATHS_ACCENTS, TEX_ALPHABETS

ItemKind = Literal["ord", "sign", "function", "space", "script"]
_NEEDS_BRACKETS: Final = re.compile(r"[\s+\-−±×·/=,<>≤≥∈→]")
_OPEN_SCRIPT: Final = re.compile(r"[_^]\w+$")


class FormulaItem(NamedTuple):
    """A piece of a formula that was read."""

    text: str
    kind: ItemKind = "ord"


def join_formula_items(items: list[FormulaItem]) -> str:
    """Set the items side by side, with the blanks that a person writes."""
    out = ""
    for number, item in enumerate(items):
        following = next((each for each in items[number + 1 :] if each.text.strip()), None)
        if item.kind == "space":
            out += "" if not out or out[-1] == " " else " "
        elif item.kind == "sign":
            between = bool(out.strip()) and following is not None
            out = f"{out.rstrip(' ')} {item.text} " if between else out + item.text
        elif item.kind == "function":
            out += " " * out[-1:].isalnum() + item.text
        else:
            out = _after(out, items[number - 1].kind if number else "space", item)
    return out.strip()


def _after(out: str, before: ItemKind, item: FormulaItem) -> str:
    """Put an item behind what stands there already: a script close, a name apart from the one before."""
    if item.kind == "script":
        return out.rstrip(" ") + item.text
    ends_open = before == "function" or (before == "script" and bool(_OPEN_SCRIPT.search(out)))
    return out + (" " if ends_open and item.text[:1].isalnum() else "") + item.text


def fraction_line(upper: str, lower: str) -> str:
    return f"{_bracketed(upper)}/{_bracketed(lower)}"


def _bracketed(text: str) -> str:
    return f"({text})" if _NEEDS_BRACKETS.search(text) and not re.fullmatch(r"\([^()]*\)", text) else text


def accented_formula(text: str, accent: str) -> str:
    if accent == MATHS_ACCENTS["not"]:
        return text[:1] + accent + text[1:]
    return "".join(character if character == " " else character + accent for character in text)


def letters_in_alphabet(name: str, text: str) -> str:
    return "".join(_letter_in(TEX_ALPHABETS[name], character) for character in text)


@lru_cache(maxsize=256)
def _letter_in(alphabet: str, letter: str) -> str:
    if not (letter.isascii() and letter.isalnum()):
        return letter
    kind = "DIGIT" if letter.isdigit() else "CAPITAL" if letter.isupper() else "SMALL"
    named = unicodedata.name(letter).rsplit(" ", 1)[-1]
    holes = {"FRAKTUR": "BLACK-LETTER"}.get(alphabet, alphabet)  # in use before Unicode had the whole alphabet
    for name in (f"MATHEMATICAL {alphabet} {kind} {named}", f"{holes} {kind} {named}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return letter
