"""arXiv's texts as HTML: escaped, addresses as links, formulas in the way that was asked for."""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Final

from core.paper import EntryMath
from core.text.links import mend_text_urls, split_text_urls
from core.text.maths import unicode_maths
from core.text.plain import mark_formulas, plain
from core.text.split import split_maths, without_formula_marks

_HTML_WITHOUT_MATHS: Final = re.compile(r"(<(code|pre)\b.*?</\2>|<[^>]*>)", re.DOTALL)
"""What of a summary's HTML holds no formulas: tags, and code with all that is in it."""


class Prose:
    """
    Renders the texts of one paper; ``mathml`` are its formulas, converted when it was stored.

    ``rel`` is what pages say of links that strangers wrote.
    """

    def __init__(self, mathml: Sequence[tuple[str, str]], math: EntryMath, *, rel: str = "") -> None:
        self._mathml, self._rendered_math = dict(mathml), math
        self._rel_html = f' rel="{escape(rel)}"' if rel else ""

    def escaped_text(self, prose: str) -> str:
        """A text on one line, escaped, formulas as Unicode: ``x<y`` is still there when the reader has parsed it."""
        return escape(plain(prose), quote=False)

    def html(self, prose: str) -> str:
        """A text with its formulas and links."""
        marked_text = mark_formulas(prose)
        prose_html = "".join(
            self._link_html(*text_and_url) for text_and_url in split_text_urls(mend_text_urls(marked_text.marked_prose))
        )
        return marked_text._replace(marked_prose=prose_html).with_formulas(
            [*map(self._formula_html, marked_text.formulas)]
        )

    def _link_html(self, link_text: str, link_href: str) -> str:
        link_html = escape(link_text, quote=False)
        return f'<a href="{escape(link_href)}"{self._rel_html}>{link_html}</a>' if link_href else link_html

    def _formula_html(self, formula: str) -> str:
        """Fall back to Unicode, and from there to the source, where a formula cannot be converted."""
        if self._rendered_math == "tex":
            return escape(formula, quote=False)
        is_mathml = self._rendered_math == "mathml"
        mathml_html = self._mathml.get(without_formula_marks(formula), "") if is_mathml else ""
        return mathml_html or self.escaped_text(formula)


def summary_html(stored_html: str, math: EntryMath) -> str:
    """A summary's section with its formulas, which models write between dollars, as Unicode; ``tex`` leaves them."""
    if math == "tex" or not ("$" in stored_html or "\\(" in stored_html or "\\[" in stored_html):
        return stored_html
    rendered_parts = _HTML_WITHOUT_MATHS.split(stored_html)  # text, what is no text, the name of its tag, text, …
    rendered_parts[0::3] = map(_formulas_html, rendered_parts[0::3])
    rendered_parts[2::3] = [""] * len(rendered_parts[2::3])
    return "".join(rendered_parts)


def _formulas_html(stored_html: str) -> str:
    rendered_parts = (
        _rendered_formula_html(rendered_part) if is_maths else rendered_part
        for rendered_part, is_maths in split_maths(stored_html)
    )
    return "".join(rendered_parts)


def _rendered_formula_html(formula_html: str) -> str:
    rendered_formula = unicode_maths(unescape(without_formula_marks(formula_html)))
    return formula_html if rendered_formula is None else escape(rendered_formula, quote=False)
