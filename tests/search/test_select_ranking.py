"""The ways to rank: substrings, BM25, best, like."""

from datetime import date

from core.paper import Matched
from core.search.batch import LoadedBatch
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import TUESDAY, ask, found, numbers

# -- the old bot's way, BM25, likeness


def test_substring_is_the_old_bots_way():
    """Characters anywhere, in arXiv's own text, with the same arithmetic; excluded words likewise."""
    day = batch(
        MONDAY,
        paper(1, "A World of Girls", "curl"),
        paper(2, "RLHF", "a preview"),
        paper(3, 'Na\\"ive', "and\nlines"),
    )
    entries = select([day], ask("keywords=RL&match=substring"))
    assert [(numbers([entry])[0], entry.score) for entry in entries] == [(1, 1.5), (2, 1.5)]
    assert found([day], "keywords=RL&match=substring&exclude=review") == [1]
    assert found([day], "keywords=naive&match=substring") == []
    assert found([day], "keywords=RL AND NOT curl,cat:cs.CL&match=substring") == [2]
    assert found([day], "keywords=ti:lines&match=substring") == []
    assert found([day], "keywords=abs:lines&match=substring") == [3]


def test_bm25_lets_rare_words_count_more():
    """Of two papers with one term each, the rarer term wins; the arithmetic of the bot sees no difference."""
    papers = [paper(number, f"Study {number}", "of harps") for number in range(8)]
    day = batch(MONDAY, *papers, paper(90, "Study", "of a theremin"))
    assert found([day], "keywords=harp,theremin&limit=2&match=substring") == [0, 1]
    assert found([day], "keywords=harp,theremin&limit=2&rank=bm25") == [90, 0]
    first = select([day], ask("keywords=harp^99,theremin&rank=bm25"))[0]
    assert first.matched == (Matched("harp", "abstract"),)
    assert first.score > 0


def test_bm25_counts_repetitions_in_short_texts():
    """A short text that repeats a term is more about it than a long one that names it once."""
    day = batch(
        MONDAY,
        paper(1, "X", "a harp among " + "many words " * 50),
        paper(2, "Y", "harp, harp and a kv harp"),
        *(paper(number) for number in range(3, 9)),
    )
    assert found([day], "keywords=harp&rank=bm25") == [2, 1]
    assert found([day], "keywords=&rank=bm25&limit=2") == [1, 2]


def concerts(day: date, first: int) -> LoadedBatch:
    """Three papers that name harps alike, of which two are about music; the one of the lowest id is not."""
    return batch(
        day,
        paper(first, "Logistics", "A harp was shipped by sea freight in containers."),
        paper(first + 1, "Strings", "A harp concert with orchestra and strings for the audience."),
        paper(first + 2, "Orchestras", "A harp in concert: the orchestra, its strings and an audience."),
    )


def test_equal_scores_stand_by_what_most_matches_are_about():
    """What the best matches have in common breaks ties, not the id; the scores shown are the old arithmetic."""
    entries = select([concerts(MONDAY, 1)], ask("keywords=harp"))
    assert [entry.score for entry in entries] == [1, 1, 1]
    assert sorted(numbers(entries)[:2]) == [2, 3]
    assert found([concerts(MONDAY, 1)], "keywords=harp&match=substring") == [1, 2, 3]


def test_best_sets_the_score_aside():
    """With rank=best what a match is worth decides, and followed authors come first; each score is still shown."""
    day = batch(
        MONDAY,
        paper(1, "A Harp by Sea", "Freight in containers.", authors=("Kim Cargo",)),
        *(
            paper(number, "Strings", "A harp concert with orchestra, strings and an audience.")
            for number in range(2, 9)
        ),
        paper(9, "Nothing of the Kind", "Freight.", authors=("Ada Lovelace",)),
        *(paper(number, f"Bread {number}", "Butter, jam and freight.") for number in range(20, 80)),
    )
    entries = select([day], ask("keywords=harp&rank=best"))
    assert numbers(entries)[-1] == 1
    assert {entry.score for entry in entries} == {1, 1.5}
    assert found([day], "keywords=harp&rank=best&authors=Ada Lovelace")[0] == 9


def test_no_later_day_moves_an_earlier_one():
    """The order within a day depends on that day and the ones before it."""
    monday, tuesday = concerts(MONDAY, 1), batch(TUESDAY, *(paper(n, "Harp", "Freight by sea.") for n in range(20, 80)))
    for rank in ("keywords", "best"):
        before = found([monday], f"keywords=harp&rank={rank}&per_day=2")
        assert found([tuesday, monday], f"keywords=harp&rank={rank}&per_day=2")[2:] == before


def test_like_finds_what_is_about_the_same():
    """Papers that share telling words with the given ones come first; these and strangers are left out."""
    days = [
        batch(
            TUESDAY,
            paper(4, "Tuning Harps with Lasers", "Lasers measure the strings of concert harps."),
            paper(5, "A Poll of Bakers", "Bakers answer questions about bread and butter."),
        ),
        batch(
            MONDAY,
            paper(1, "Laser Tuning of Concert Harps", "We measure strings of harps with lasers."),
            paper(2, "Harps in Museums", "Concert harps of the past, and their strings."),
            paper(3, "Bread Without Butter", "What bakers bake on Sundays."),
        ),
    ]
    entries = select(days, ask("like=2600.00001"))
    assert numbers(entries) == [4, 2]
    assert entries[0].score > entries[1].score > 0
    assert {"harps", "laser"} & {each.term for each in entries[0].matched}
    assert found(days, "like=2600.00001&keywords=museum") == [2]
    assert found(days, "like=2600.00001,2600.00003") == [4, 5, 2]
    assert found(days, "like=text:concert harps and their strings") == [4, 2, 1]
    assert found(days, "like=2600.00001&min_score=1.001") == []
    assert found(days, "like=2600.99999") == []
