"""Fields beside the text: what arXiv's comment says, what an abstract links to, and what was withdrawn."""

import pytest
from msgspec.structs import replace

from core.errors import ParseError
from core.language.term_list import parse_terms
from core.paper import Author, Matched, Paper
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import ask, found

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
        ("keywords=comment:accepted at ICML", [1]),
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
        ("bib:x", "the fields are ti: abs: au: cat: comment: inst: has: venue: is:"),
    ],
)
def test_other_values_are_refused(text, message):
    """With what is allowed."""
    with pytest.raises(ParseError, match=r"wants|the fields are") as caught:
        parse_terms(text)
    assert message in str(caught.value)


def test_institutions_are_found_where_authors_name_them():
    """Words next to each other in one institution's name, TeX and accents read; nobody else is found or lost."""

    def of(number: int, *institutions: str) -> Paper:
        authors = tuple(Author(f"Ada Example {at}", name) for at, name in enumerate(institutions))
        return replace(paper(number, "Harps"), authors=authors)

    day = batch(
        MONDAY,
        of(1, "", "University of Nanjing, Dept. of Harps"),
        of(2, "Universit\\'e de Caen", "CNRS"),
        of(3, "Caen Harps", "University"),
        paper(4, "Nanjing University"),
    )
    for text, papers in (
        ("inst:nanjing", [1]),
        ("inst:University of Nanjing", [1]),
        ("inst:nanjing university", []),
        ("inst:université de caen", [2]),
        ("inst:universit*", [1, 2, 3]),
        ("inst:cnrs AND harp", [2]),
        ("harp AND NOT inst:university", [2]),
    ):
        assert sorted(found([day], f"keywords={text}")) == papers, text
        assert sorted(found([day], f"keywords={text}&match=substring")) == papers, text
    (entry,) = select([day], ask("keywords=inst:CNRS"))
    assert entry.matched == (Matched("inst:CNRS", "institution"),)
