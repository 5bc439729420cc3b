"""A report as Markdown, looked at through GitHub's own renderer."""

import re
from html import unescape

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.paper import Entry
from core.report.html import html_report
from core.report.markdown import markdown_report
from core.report.markdown_escape import escape_markdown, escape_markdown_block, one_line_html
from core.text.plain import plain
from tests.support.rendering import entry, hostile, ordinary, paper, summary
from tests.support.reporting import FEED, GOLDENS, SETTINGS, goldens, record, report

FORMULA = re.compile(r"\$<code>(.*?)</code>\$")
TEXTS = [
    "plain",
    "# no heading",
    "1. no list",
    "- no list",
    "+ no list",
    "> no quotation",
    "=== no heading",
    "--- no rule",
    "~~~ no code",
    "``` no code",
    "a | b \\| c",
    "[x](https://evil.example) ![i](x.png) [^1] [ref]",
    "<script>alert(1)</script> <!-- x --> <details> </details> &lt; &amp;",
    "https://evil.example www.evil.example ftp://evil.example",
    "*a* _b_ __c__ ~~d~~ `e` ``f``",
    "costs $5 and $6, or $x_1^2$ and $$y$$ and $`z`$",
    "\\( a \\) \\[ b \\] \\",
    ": no definition",
    "| no | table |",
]


def rendered(markdown: str) -> str:
    """What GitHub makes of it, raw HTML kept: hiding it would hide what broke out."""
    html: str = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    return html


def text_of(html: str) -> str:
    """The text that a person reads; GitHub shows a formula where code stands between dollars."""
    return unescape(re.sub(r"<[^>]*>", "", FORMULA.sub(r"$\1$", html))).strip()


@pytest.mark.parametrize("name", sorted(goldens()))
def test_the_report_is_its_golden(name: str):
    """Its bytes change only on purpose: python tests/support/reporting.py writes the goldens anew."""
    assert goldens()[name] == (GOLDENS / name).read_text(encoding="utf-8")


def test_other_bytes_have_another_version():
    """Who has a report from before an upgrade gets the new one: the version is part of its ETag."""
    assert record() == (GOLDENS / "version.txt").read_text()


@pytest.mark.parametrize("text", TEXTS)
def test_text_stays_text(text: str):
    """Nothing that means something in Markdown or HTML means anything in a title or an abstract."""
    assert rendered(escape_markdown_block(text)).count("<") == 2 + 2 * escape_markdown(text).count(
        "$`"
    )  # <p> and </p>, and formulas
    assert text_of(rendered(escape_markdown_block(text))) == plain(text)
    assert text_of(rendered(f"| {escape_markdown(text)} | b |\n|---|---|\n")).split("\n")[0] == plain(text)


@given(st.text(alphabet=st.sampled_from("ab1 .:/wh\\`*_{}[]()#+-!|<>~&$^=@\"'\n\té"), max_size=40))
def test_any_text_stays_text(text: str):
    """The same of whatever a fuzzer thinks of, in a block, in a link and in a table's cell."""
    shown = " ".join(plain(text).split())
    assert text_of(rendered(f"x{escape_markdown_block(text)}")) == f"x{shown}".strip()
    assert text_of(rendered(f"> {escape_markdown_block(text)}\n\nend")) == f"{shown}\n\nend".strip()
    link = rendered(f"### 1. [x{escape_markdown(text)}](https://arxiv.org/abs/1)")
    assert text_of(link) == f"1. x{shown}".strip()
    assert link.count("<a ") == 1


def with_summaries(entries: list[Entry]) -> list[Entry]:
    """The same papers with summaries whose text is as bad as theirs; the HTML is as it leaves the cleaning."""
    code = "<pre><code># not a heading\n\n- nor a list\n\n```\n&lt;/details&gt;\n</code></pre>"
    made = []
    for each in entries:
        title = each.paper.title
        sections = ((title, f"<p>one</p>\n\n<ul>\n<li>two</li>\n</ul>\n\n{code}"), ("Plain", "<p>three</p>"))
        made.append(
            replace(each, summary=summary(each.paper, tldr=title, warning=title, model=title, sections=sections))
        )
    return made


@pytest.mark.parametrize("entries", [ordinary(), hostile(), with_summaries(hostile())], ids=["usual", "bad", "summed"])
def test_no_paper_breaks_out_of_its_place(entries: list[Entry]):
    """Each paper is one heading with one link, one list, one quotation; the sections of the report are its own."""
    html = rendered(markdown_report(report(entries), SETTINGS, feed_url=FEED))
    headings = re.findall(r"<h([1-6])>(.*?)</h\1>", html, re.DOTALL)
    assert [text for level, text in headings if level == "2"] == ["Statistics", "Papers", "Configuration"]
    titles = [text_of(text).partition(". ")[2] for level, text in headings if level == "3"]
    assert titles == [plain(each.paper.title) or f"arXiv:{each.paper.arxiv_id}v1" for each in entries]
    assert html.count("<blockquote>") == len(entries)
    own = "".join(html for each in entries if each.summary for _, html in each.summary.sections)
    assert html.count("<ul>") == len(entries) + own.count("<ul>")
    links = re.findall(r'href="([^"]*)"', html)
    assert links == [FEED, *(f"https://arxiv.org/abs/{each.paper.arxiv_id}" for each in entries)]
    assert html.count("<details>") == html.count("</details>") == 1 + sum(each.summary is not None for each in entries)
    allowed = "a|blockquote|code|details|em|h[1-4]|li|p|pre|strong|summary|table|tbody|td|th|thead|tr|ul"
    assert not re.sub(rf"</?(?:{allowed})(?: (?:href|align)=\"[^\"]*\")?>", "", html).count("<")


def test_code_in_a_summary_keeps_its_lines():
    """A blank line in code neither ends the block nor lets Markdown in; the browser sees the same code."""
    code = "<pre><code># a\n\n- b\n</code></pre>"
    html = rendered(f"<details>\n{one_line_html(code)}\n</details>\n\n## After\n")
    assert unescape(html) == unescape(f"<details>\n{code}\n</details>\n<h2>After</h2>\n")


def test_the_html_report_is_safe_too():
    """It stands in feeds and mails: no element or attribute but ours, every paper's text escaped."""
    html = html_report(report(with_summaries(hostile())), SETTINGS, papers_url="https://feeds.example/papers/")
    allowed = "a|code|details|h[2-4]|li|ol|p|pre|small|strong|summary|table|tbody|td|th|thead|tr|ul"
    assert not re.sub(rf"</?(?:{allowed})(?: href=\"[^\"]*\"| lang=\"en\")?>", "", html).count("<")
    hosts = {address.split("/")[2] for address in re.findall(r'href="([^"]*)"', html)}
    assert hosts == {"arxiv.org", "feeds.example"}


def test_a_paper_without_anything_has_a_line_for_each_fact():
    """No title, no authors, no abstract: the report still says which paper it is."""
    bare = entry(paper(9, title="", authors=(), abstract=""), matched=(), score=0)
    text = markdown_report(report([bare]), SETTINGS)
    assert "### 1. [arXiv:2613.00009v1](https://arxiv.org/abs/2613.00009)" in text
    assert "- **Authors**: not named" in text
    assert "- **Score**: 0\n" in text
