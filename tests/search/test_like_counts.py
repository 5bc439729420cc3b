"""What a feed that is like a paper reads, counted: what no entry needs is not read, and what was read is kept."""

import random

import pytest

from core.index.dictionary import Dictionary
from core.index.memo import MEMO_ANSWERS
from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.search import centroid, feedback
from core.search.hits import CommonWords
from core.search.scores import RankedScores
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import TUESDAY, ask

CHANCE = random.Random(4)
WORDS = [first + second + third for first in ("har", "ket", "vel", "dun") for second in ("mo", "tri", "la") for third in
         ("bex", "con", "dral", "gim", "nor", "pak", "sul", "tev")]  # fmt: skip
PAPERS = [paper(number, "A study", " ".join(CHANCE.sample(WORDS, 30))) for number in range(1, 401)]


@pytest.fixture
def held():
    MEMO_ANSWERS.clear()
    half = len(PAPERS) // 2
    return [batch(TUESDAY, *PAPERS[:half]), batch(MONDAY, *PAPERS[half:])]


def counted(monkeypatch, owner, name):
    """Every call of something, by its arguments."""
    calls, replaced = [], getattr(owner, name)

    def call(*arguments):
        calls.append(arguments)
        return replaced(*arguments)

    monkeypatch.setattr(owner, name, call)
    return calls


def test_a_liked_paper_costs_sixteen_texts(held, monkeypatch):
    """Its own, and the beginnings of the fifteen nearest."""
    whole, beginnings = counted(monkeypatch, centroid, "bare_words"), counted(monkeypatch, feedback, "bare_words")
    assert select(held, ask(f"like={PAPERS[0].arxiv_id}", categories=("cs",)))
    assert len(whole) == 1
    assert 0 < len(beginnings) <= 15


def test_a_second_liked_paper_looks_up_what_the_first_did_not(held, monkeypatch):
    """Rarities and places of words are kept for other papers: no word is looked for in a day twice."""
    lookups = counted(monkeypatch, Dictionary, "find_each")
    for liked in PAPERS[:4]:
        select(held, ask(f"like={liked.arxiv_id}", categories=("cs",)))
    looked_up = [(id(dictionary), word) for dictionary, words in lookups for word in words]
    assert looked_up
    assert len(looked_up) == len(set(looked_up))


def test_units_are_made_of_the_papers_that_may_be_shown():
    """Of a day's thousand rows, the three best and the one after them."""
    asked = []
    scores = RankedScores(range(1000, 0, -1), range(1000), lambda score: asked.append(score) or score)
    levels = scores.levels((1 << 1000) - 1)
    assert [next(levels) for _ in range(3)] == [(1000, 1), (999, 2), (998, 4)]
    assert len(asked) <= 4


def test_of_the_words_beyond_the_strongest_two_are_told():
    """A paper that has a strong word and many weak ones tells two in all; one with strong ones tells five."""
    strong, weak = [f"strong{number}" for number in range(60)], [f"weak{number}" for number in range(60)]
    papers = [paper(1, "A", " ".join([strong[7], *weak])), paper(2, strong[3], " ".join(strong)), paper(3, "A", "None")]
    index = BatchIndex(build_index(papers))
    common = CommonWords([(word, word.upper()) for word in (*strong, *weak)])
    told = [[(matched.term, matched.field) for matched in common.of(index, row)] for row in range(3)]
    assert told[0] == [("STRONG7", "abstract"), ("WEAK0", "abstract")]
    assert told[1] == [(word.upper(), "title" if word == strong[3] else "abstract") for word in strong[:5]]
    assert not told[2]


def test_how_many_papers_hold_a_word_is_how_many_rows_it_has():
    """Of frequent words it stands in a table, of others beside their rows."""
    index = batch(MONDAY, *PAPERS, paper(401, "Zebras", "Marginal")).index
    words = {word for each in PAPERS for word in each.abstract.split()} | {"zebra", "marginal"}
    numbers = [number for number in map(index.words.find, words) if number >= 0]
    frequencies = {number: index.postings.frequency(number) for number in numbers}
    assert frequencies == {number: index.postings.rows(number).bit_count() for number in numbers}
    assert min(frequencies.values()) <= len(PAPERS) // 32 < max(frequencies.values())
    for number in numbers:
        rows, counts = index.postings.rows_and_counts(number)
        assert len(rows) == len(counts) == frequencies[number]
        assert min(counts) > 0
