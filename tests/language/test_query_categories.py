"""Categories in a query, by their names and by what people call them."""

from urllib.parse import urlencode

import pytest

from core.errors import BadQuery
from core.taxonomy import EVERYDAY_NAMES, parse_categories
from tests.support.asking import ask


def test_categories_may_stand_in_the_path():
    """``/rss/cs.LG-cs.CY`` is the same question as ``?categories=cs.LG,-cs.CY``; both at once are refused."""
    assert ask(path="cs.LG-cs.CY") == ask("categories=cs.LG,-cs.CY")
    assert ask(path="cs.LG-cs.CY").canonical(without_categories=True) == ""
    with pytest.raises(BadQuery, match="in the path and as a parameter"):
        ask("categories=cs.AI", path="cs.LG")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("machine learning", 'unknown category "machine learning"; did you mean cs.LG or stat.ML?'),
        ("cs.AI, Machine Learning", 'unknown category "Machine Learning"; did you mean cs.LG or stat.ML?'),
        ("computer vision", 'unknown category "computer vision"; did you mean cs.CV?'),
        ("human-computer interaction", 'unknown category "human-computer interaction"; did you mean cs.HC?'),
        ("nlp", 'unknown category "nlp"; did you mean cs.CL?'),
        ("crypto", 'unknown category "crypto"; did you mean cs.CR?'),
        ("astro", 'unknown category "astro"; did you mean astro-ph?'),
        ("quantum", 'unknown category "quantum"; did you mean quant-ph?'),
        ("q-bio.BMM", 'unknown category "q-bio.BMM"; did you mean q-bio.BM'),
        ("cslg", 'unknown category "cslg"; did you mean cs.LG?'),
        ("stats.ML", 'unknown category "stats.ML"; did you mean stat.ML?'),
        ("cs.LX", 'unknown category "cs.LX"; did you mean cs.LG or cs.LO?'),
        ("cs.QQ", 'unknown category "cs.QQ"; see https://arxiv.org/category_taxonomy'),
        ("cs.ZI", 'unknown category "cs.ZI"; did you mean cs.AI'),
        ("cs.A", 'unknown category "cs.A"; '),
    ],
)
def test_a_field_by_its_name_is_asked_back_by_its_category(written, said):
    """What people call a field, or arXiv in full, leads to the categories that hold it."""
    with pytest.raises(BadQuery) as raised:
        ask(urlencode({"categories": written}))
    assert str(raised.value).startswith(f"categories: {said}")


def test_every_everyday_name_leads_to_categories():
    """What is suggested is taken."""
    for names in EVERYDAY_NAMES.values():
        for name in names:
            assert parse_categories(name).included
