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
