r"""
TeX outside maths as what it stands for: accents, letters, commands, dashes and quotes.

pylatexenc 2.11 was tried: it eats what is not TeX (``C:\path\new a_b`` gives ``C:a_b``, ``\d+\w*`` gives ``+̣*``) and
takes 15 times as long. Here addresses, code and paths are set aside first, and what we do not know stays.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from core.text.commands import COMMANDS_WITH_ARGUMENTS, expand_commands
from core.text.symbols import (
    COMBINING_ACCENTS,
    TEX_FUNCTIONS,
    TEX_LETTERS,
    TEX_OPERATIONS,
    TEX_PROSE,
    TEX_RELATIONS,
    TEX_SIGNS,
    TEX_STYLES,
)

_PIECE: Final = re.compile(
    r"""
    \\(?P<accent>['`^"~=.]|[uvHcdbkr](?=[\s{\\])) \s* (?: \{\s*(?:\\?(?P<b1>[^\W\d_]))\s*\} | \\(?P<b2>[ij])(?![A-Za-z])
        | (?P<b3>[^\W\d_]) )
  | \\(?P<command>[A-Za-z]+) (?P<after>\s*\{\}|\s+|)
  | \\(?P<escaped>[&%\#_'])
  | (?P<tie>(?<=[^\s(~\\])~+(?=[^\s~]))
  | (?P<space>\\\\(?!\\)|\\[\ ,;:])
  | (?P<kept>\\[{}$])
  | (?P<drop>(?<=[^\W\d_])\\[-/](?=[^\W\d_])|\\[!@])
  | (?P<quote>(?<!`)``(?!`)|'')
  | (?P<dash>(?<!-)(?:---|(?<!\s)--|--(?![A-Za-z]))(?!-))
  | (?P<brace>[{}])
    """,
    re.VERBOSE,
)
_FIXED: Final = {"``": "“", "''": "”", "--": "–", "---": "—", "\\$": "$"}
_TRIGGERS: Final = ("\\", "{", "}", "~", "``", "--")
_MOST_TEX_PASSES: Final = 16
_SIGNS: Final = TEX_SIGNS | TEX_RELATIONS | TEX_OPERATIONS | {name: name for name in TEX_FUNCTIONS} | TEX_PROSE
_TEX_QUOTE: Final = re.compile("(?<!`)``(?!`)")
_JSON_ESCAPED_QUOTE: Final = re.compile(r'\\"[\s,:}\]]')
_TEX_WORD_END: Final = re.compile(r"[^\w.%]")
_DOTTED_LETTERS: Final = frozenset("zZeEIgG")
_BEFORE_A_MACRO: Final = frozenset(" ({[—–-/\"“‘'`")
_AFTER_A_MACRO: Final = frozenset(" ,.;:)!?}]'’”\"-–—/")


def resolve_tex(text: str, *, dollars_are_free: bool = True) -> str:
    r"""Resolve TeX; white space in ``text`` is collapsed already, and stays so. ``\$`` is a dollar unless told."""
    for _ in range(_MOST_TEX_PASSES):  # what one pass uncovers, such as \emph{\'{e}}'s accent, the next one resolves
        if not any(map(text.__contains__, _TRIGGERS)):
            break
        resolved = " ".join(_Prose(expand_commands(text), dollars_are_free=dollars_are_free).resolved().split())
        if resolved == text:
            break
        text = resolved
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@dataclass(slots=True)
class _Group:
    """A brace that is open."""

    at: int  # where it stands in the output
    is_command: bool = False  # it belongs to a command that is dropped
    is_word: bool = True  # nothing but letters and digits inside so far: {K}alman, {\\o}


class _Prose:
    """Text outside maths being resolved, one piece after the other."""

    def __init__(self, text: str, *, dollars_are_free: bool) -> None:
        self._text = text
        self._dollars_are_free = dollars_are_free
        self._quotes = bool(_TEX_QUOTE.search(text))
        self._escapes_quotes = bool(_JSON_ESCAPED_QUOTE.search(text))
        self._out: list[str] = []
        self._open: list[_Group] = []

    def resolved(self) -> str:
        at = 0
        while piece := _PIECE.search(self._text, at):
            self._emit(self._text[at : piece.start()])
            at = self._take(piece)
        self._emit(self._text[at:])
        return "".join(self._out)

    def _emit(self, text: str) -> None:
        if text:
            self._out.append(text)
            if self._open and not text.isalnum():
                self._open[-1].is_word = False

    def _take(self, piece: re.Match[str]) -> int:
        """Emit what the piece means; return where to go on."""
        kind = piece.lastgroup
        if kind == "brace":
            self._brace(piece[0])
        elif kind == "after":
            return self._command(piece)
        elif kind in ("b1", "b2", "b3"):
            self._emit(self._accented(piece, piece[kind]))
        elif kind != "drop":
            self._emit(self._fixed(piece))
        return piece.end()

    def _fixed(self, piece: re.Match[str]) -> str:
        """What a piece without arguments stands for, itself where it is no TeX."""
        kind, text = piece.lastgroup, piece[0]
        if kind == "tie":
            return text if self._is_sign(piece) else " "
        if kind == "kept":
            return "$" if text == "\\$" and self._dollars_are_free else text
        if text == "''" and not self._quotes:
            return text
        return piece["escaped"] or _FIXED.get(text, " ")

    def _is_sign(self, piece: re.Match[str]) -> bool:
        """Whether a tilde says "about" or "to" (``1.08~3.80x``, ``z~10``), or stands where TeX needs no tie."""
        before, after = self._text[max(0, piece.start() - 24) : piece.start()], self._text[piece.end()]
        word = _TEX_WORD_END.split(before)[-1]
        if after.isdigit() and word and (word[0].isdigit() or len(word) == 1):
            return True
        return not (before[-1].isalnum() or before[-1] in ".,;:)]}%/'’>" or before[-1] >= "\U000f0000")

    def _accented(self, piece: re.Match[str], base: str) -> str:
        """Put the accent over the letter; a dotless i below one is an i. What gives no letter was code."""
        accent = piece["accent"]
        letter = unicodedata.normalize("NFC", {"ı": "i"}.get(base, base) + COMBINING_ACCENTS[accent])
        if piece["b1"] or (len(letter) == 1 and not (accent == "." and base not in _DOTTED_LETTERS)):
            return piece[0] if accent == '"' and self._escapes_quotes else letter
        return piece[0].removeprefix("\\") if accent == "'" else piece[0]

    def _command(self, piece: re.Match[str]) -> int:
        name = piece["command"]
        if self._is_path(piece):
            self._emit(piece[0])
            return piece.end()
        if name in TEX_LETTERS:
            self._emit(TEX_LETTERS[name])
            return piece.end()
        if name in TEX_STYLES:
            return self._style(piece)
        if name in _SIGNS:
            self._out.append(_SIGNS[name] or " ")  # braces around nothing else go, as in 360{\\deg}
            return piece.end("command") + (2 if self._text.startswith("{}", piece.end("command")) else 0)
        return self._unknown(piece)

    def _style(self, piece: re.Match[str]) -> int:
        if self._text.startswith("{", piece.end()):
            return self._open_argument(piece.end())
        if self._open:
            self._open[-1].is_command = True
        return piece.end()

    def _open_argument(self, at: int) -> int:
        self._open.append(_Group(len(self._out), is_command=True))
        self._out.append("")
        return at + 1

    def _unknown(self, piece: re.Match[str]) -> int:
        """An author's own command: its argument is what is read, and without one its name."""
        name, at = piece["command"], piece.end("command")
        before, after = self._text[max(0, piece.start() - 1) : piece.start()], self._text[at : at + 1]
        if len(name) > 1 and piece["after"].endswith("{}"):
            self._emit(name)
            return piece.end()
        if len(name) > 1 and after == "{" and name not in COMMANDS_WITH_ARGUMENTS and self._text.find("}", at) > 0:
            return self._open_argument(at)
        if after == "{":  # \\p{L}
            self._open.append(_Group(len(self._out), is_word=False))
            self._out.append(f"\\{name}{{")
            return at + 1
        stands_free = (not before or before in _BEFORE_A_MACRO) and (not after or after in _AFTER_A_MACRO)
        self._emit(name if len(name) > 1 and stands_free else "\\" + name)
        return at

    def _is_path(self, piece: re.Match[str]) -> bool:
        r"""Whether a command is a step of a path, as in ``src\to\file``, or a piece of a regular expression."""
        before = self._text[max(0, piece.start() - 32) : piece.start()]
        follows = self._text.startswith("\\", piece.end("command")) and before[-1:].isalnum()
        return follows or bool(re.search(r"\\[a-z]+$|[A-Za-z]:$", before))

    def _brace(self, brace: str) -> None:
        if brace == "{":
            self._open.append(_Group(len(self._out)))
            self._out.append("{")
            return
        group = self._open.pop() if self._open else None
        inside = "".join(self._out[group.at + 1 :]) if group and group.is_word else ""
        is_word = bool(inside) and not inside.isdigit()  # {110} is a family of planes
        if group is None or not (group.is_command or is_word):
            self._out.append("}")
            group = None
        else:
            self._out[group.at] = ""
        if self._open and not (group and group.is_word):
            self._open[-1].is_word = False
