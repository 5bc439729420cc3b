"""Pages whose nesting a look at their tags takes for shallow and a parser for deep: none of them reaches the parser."""

import random

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.arxiv.nesting import LONGEST_ARXIV_TAG, MOST_NESTED_ELEMENTS, MOST_REOPENED_ELEMENTS, check_listing
from core.errors import ParseError

DISAGREEMENTS = {
    "a slash closes nothing": "<div/>",
    "an end in an attribute": '<div a="</div>">',
    "an end in an attribute of a tag in an attribute": '<div a="<b>x</div>">',
    "an end in a comment": "<div><!--</div>-->",
    "an end in a declaration": "<div><!x </div>",
    "an end in a broken end": "<div></3 </div>",
    "an end in a script": "<div><script></div></script>",
    "an end in a style": "<div><style></div></style>",
    "an end in CDATA": "<div><svg><![CDATA[</div>]]></svg>",
    "a comment that begins in a script": "<script>'<!--'</script><div>-->",
    "a script in a script": "<div><script><!--<script></script></div>--></script>",
    "a tag that begins in a script": '<script>a<b c="</script><div>"',
    "an end that is ignored": "<span><div></span></div>",
    "an end that a paragraph hides": "<span><p></span></p>",
    "an end in another order": "<section><article></section></article>",
    "what nests though its end may be left out": "<rt>",
    "groups outside of a list": "<optgroup>",
    "voids of a drawing": "<svg><link>",
    "bold without end": "<p><b a={n}></p>",
    "buttons that end each other": "<button><button></button><span></button>",
}
FRAGMENTS = [
    "<div>", "</div>", "<div/>", "<span>", "</span>", "<p>", "</p>", "<b id={n}>", "</b>", "<a href='x'>",
    "</a>", "<li>", "</li>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<svg>", "</svg>", "<math>",
    "</math>", "<mi>", "<link>", "<select>", "</select>", "<option>", "<template>", "</template>", "<button>",
    "</button>", "<!--", "-->", "<!-->", "<script>", "</script>", "<style>", "</style>", "<title>", "</title>",
    "<textarea>", "</textarea>", "<![CDATA[", "]]>", '<div a="', '">', "'", '"', ">", "<", "=", " x='", "</",
    "<!x ", "<?", "<form>", "</form>", "<h1>", "</h1>", "<object>", "</object>", "<foreignObject>",
    "</foreignObject>", "<desc>", "text", "<nobr>", "<ruby>", "<rt>", "<dd>", "</dd>",
]  # fmt: skip


def depth_and_nodes(page: str) -> tuple[int, int]:
    """How deep the parser nests its elements, and how many it makes."""
    tree, deepest, count = LexborHTMLParser(page), 0, 0
    waiting: list[tuple[LexborNode, int]] = [(tree.root, 1)] if tree.root else []
    while waiting:
        node, depth = waiting.pop()
        deepest, count = max(deepest, depth), count + 1
        waiting += [(child, depth + 1) for child in node.iter()]
    return deepest, count


@pytest.mark.parametrize("name", DISAGREEMENTS)
def test_what_looks_shallow_and_is_deep_is_refused(name: str):
    """Each was taken for a page of a few levels; a parser made 10,000 of some of them."""
    page = "".join(DISAGREEMENTS[name].replace("{n}", str(number)) for number in range(10_000))
    with pytest.raises(ParseError, match=r"nests more than|beyond measure"):
        check_listing(page)


def test_random_pages_that_are_let_through_are_shallow():
    """Whatever fragments are put together and repeated: what is let through is no deeper than promised."""
    chance = random.Random(11)
    let_through = 0
    for _ in range(3000):
        fragments = [chance.choice(FRAGMENTS) for _ in range(chance.randint(1, 9))]
        page = "".join("".join(fragments).replace("{n}", str(number)) for number in range(chance.choice((40, 600))))
        try:
            check_listing(page)
        except ParseError:
            continue
        let_through += 1
        deepest, nodes = depth_and_nodes(page)
        assert deepest <= 4 * MOST_NESTED_ELEMENTS, fragments  # tables bring elements that nobody wrote
        assert nodes <= (2 + MOST_REOPENED_ELEMENTS) * (page.count("<") + 10), fragments
    assert let_through > 300


def test_a_tag_out_of_step_is_found():
    """A tag that a comment seems to swallow is measured all the same."""
    long = " ".join(f"x{number}=1" for number in range(LONGEST_ARXIV_TAG))
    for before in ("<!-- <a b=' -->", '<script><a b="</script>', "<!-- <a b=\" -->'"):
        with pytest.raises(ParseError, match="beyond measure"):
            check_listing(f"{before}<a {long}>")


def test_a_page_as_people_write_it_is_let_through():
    """Scripts with tags in them, comments, drawings, a sloppy head, and 2,000 entries: nothing is wrong with it."""
    head = """<!DOCTYPE html><html><head><title>New & old <b></title><meta charset=utf-8><link rel=stylesheet href=x>
    <script>if (a<b && "<div>") { document.write('<div class="x">don\\'t</div>'); } // it's</script>
    <!-- <div> it's commented out </div> --><style>a>b{}</style></head><body><ul><li>One<li>Two<p>Text<p>More<br/></ul>
    <svg viewBox="0 0 1 1"><path d="M0"/><g><circle r="1"/></g></svg><form><select><option>1<option>2</select></form>"""
    entry = """<dt><a name='item1'>[1]</a> <a href ="/abs/1" title="Abstract">arXiv:1</a></dt>
    <dd><div class='meta'><div>Title: a &lt; b, it's "so"</div>
    <p class='mathjax'>Text <b>bold</b> $x&lt;y$</p></div></dd>
    """
    check_listing(f"{head}<dl id='articles'>{entry * 2000}</dl></body></html>")
