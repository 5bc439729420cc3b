"""In which order papers of one score stand: by what they share with the day's best matches."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config.settings import Settings
from core.index.bitset import bits_of, rows_of
from core.paper import Paper
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.scores import SummedScores
from core.search.select import Selection
from core.search.ties import FrequentWords
from tests.support.matching import MONDAY, batch, paper

SETTINGS = Settings(categories=("cs.LG",), keywords=(), days_back=7)
MUSIC = "concert orchestra strings audience hall conductor rehearsal melody rhythm score".split()
FREIGHT = "ship container harbour crane customs cargo route vessel sailor anchor".split()


def papers(count: int, seed: int = 1) -> list[Paper]:
    """Papers that name a harp, of which two in three are about music."""
    chance = random.Random(seed)
    made = []
    for number in range(1, count + 1):
        words = chance.sample(FREIGHT if number % 3 == 0 else MUSIC, 6)
        made.append(paper(number, f"Paper {number}", f"A harp and {' '.join(words)}."))
    return made


def ordered(batches: list[LoadedBatch], per_day: int = 100) -> list[str]:
    asked = [("keywords", "harp"), ("per_day", str(per_day)), ("limit", "500"), ("types", "new,cross,replace")]
    return [placed.arxiv_id for placed in Selection(batches, parse_query(asked, SETTINGS)).placed()]


def test_what_the_best_are_about_comes_first():
    """Of papers that match alike, those about what most matches are about come before the others."""
    day = batch(MONDAY, *papers(60), *(paper(number, f"Bread {number}", "Butter.") for number in range(100, 300)))
    numbers = [int(arxiv_id[-5:]) for arxiv_id in ordered([day])]
    assert len(numbers) == 60
    assert sum(number % 3 == 0 for number in numbers[:30]) <= 5  # by id, it would be ten


@pytest.mark.parametrize("per_day", [1, 2, 7, 8, 9, 24, 40])
def test_how_many_are_shown_changes_no_order(per_day: int):
    """A shorter feed is the beginning of a longer one."""
    day = batch(MONDAY, *papers(60))
    assert ordered([day], per_day) == ordered([day])[:per_day]


def test_a_later_version_moves_nothing():
    """The order of a day stays when one of its papers, nothing else changed, is replaced on a later day."""
    some = papers(30)
    monday = batch(MONDAY, *some)
    revised = paper(5, some[4].title, some[4].abstract, kind="replace", version=2)
    later = batch(MONDAY + timedelta(days=1), revised, *papers(40, seed=2)[35:])
    assert ordered([later, monday])[-30:] == ordered([monday])


@pytest.mark.parametrize("count", [1, 3, 40, 333])
def test_a_papers_frequent_words_are_those_that_list_it(count: int):
    """Turned around, the index says the same: a paper has the words whose sets of papers have it."""
    index = batch(MONDAY, *papers(count)).index
    words = FrequentWords(index)
    width = (count + 7) // 8
    sets = [
        int.from_bytes(index.postings.frequent_bitmaps[at : at + width], "little")
        for at in range(0, len(index.postings.frequent_bitmaps), width)
    ]
    for row in range(count):
        listed = [number for number, rows in enumerate(sets) if rows >> row & 1]
        assert sorted(len(sets) - 1 - bit for bit in rows_of(words.of(row))) == listed
    alike = [word for _, some in words.shares for word in rows_of(some)]
    few = [number for number, rows in enumerate(sets) if rows.bit_count() <= 0.25 * max(count, 32)]
    assert sorted(len(sets) - 1 - bit for bit in alike) == few


@given(st.lists(st.sets(st.integers(0, 40)), max_size=30))
def test_counting_is_adding_one_each_time(sets: list[set[int]]):
    """How many of some sets have a row is told as adding 1 for each of them tells it."""
    counted, added = SummedScores(), SummedScores()
    counted.count(bits_of(rows, 41) for rows in sets)
    for rows in sets:
        added.add(bits_of(rows, 41), 1)
    assert [counted.of(row) for row in range(41)] == [added.of(row) for row in range(41)]
    everything = (1 << 41) - 1
    levels = [(units, rows) for units, rows in counted.levels(everything)]
    assert levels == [*added.levels(everything)]
    assert [units for units, _ in levels] == sorted({counted.of(row) for row in range(41)}, reverse=True)
