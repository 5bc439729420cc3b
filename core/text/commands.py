r"""TeX's commands whose arguments are not just looks: ``\href{u}{t}``, ``\footnote{x}``, ``\ce{CO2}``, ``x_{1}``."""

import re
from collections.abc import Callable
from typing import Final

from core.text.maths import unicode_maths
from core.text.symbols import UNICODE_SCRIPTS

_TEX_ARGUMENT: Final = r"\s*\{([^{}]*)\}"
_DROPPED_COMMANDS: Final = (
    "label|vspace|hspace|index|bibliography|bibliographystyle|includegraphics|color|pagestyle|input|footnotemark"
)
_ACRONYM_COMMANDS: Final = "gls|Gls|glspl|Glspl|acrshort|acrlong|acrfull|ac|acs|acl|acf|acp|Ac|Acp"
_CITATION_COMMANDS: Final = r"(?:cite|citep|citet|citealp|citeauthor|ref|cref|Cref|eqref|autoref|parencite|textcite)\*?"
_MATHS_COMMANDS: Final = (
    "sqrt|vec|hat|bar|tilde|widehat|widetilde|overline|mathbb|mathcal|mathscr|mathfrak|dot|ddot|si|num|ket|bra"
)
_CHEMICAL_SCRIPT: Final = re.compile(r"(?<=[A-Za-z)\]])(\d+)|\^\{?([\d+-]+)\}?|_\{?(\d+)\}?")


def _named_link(tex_command: re.Match[str]) -> str:
    """Name and address, once where they are the same."""
    tex_url, tex_link_text = tex_command[1].strip(), tex_command[2].strip()
    says_url = not tex_link_text or tex_url.split("//")[-1].strip("/") in tex_link_text or tex_link_text in tex_url
    return tex_url if says_url else f"{tex_link_text} ({tex_url})"


def _unicode_script(script_sign: str) -> Callable[[re.Match[str]], str]:
    def convert_script(tex_command: re.Match[str]) -> str:
        return "".join(
            UNICODE_SCRIPTS[script_sign].get(tex_character, tex_character) for tex_character in tex_command[1]
        )

    return convert_script


def _chemical_formula(tex_command: re.Match[str]) -> str:
    """Lower the numbers of a formula and raise its charges, as mhchem does."""

    def convert_script(chemical_script: re.Match[str]) -> str:
        unicode_scripts = UNICODE_SCRIPTS["^" if chemical_script[2] else "_"]
        script_text = chemical_script[1] or chemical_script[2] or chemical_script[3]
        return "".join(unicode_scripts.get(tex_character, tex_character) for tex_character in script_text)

    return _CHEMICAL_SCRIPT.sub(convert_script, tex_command[1]).replace("->", "→")


def _unicode_formula(tex_command: re.Match[str]) -> str:
    return unicode_maths(tex_command[0]) or tex_command[0]


_COMMAND_RULES: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(rf"\\href{_TEX_ARGUMENT}{_TEX_ARGUMENT}"), _named_link),
    (re.compile(rf"\\(?:textcolor|colorbox){_TEX_ARGUMENT}{_TEX_ARGUMENT}"), r"\2"),
    (re.compile(rf"\s*\\(?:footnote|footnotetext|thanks){_TEX_ARGUMENT}"), r" (\1)"),
    (re.compile(rf"[\s~]*\\{_CITATION_COMMANDS}{_TEX_ARGUMENT}"), r" [\1]"),
    (re.compile(rf"\s*\\(?:{_DROPPED_COMMANDS})\*?(?:\[[^\[\]]*\])?{_TEX_ARGUMENT}"), " "),
    (re.compile(rf"\\(?:{_ACRONYM_COMMANDS})\*?{_TEX_ARGUMENT}"), r"\1"),
    (re.compile(rf"\\(?:begin|end){_TEX_ARGUMENT}"), " "),
    (re.compile(rf"\\enquote{_TEX_ARGUMENT}"), r"“\1”"),
    (re.compile(rf"\\textsubscript{_TEX_ARGUMENT}"), _unicode_script("_")),
    (re.compile(rf"\\textsuperscript{_TEX_ARGUMENT}"), _unicode_script("^")),
    (re.compile(rf"\\(?:ce|chem){_TEX_ARGUMENT}"), _chemical_formula),
    (re.compile(rf"\\(?:d|t)?frac{_TEX_ARGUMENT}{_TEX_ARGUMENT}"), _unicode_formula),
    (re.compile(rf"\\(?:SI|qty){_TEX_ARGUMENT}{_TEX_ARGUMENT}"), _unicode_formula),
    (re.compile(rf"\\(?:{_MATHS_COMMANDS}){_TEX_ARGUMENT}"), _unicode_formula),
    (re.compile(r"(?<=[\w)])[\^_]\{[^{}\s]{1,12}\}"), _unicode_formula),
)


COMMANDS_WITH_ARGUMENTS: Final = frozenset(
    "href textcolor colorbox footnote footnotetext thanks enquote textsubscript textsuperscript ce chem SI qty".split()  # noqa: SIM905
)
"""Commands that wait until the braces within their arguments are resolved."""
_MOST_EXPANSIONS: Final = 8


def expand_commands(tex: str) -> str:
    """Replace the commands whose arguments hold no braces; the others follow when theirs are resolved."""
    for _ in range(_MOST_EXPANSIONS if "{" in tex else 0):
        unexpanded_tex = tex
        for command_pattern, expansion in _COMMAND_RULES:
            tex = command_pattern.sub(expansion, tex)
        if tex == unexpanded_tex:
            break
    return tex
