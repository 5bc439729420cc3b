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

_LONGEST_FORMULA: Final = 1500  # characters of one formula
_DEEPEST_GROUP: Final = 24  # groups within groups
_TEX_TOKEN: Final = re.compile(r"\\[A-Za-z]+\*?|\\.|.", re.DOTALL)


class _Unreadable(Exception):
    """This is no maths that we can read."""


@lru_cache(maxsize=2048)
def unicode_maths(tex: str) -> str | None:
    """Return the formula (without its dollars) as a person may write it on one line; None when it cannot be read."""
    if len(tex) > _LONGEST_FORMULA:
        return None
    try:
        return unicodedata.normalize("NFC", _Reader(_TEX_TOKEN.findall(tex)).whole())
    except _Unreadable:
        return None


class _Reader:
    """A formula being read, one piece after the other."""

    def __init__(self, tokens: list[str]) -> None:
        self._tex_tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> str:
        text = self._row("")
        if self._at < len(self._tex_tokens):
            raise _Unreadable
        return text

    def _next_token(self) -> str:
        return self._tex_tokens[self._at] if self._at < len(self._tex_tokens) else ""

    def _row(self, end: str) -> str:
        """Read up to ``end`` and past it."""
        self._depth += 1
        if self._depth > _DEEPEST_GROUP:
            raise _Unreadable
        items: list[FormulaItem] = []
        while (piece := self._next_token()) != end:
            if not piece or piece == "}":
                raise _Unreadable
            self._at += 1
            if piece == "\\over":
                items = [FormulaItem(fraction_line(join_formula_items(items), self._rest(end)))]
                break
            if piece in ("\\cal", "\\frak"):
                items.append(FormulaItem(letters_in_alphabet(piece[1:], self._rest(end))))
                break
            self._take(items, piece)
        self._depth -= 1
        self._at += bool(end)
        return join_formula_items(items)

    def _rest(self, end: str) -> str:
        """Read what is left of a group, and leave its end to whoever began it."""
        text = self._row(end)
        self._at -= bool(end)
        return text

    def _take(self, items: list[FormulaItem], piece: str) -> None:
        if piece in "^_'":
            items.append(FormulaItem(self._script(piece), "script"))
        elif piece in symbols.TEX_SPACES or piece.isspace():
            items.append(FormulaItem(" ", "space"))
        elif piece not in symbols.INVISIBLE_TEX:
            items.append(self._formula_atom(piece))

    def _script(self, sign: str) -> str:
        if sign == "'":
            return "′"
        inner = self._argument()
        compact = inner.replace(" ", "")
        if compact in symbols.READABLE_SCRIPTS[sign]:
            return symbols.READABLE_SCRIPTS[sign][compact]
        table = symbols.UNICODE_SCRIPTS[sign]
        if (
            compact
            and compact not in ".,"
            and " choose " not in inner
            and all(character in table for character in compact)
        ):
            return "".join(table[character] for character in compact)
        if set(compact) <= {"′"}:
            return compact
        return f"{sign}{inner}" if inner.isalnum() or len(inner) == 1 else f"{sign}({inner})"

    def _argument(self) -> str:
        """Read what a command or a script applies to: a group, or one piece."""
        while self._next_token().isspace() or self._next_token() in ("\\,", "~"):
            self._at += 1
        piece = self._next_token()
        if not piece or piece in "}^_&":
            raise _Unreadable
        self._at += 1
        return self._row("}") if piece == "{" else self._nested(piece)

    def _nested(self, piece: str) -> str:
        self._depth += 1
        if self._depth > _DEEPEST_GROUP:
            raise _Unreadable
        text = self._formula_atom(piece).text
        self._depth -= 1
        return text

    def _optional_argument(self) -> str:
        if self._next_token() != "[":
            return ""
        self._at += 1
        return self._row("]")

    def _formula_atom(self, piece: str) -> FormulaItem:
        if piece == "{":
            return FormulaItem(self._row("}"))
        if piece in symbols.TEX_ESCAPES:
            return FormulaItem(symbols.TEX_ESCAPES[piece])
        if len(piece) == 1:
            return FormulaItem(piece)
        return self._command(piece[1:].rstrip("*"))

    def _command(self, name: str) -> FormulaItem:  # noqa: PLR0911 - one line for each kind of command
        if name in symbols.TEX_RELATIONS or name in symbols.TEX_OPERATIONS:
            return FormulaItem(symbols.TEX_RELATIONS.get(name) or symbols.TEX_OPERATIONS[name], "sign")
        if name in symbols.TEX_SIGNS:
            return FormulaItem(symbols.TEX_SIGNS[name])
        if name in symbols.TEX_FUNCTIONS:
            return FormulaItem(name, "function")
        if name in symbols.TEX_DECLARATIONS and self._next_token() != "{":
            return self._declaration(name)
        if name in symbols.TEX_STYLES:
            return FormulaItem(self._argument())
        if name in symbols.MATHS_ACCENTS:
            return FormulaItem(accented_formula(self._argument(), symbols.MATHS_ACCENTS[name]))
        if name in symbols.TEX_ALPHABETS:
            return FormulaItem(letters_in_alphabet(name, self._argument()))
        return self._structure(name)

    def _declaration(self, name: str) -> FormulaItem:
        if name in ("left", "right") and self._next_token() == ".":
            self._at += 1
        return FormulaItem("", "ord" if name not in ("rm", "bf", "it", "tt") else "space")

    def _structure(self, name: str) -> FormulaItem:
        """A command with arguments; one that we do not know, and that has none, is an author's own: its name stays."""
        make = _STRUCTURES.get(name)
        if make:
            return FormulaItem(make(self))
        if self._next_token() == "{" or len(name) < 2 or not name.isalpha() or name in ("begin", "end", "verb"):
            raise _Unreadable
        return FormulaItem(name)

    def fraction(self) -> str:
        return fraction_line(self._argument(), self._argument())

    def root(self) -> str:
        degree, inner = self._optional_argument(), self._argument()
        sign = {"": "√", "3": "∛", "4": "∜"}.get(degree) or "".join(
            symbols.UNICODE_SCRIPTS["^"].get(d, d) for d in degree
        ) + "√"
        return sign + (inner if len(inner) == 1 or inner.isdigit() else f"({inner})")

    def binomial(self) -> str:
        return f"({self._argument()} choose {self._argument()})"

    def quantity(self) -> str:
        return f"{self._argument()} {self.units()}"

    def units(self) -> str:
        """Read siunitx's units, which are commands without blanks between."""
        if self._next_token() != "{":
            raise _Unreadable
        end = self._tex_tokens.index("}", self._at) if "}" in self._tex_tokens[self._at :] else 0
        words = [piece for piece in self._tex_tokens[self._at + 1 : end] if not piece.isspace()]
        if not end or not all(word[1:] in symbols.SI_UNITS for word in words):
            return self._argument()
        self._at = end + 1
        return "".join(symbols.SI_UNITS[word[1:]] for word in words)

    def over(self) -> str:
        upper, lower = self._argument(), self._argument()
        return f"{lower}^{upper}" if upper.isalnum() else lower

    def between(self, left: str, right: str) -> str:
        return f"{left}{self._argument()}{right}"


_STRUCTURES: Final[dict[str, Callable[[_Reader], str]]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"), _Reader.fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _Reader.binomial),
    **dict.fromkeys(("SI", "qty"), _Reader.quantity),
    **dict.fromkeys(("si", "unit"), _Reader.units),
    **dict.fromkeys(("overset", "stackrel"), _Reader.over),
    "sqrt": _Reader.root,
    "ket": lambda reader: reader.between("|", "⟩"),
    "bra": lambda reader: reader.between("⟨", "|"),
    "braket": lambda reader: reader.between("⟨", "⟩"),
    "num": lambda reader: reader.between("", ""),
    "label": lambda reader: reader.between("", "")[:0],
}
