"""Text as people read it: what XML allows, TeX and its maths as Unicode. Cheap to import."""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import normalize

from core.text.maths import unicode_maths
from core.text.split import split_maths, without_formula_marks
from core.text.tex import resolve_tex

_NOT_XML_CHARACTERS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 forbids, and DEL, which shows as a box."""
_INVISIBLE: Final = re.compile("[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000f0000-\U000fffff]")
"""Soft hyphens, zero-width characters, the controls that turn the direction of writing, and private signs."""
_FIRST_PLACEHOLDER: Final = 0xF0000
_MOST_PLACEHOLDERS: Final = 0xFFFF
_PLACE: Final = re.compile("[\U000f0000-\U000fffff]")
_VERBATIM: Final = re.compile(
    r"https?://(?:[^\s<>\"{}|^`\\$]|\\[_%\#&~]|(?<=[/=])\{\w+\})+"  # an address, with TeX's escapes
    r"|\b[A-Za-z]:\\(?:[\w.-]+\\?)+"  # a path
    r"|(?<![`\\])`[^`']{1,80}`(?!`)"  # code
)
_MATHS_LINK: Final = re.compile(r"\$(\\href\{[^{}$]*\}\{[^{}$]*\})\$")
_SIGNS: Final = ("\\", "{", "}", "~", "$", "``", "--")
"""One of these stands in every text with TeX."""
_SHORT_TEXT_CHARACTERS: Final = 100


class MarkedText(NamedTuple):
    """A text without TeX whose formulas are set aside: each of the private signs in ``prose`` stands for one."""

    prose: str
    formulas: tuple[str, ...]  # as they stood, dollars and all

    def filled(self, pieces: "list[str]") -> str:
        """Return the text with these in place of its formulas."""
        if not pieces:
            return self.prose
        return _PLACE.sub(lambda found: pieces[ord(found[0]) - _FIRST_PLACEHOLDER], self.prose)


def xml_safe(text: str) -> str:
    """Leave out the characters that no XML document may hold: control characters, lone surrogates, U+FFFE/FFFF."""
    return _NOT_XML_CHARACTERS.sub("", text)


def plain(text: str) -> str:
    r"""
    Turn arXiv's text into what a person reads: ``Dro\.zd\.z`` is Drożdż, ``\emph{new}`` is new, ``$x^2$`` is x².

    A formula that cannot be read stays as it is, white space is collapsed, invisible controls are dropped. Never
    raises, takes linear time, and leaves its own output alone.
    """
    return _plain_short(text) if len(text) <= _SHORT_TEXT_CHARACTERS else _plain(text)


def _plain(text: str) -> str:
    for _ in range(4):  # what a formula gives may be TeX again, and an escaped dollar may pair with another
        read = mark_formulas(text)
        shown = read.prose
        if read.formulas:
            shown = " ".join(read.filled([_unicode(formula) for formula in read.formulas]).split())
        if shown == text or not (read.formulas or "$" in shown or "\\" in shown):
            return shown
        text = shown
    return shown


_plain_short: Final = lru_cache(maxsize=4096)(_plain)
"""Names stand in a feed several times, and in the next one again."""


def _unicode(formula: str) -> str:
    shown = unicode_maths(without_formula_marks(formula))
    return formula if shown is None else shown


def prose(text: str) -> str:
    """Resolve TeX as ``plain`` does, all but the maths, which stays between its dollars: what search reads."""
    read = mark_formulas(text, dollars_are_free=False)
    return read.filled([*read.formulas])


def mark_formulas(text: str, *, dollars_are_free: bool = True) -> MarkedText:
    """Resolve TeX, and set the formulas aside."""
    text = _cleaned(text)
    if not any(map(text.__contains__, _SIGNS)):
        return MarkedText(text, ())
    segments = split_maths(_MATHS_LINK.sub(r"\1", text) if "\\href" in text else text)
    formulas = [part for part, is_maths in segments if is_maths][:_MOST_PLACEHOLDERS]
    numbers = iter(range(_MOST_PLACEHOLDERS))
    held = "".join(chr(_FIRST_PLACEHOLDER + next(numbers)) if is_maths else part for part, is_maths in segments)
    return MarkedText(_resolved(held, len(formulas), dollars_are_free or not formulas), tuple(formulas))


def _resolved(text: str, first: int, dollars_are_free: bool) -> str:
    """Resolve what is neither address nor code; ``first`` is the first sign that is free to stand for these."""
    verbatim: dict[str, str] = {}

    def set_aside(found: re.Match[str]) -> str:
        if first + len(verbatim) >= _MOST_PLACEHOLDERS:
            return found[0]
        exact = re.sub(r"\\([_%#&~])", r"\1", found[0]) if "://" in found[0] else found[0]
        return verbatim.setdefault(exact, chr(_FIRST_PLACEHOLDER + first + len(verbatim)))

    if "://" in text or "`" in text or ":\\" in text:
        text = _VERBATIM.sub(set_aside, text)
    text = resolve_tex(text, dollars_are_free=dollars_are_free)
    back = {sign: exact for exact, sign in verbatim.items()}
    return _PLACE.sub(lambda found: back.get(found[0], found[0]), text) if verbatim else text


def _cleaned(text: str) -> str:
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    return " ".join(normalize("NFC", _INVISIBLE.sub("", xml_safe(text))).split())
