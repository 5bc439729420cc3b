"""What rankings find of what simulated readers are known to want, on the recorded days."""

from collections import Counter
from datetime import timedelta
from functools import cache

import pytest

from benchmarks import _interests, _readers, _recorded
from core.config.settings import Settings
from core.paper import NEAREST_MATCH
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.select import select
from core.search.work import limited
from tests.support.matching import MONDAY, batch, paper

FOLLOWED = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
SETTINGS = Settings(categories=FOLLOWED, keywords=())
needs_days = pytest.mark.skipif(
    not (_recorded.FOLDER / "papers.jsonl.gz").exists(), reason=f"the recorded arXiv days are not in {_recorded.FOLDER}"
)


@cache
def days() -> list[LoadedBatch]:
    return _recorded.batches(FOLLOWED)


@needs_days
def test_like_finds_an_authors_later_papers():
    """Of somebody's later papers, three liked ones bring more than two in five among their day's first twenty."""
    recall, readers = _readers.recall_of_like(days(), SETTINGS, 20)
    assert readers >= 10
    assert recall >= 0.42


@needs_days
def test_one_liked_paper_finds_its_subject_with_the_help_of_the_nearest():
    """Of a category's later papers, one liked paper brings 0.20, and by its own words alone 0.15."""
    recall, readers = _readers.recall_of_like(days(), SETTINGS, 20, _readers.classes(days(), FOLLOWED, 1))
    assert readers >= 40
    assert recall >= 0.17


def test_a_month_may_be_compared_with_a_long_text():
    """What likeness costs is counted: of 25 days, with as many words as are read, a feed may take most."""
    text = " ".join(f"invented{number}" for number in range(300))
    held = [
        batch(MONDAY - timedelta(days=back), paper(10 * back, "Harps", text), paper(10 * back + 1, "Strangers"))
        for back in range(25)
    ]
    query = parse_query([("like", f"text:{text}"), ("days", "35"), ("limit", "500")], Settings(categories=("cs.LG",)))
    with limited(ends_early=True):
        assert 20 <= len(select(held, query)) <= 25


@needs_days
def test_also_adds_a_few_papers_a_day_and_not_to_everything():
    """Of twelve interests on four days, most get some, none more than asked for, and not every day is filled up."""
    counts = []
    for terms in _interests.TYPED.values():
        asked = [("keywords", terms), ("also", "5"), ("per_day", "100"), ("limit", "500"), ("days", "7")]
        near = Counter(
            each.day for each in select(days(), parse_query(asked, SETTINGS)) if each.matched == (NEAREST_MATCH,)
        )
        counts += [near[batch.day] for batch in days()]
    assert max(counts) <= 5
    assert 0.3 < sum(counts) / (5 * len(counts)) < 0.9
