"""A model's Markdown as HTML that is safe."""

import pytest

from core.summaries.markdown import answer_html


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "![pixel](https://tracker.example/x.png)",
        '<img src=x onerror="alert(1)">',
        "[click](javascript:alert(1))",
        "[click](data:text/html,x)",
        "<style>p{display:none}</style>",
        '<a href="https://x.example" onclick="x()">y</a>',
        "<iframe src=https://x.example></iframe>",
        "[relative](/api/refresh)",
        "$<script>alert(1)</script>$",
        "`<b>`<svg/onload=alert(1)>",
    ],
)
def test_nothing_dangerous_survives(markdown):
    """
    No scripts, images, styles, handlers or odd links come out of a model's Markdown.
    """
    html = answer_html(f"text {markdown} text")
    tags = html.replace("&lt;", "").lower()
    assert "<script" not in tags
    assert "<img" not in tags
    assert "<style" not in tags
    assert "<iframe" not in tags
    assert "<svg" not in tags
    assert "href=" not in tags or 'href="http' in tags
    assert "onclick=" not in html.partition("&lt;")[0]


def test_links_to_the_web_stay():
    """
    Links to http and https stay, and lend the page's name to nobody.
    """
    assert answer_html("[x](https://x.example)") == '<p><a href="https://x.example" rel="nofollow noopener">x</a></p>'


def test_tables_stay():
    """
    A table in Markdown is a table in HTML, with formulas that hold a bar in one cell.
    """
    html = answer_html("| model | $|x|$ |\n|---|---|\n| ours | 81.2 |")
    assert "<th>$|x|$</th>" in html
    assert "<td>81.2</td>" in html


@pytest.mark.parametrize(
    "formula", [r"$a_1 * b_2 * c$", r"$\{x\}$", r"$$\frac{a}{b} < c$$", r"$\text{a\_b}$", r"$x^{*}_{i} \\ y^{*}_{j}$"]
)
def test_formulas_pass_markdown_untouched(formula):
    """
    Underscores, stars and backslashes of TeX mean nothing to Markdown.
    """
    assert answer_html(f"so {formula} holds") == f"<p>so {formula.replace('<', '&lt;')} holds</p>"


def test_other_ways_to_write_formulas_become_dollars():
    """
    ``\\(…\\)`` and ``\\[…\\]`` are formulas, too.
    """
    assert answer_html(r"so \(a_1\) and \[b_2\]") == "<p>so $a_1$ and $$b_2$$</p>"


def test_prices_are_no_formulas():
    """
    Two amounts of money are not the ends of a formula.
    """
    assert answer_html("from $5 to *ten* or $6") == "<p>from $5 to <em>ten</em> or $6</p>"


def test_headings_fit_into_a_section():
    """
    A model's headings never outrank those of the page.
    """
    assert answer_html("# One\n\n###### Six") == "<h4>One</h4>\n<h5>Six</h5>"


def test_no_control_characters_in_html():
    """
    Nothing that an XML document may not hold gets into a section.
    """
    assert answer_html("a\x00b\x08c\ufffed") == "<p>abcd</p>"
