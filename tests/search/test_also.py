"""``also=``: papers that no term matches, but that are like the best of those that one does."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest

from core.config.settings import Settings
from core.errors import BadQuery
from core.paper import NEAREST_MATCH, Entry
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.render.body import why_html
from core.search.batch import LoadedBatch
from core.search.overview import overview
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper

TUESDAY = MONDAY + timedelta(days=1)
HARPS = [
    paper(1, "Harp strings and resonance", "Resonance of gut strings under tension."),
    paper(2, "A harp for resonance studies", "We measure strings, tension and resonance."),
    paper(3, "Harp tension", "Strings break when resonance meets tension."),
]
NEAR = paper(4, "Strings under tension", "Resonance of strings, and their tension.")
STRANGERS = [paper(number, f"Stranger {number}", f"Something else, number {number}.") for number in range(10, 30)]


def ask(text: str) -> FeedQuery:
    return parse_query(parse_qsl(text, keep_blank_values=True), Settings(categories=("cs.LG",)))


def told(batches: Sequence[LoadedBatch], text: str) -> list[tuple[int, bool]]:
    return [(_number(entry), entry.matched == (NEAREST_MATCH,)) for entry in select(batches, ask(text))]


def _number(entry: Entry) -> int:
    return int(entry.paper.arxiv_id.partition(".")[2])


def test_the_nearest_paper_that_no_term_matches_is_added_and_says_so():
    """It stands behind the matches, scores nothing, and its reason is no term; strangers stay out."""
    day = batch(MONDAY, *HARPS, NEAR, *STRANGERS)
    assert sorted(told([day], "keywords=harp")) == [(1, False), (2, False), (3, False)]
    assert told([day], "keywords=harp&also=20")[3:] == [(4, True)]
    added = select([day], ask("keywords=harp&also=20"))[3]
    assert (added.score, why_html(added)) == (0, "no term, but like your best · ")
    assert overview([day], ask("keywords=harp&also=20"), 10).total == 4


def test_what_is_left_out_is_not_added():
    """Exclude, categories, withdrawal and the number itself hold for what is added; a followed author is a match."""
    day = batch(MONDAY, *HARPS, NEAR, *STRANGERS)
    for text in ("also=20&exclude=under", "also=0", "also=20&exclude=strings AND NOT harp"):
        assert not any(near for _, near in told([day], f"keywords=harp&{text}"))
    other = paper(4, NEAR.title, NEAR.abstract, categories=("cs.CL",))
    gone = paper(4, NEAR.title, NEAR.abstract, comment="This paper has been withdrawn by the authors")
    for changed in (other, gone):
        assert not any(near for _, near in told([batch(MONDAY, *HARPS, changed, *STRANGERS)], "keywords=harp&also=20"))
    whose = paper(4, NEAR.title, NEAR.abstract, authors=["Ada Other"])
    assert (4, False) in told([batch(MONDAY, *HARPS, whose)], "keywords=harp&also=20&authors=Ada Other")


def test_where_nothing_matches_nothing_is_added():
    """There is no best that a paper could be like; no keywords at all let everything in as it is."""
    day = batch(MONDAY, NEAR, *STRANGERS)
    assert told([day], "keywords=harp&also=20") == []
    assert not any(near for _, near in told([day], "keywords=&also=20"))


def test_no_later_day_moves_what_was_added():
    """A day's additions depend on it and the days before; a paper that is announced again stays where it was."""
    monday = batch(MONDAY, *HARPS, NEAR, *STRANGERS)
    again = paper(4, NEAR.title, NEAR.abstract, kind="cross", version=2)
    tuesday = batch(TUESDAY, *(paper(number, "Harp of brass", "Brass and more brass.") for number in (5, 6, 7)), again)
    alone = told([monday], "keywords=harp&also=20")
    both = select([tuesday, monday], ask("keywords=harp&also=20"))
    assert [(_number(each), each.matched == (NEAREST_MATCH,)) for each in both if each.day == MONDAY] == alone
    assert [each.day for each in both if _number(each) == 4] == [MONDAY]
    revised = paper(4, "Harp strings", "A harp.", kind="replace", version=2)
    now = select([batch(TUESDAY, revised), monday], ask("keywords=harp&also=20&types=new,replace"))
    assert [(each.day, each.matched == (NEAREST_MATCH,)) for each in now if _number(each) == 4] == [(MONDAY, False)]


def test_what_cannot_be_added_to_is_refused():
    """Substrings and likes have no best matches of terms; the number has bounds."""
    for text, sentence in (
        ("keywords=harp&also=20&match=substring", "also: compares words and does not go with match=substring"),
        ("like=2600.00001&also=20", "also: does not go with like"),
        ("keywords=harp&also=51", 'also: must be a whole number between 0 and 50, got "51"'),
    ):
        with pytest.raises(BadQuery, match=sentence):
            ask(text)
