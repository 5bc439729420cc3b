"""arXiv's texts as HTML: escaped, addresses as links, formulas in the way that was asked for."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Final

from core.paper import Math
from core.text.links import mend_urls, split_urls
from core.text.maths import unicode_maths
from core.text.plain import mark_formulas, plain
from core.text.split import split_maths, without_formula_marks

_CODE_OR_TAG: Final = re.compile(r"(<(code|pre)\b.*?</\2>|<[^>]*>)", re.DOTALL)
"""What of a summary's HTML holds no formulas: tags, and code with all that is in it."""


class Prose:
    """
    Renders the texts of one paper; ``mathml`` are its formulas, converted when it was stored.

    ``rel`` is what pages say of links that strangers wrote.
    """

    def __init__(self, mathml: Sequence[tuple[str, str]], math: Math, *, rel: str = "") -> None:
        self._mathml = dict(mathml)
        self._math = math
        self._rel = f' rel="{escape(rel)}"' if rel else ""

    def text(self, raw: str) -> str:
        """A text on one line, escaped, formulas as Unicode: ``x<y`` is still there when the reader has parsed it."""
        return escape(plain(raw), quote=False)

    def html(self, raw: str) -> str:
        """A text with its formulas and links."""
        marked = mark_formulas(raw)
        shown = "".join(
            f'<a href="{escape(url)}"{self._rel}>{escape(text, quote=False)}</a>' if url else escape(text, quote=False)
            for text, url in split_urls(mend_urls(marked.prose))
        )
        return marked._replace(prose=shown).filled([self._formula(formula) for formula in marked.formulas])

    def _formula(self, formula: str) -> str:
        """Fall back to Unicode, and from there to the source, where a formula cannot be converted."""
        if self._math == "tex":
            return escape(formula, quote=False)
        stored = self._mathml.get(without_formula_marks(formula), "") if self._math == "mathml" else ""
        return stored or self.text(formula)


def summary_html(html: str, math: Math) -> str:
    """A summary's section with its formulas, which models write between dollars, as Unicode; ``tex`` leaves them."""
    if math == "tex" or not ("$" in html or "\\(" in html or "\\[" in html):
        return html
    html_parts = _CODE_OR_TAG.split(html)  # text, what is no text, the name of its tag, text, …
    html_parts[0::3] = map(_with_formulas, html_parts[0::3])
    return "".join(html_part for part_number, html_part in enumerate(html_parts) if part_number % 3 != 2)


def _with_formulas(html: str) -> str:
    return "".join(_formula_as_text(part) if is_maths else part for part, is_maths in split_maths(html))


def _formula_as_text(html: str) -> str:
    shown = unicode_maths(unescape(without_formula_marks(html)))
    return html if shown is None else escape(shown, quote=False)
