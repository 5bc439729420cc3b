"""How deep elements are nested, and how long a tag is: a parser takes time by the square of either."""

import re
from collections import Counter
from typing import Final

from core.errors import ParseError

MOST_NESTED_ELEMENTS: Final = 512
"""Where browsers stop too; a listing of arXiv reaches 9. A parser takes 40 ms for 2,000, 6 s for 40,000."""

_ARXIV_HTML_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)")
_VOID_PAGE_ELEMENTS: Final = "area base br col embed hr img input link meta param source track wbr"
_OPTIONAL_END_TAGS: Final = "html head body p li dt dd tr td th thead tbody tfoot colgroup option optgroup rt rp"
_SELF_CLOSED_ELEMENTS: Final = frozenset(f"{_VOID_PAGE_ELEMENTS} {_OPTIONAL_END_TAGS}".split())
"""A parser closes these by itself."""

LONGEST_ARXIV_TAG: Final = 20_000
"""Characters; arXiv's listings and feeds have some hundred. 300,000 attributes in one tag take a parser minutes."""

_QUOTED_ARXIV_TAG: Final = re.compile(r"""<[a-zA-Z](?:"[^"]*"|'[^']*'|[^>])*+""")


_ARXIV_TAG_BLANK: Final = r"[\t\n\f\r ]"
_ARXIV_TAG_VALUE: Final = r"""(?:"[^"]*+"?+|'[^']*+'?+|[^\t\n\f\r >"'][^\t\n\f\r >]*+)?+"""
_ARXIV_TAG_ATTRIBUTE: Final = (
    rf"[^\t\n\f\r />][^\t\n\f\r />=]*+(?:{_ARXIV_TAG_BLANK}*+={_ARXIV_TAG_BLANK}*+{_ARXIV_TAG_VALUE})?+"
)
_LISTING_TAG: Final = re.compile(rf"<(/?)([a-zA-Z][^\t\n\f\r />]*+)(?:[\t\n\f\r /]++|{_ARXIV_TAG_ATTRIBUTE})*+")
"""A tag as HTML has it, up to its ``>``: only what stands behind a ``=`` is quoted."""
_LISTING_MARKUP: Final = re.compile(r"<(?=[a-zA-Z/!?])")
_LISTING_DRAWING_TAG: Final = re.compile(r"<(?:svg|math)", re.IGNORECASE)
_VOID_LISTING_ELEMENTS: Final = frozenset(_VOID_PAGE_ELEMENTS.split())
_VOID_DRAWING_ELEMENTS: Final = frozenset(("br", "embed", "hr", "img", "meta"))
"""Inside ``svg`` and ``math`` the others are elements like any."""
_REOPENED_ELEMENTS: Final = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)
"""A parser opens these again in every block that follows, until they are closed."""
MOST_REOPENED_ELEMENTS: Final = 16
MOST_LISTING_TAGS: Final = 250_000
"""A listing of 2,000 entries has 90,000."""


def check_tags(arxiv_xml: str) -> None:
    """Raise ParseError for a document with a tag longer than ``LONGEST_ARXIV_TAG``, before any parser sees it."""
    if any(
        arxiv_tag.end() - arxiv_tag.start() > LONGEST_ARXIV_TAG for arxiv_tag in _QUOTED_ARXIV_TAG.finditer(arxiv_xml)
    ):
        raise ParseError(f"the document has a tag of more than {LONGEST_ARXIV_TAG:,} characters")


def check_depth(arxiv_html: str) -> None:
    """Raise ParseError for a page that nests more than ``MOST_NESTED_ELEMENTS``, before any parser sees it."""
    open_elements: Counter[str] = Counter()
    nesting_depth = 0
    for arxiv_tag in _ARXIV_HTML_TAG.finditer(arxiv_html):
        arxiv_element = arxiv_tag[2].lower()
        if arxiv_element in _SELF_CLOSED_ELEMENTS or arxiv_tag[3].endswith("/"):
            continue
        if not arxiv_tag[1]:
            open_elements[arxiv_element] += 1
            nesting_depth += 1
            if nesting_depth > MOST_NESTED_ELEMENTS:
                raise ParseError(f"the page nests more than {MOST_NESTED_ELEMENTS} elements")
        elif open_elements[arxiv_element]:  # an end without a beginning is nothing, to a parser as well
            open_elements[arxiv_element] -= 1
            nesting_depth -= 1


def check_listing(arxiv_html: str) -> None:
    """
    Raise ParseError for a page that a parser could nest deeper than ``MOST_NESTED_ELEMENTS``, however it is read.

    Every beginning of a tag counts, in a comment or a script too; an end counts when it closes what was opened last and
    cannot stand inside a comment, an attribute or another tag. A page that is written well loses nothing by that.
    """
    void_elements = _VOID_DRAWING_ELEMENTS if _LISTING_DRAWING_TAG.search(arxiv_html) else _VOID_LISTING_ELEMENTS
    open_elements: list[str] = []
    reopened_elements = listing_tag_characters = listing_comments_end = 0  # up to there an end may be hidden
    for tag_count, listing_markup in enumerate(_LISTING_MARKUP.finditer(arxiv_html)):
        tag_start = listing_markup.start()
        arxiv_tag = _LISTING_TAG.match(arxiv_html, tag_start, tag_start + LONGEST_ARXIV_TAG)
        tag_end = arxiv_tag.end() if arxiv_tag else _comment_end(arxiv_html, tag_start)
        listing_tag_characters += tag_end - tag_start if arxiv_tag else 0
        is_longest_tag = arxiv_tag is not None and tag_end - tag_start >= LONGEST_ARXIV_TAG
        if is_longest_tag or tag_count > MOST_LISTING_TAGS or listing_tag_characters > 4 * len(arxiv_html):
            raise ParseError("the page has tags beyond measure")
        arxiv_element = arxiv_tag[2].lower() if arxiv_tag else ""
        if arxiv_tag and not arxiv_tag[1] and arxiv_element not in void_elements:
            open_elements.append(arxiv_element)
            reopened_elements += arxiv_element in _REOPENED_ELEMENTS
        elif arxiv_tag and arxiv_tag[1] and tag_start >= listing_comments_end and open_elements[-1:] == [arxiv_element]:
            reopened_elements -= open_elements.pop() in _REOPENED_ELEMENTS
        if len(open_elements) > MOST_NESTED_ELEMENTS or reopened_elements > MOST_REOPENED_ELEMENTS:
            raise ParseError(f"the page nests more than {MOST_NESTED_ELEMENTS} elements")
        listing_comments_end = max(listing_comments_end, tag_end)


def _comment_end(arxiv_html: str, comment_start: int) -> int:
    """Where a comment, a declaration or CDATA ends at the latest."""
    arxiv_comment_ends = {"<!--": "-->", "<![CDATA[": "]]>"}
    html_comment = next(
        filter(lambda arxiv_tag: arxiv_html.startswith(arxiv_tag, comment_start), arxiv_comment_ends), "<!"
    )
    comment_end = arxiv_html.find(arxiv_comment_ends.get(html_comment, ">"), comment_start + len(html_comment))
    return len(arxiv_html) if comment_end < 0 else comment_end + 1
