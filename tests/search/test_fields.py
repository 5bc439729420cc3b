"""Fields beside the text: what arXiv's comment says, what an abstract links to, and what was withdrawn."""

import pytest

from core.errors import ParseError
from core.language.term_parser import parse_terms
from core.paper import Matched
from core.search.select import select
from tests.search.test_select import ask, found
from tests.support.matching import MONDAY, batch, paper

DAY = batch(
    MONDAY,
    paper(1, "Harps", "Code is at https://github.com/example/harps.", comment="Accepted at ICML 2026, 12 pages"),
    paper(2, "Harps", "No link.", comment="12 pages, 3 figures"),
    paper(3, "Harps", "This paper has been withdrawn by the authors.", comment="This paper has been withdrawn"),
)


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("keywords=comment:ICML", [1]),
        ("keywords=comment:pages", [1, 2]),
        ("keywords=comment:ICML 2026", [1]),
        ("keywords=comment:accept*", [1]),
        ("keywords=has:code", [1]),
        ("keywords=harp AND NOT has:code", [2]),
        ("keywords=harp&exclude=comment:figures", [1]),
        ("keywords=venue:icml", [1]),
        ("keywords=venue:neurips", []),
        ("keywords=harp", [1, 2]),
        ("keywords=is:withdrawn", [3]),
        ("keywords=", [1, 2]),
        ("keywords=has:code&match=substring", [1]),
    ],
)
def test_fields_find(text, papers):
    """Withdrawn papers are out unless a query names them; all fields go with AND, NOT and substrings."""
    assert sorted(found([DAY], text)) == papers


def test_an_entry_says_which_field_it_was():
    """In its own words, not as if title or abstract had it."""
    (entry,) = select([DAY], ask("keywords=has:code,comment:ICML"))
    assert entry.matched == (Matched("has:code", "links and venue"), Matched("comment:ICML", "comment"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("has:wings", "has: wants one of code, data, model, project, venue"),
        ("is:good", "is: wants one of withdrawn"),
        ("venue:!!", "venue: wants a name"),
        ("bib:x", "the fields are ti: abs: au: cat: comment: has: venue: is:"),
    ],
)
def test_other_values_are_refused(text, message):
    """With what is allowed."""
    with pytest.raises(ParseError, match=r"wants|the fields are") as caught:
        parse_terms(text)
    assert message in str(caught.value)
