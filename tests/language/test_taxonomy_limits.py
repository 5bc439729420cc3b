"""A stranger's filter costs little, whatever it is."""

import pytest

from core.errors import ParseError
from core.language.names import parse_names
from core.taxonomy import CATEGORIES, parse_categories


@pytest.mark.parametrize("text", ["-cs.AI" * 10_000, "cs.AI," * 10_000, "x" * 60_000])
def test_an_endless_list_of_categories_is_refused_before_it_is_read(text: str):
    """Categories are read name by name, so their number is bounded."""
    with pytest.raises(ParseError, match="longer than 2048 characters"):
        parse_categories(text)


def test_an_endless_list_of_names_is_refused_before_it_is_read():
    """Many equal names are one name, but reading them costs all the same."""
    with pytest.raises(ParseError, match="longer than 4096 characters"):
        parse_names("a b;" * 15_000)


def test_all_categories_fit_in():
    """The bound is beyond what anybody needs."""
    assert parse_categories("+".join(CATEGORIES)).included == set(CATEGORIES)
