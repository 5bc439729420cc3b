"""Formulas in entries."""

import pytest
from msgspec.structs import replace

from core.render.body import body_html
from core.text.mathml import mathml_of
from tests.support.rendered import text_of
from tests.support.rendering import entry, paper, summary

MATHML = (
    'about <math alttext="n^2"><msup><semantics><mi>n</mi><annotation>^</annotation></semantics>'
    "<mn>2</mn></msup></math> pots"
)


@pytest.mark.parametrize(
    ("math", "shown"),
    [("mathml", MATHML), ("unicode", "about n² pots"), ("tex", "about $n^2$ pots")],
)
def test_formulas_are_shown_in_the_way_asked_for(math: str, shown: str):
    """
    As MathML from what was stored, as Unicode, or as TeX; what is not stored as Unicode, what is malformed as it is.
    """
    text = "about $n^2$ pots, $\\frac{1$ and $m^2$"
    html = body_html(entry(paper(abstract=text, mathml=mathml_of((text.partition(",")[0],)))), "full", math=math)
    assert shown in html
    assert "$\\frac{1$" in html
    assert ("m²" in html) is (math != "tex")
    assert "n^2" not in text_of(html) or math == "tex" or html.count("n^2") == 1


def test_formulas_of_a_summary_are_readable():
    """
    What a model writes between dollars is Unicode, all but in code, and money; tables and lists stay.
    """
    html = "<p>From $x^2 &lt; 3$ at $5 or $10.</p><table><tr><td>$\\alpha$</td></tr></table><code>$x^2$ $y$</code>"
    shown = paper()
    made = entry(shown, summary=summary(shown, sections=(("Results", html),)))
    expected = "<p>From x² &lt; 3 at $5 or $10.</p><table><tr><td>α</td></tr></table><code>$x^2$ $y$</code>"
    assert expected in body_html(made, "full")
    assert html in body_html(made, "full", math="tex")


def test_formulas_stay_legible_where_mathml_is_unknown():
    """
    A reader that drops the tags shows each formula once, on one line, with its signs.
    """
    shown = paper(abstract="$10^{-3}$, $\\frac{a+b}{2}$, $\\sqrt{x_1}$", mathml=())
    shown = replace(shown, mathml=mathml_of((shown.abstract,)))
    assert "10^(−3), (a+b)/2, √(x_1)" in text_of(body_html(entry(shown), "full"))
