r"""TeX's commands whose arguments are not just looks: ``\href{u}{t}``, ``\footnote{x}``, ``\ce{CO2}``, ``x_{1}``."""

import re
from collections.abc import Callable
from typing import Final

from core.text.maths import unicode_maths
from core.text.symbols import UNICODE_SCRIPTS

_ARGUMENT: Final = r"\s*\{([^{}]*)\}"
_DROPPED: Final = (
    "label|vspace|hspace|index|bibliography|bibliographystyle|includegraphics|color|pagestyle|input|footnotemark"
)
_ACRONYM_COMMANDS: Final = "gls|Gls|glspl|Glspl|acrshort|acrlong|acrfull|ac|acs|acl|acf|acp|Ac|Acp"
_CITATION_COMMANDS: Final = r"(?:cite|citep|citet|citealp|citeauthor|ref|cref|Cref|eqref|autoref|parencite|textcite)\*?"
_MATHS: Final = (
    "sqrt|vec|hat|bar|tilde|widehat|widetilde|overline|mathbb|mathcal|mathscr|mathfrak|dot|ddot|si|num|ket|bra"
)
_CHEMISTRY: Final = re.compile(r"(?<=[A-Za-z)\]])(\d+)|\^\{?([\d+-]+)\}?|_\{?(\d+)\}?")


def _link(found: re.Match[str]) -> str:
    """Name and address, once where they are the same."""
    url, text = found[1].strip(), found[2].strip()
    same = not text or url.split("//")[-1].strip("/") in text or text in url
    return url if same else f"{text} ({url})"


def _script(sign: str) -> Callable[[re.Match[str]], str]:
    def convert(found: re.Match[str]) -> str:
        return "".join(UNICODE_SCRIPTS[sign].get(character, character) for character in found[1])

    return convert


def _chemistry(found: re.Match[str]) -> str:
    """Lower the numbers of a formula and raise its charges, as mhchem does."""

    def convert(piece: re.Match[str]) -> str:
        sign = "^" if piece[2] else "_"
        return "".join(
            UNICODE_SCRIPTS[sign].get(character, character) for character in piece[1] or piece[2] or piece[3]
        )

    return _CHEMISTRY.sub(convert, found[1]).replace("->", "→")


def _maths(found: re.Match[str]) -> str:
    return unicode_maths(found[0]) or found[0]


_COMMAND_RULES: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(rf"\\href{_ARGUMENT}{_ARGUMENT}"), _link),
    (re.compile(rf"\\(?:textcolor|colorbox){_ARGUMENT}{_ARGUMENT}"), r"\2"),
    (re.compile(rf"\s*\\(?:footnote|footnotetext|thanks){_ARGUMENT}"), r" (\1)"),
    (re.compile(rf"[\s~]*\\{_CITATION_COMMANDS}{_ARGUMENT}"), r" [\1]"),
    (re.compile(rf"\s*\\(?:{_DROPPED})\*?(?:\[[^\[\]]*\])?{_ARGUMENT}"), " "),
    (re.compile(rf"\\(?:{_ACRONYM_COMMANDS})\*?{_ARGUMENT}"), r"\1"),
    (re.compile(rf"\\(?:begin|end){_ARGUMENT}"), " "),
    (re.compile(rf"\\enquote{_ARGUMENT}"), r"“\1”"),
    (re.compile(rf"\\textsubscript{_ARGUMENT}"), _script("_")),
    (re.compile(rf"\\textsuperscript{_ARGUMENT}"), _script("^")),
    (re.compile(rf"\\(?:ce|chem){_ARGUMENT}"), _chemistry),
    (re.compile(rf"\\(?:d|t)?frac{_ARGUMENT}{_ARGUMENT}"), _maths),
    (re.compile(rf"\\(?:SI|qty){_ARGUMENT}{_ARGUMENT}"), _maths),
    (re.compile(rf"\\(?:{_MATHS}){_ARGUMENT}"), _maths),
    (re.compile(r"(?<=[\w)])[\^_]\{[^{}\s]{1,12}\}"), _maths),
)


_KNOWN_COMMANDS: Final = (
    "href textcolor colorbox footnote footnotetext thanks enquote textsubscript textsuperscript ce chem SI qty"
)
COMMANDS_WITH_ARGUMENTS: Final = frozenset(_KNOWN_COMMANDS.split())
"""Commands that wait until the braces within their arguments are resolved."""
_ROUNDS: Final = 8


def expand_commands(tex: str) -> str:
    """Replace the commands whose arguments hold no braces; the others follow when theirs are resolved."""
    for _ in range(_ROUNDS if "{" in tex else 0):
        before = tex
        for pattern, replacement in _COMMAND_RULES:
            tex = pattern.sub(replacement, tex)
        if tex == before:
            break
    return tex
