"""What a search is estimated to read before it reads, and that what is dear is refused by the name of who asked."""

import string
from datetime import date
from urllib.parse import parse_qsl, urlencode

import pytest

from core.config.settings import Settings
from core.errors import BadQuery
from core.index.memo import MEMO_ANSWERS
from core.query.parse import parse_query
from core.search import short_text, subjects, substrings, variants, work
from core.search.select import select
from core.search.work import limited
from tests.support.many_papers import SETTINGS, ask, batches, work_of
from tests.support.matching import batch, paper

__all__ = ["batches"]


@pytest.mark.parametrize(
    ("parameter", "asked"),
    [
        ("keywords", {"keywords": "the of,of and,and a,a in,in to"}),
        ("exclude", {"keywords": "", "exclude": "the of,of and,and a,a in,in to"}),
        ("exclude", {"keywords": "", "exclude": "th,of,an,zz,qq,xx", "match": "substring"}),
        ("authors", {"keywords": "", "authors": ";".join(f"{a}. Wang" for a in string.ascii_uppercase)}),
        ("like", {"like": "text:model data"}),
    ],
)
def test_a_refusal_names_the_parameter_and_what_helps(batches, parameter, asked):
    """What is dear is told by the name of what asked for it: exclude and authors are no keywords."""
    with pytest.raises(BadQuery, match=rf"{parameter}: these take too long .*fewer or rarer ones") as refused:
        work_of(batches, asked, most=160 if parameter == "authors" else 300)
    assert refused.value.parameter == parameter


def test_substrings_cost_what_they_are_looked_for_in(batches):
    """Terms times texts is what counts: twice the terms, or twice the days, is twice the work, found or not."""
    one_day, few = {"days": "1", "match": "substring"}, {"keywords": ",".join(f"zq{n}xw" for n in range(10))}
    many = {"keywords": ",".join(f"zq{n}xw" for n in range(20))}
    work_of(batches, {**few, "days": "3", "match": "substring"})  # the texts are packed
    once = work_of(batches, {**few, **one_day})
    ten_more = work_of(batches, {**many, **one_day}) - once
    day_alone = once - ten_more
    assert 0 < day_alone < ten_more
    assert work_of(batches, {**few, **one_day, "days": "3"}) == pytest.approx(3 * once, rel=0.2)


@pytest.mark.parametrize(
    ("dear", "cheap"),
    [
        ({"keywords": "the of and a"}, {"keywords": "zq zx zw zv"}),
        ({"keywords": "qxzjkv" * 8}, {"keywords": "qxzjkv"}),
        ({"keywords": "model,data", "rank": "bm25"}, {"keywords": "model,data"}),
        ({"keywords": "model,data", "rank": "best"}, {"keywords": "model,data"}),
        ({"keywords": "th*,mo*,da*,wi*,fo*"}, {"keywords": "zq*,zx*,zw*,zv*,zk*"}),
        ({"like": "text:model data graph"}, {"like": "text:model"}),
    ],
)
def test_what_reads_more_counts_more(batches, dear, cheap):
    """Places, probes for long words, counts to rank by, words of a prefix and of a text are all in the sum."""
    assert work_of(batches, {**dear, "per_day": "1"}) > work_of(batches, {**cheap, "per_day": "1"}) * 1.2


def test_packed_texts_outlive_a_flood_of_other_answers(batches, monkeypatch):
    """Who asks for distinct words without end does not have the texts of the old bot's way read again."""
    packed = []

    def counted(papers):
        packed.append(len(papers))
        return pack(papers)

    pack = substrings._pack_searched_texts
    monkeypatch.setattr(substrings, "_pack_searched_texts", counted)
    substrings._PACKED_TEXTS.clear()
    for n in range(3):
        ask(batches, {"keywords": f"zq{n}xw", "match": "substring"})
        MEMO_ANSWERS.clear()
    assert packed == [len(day.papers) for day in batches]


def test_spellings_are_made_once_for_all_days(batches, monkeypatch):
    """How a phrase may be written otherwise is worked out once, whatever number of days is looked at."""
    made = []

    def counted(words, change):
        made.append((words, change))
        return change_words(words, change)

    change_words = variants._changed_variant
    monkeypatch.setattr(variants, "_changed_variant", counted)
    variants.SPELLING_VARIANTS.clear()
    ask(batches, {"keywords": "modeldata thatthis"})
    ask(batches, {"keywords": "into modeldata"})
    assert len(made) == len(set(made))


@pytest.mark.parametrize("words", ["keywords", "exclude"])
def test_the_words_of_the_configuration_may_take_more_than_those_of_a_stranger(batches, words):
    """However they are matched, and whichever days: what the deployment itself looks for nobody can multiply."""
    settings = Settings(categories=("cs.LG",), keywords=("model", "data"), exclude_keywords=("zq",), max_papers=500)

    def found(**parameters: str) -> int:
        MEMO_ANSWERS.clear()
        query = parse_query(parameters.items(), settings)
        with limited(5):
            return len(select(batches, query))

    assert found(match="substring", days="3") == found(days="3", sort="date") > 0
    with pytest.raises(BadQuery, match=f"{words}: these take too long"):
        found(**{"keywords": "", words: "model,data,paper"})


def test_how_common_an_interest_is_is_told_by_the_newest_papers_alone(monkeypatch):
    """So that an interest of many words is answered however many days are held, and fewer days help."""
    words = "robot harbour glacier violin enzyme tariff"
    days = [
        batch(date(2026, 1, 14 - back), *(paper(back * 10 + row, word) for row, word in enumerate(words.split())))
        for back in range(6)
    ]
    interest = {"like": f"text:{words}", "days": "1"}
    held_by_all = work_of(days, interest)
    monkeypatch.setattr(subjects, "MEASURED_PAPERS", 6)
    monkeypatch.setattr(short_text, "MEASURED_PAPERS", 6)
    assert work_of(days, interest) == pytest.approx(work_of(days[:1], interest), rel=0.1)
    assert held_by_all > 3 * work_of(days, interest)


def test_texts_at_hand_cost_as_much_as_those_that_must_be_unpacked(batches):
    """Else what others looked for would decide how far a query of the old bot's reaches back."""
    asked = {"keywords": "model,data", "match": "substring"}
    work_of(batches, asked)
    warm_work = work_of(batches, asked)
    substrings._UNPACKED_TEXTS.clear()
    assert work_of(batches, asked) == warm_work
    substrings._PACKED_TEXTS.clear()
    assert work_of(batches, asked) == warm_work


def test_extras_are_left_out_before_they_cost_an_answer(batches):
    """One that takes too long takes neither what the answer may nor all of what the others may."""
    dear, cheap = {"keywords": "the of,of and,and a,a in,in to"}, {"keywords": "zq"}

    def count(asked: dict[str, str]) -> int:
        MEMO_ANSWERS.clear()
        return len(select(batches, parse_query(parse_qsl(urlencode(asked)), SETTINGS)))

    assert work.search_extra(lambda: count(cheap)) == 0  # where nothing is limited it is just made
    with limited(100):
        allowance = work._search_allowance()
        assert allowance is not None
        allowance.extras_work_left = 2_000
        assert work.search_extra(lambda: count(dear)) is None
        assert allowance.extras_work_left == 1_000
        assert work.search_extra(lambda: count(cheap)) == 0
        assert 300 < allowance.extras_work_left < 1_000
        assert allowance.noted_work == 0
        with pytest.raises(BadQuery):
            count(dear)


def test_extras_never_have_more_than_they_began_with(batches):
    """Words of the configuration take more in the answer alone; an extra within an extra takes of what that may."""
    configured = Settings(categories=("cs.LG",), keywords=("model", "data"), days_back=3)

    def extra() -> int:
        MEMO_ANSWERS.clear()
        return len(select(batches, parse_query([("days", "3")], configured)))

    with limited(10):
        allowance = work._search_allowance()
        assert allowance is not None
        allowance.extras_work_left = 100
        lefts = []
        for _ in range(3):
            assert work.search_extra(lambda: work.search_extra(extra)) is None
            lefts.append(allowance.extras_work_left)
        assert 100 > lefts[0] > lefts[1] > lefts[2] >= 0
