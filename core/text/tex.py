"""TeX in arXiv's titles, abstracts and names: accents, letters and simple commands, everywhere but in maths."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_COMBINING: Final = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323", "b": "\u0331", "k": "\u0328",
    "r": "\u030a",
}  # fmt: skip
_GREEK_NAMES: Final = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau
upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""
GREEK: Final = dict(zip(_GREEK_NAMES.split(), "αβγδϵεζηθϑικλμνξπρστυϕφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))
"""Greek letters by their TeX names."""
_LETTERS: Final = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_SYMBOLS: Final = {
    "S": "§", "P": "¶", "copyright": "©", "textregistered": "®", "texttrademark": "™", "textdegree": "°", "degree": "°",
    "pounds": "£", "euro": "€", "ldots": "…", "dots": "…", "textellipsis": "…", "LaTeX": "LaTeX", "TeX": "TeX",
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "times": "×", "ell": "ℓ",
} | GREEK  # fmt: skip
_STYLE_NAMES: Final = """
emph textit textbf texttt textsc textrm textsf textsl textup textmd textnormal text underline uline mbox hbox mathrm
mathbf mathit mathsf mathtt bf it tt sc rm sf sl em bfseries itshape ttfamily url
"""
_STYLES: Final = frozenset(_STYLE_NAMES.split())
_PIECE: Final = re.compile(
    r"""
    \\(?P<accent>['`^"~=.]|[uvHcdbkr](?=[\s{\\])) \s* (?: \{\s*(?:\\?(?P<b1>[^\W\d_]))\s*\} | \\(?P<b2>[ij])(?![A-Za-z])
        | (?P<b3>[^\W\d_]) )
  | \\(?P<command>[A-Za-z]+) (?P<after>\s*\{\}|\s+|)
  | \\(?P<escaped>[&%\#_])
  | (?P<space>\\\\|\\[\ ,;:/]|(?<=[^\s/(~])~+(?=[^\s~]))
  | (?P<kept>\\[{}$])
  | (?P<drop>\\[-!@])
  | (?P<quote>``|'')
  | (?P<dash>(?<!-)-{2,3}(?!-))
  | (?P<brace>[{}])
    """,
    re.VERBOSE,
)
_FIXED: Final = {"``": "“", "''": "”", "--": "–", "---": "—", "\\$": "$"}
_TRIGGERS: Final = ("\\", "{", "}", "~", "``", "''", "--")
_PASSES: Final = 16


def resolve(text: str) -> str:
    """Resolve TeX outside maths; white space in ``text`` is collapsed already, and stays so."""
    for _ in range(_PASSES):  # what one pass uncovers, such as \emph{\'{e}}'s accent, the next one resolves
        if not any(map(text.__contains__, _TRIGGERS)):
            break
        resolved = " ".join(_resolve_once(text).split())
        if resolved == text:
            break
        text = resolved
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _resolve_once(text: str) -> str:
    segments = split_maths(text)
    has_maths = any(is_maths for _, is_maths in segments)
    return "".join(
        part if is_maths else _Prose(part, dollars_are_free=not has_maths).resolved() for part, is_maths in segments
    )


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
        self._out: list[str] = []
        self._open: list[_Group] = []
        self._argument = -1  # where the braces of an unknown command would begin

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
            self._brace(piece[0], is_argument=piece.start() == self._argument)
        elif kind == "after":
            return self._command(piece)
        elif kind in ("b1", "b2", "b3"):
            self._emit(_accented(piece["accent"], piece[kind]))
        elif kind == "kept" and not (piece[0] == "\\$" and self._dollars_are_free):
            self._emit(piece[0])
        elif kind != "drop":
            self._emit(piece["escaped"] or _FIXED.get(piece[0], " "))
        return piece.end()

    def _command(self, piece: re.Match[str]) -> int:
        name = piece["command"]
        if name in _LETTERS:
            self._emit(_LETTERS[name])
            return piece.end()
        if name not in _STYLES:
            self._emit(_SYMBOLS.get(name, "\\" + name))
            self._argument = -1 if name in _SYMBOLS else piece.end("command")
            return piece.end("command")
        if self._text.startswith("{", piece.end()):
            self._open.append(_Group(len(self._out), is_command=True))
            self._out.append("")
            return piece.end() + 1
        if self._open:
            self._open[-1].is_command = True
        return piece.end()

    def _brace(self, brace: str, *, is_argument: bool) -> None:
        if brace == "{":
            self._open.append(_Group(len(self._out), is_word=not is_argument))
            self._out.append("{")
            return
        group = self._open.pop() if self._open else None
        if group is None or not (group.is_command or (group.is_word and group.at + 1 < len(self._out))):
            self._out.append("}")
            group = None
        else:
            self._out[group.at] = ""
        if self._open and not (group and group.is_word):
            self._open[-1].is_word = False


def _accented(accent: str, base: str) -> str:
    """Put the accent over the letter; a dotless i below one is an i."""
    return unicodedata.normalize("NFC", {"ı": "i"}.get(base, base) + _COMBINING[accent])


def split_maths(text: str) -> list[tuple[str, bool]]:
    """Split into (text, is maths): maths stands between single or double dollars, neither escaped nor alone."""
    segments: list[tuple[str, bool]] = []
    begin = position = 0
    while (opening := _next_dollar(text, position)) >= 0:
        double = text.startswith("$$", opening)
        inside = opening + (2 if double else 1)
        closing = _next_dollar(text, inside)
        if closing < 0:
            break
        end = closing + (2 if double and text.startswith("$$", closing) else 1)
        segments += [(text[begin:opening], False), (text[opening:end], True)]
        begin = position = end
    segments.append((text[begin:], False))
    return segments


def _next_dollar(text: str, start: int) -> int:
    """Find the next dollar that no backslash escapes; -1 when there is none."""
    at = text.find("$", start)
    while at > 0 and text[at - 1] == "\\":
        at = text.find("$", at + 1)
    return at
