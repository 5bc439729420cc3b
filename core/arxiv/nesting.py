"""How deep elements are nested, and how long a tag is: a parser takes time by the square of either."""

import re
from collections import Counter
from typing import Final

from core.errors import ParseError

MOST_NESTED_ELEMENTS: Final = 512
"""Where browsers stop too; a listing of arXiv reaches 9. A parser takes 40 ms for 2,000, 6 s for 40,000."""

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)")
_VOID_ELEMENTS: Final = "area base br col embed hr img input link meta param source track wbr"
_OPTIONAL_END_TAGS: Final = "html head body p li dt dd tr td th thead tbody tfoot colgroup option optgroup rt rp"
_SELF_CLOSED_ELEMENTS: Final = frozenset(f"{_VOID_ELEMENTS} {_OPTIONAL_END_TAGS}".split())
"""A parser closes these by itself."""

LONGEST_TAG: Final = 20_000
"""Characters; arXiv's listings and feeds have some hundred. 300,000 attributes in one tag take a parser minutes."""

_WHOLE_TAG: Final = re.compile(r"""<[a-zA-Z](?:"[^"]*"|'[^']*'|[^>])*+""")


_BLANK: Final = r"[\t\n\f\r ]"
_VALUE: Final = r"""(?:"[^"]*+"?+|'[^']*+'?+|[^\t\n\f\r >"'][^\t\n\f\r >]*+)?+"""
_ATTRIBUTE: Final = rf"[^\t\n\f\r />][^\t\n\f\r />=]*+(?:{_BLANK}*+={_BLANK}*+{_VALUE})?+"
_EXACT_TAG: Final = re.compile(rf"<(/?)([a-zA-Z][^\t\n\f\r />]*+)(?:[\t\n\f\r /]++|{_ATTRIBUTE})*+")
"""A tag as HTML has it, up to its ``>``: only what stands behind a ``=`` is quoted."""
_MARKUP_START: Final = re.compile(r"<(?=[a-zA-Z/!?])")
_DRAWING: Final = re.compile(r"<(?:svg|math)", re.IGNORECASE)
_VOID: Final = frozenset(_VOID_ELEMENTS.split())
_VOID_IN_DRAWINGS: Final = frozenset(("br", "embed", "hr", "img", "meta"))
"""Inside ``svg`` and ``math`` the others are elements like any."""
_REOPENED_ELEMENTS: Final = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)
"""A parser opens these again in every block that follows, until they are closed."""
MOST_REOPENED: Final = 16
MOST_TAGS: Final = 250_000
"""A listing of 2,000 entries has 90,000."""


def check_tags(document: str) -> None:
    """Raise ParseError for a document with a tag longer than ``LONGEST_TAG``, before any parser sees it."""
    if any(tag.end() - tag.start() > LONGEST_TAG for tag in _WHOLE_TAG.finditer(document)):
        raise ParseError(f"the document has a tag of more than {LONGEST_TAG:,} characters")


def check_depth(page_html: str) -> None:
    """Raise ParseError for a page that nests more than ``MOST_NESTED_ELEMENTS``, before any parser sees it."""
    open_elements: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(page_html):
        element = tag[2].lower()
        if element in _SELF_CLOSED_ELEMENTS or tag[3].endswith("/"):
            continue
        if not tag[1]:
            open_elements[element] += 1
            depth += 1
            if depth > MOST_NESTED_ELEMENTS:
                raise ParseError(f"the page nests more than {MOST_NESTED_ELEMENTS} elements")
        elif open_elements[element]:  # an end without a beginning is nothing, to a parser as well
            open_elements[element] -= 1
            depth -= 1


def check_listing(page_html: str) -> None:
    """
    Raise ParseError for a page that a parser could nest deeper than ``MOST_NESTED_ELEMENTS``, however it is read.

    Every beginning of a tag counts, in a comment or a script too; an end counts when it closes what was opened last and
    cannot stand inside a comment, an attribute or another tag. A page that is written well loses nothing by that.
    """
    void = _VOID_IN_DRAWINGS if _DRAWING.search(page_html) else _VOID
    opened: list[str] = []
    reopened = reach = read = 0  # reach: up to here an end may be hidden
    for number, markup in enumerate(_MARKUP_START.finditer(page_html)):
        start = markup.start()
        tag = _EXACT_TAG.match(page_html, start, start + LONGEST_TAG)
        end = tag.end() if tag else _comment_end(page_html, start)
        read += end - start if tag else 0
        if (tag and end - start >= LONGEST_TAG) or number > MOST_TAGS or read > 4 * len(page_html):
            raise ParseError("the page has tags beyond measure")
        element = tag[2].lower() if tag else ""
        if tag and not tag[1] and element not in void:
            opened.append(element)
            reopened += element in _REOPENED_ELEMENTS
        elif tag and tag[1] and start >= reach and opened and opened[-1] == element:
            reopened -= opened.pop() in _REOPENED_ELEMENTS
        if len(opened) > MOST_NESTED_ELEMENTS or reopened > MOST_REOPENED:
            raise ParseError(f"the page nests more than {MOST_NESTED_ELEMENTS} elements")
        reach = max(reach, end)


def _comment_end(page_html: str, start: int) -> int:
    """Where a comment, a declaration or CDATA ends at the latest."""
    openings = {"<!--": "-->", "<![CDATA[": "]]>"}
    opening = next((each for each in openings if page_html.startswith(each, start)), "<!")
    found = page_html.find(openings.get(opening, ">"), start + len(opening))
    return len(page_html) if found < 0 else found + 1
