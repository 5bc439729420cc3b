"""Text as people read it: what XML allows, TeX and its maths as Unicode. Cheap to import."""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import normalize

from core.text.maths import unicode_maths
from core.text.split import split_maths, without_formula_marks
from core.text.tex import resolve_tex

_NOT_XML_TEXT_CHARACTERS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 forbids, and DEL, which shows as a box."""
_INVISIBLE_CHARACTERS: Final = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000f0000-\U000fffff]"
)
"""Soft hyphens, zero-width characters, the controls that turn the direction of writing, and private signs."""
_FIRST_FORMULA_PLACEHOLDER: Final = 0xF0000
_MOST_FORMULA_PLACEHOLDERS: Final = 0xFFFF
_FORMULA_PLACEHOLDER: Final = re.compile("[\U000f0000-\U000fffff]")
_VERBATIM_TEXT: Final = re.compile(
    r"https?://(?:[^\s<>\"{}|^`\\$]|\\[_%\#&~]|(?<=[/=])\{\w+\})+"  # an address, with TeX's escapes
    r"|\b[A-Za-z]:\\(?:[\w.-]+\\?)+"  # a path
    r"|(?<![`\\])`[^`']{1,80}`(?!`)"  # code
)
_PARAGRAPH_BREAK: Final = re.compile(r"\n\s*\n|\n[ \t]+(?=\S)")  # arXiv indents the first line of a paragraph
_MATHS_LINK: Final = re.compile(r"\$(\\href\{[^{}$]*\}\{[^{}$]*\})\$")
_TEX_SIGNS: Final = ("\\", "{", "}", "~", "$", "``", "--")
"""One of these stands in every text with TeX."""
_SHORT_TEXT_CHARACTERS: Final = 100


class MarkedText(NamedTuple):
    """A text without TeX whose formulas are set aside: each of the private signs in ``marked_prose`` stands for one."""

    marked_prose: str
    formulas: tuple[str, ...]  # as they stood, dollars and all

    def with_formulas(self, shown_formulas: "list[str]") -> str:
        """Return the text with these in place of its formulas."""
        if not shown_formulas:
            return self.marked_prose
        return _FORMULA_PLACEHOLDER.sub(
            lambda sign: shown_formulas[ord(sign[0]) - _FIRST_FORMULA_PLACEHOLDER], self.marked_prose
        )


def xml_safe(text: str) -> str:
    """Leave out the characters that no XML document may hold: control characters, lone surrogates, U+FFFE/FFFF."""
    return _NOT_XML_TEXT_CHARACTERS.sub("", text)


def plain(text: str) -> str:
    r"""
    Turn arXiv's text into what a person reads: ``Dro\.zd\.z`` is Drożdż, ``\emph{new}`` is new, ``$x^2$`` is x².

    A formula that cannot be read stays as it is, white space is collapsed, invisible controls are dropped. Never
    raises, takes linear time, and leaves its own output alone.
    """
    return _remembered_plain(text) if len(text) <= _SHORT_TEXT_CHARACTERS else _plain_text(text)


def _plain_text(text: str) -> str:
    for _ in range(4):  # what a formula gives may be TeX again, and an escaped dollar may pair with another
        marked_prose, tex_formulas = marked_text = mark_formulas(text)
        plain_text = marked_prose
        if tex_formulas:
            plain_text = " ".join(marked_text.with_formulas([*map(_unicode_formula, tex_formulas)]).split())
        if plain_text == text or not (tex_formulas or "$" in plain_text or "\\" in plain_text):
            return plain_text
        text = plain_text
    return plain_text


_remembered_plain: Final = lru_cache(maxsize=4096)(_plain_text)
"""Names stand in a feed several times, and in the next one again."""


def _unicode_formula(formula: str) -> str:
    unicode_formula = unicode_maths(without_formula_marks(formula))
    return formula if unicode_formula is None else unicode_formula


def prose_with_maths(text: str) -> str:
    """Resolve TeX as ``plain`` does, all but the maths, which stays between its dollars: what search reads."""
    marked_text = mark_formulas(text, dollars_are_free=False)
    return marked_text.with_formulas([*marked_text.formulas])


def mark_formulas(text: str, *, dollars_are_free: bool = True) -> MarkedText:
    """Resolve TeX, and set the formulas aside."""
    text = _without_invisible(text)
    if not any(map(text.__contains__, _TEX_SIGNS)):
        return MarkedText(text, ())
    maths_segments = split_maths(_MATHS_LINK.sub(r"\1", text) if "\\href" in text else text)
    formulas = tuple(segment for segment, is_maths in maths_segments if is_maths)[:_MOST_FORMULA_PLACEHOLDERS]
    formula_placeholders = map(
        chr, range(_FIRST_FORMULA_PLACEHOLDER, _FIRST_FORMULA_PLACEHOLDER + _MOST_FORMULA_PLACEHOLDERS)
    )
    marked_prose = "".join(next(formula_placeholders) if is_maths else segment for segment, is_maths in maths_segments)
    return MarkedText(_resolve_prose(marked_prose, len(formulas), dollars_are_free or not formulas), formulas)


def _resolve_prose(tex_prose: str, first_free: int, dollars_are_free: bool) -> str:
    """Resolve what is neither address nor code; ``first_free`` is the first placeholder that may stand for these."""
    formula_placeholders: dict[str, str] = {}

    def set_aside(verbatim: re.Match[str]) -> str:
        if first_free + len(formula_placeholders) >= _MOST_FORMULA_PLACEHOLDERS:
            return verbatim[0]
        verbatim_text = re.sub(r"\\([_%#&~])", r"\1", verbatim[0]) if "://" in verbatim[0] else verbatim[0]
        return formula_placeholders.setdefault(
            verbatim_text, chr(_FIRST_FORMULA_PLACEHOLDER + first_free + len(formula_placeholders))
        )

    if "://" in tex_prose or "`" in tex_prose or ":\\" in tex_prose:
        tex_prose = _VERBATIM_TEXT.sub(set_aside, tex_prose)
    resolved_prose = resolve_tex(tex_prose, dollars_are_free=dollars_are_free)
    if not formula_placeholders:
        return resolved_prose
    verbatim_texts = {
        formula_placeholder: verbatim_text for verbatim_text, formula_placeholder in formula_placeholders.items()
    }
    return _FORMULA_PLACEHOLDER.sub(lambda sign: verbatim_texts.get(sign[0], sign[0]), resolved_prose)


def _without_invisible(text: str) -> str:
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    return " ".join(normalize("NFC", _INVISIBLE_CHARACTERS.sub("", xml_safe(text))).split())


def text_paragraphs(abstract: str) -> list[str]:
    """Split arXiv's text where a paragraph ends; the lines within one stay broken."""
    return [paragraph for paragraph in _PARAGRAPH_BREAK.split(abstract) if paragraph.strip()]
