"""Formulas as MathML: nothing lost, nothing harmful, legible where the tags are dropped."""

import gzip
import os
import re
from html import unescape
from pathlib import Path
from unicodedata import normalize
from xml.etree.ElementTree import fromstring

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.mathml import mathml, mathml_of
from core.text.maths import unicode_maths
from core.text.plain import mark_formulas
from core.text.split import without_formula_marks

REPLAY = Path(os.environ.get("ARXIV_REPLAY", Path(__file__).parent.parent.parent.parent / "shared" / "arxiv"))


def dropped(html: str) -> str:
    """What a reader shows that knows no MathML."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def letters(text: str) -> list[str]:
    return sorted(character for character in normalize("NFKD", text) if character.isalnum())


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        ("10^{-3}", "10^(−3)"),
        ("x_1^2", "x_1^2"),
        ("\\frac{a+b}{2}", "(a+b)/2"),
        ("\\sqrt{x}", "√(x)"),
        ("\\binom{n}{k}", "(n choose k)"),
        ("n\\log n", "n\u2009log\u2061 n"),
        ("\\textbf{(1) bold} + \\texttt{ab}", "(1) bold+ab"),
        ("\\text{if } x", "if x"),
        ("\\mathcal{O}(n)", "𝒪(n)"),
        ("\\color{red}x", "x"),
        ("x'", "x′"),
        ("a<b \\& c", "a<b&c"),
    ],
)
def test_without_its_tags_a_formula_is_a_line(tex: str, line: str):
    """
    Powers, fractions and roots keep their signs; every text within is there.
    """
    assert dropped(mathml(tex)) == line


@pytest.mark.parametrize(
    "tex", ["\\frac{1", "\\unknown{x}", "}{", "\\href{javascript:x}{y}", "x" * 1501, "\\begin{x}", "\\verb|a|"]
)
def test_what_is_no_maths_is_not_converted(tex: str):
    """
    Malformed formulas, commands that are no maths, and longer ones than anybody reads are left to the fallback.
    """
    assert mathml(tex) == ""


@given(st.text(max_size=60))
def test_any_text_gives_well_formed_markup_or_none(text: str):
    """
    Whatever stands between two dollars, the result is XML without scripts, styles or addresses.
    """
    if made := mathml(text):
        root = fromstring(made)
        assert root.tag == "math"
        names = {name for element in root.iter() for name in element.keys()}  # noqa: SIM118 - an Element is no dict
        assert not names & {"style", "class", "href", "onclick", "src"}


def test_each_formula_is_converted_once():
    """
    From all texts of a paper, by its TeX without dollars; what fails is left out.
    """
    assert [tex for tex, _ in mathml_of(("$x^2$ and $$x^2$$", "\\(y\\) and $\\frac{1$"))] == ["x^2", "y"]


@pytest.mark.skipif(not REPLAY.exists(), reason="the recorded days are not beside the checkout (../shared/arxiv)")
def test_two_readings_of_every_recorded_formula_agree():
    """
    MathML by the library and Unicode by our reader hold the same letters and digits, all but accents and transposes.
    """
    papers = map(msgspec.json.decode, gzip.decompress((REPLAY / "papers.jsonl.gz").read_bytes()).splitlines())
    formulas = {without_formula_marks(each) for paper in papers for each in mark_formulas(paper["abstract"]).formulas}
    pairs = [(made, shown) for tex in formulas if (made := mathml(tex)) and (shown := unicode_maths(tex)) is not None]
    other = [(dropped(made), shown) for made, shown in pairs if letters(dropped(made)) != letters(shown)]
    assert len(pairs) > 0.97 * len(formulas) > 1500
    assert all(set("ˆ¯˜˙¨⊤→") & set(line) for line, _ in other), other
