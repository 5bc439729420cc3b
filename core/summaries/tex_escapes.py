r"""
Backslashes in JSON that a model wrote: an escape, or a command of TeX whose backslash should have been doubled.

``\beta``, ``\frac``, ``\ne``, ``\rho`` and ``\times`` begin like JSON's ``\b``, ``\f``, ``\n``, ``\r`` and ``\t``.
Nobody writes a backspace or a form feed; which of the others is meant is told by the commands that TeX, AMS-LaTeX and
the usual packages know.
"""

import re
from typing import Final

_NAMES: Final = (
    "nabla natural ncong ndash ne nearrow neg negmedspace negthickspace negthinspace neq neqsim newcommand "
    "newenvironment newline newpage nexists ngeq ngeqq ngeqslant ngtr ni nil nleftarrow nLeftarrow nleftrightarrow "
    "nLeftrightarrow nleq nleqq nleqslant nless nlim nmid nobreak noindent nolimits nonumber norm normalfont "
    "normalsize not notag notin notni nparallel nprec npreceq nrightarrow nRightarrow nshortmid nshortparallel nsim "
    "nsubset nsubseteq nsubseteqq nsucc nsucceq nsupset nsupseteq nsupseteqq ntriangleleft ntrianglelefteq "
    "ntriangleright ntrianglerighteq nu nvdash nvDash nVdash nVDash nwarrow num numprint nan rVert raggedleft "
    "raggedright raise raisebox rangle rank rbrace rbrack rceil ref reflectbox renewcommand restriction rfloor "
    "rgroup rhd rho right rightarrow rightarrowtail rightharpoondown rightharpoonup rightleftarrows "
    "rightleftharpoons rightrightarrows rightsquigarrow rightthreetimes risingdotseq rlap rm rmfamily rmoustache "
    "root rotatebox rowcolor rtimes rule rvert relax tabcolsep tabular tabularnewline tag talloblong tan tanh tau "
    "tbinom text textasciicircum textasciitilde textbackslash textbar textbf textbullet textcircled textcolor "
    "textdegree textemdash textendash textgreater textit textless textmd textmu textnormal textquote textregistered "
    "textrm textsc textsf textsl textstyle textsubscript textsuperscript texttrademark texttt textual "
    "textunderscore textup tfrac thanks therefore theta thetasym thickapprox thicksim thickspace thinspace "
    "thispagestyle tilde times tiny to top topsep tr trace tran transpose triangle triangledown triangleleft "
    "trianglelefteq triangleq triangleright trianglerighteq tt ttfamily twoheadleftarrow twoheadrightarrow "
    "twocolumn tnorm "
)
"""Those that begin like a line break, a carriage return or a tab; few are what a word leaves after one of them."""

_COMMANDS: Final = frozenset(_NAMES.split())
_AMBIGUOUS: Final = frozenset({"ni", "nan", "norm", "num"})
"""A command inside a formula; outside one, a line break and a word: Italian's ``i``, ``an``, ``orm``, ``um``."""

_SIGN: Final = re.compile(r'"|\$|\\(?:u[0-9a-fA-F]{4}|[a-zA-Z]+|.|$)|,(?=\s*[}\]])', re.DOTALL)
_LITERAL_BREAK: Final = re.compile(r"\\n([a-zA-Z]*)")


def is_command(letters: str, *, in_formula: bool) -> bool:
    """Whether a backslash and these letters are TeX; a command that runs into a number or word is not foreseen."""
    return letters in _COMMANDS and (in_formula or letters not in _AMBIGUOUS)


def double_tex_backslashes(text: str) -> str:
    """Double the backslashes that JSON does not know, or would take for a control character; drop trailing commas."""
    inside = in_formula = False

    def mend(found: re.Match[str]) -> str:
        nonlocal inside, in_formula
        sign = found[0]
        if sign == '"':
            inside, in_formula = not inside, False
        elif sign == "$":
            in_formula = not in_formula
        elif sign == ",":
            return "," if inside else ""
        elif inside and sign[0] == "\\":
            return _mended(sign, in_formula=in_formula)
        return sign

    return _SIGN.sub(mend, text)


def _mended(token: str, *, in_formula: bool) -> str:
    after = token[1:]
    if after in ("\\", '"', "/") or (after[:1] == "u" and len(after) == 5 and after[1:].isalnum()):
        return token
    if after in tuple("bfnrt") or (after[:1] in tuple("nrt") and not is_command(after, in_formula=in_formula)):
        return token
    return f"\\{token}"


def unfold_line_breaks(text: str) -> str:
    r"""Make a line break of a ``\n`` that was doubled: two characters where one was meant; TeX stays."""
    if "\\n" not in text:
        return text
    pieces = text.split("$") if text.count("$") % 2 == 0 else [text]
    return "$".join(piece if number % 2 else _LITERAL_BREAK.sub(_unfold, piece) for number, piece in enumerate(pieces))


def _unfold(found: re.Match[str]) -> str:
    return found[0] if is_command(f"n{found[1]}", in_formula=False) else f"\n{found[1]}"
