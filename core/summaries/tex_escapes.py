r"""
Backslashes in JSON that a model wrote: an escape, or a command of TeX whose backslash should have been doubled.

``\beta``, ``\frac``, ``\ne``, ``\rho`` and ``\times`` begin like JSON's ``\b``, ``\f``, ``\n``, ``\r`` and ``\t``.
Nobody writes a backspace or a form feed; which of the others is meant is told by the commands that TeX, AMS-LaTeX and
the usual packages know.
"""

import re
from pathlib import Path
from typing import Final

_TEX_COMMANDS: Final = frozenset((Path(__file__).parent / "tex_commands.txt").read_text("utf-8").split())
"""Those that begin like a line break, a carriage return or a tab; few are what a word leaves after one of them."""

_ANSWER_FORMULA_COMMANDS: Final = frozenset({"ni", "nan", "norm", "num"})
"""A command inside a formula; outside one, a line break and a word: Italian's ``i``, ``an``, ``orm``, ``um``."""

_ANSWER_SIGN: Final = re.compile(r'"|\$|\\(?:u[0-9a-fA-F]{4}|[a-zA-Z]+|.|$)|,(?=\s*[}\]])', re.DOTALL)
_ANSWER_JSON_ESCAPE: Final = re.compile(r'[\\"/bfnrt]|u[0-9a-zA-Z]{4}')
_DOUBLED_ANSWER_BREAK: Final = re.compile(r"\\n([a-zA-Z]*)")


def _is_answer_tex(answer_letters: str, *, in_answer_formula: bool) -> bool:
    """Whether a backslash and these letters are TeX; a command that runs into a number or word is not foreseen."""
    return answer_letters in _TEX_COMMANDS and (in_answer_formula or answer_letters not in _ANSWER_FORMULA_COMMANDS)


def double_tex_backslashes(answer_json: str) -> str:
    """Double the backslashes that JSON does not know, or would take for a control character; drop trailing commas."""
    in_answer_string = in_answer_formula = False

    def mend_answer_sign(sign_match: re.Match[str]) -> str:
        nonlocal in_answer_string, in_answer_formula
        answer_sign = sign_match[0]
        if answer_sign == '"':
            in_answer_string, in_answer_formula = not in_answer_string, False
        elif answer_sign == "$":
            in_answer_formula = not in_answer_formula
        elif answer_sign == ",":
            return "," if in_answer_string else ""
        elif in_answer_string and answer_sign[0] == "\\":
            return _answer_escape(answer_sign, in_answer_formula=in_answer_formula)
        return answer_sign

    return _ANSWER_SIGN.sub(mend_answer_sign, answer_json)


def _answer_escape(answer_sign: str, *, in_answer_formula: bool) -> str:
    """The escape as JSON wants it: with a second backslash where the model meant one for TeX."""
    answer_escape = answer_sign[1:]
    if _ANSWER_JSON_ESCAPE.fullmatch(answer_escape) or (
        answer_escape[:1] in tuple("nrt") and not _is_answer_tex(answer_escape, in_answer_formula=in_answer_formula)
    ):
        return answer_sign
    return f"\\{answer_sign}"


def unfold_line_breaks(answer_text: str) -> str:
    r"""Make a line break of a ``\n`` that was doubled: two characters where one was meant; TeX stays."""
    if "\\n" not in answer_text:
        return answer_text
    answer_pieces = answer_text.split("$") if answer_text.count("$") % 2 == 0 else [answer_text]
    answer_pieces[::2] = [_DOUBLED_ANSWER_BREAK.sub(_unfold_line_break, prose) for prose in answer_pieces[::2]]
    return "$".join(answer_pieces)


def _unfold_line_break(doubled_break: re.Match[str]) -> str:
    is_answer_tex = _is_answer_tex(f"n{doubled_break[1]}", in_answer_formula=False)
    return doubled_break[0] if is_answer_tex else f"\n{doubled_break[1]}"
