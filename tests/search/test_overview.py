"""What a page tells beside the entries agrees with the feed that it tells of."""

from collections import Counter
from datetime import timedelta

import pytest

from core.language.term_parser import parse_term
from core.paper import AnnounceType
from core.search.overview import Coverage, loosenings, overview, papers_by_category, score_histogram
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import ask

TUESDAY = MONDAY + timedelta(days=1)
HELD = [
    batch(
        TUESDAY,
        paper(1, "KV Cache", "of cache", version=2, kind="replace"),
        paper(5, "Kettle Cache", categories=("cs.CL",)),
        paper(6, "Kettles: A Survey"),
        paper(7, "Cache", kind="replace"),
    ),
    batch(MONDAY, paper(1, "KV Cache"), paper(2, "A Cache of Kettles"), paper(3, "Bread")),
]
QUERIES = (
    *("keywords=cache", "keywords=cache,kettle^2", "keywords=", "keywords=cache&exclude=kettle", "keywords=kettle*"),
    *("keywords=cache&types=replace", "keywords=cache&min_score=1.5", "keywords=cache&per_day=1", "keywords=zzz"),
    *("keywords=cache&limit=1", "keywords=cache&sort=date", "keywords=cache&rank=bm25", "like=2600.00001"),
    *("keywords=cache&days=1", "keywords=cache&primary=cs.CL", "authors=Ada Example&keywords=zzz"),
)


@pytest.mark.parametrize("text", QUERIES)
def test_the_counts_are_the_feeds(text: str):
    """Entries, the number of them, and those of each day are what the feed has, though nothing is put in order."""
    query = ask(f"categories=cs&{text}")
    entries = select(HELD, query)
    found = overview(HELD, query, 2)
    assert list(found.entries) == entries[:2]
    assert found.total == len(entries)
    if query.limit > len(entries):
        assert {day: count for day, count in found.days if count} == dict(Counter(entry.day for entry in entries))


@pytest.mark.parametrize("text", ["keywords=cache,kettle^2", "keywords=kettle&min_score=9", "keywords="])
def test_the_histogram_counts_every_score(text: str):
    """Each score that would be in without a lowest one, as often as the feed has it; none where nothing is scored."""
    query, unbounded = ask(f"categories=cs&{text}"), ask(f"categories=cs&{text}".removesuffix("&min_score=9"))
    scores = Counter(entry.score for entry in select(HELD, unbounded))
    assert dict(score_histogram(HELD, query)) == (dict(scores) if any(scores) else {})


def test_a_term_is_counted_within_the_categories_types_and_days():
    """A paper held on two days is one paper; what the query does not show does not count."""
    query = ask("categories=cs&keywords=zzz&types=new,cross,replace")
    assert Coverage(HELD, query).of_term(parse_term("cache")) == 4
    assert Coverage(HELD, ask("categories=cs.CL")).of_term(parse_term("cache")) == 1
    assert Coverage(HELD, ask("categories=cs&days=1")).of_term(parse_term("cache")) == 1
    assert Coverage(HELD, query).papers == 6


def test_a_days_papers_are_counted_by_category():
    """New papers and cross-lists, under each of their categories."""
    assert papers_by_category(HELD[0]) == {"cs.CL": 1, "cs.LG": 1}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("keywords=kettle&min_score=9", ("min_score", "0", 3)),
        ("keywords=survey&exclude=survey", ("exclude", "", 1)),
        ("keywords=bread&days=1", ("days", "35", 1)),
        ("keywords=bread&primary=cs.CL", ("primary", "", 1)),
        ("keywords=zzz", ("keywords", "", 5)),
    ],
)
def test_an_empty_feed_says_which_condition_empties_it(text: str, first: tuple[str, str, int]):
    """Each loosening brings the papers that it says, and nothing is offered that brings none."""
    query = ask(f"categories=cs&{text}")
    assert not select(HELD, query)
    found = {
        (loosening.parameter, loosening.looser_value, loosening.entry_count)
        for loosening in loosenings(HELD, query, most_days=35)
    }
    assert first in found
    assert all(count for _, _, count in found)


def test_a_way_out_says_what_the_feed_takes_and_what_matches():
    """A limit of the feed is no limit of what there is."""
    query = ask("categories=cs&keywords=zzz&per_day=1")
    (loosening,) = [
        loosening for loosening in loosenings(HELD, query, most_days=35) if loosening.parameter == "keywords"
    ]
    assert loosening.entry_count == len(select(HELD, ask("categories=cs&keywords=&per_day=1")))
    assert loosening.matching_papers == len(select(HELD, ask("categories=cs&keywords="))) > loosening.entry_count


def test_replacements_are_a_way_out_when_only_they_match():
    """The type is a condition like the others."""
    query = ask("categories=cs&keywords=ti:cache&primary=cs.LG&days=1&exclude=kettle,kv")
    (loosening,) = [loosening for loosening in loosenings(HELD, query, most_days=1) if loosening.parameter == "types"]
    assert loosening.entry_count == 1
    assert len(query.types) < len(AnnounceType)


@pytest.mark.parametrize("text", ["rank=bm25&keywords=twins", "like=text:twins of trams", "like=2600.00003"])
def test_papers_of_one_score_are_counted_each(text: str):
    """Several papers that a ranking finds equally good are as many entries."""
    days = [batch(MONDAY, *(paper(number, "Twins of Trams") for number in (1, 2, 3, 4)), paper(9, "Bread", "Trams."))]
    query = ask(text)
    assert overview(days, query, 0).total == len(select(days, query)) >= 3
