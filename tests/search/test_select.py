"""Which papers make a feed, under which day, in which order, and why: on batches of a few fictional papers."""

from datetime import timedelta

import pytest

from core.config.settings import Scoring, Settings
from core.errors import BadQuery
from core.paper import Matched
from core.search.near_misses import near_misses
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import TUESDAY, WEDNESDAY, ask, found, numbers

SETTINGS = Settings(categories=("cs.LG",), keywords=(), days_back=7)


# -- the score


def test_the_score_is_the_old_arithmetic():
    """Each matched term counts 1, and 0.5 more in the title, times its weight."""
    day = batch(MONDAY, paper(1, "Harp Harp", "A harp and a piano and a drum."))
    (entry,) = select([day], ask("keywords=harp,piano^2,drum^0.5,tuba"))
    assert entry.score == 1.5 + 2 + 0.5
    assert entry.matched == (Matched("harp", "title"), Matched("piano", "abstract"), Matched("drum", "abstract"))


def test_min_score_keeps_what_reaches_it():
    """A score equal to min_score is enough, one below is not."""
    day = batch(MONDAY, paper(1, "Harp"), paper(2, "X", "harp"), paper(3, "Harp", "piano"))
    assert found([day], "keywords=harp,piano&min_score=1.5") == [3, 1]
    assert found([day], "keywords=harp,piano&min_score=2.51") == []
    assert found([day], keywords=("harp", "piano"), min_score=2.0) == [3]


def test_weights_can_be_configured():
    """``scoring`` of config.json sets what title, abstract, primary category and recency are worth."""
    day = batch(
        TUESDAY,
        paper(1, "Harp", announced=TUESDAY),
        paper(2, "X", "harp", categories=("cs.CL", "cs.LG"), announced=TUESDAY),
        paper(3, "X", "harp", announced=MONDAY),
    )
    query = ask("keywords=harp&days=4", scoring=Scoring(title=5, abstract=2.5, primary=0.25, recency=1))
    scores = {numbers([entry])[0]: entry.score for entry in select([day], query)}
    assert scores == {1: 5 + 0.25 + 1, 2: 2.5 + 1, 3: 2.5 + 0.25 + 0.75}
    lower = ask("keywords=harp", scoring=Scoring(title=0.5, abstract=2))
    assert [entry.score for entry in select([day], lower)] == [2, 2, 0.5]


def test_no_keywords_let_everything_in():
    """Without keywords, every paper of the categories is in, with score 0 and in the order of ids."""
    entries = select([batch(MONDAY, paper(2), paper(1), paper(3, categories=("cs.CL",)))], ask())
    assert numbers(entries) == [1, 2]
    assert {entry.score for entry in entries} == {0}
    assert entries[0].matched == ()


def test_exclude_keeps_out():
    """A paper that matches an excluded term is out, whatever else it matches."""
    day = batch(MONDAY, paper(1, "Harp"), paper(2, "Harp", "a survey of harps"), paper(3, "Harp", "surveyors"))
    assert sorted(found([day], "keywords=harp&exclude=survey,tuba")) == [1, 3]
    assert sorted(found([day], "keywords=harp&exclude=survey AND NOT harp")) == [1, 2, 3]


def test_followed_authors_are_in_whatever_the_keywords_say():
    """Their papers come first, marked why, and neither keywords nor min_score nor exclude hold them back."""
    day = batch(
        MONDAY,
        paper(1, "Harp harp"),
        paper(2, "A Survey", authors=["Ada Example", "L\\'ea Stra\\ss{}e"]),
        paper(3, "Harp", authors=["Lea Other"]),
    )
    entries = select([day], ask("keywords=harp&exclude=survey&min_score=1&authors=Straße, L."))
    assert numbers(entries)[0] == 2
    assert entries[0].matched == (Matched("L. Straße", "author"),)
    assert entries[0].score == 10


def test_fields_are_named():
    """What matched in a name or a category says so."""
    day = batch(MONDAY, paper(1, "Harp", authors=["Yann Example"]))
    (entry,) = select([day], ask("keywords=au:yann,cat:cs.LG,ti:harp,abs:invent,au:yann AND harp"))
    assert [(each.term, each.field) for each in entry.matched] == [
        ("au:yann", "author"), ("cat:cs.LG", "category"), ("ti:harp", "title"), ("abs:invent", "abstract"),
        ("au:yann AND harp", "abstract"),
    ]  # fmt: skip


# -- order and limits


def test_the_newest_day_is_first_then_the_best_then_the_id():
    """A better paper of yesterday stands below today's; equal scores stand in the order of ids."""
    days = [
        batch(TUESDAY, paper(5, "X", "harp"), paper(4, "Harp"), paper(3, "X", "harp")),
        batch(MONDAY, paper(1, "Harp harp", "harp piano")),
    ]
    assert found(days, "keywords=harp,piano") == [4, 3, 5, 1]
    assert found(days, "keywords=harp,piano&sort=date") == [5, 4, 3, 1]


def test_each_day_is_cut_and_then_the_whole():
    """per_day keeps each day's best, limit the first of all."""
    days = [
        batch(day, *(paper(number + 10 * place, "Harp" if number == 3 else "X", "harp") for number in range(5)))
        for place, day in enumerate((WEDNESDAY, TUESDAY, MONDAY))
    ]
    assert found(days, "keywords=harp&per_day=2") == [3, 0, 13, 10, 23, 20]
    assert found(days, "keywords=harp&per_day=2&limit=3") == [3, 0, 13]
    assert found(days, "keywords=harp&per_day=2&sort=date") == [3, 0, 13, 10, 23, 20]


def test_the_window_counts_back_from_the_newest_batch():
    """days=1 is the newest batch alone, however old it is; weekends count as days."""
    days = [batch(WEDNESDAY, paper(3)), batch(TUESDAY, paper(2)), batch(MONDAY, paper(1))]
    assert found(days, "days=1") == [3]
    assert found(days, "days=2") == [3, 2]
    assert found([days[0], days[2]], "days=2") == [3]


def test_nothing_held_is_an_empty_feed():
    """No batch, or one without papers, is no error."""
    assert select([], ask()) == []
    assert select([batch(MONDAY)], ask("keywords=harp")) == []
    assert select([batch(MONDAY)], ask("like=2600.00001")) == []


# -- days


def test_from_and_to_choose_the_days():
    """Both days are in; one alone will do; ``days`` counts only where neither is named, or when it is asked for."""
    days = [batch(MONDAY + timedelta(days=back), paper(back + 1, "Harp")) for back in (9, 3, 2, 1, 0)]
    assert found(days, "keywords=harp") == [10, 4]
    assert found(days, "keywords=harp&from=2026-03-03&to=2026-03-04") == [3, 2]
    assert found(days, "keywords=harp&from=2026-03-04") == [10, 4, 3]
    assert found(days, "keywords=harp&to=2026-03-03") == [2, 1]
    assert found(days, "keywords=harp&to=2026-03-04&days=8") == [3]
    assert found(days, "keywords=harp&from=2026-04-01") == []


def test_a_paper_replaced_after_the_last_day_stands_where_it_stood():
    """What is announced again later does not vanish from the days before, and does not stand in them twice."""
    days = [
        batch(TUESDAY, paper(1, "Harp and Drum", version=2, kind="replace", announced=MONDAY)),
        batch(MONDAY, paper(1, "Harp"), paper(2, "Harps")),
    ]
    assert sorted(found(days, f"keywords=harp&to={MONDAY}")) == [1, 2]
    assert found(days, f"keywords=drum&to={MONDAY}") == [1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from=12.1.2026", 'from: must be a day such as 2026-01-12, got "12.1.2026"'),
        ("to=2026-02-30", 'to: must be a day of the calendar such as 2026-01-12, got "2026-02-30"'),
        ("from=2026-01-09&to=2026-01-08", "from: must not be after to: 2026-01-09 is later than 2026-01-08"),
    ],
)
def test_bad_days_are_refused_by_name(text: str, said: str):
    """The sentence names the parameter and how a day is written."""
    with pytest.raises(BadQuery) as error:
        ask(text)
    assert str(error.value) == said


# -- near misses


def test_near_misses_say_what_would_let_them_in():
    """Each near miss names the parameter and the change; what is in the feed is no near miss."""
    day = batch(
        MONDAY,
        paper(1, "Quantization of Harps"),
        paper(2, "Quantized Harps", "of cache and kv"),
        paper(3, "Quantization: A Survey"),
        paper(4, "KV Cache", kind="replace"),
        paper(5, "Bread"),
    )
    misses = near_misses([day], ask("keywords=quantization,kv cache&exclude=survey"), 10)
    assert [(numbers([miss.entry])[0], miss.changed_parameter, miss.query_change) for miss in misses] == [
        (3, "exclude", "survey"),
        (2, "keywords", "quantiz*"),
        (4, "types", "new,cross,replace"),
    ]
    assert near_misses([day], ask("keywords=quantization,kv cache&exclude=survey"), 1) == misses[:1]
    assert near_misses([], ask(), 5) == []
    score = near_misses([day], ask("keywords=bread&min_score=2"), 5)
    assert [(numbers([miss.entry])[0], miss.changed_parameter) for miss in score] == [(5, "min_score")]
