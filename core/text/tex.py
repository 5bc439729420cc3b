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

_TEX_PIECE: Final = re.compile(
    r"""
    [\\~`'{}-]  # each piece begins with one of these: to look for it alone takes a tenth of the time
    (?: (?<=\\) (?:
            (?P<accent>['`^"~=.]|[uvHcdbkr](?=[\s{\\])) \s*
                (?: \{\s*(?:\\?(?P<b1>[^\W\d_]))\s*\} | \\(?P<b2>[ij])(?![A-Za-z]) | (?P<b3>[^\W\d_]) )
          | (?P<command>[A-Za-z]+) (?P<after>\s*\{\}|\s+|)
          | (?P<escaped>[&%\#_'])
          | (?P<space>\\(?!\\)|[\ ,;:])
          | (?P<kept>[{}$])
          | (?P<drop>(?<=[^\W\d_]\\)[-/](?=[^\W\d_])|[!@])
        )
      | (?P<tie>(?<=[^\s(~\\]~)~*(?=[^\s~]))
      | (?P<quote>(?<=`)(?<!``)`(?!`)|(?<=')')
      | (?P<dash>(?<=-)(?<!--)(?:--|(?<!\s-)-|-(?![A-Za-z]))(?!-))
      | (?P<brace>(?<=[{}]))
    )
    """,
    re.VERBOSE,
)
_FIXED_TEX: Final = {"``": "“", "''": "”", "--": "–", "---": "—", "\\$": "$"}
_SIGNS_OF_TEX: Final = ("\\", "{", "}", "~", "``", "--")
_MOST_TEX_PASSES: Final = 16
_FUNCTION_NAMES: Final = {command_name: command_name for command_name in TEX_FUNCTIONS}
_COMMAND_SIGNS: Final = TEX_SIGNS | TEX_RELATIONS | TEX_OPERATIONS | _FUNCTION_NAMES | TEX_PROSE
_TEX_QUOTE: Final = re.compile("(?<!`)``(?!`)")
_JSON_ESCAPED_QUOTE: Final = re.compile(r'\\"[\s,:}\]]')
_TEX_WORD_END: Final = re.compile(r"[^\w.%]")
_DOT_ACCENT_LETTERS: Final = frozenset("zZeEIgG")
_BEFORE_MACRO: Final = frozenset(" ({[—–-/\"“‘'`")
_AFTER_MACRO: Final = frozenset(" ,.;:)!?}]'’”\"-–—/")


def resolve_tex(tex: str, *, dollars_are_free: bool = True) -> str:
    r"""Resolve TeX; white space in ``tex`` is collapsed already, and stays so. ``\$`` is a dollar unless told."""
    for _ in range(_MOST_TEX_PASSES):  # what one pass uncovers, such as \emph{\'{e}}'s accent, the next one resolves
        if not any(map(tex.__contains__, _SIGNS_OF_TEX)):
            break
        tex_prose = _TexProse(expand_commands(tex), dollars_are_free=dollars_are_free)
        resolved_tex = " ".join(tex_prose.resolved_prose().split())
        if resolved_tex == tex:
            break
        tex = resolved_tex
    return tex if tex.isascii() else unicodedata.normalize("NFC", tex)


@dataclass(slots=True)
class _TexGroup:
    """A brace that is open."""

    opened_at: int  # where it stands in the output
    is_command: bool = False  # it belongs to a command that is dropped
    is_word: bool = True  # nothing but letters and digits inside so far: {K}alman, {\\o}


class _TexProse:
    """Text outside maths being resolved, one piece after the other."""

    def __init__(self, tex: str, *, dollars_are_free: bool) -> None:
        self._tex = tex
        self._dollars_are_free = dollars_are_free
        self._has_tex_quotes = bool(_TEX_QUOTE.search(tex))
        self._has_json_quotes = bool(_JSON_ESCAPED_QUOTE.search(tex))
        self._resolved_parts: list[str] = []
        self._open_groups: list[_TexGroup] = []

    def resolved_prose(self) -> str:
        tex_at = 0
        while tex_piece := _TEX_PIECE.search(self._tex, tex_at):
            self._emit_text(self._tex[tex_at : tex_piece.start()])
            tex_at = self._resolve_piece(tex_piece)
        self._emit_text(self._tex[tex_at:])
        return "".join(self._resolved_parts)

    def _emit_text(self, text: str) -> None:
        if text:
            self._resolved_parts.append(text)
            if self._open_groups and not text.isalnum():
                self._open_groups[-1].is_word = False

    def _resolve_piece(self, tex_piece: re.Match[str]) -> int:
        """Emit what the piece means; return where to go on."""
        piece_kind = tex_piece.lastgroup
        if piece_kind == "brace":
            self._resolve_brace(tex_piece[0])
        elif piece_kind == "after":
            return self._resolve_command(tex_piece)
        elif piece_kind in ("b1", "b2", "b3"):
            self._emit_text(self._accented_letter(tex_piece, tex_piece[piece_kind]))
        elif piece_kind != "drop":
            self._emit_text(self._fixed_text(tex_piece))
        return tex_piece.end()

    def _fixed_text(self, tex_piece: re.Match[str]) -> str:
        """What a piece without arguments stands for, itself where it is no TeX."""
        piece_kind, tex = tex_piece.lastgroup, tex_piece[0]
        if piece_kind == "tie":
            return tex if self._is_tilde_sign(tex_piece) else " "
        if piece_kind == "kept":
            return "$" if tex == "\\$" and self._dollars_are_free else tex
        if tex == "''" and not self._has_tex_quotes:
            return tex
        return tex_piece["escaped"] or _FIXED_TEX.get(tex, " ")

    def _is_tilde_sign(self, tex_piece: re.Match[str]) -> bool:
        """Whether a tilde says "about" or "to" (``1.08~3.80x``, ``z~10``), or stands where TeX needs no tie."""
        tex_before, tex_after = self._tex_before(tex_piece, 24), self._tex[tex_piece.end()]
        word_before_tilde = _TEX_WORD_END.split(tex_before)[-1]
        if (
            tex_after.isdigit()
            and word_before_tilde
            and (word_before_tilde[0].isdigit() or len(word_before_tilde) == 1)
        ):
            return True
        return not (tex_before[-1].isalnum() or tex_before[-1] in ".,;:)]}%/'’>" or tex_before[-1] >= "\U000f0000")

    def _accented_letter(self, tex_piece: re.Match[str], base_letter: str) -> str:
        """Put the accent over the letter; a dotless i below one is an i. What gives no letter was code."""
        accent = tex_piece["accent"]
        dotted_letter = "i" if base_letter == "ı" else base_letter
        accented_letter = unicodedata.normalize("NFC", dotted_letter + COMBINING_ACCENTS[accent])
        if tex_piece["b1"] or (
            len(accented_letter) == 1 and not (accent == "." and base_letter not in _DOT_ACCENT_LETTERS)
        ):
            return tex_piece[0] if accent == '"' and self._has_json_quotes else accented_letter
        return tex_piece[0].removeprefix("\\") if accent == "'" else tex_piece[0]

    def _resolve_command(self, tex_piece: re.Match[str]) -> int:
        command_name = tex_piece["command"]
        if self._is_path_step(tex_piece):
            self._emit_text(tex_piece[0])
            return tex_piece.end()
        if command_name in TEX_LETTERS:
            self._emit_text(TEX_LETTERS[command_name])
            return tex_piece.end()
        if command_name in TEX_STYLES:
            return self._resolve_style(tex_piece)
        if command_name in _COMMAND_SIGNS:
            # braces around nothing else go, as in 360{\\deg}
            self._resolved_parts.append(_COMMAND_SIGNS[command_name] or " ")
            return tex_piece.end("command") + (2 if self._tex.startswith("{}", tex_piece.end("command")) else 0)
        return self._resolve_macro(tex_piece)

    def _resolve_style(self, tex_piece: re.Match[str]) -> int:
        if self._tex.startswith("{", tex_piece.end()):
            return self._open_argument(tex_piece.end())
        if self._open_groups:
            self._open_groups[-1].is_command = True
        return tex_piece.end()

    def _open_argument(self, brace_at: int) -> int:
        self._open_groups.append(_TexGroup(len(self._resolved_parts), is_command=True))
        self._resolved_parts.append("")
        return brace_at + 1

    def _resolve_macro(self, tex_piece: re.Match[str]) -> int:
        """An author's own command: its argument is what is read, and without one its name."""
        command_name, command_end = tex_piece["command"], tex_piece.end("command")
        tex_before, tex_after = self._tex_before(tex_piece, 1), self._tex[command_end : command_end + 1]
        is_tex_macro = len(command_name) > 1
        if is_tex_macro and tex_piece["after"].endswith("{}"):
            self._emit_text(command_name)
            return tex_piece.end()
        takes_argument = command_name not in COMMANDS_WITH_ARGUMENTS
        if is_tex_macro and tex_after == "{" and takes_argument and self._tex.find("}", command_end) > 0:
            return self._open_argument(command_end)
        if tex_after == "{":  # \\p{L}
            self._open_groups.append(_TexGroup(len(self._resolved_parts), is_word=False))
            self._resolved_parts.append(f"\\{command_name}{{")
            return command_end + 1
        stands_free = (not tex_before or tex_before in _BEFORE_MACRO) and (not tex_after or tex_after in _AFTER_MACRO)
        self._emit_text(command_name if is_tex_macro and stands_free else "\\" + command_name)
        return command_end

    def _tex_before(self, tex_piece: re.Match[str], tex_characters: int) -> str:
        return self._tex[max(0, tex_piece.start() - tex_characters) : tex_piece.start()]

    def _is_path_step(self, tex_piece: re.Match[str]) -> bool:
        r"""Whether a command is a step of a path, as in ``src\to\file``, or a piece of a regular expression."""
        tex_before = self._tex_before(tex_piece, 32)
        follows_word = self._tex.startswith("\\", tex_piece.end("command")) and tex_before[-1:].isalnum()
        return follows_word or bool(re.search(r"\\[a-z]+$|[A-Za-z]:$", tex_before))

    def _resolve_brace(self, brace: str) -> None:
        if brace == "{":
            self._open_groups.append(_TexGroup(len(self._resolved_parts)))
            self._resolved_parts.append("{")
            return
        tex_group = self._open_groups.pop() if self._open_groups else None
        tex_group_text = (
            "".join(self._resolved_parts[tex_group.opened_at + 1 :]) if tex_group and tex_group.is_word else ""
        )
        holds_word = bool(tex_group_text) and not tex_group_text.isdigit()  # {110} is a family of planes
        if tex_group is None or not (tex_group.is_command or holds_word):
            self._resolved_parts.append("}")
            tex_group = None
        else:
            self._resolved_parts[tex_group.opened_at] = ""
        if self._open_groups and not (tex_group and tex_group.is_word):
            self._open_groups[-1].is_word = False
