"""An interest in a few plain words: ``like=text:…``."""

import pytest

from core.paper import Matched, Paper
from core.search.batch import LoadedBatch
from core.search.select import select
from tests.search.test_acronyms import taught
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import ask, found, numbers


def day(*more: Paper) -> LoadedBatch:
    """Lighthouses are rare, models are everywhere."""
    return batch(
        MONDAY,
        paper(1, "Tidal Lamps in Old Lighthouses", "We model lamps."),
        paper(2, "A Model of Lighthouses", "Their lamps turn."),
        paper(3, "Lamps", "A model."),
        paper(4, "Lamps of Trams", "Tidal, with a model."),
        *(paper(10 + number, "Bread", "A model of lamps and bread.") for number in range(30)),
        *more,
    )


@pytest.mark.parametrize(
    "text",
    [
        "tidal lamps for lighthouses",
        "Tidal lamps in the lighthouse!",
        "recent papers about tidal lamps of lighthouses",
        "tidal lamps of lighthouses with a quuxifier",  # no paper holds the last
    ],
)
def test_a_plain_interest_finds_what_is_about_most_of_it(text: str):
    """What holds all that tells comes first; while that is little, what holds most follows; common words do not do."""
    entries = select([day()], ask(f"like=text:{text}"))
    assert numbers(entries) == [1, 2]
    assert entries[0].score > 1 > entries[1].score
    assert sorted(found([day()], "like=text:lamps of lighthouses")) == [1, 2]


def test_enough_papers_about_all_of_it_leave_the_others_out():
    """Five that hold every subject are a feed; who holds one of two is no match then."""
    days = [day(*(paper(50 + number, "A Lighthouse", "Its tidal lamps.") for number in range(4)))]
    assert sorted(found(days, "like=text:tidal lamps for lighthouses")) == [1, 50, 51, 52, 53]


def test_words_that_stand_together_say_more():
    """Who has the words of a subject side by side comes before who has them apart, likeness being equal."""
    apart = paper(1, "Lamps and Gulls", "Old or tidal they are.")
    together = paper(2, "Gulls and Lamps", "Old tidal lamps they are.")
    days = [batch(MONDAY, apart, together, *(paper(10 + number, "Bread") for number in range(9)))]
    assert found(days, "like=text:tidal lamps") == [2, 1]


def test_a_category_by_its_name_is_a_subject():
    """Who says economics means the papers of its categories too, which seldom say the word."""
    papers = (
        paper(1, "Lamps", categories=("econ.GN",)),
        paper(2, "Lamps", categories=("cs.RO",)),
        paper(3, "Lamps in Economics"),
        *(paper(10 + number, "Lamps of Trams") for number in range(9)),
    )
    assert sorted(found([batch(MONDAY, *papers)], "like=text:lamps in economics&categories=cs,econ")) == [1, 3]
    assert sorted(found([batch(MONDAY, *papers)], "like=text:lamps in robotics&categories=cs,econ")) == [2]


def test_why_names_the_words_that_a_paper_holds():
    """The reasons are the words of the interest, and where they stand."""
    entry = select([day()], ask("like=text:tidal lamps for lighthouses"))[0]
    assert entry.matched == (Matched("tidal", "title"), Matched("lamps", "title"), Matched("lighthouses", "title"))


def test_keywords_narrow_an_interest():
    """With keywords, a paper must match one of them and hold most of the text."""
    assert found([day()], "like=text:lamps of lighthouses&keywords=ti:model") == [2]


def test_an_interest_of_little_words_finds_nothing():
    """Words that say nothing bring no papers, and no error."""
    assert found([day()], "like=text:what is it for") == []


def test_an_acronym_is_its_long_form():
    """Both ways, as in keywords, and not with ``expand=no``."""
    sea = batch(MONDAY, paper(1, "An OTL for Gulls"), paper(2, "Gulls", "They like outdoor tidal lamps."))
    days = [sea, taught()]
    assert sorted(found(days, "like=text:OTL for gulls")) == [1, 2]
    assert sorted(found(days, "like=text:outdoor tidal lamps for gulls")) == [1, 2]
    (literal,) = select(days, ask("like=text:OTL for gulls&expand=no"))
    assert literal.matched == (Matched("OTL", "title"), Matched("gulls", "title"))


def test_a_paragraph_is_compared_as_a_whole():
    """More than twelve telling words are a text, of which no paper holds most."""
    text = "lamps lighthouses trams bread " + " ".join(f"word{number}" for number in range(12))
    assert {1, 2, 4} <= set(found([day()], f"like=text:{text}"))


def test_with_keywords_each_match_is_in_those_that_hold_the_text_first():
    """As of any ``like``: keywords say what is in, the text in which order."""
    assert found([day()], "like=text:tidal lamps for lighthouses&keywords=trams,turn") == [2, 4]
    assert found([day()], "like=text:tidal lamps for lighthouses&keywords=quuxifier") == []


@pytest.mark.parametrize("text", ["finetuning", "fine-tuning", "fine tuning"])
@pytest.mark.parametrize("joined", [True, False])
def test_a_word_finds_how_else_it_is_written(text: str, joined: bool):
    """As one word, as two, or with a hyphen, whether any paper writes it as it is asked for or not."""
    papers = [paper(1, "Fine-tuning of lamps"), paper(2, "Fine tuning of lamps")]
    papers += [paper(3, "Finetuning of lamps")] if joined else []
    others = (paper(number, f"Bread {number}") for number in range(4, 80))
    wanted = [1, 2, 3] if joined else [1, 2]
    assert sorted(found([batch(MONDAY, *papers, *others)], f"like=text:{text}")) == wanted
