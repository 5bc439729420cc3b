"""Acronyms and what they stand for, as the papers held define them."""

from datetime import timedelta

import pytest

from core.language.acronyms import acronym_definitions, long_forms_agree
from core.paper import Matched
from core.search.batch import LoadedBatch
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import ask, found, numbers


def taught(papers: int = 10, *, otherwise: int = 0) -> LoadedBatch:
    """A day whose papers define OTL, most of them as one thing."""
    return batch(
        MONDAY - timedelta(days=1),
        *(paper(100 + at, "Lighthouses", "An outdoor tidal lamp (OTL) at sea.") for at in range(papers)),
        *(paper(200 + at, "Trams", "The operator tram line (OTL) in town.") for at in range(otherwise)),
    )


DAY = batch(
    MONDAY,
    paper(1, "An OTL for Gulls"),
    paper(2, "Gulls", "They like outdoor tidal lamps."),
    paper(3, "Trams", "An operator tram line (OTL) for gulls."),
    paper(4, "Nothing of the Kind"),
)


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("a large language model (LLM) writes", "LLM", "large language model"),
        ("Large Language Models (LLMs)", "LLM", "large language models"),
        ("with 3D Gaussian Splatting (3DGS) we", "3DGS", "3d gaussian splatting"),
        ("a Mixture-of-Experts (MoE) layer", "MOE", "mixture of experts"),
        ("the diffusion transformer (DiT) is", "DIT", "diffusion transformer"),
        (
            "reinforcement learning with verifiable rewards (RLVR)",
            "RLVR",
            "reinforcement learning with verifiable rewards",
        ),
    ],
)
def test_a_definition_is_read(text, short, long):
    """The short form, and the fewest words before it that hold its letters."""
    assert [(each.acronym, " ".join(each.long_form)) for each in acronym_definitions(text)] == [(short, long)]


@pytest.mark.parametrize(
    "text", ["it is large (LLM)", "key value (KV) cache", "the sea (see below)", "a lamp. Models (OTL)"]
)
def test_what_defines_nothing_is_no_definition(text):
    """Two letters have too many meanings, and letters must be found."""
    assert [*acronym_definitions(text)] == []


def test_meanings_are_compared_loosely():
    """Spelling, plurals and little words make no other meaning."""
    assert long_forms_agree(
        "reinforcement learning from verifiable rewards".split(),
        "reinforcement learning with verifiable reward".split(),
    )
    assert long_forms_agree("proximal policy optimisation".split(), "proximal policy optimization".split())
    assert not long_forms_agree("automatic speech recognition".split(), "attack success rate".split())


def test_an_acronym_finds_what_it_stands_for():
    """And says so; a paper that means something else by it is no match."""
    entries = select([DAY, taught()], ask("keywords=OTL&days=1"))
    assert sorted(numbers(entries)) == [1, 2]
    why = {numbers([entry])[0]: entry.matched for entry in entries}
    assert why[1] == (Matched("OTL", "title"),)
    assert why[2] == (Matched("OTL, as outdoor tidal lamp", "abstract"),)


def test_another_term_says_which_of_several_meanings_is_meant():
    """A paper that defines the acronym as something else is out then; one that does not define it stays."""
    held = [DAY, taught(6, otherwise=5)]
    assert sorted(found(held, "keywords=OTL&days=1")) == [1, 3]
    assert sorted(found(held, "keywords=OTL,tidal lamp&days=1")) == [1, 2]
    assert sorted(found(held, "keywords=OTL,tram line&days=1")) == [1, 3]
    assert sorted(found(held, "keywords=OTL,gull&days=1")) == [1, 2, 3]
    trams = batch(
        MONDAY, *(paper(10 + at, "Trams", "An operator tram line (OTL).") for at in range(5)), paper(1, "OTL")
    )
    assert found([trams, taught(6, otherwise=5)], "keywords=OTL,tidal lamp&days=1") == [1]
    assert sorted(found(held, "keywords=OTL,tidal lamp&days=1&expand=no")) == [1, 2, 3]


def test_the_only_paper_of_a_day_that_means_something_else_is_no_match():
    """Nobody else uses the acronym that day; how the meaning is spelled makes no other meaning."""
    tram = paper(3, "Trams", "An operator tram line (OTL) for gulls.")
    lamp = paper(3, "Lamps", "Outdoor tidal-lamps (OTL) for gulls.")
    bare = paper(3, "Lamps", "An OTL for gulls.")
    for only, expected in ((tram, []), (lamp, [3]), (bare, [3])):
        assert found([batch(MONDAY, only, paper(4)), taught()], "keywords=OTL&days=1") == expected
    assert found([batch(MONDAY, tram), taught()], "keywords=OTL&days=1&expand=no") == [3]


def test_what_it_stands_for_finds_the_acronym():
    """Within a phrase too, and in excluded terms as they are written alone."""
    assert sorted(found([DAY, taught()], "keywords=outdoor tidal lamp&days=1")) == [1, 2]
    assert found([DAY, taught()], "keywords=outdoor tidal lamp for gulls&days=1") == [1]
    assert found([DAY, taught()], "keywords=gulls&exclude=outdoor tidal lamp&days=1&match=word") == [1, 3]


def test_it_can_be_set_aside():
    """With expand=no and in substring mode only what is written is found."""
    assert sorted(found([DAY, taught()], "keywords=OTL&days=1&expand=no")) == [1, 3]
    assert sorted(found([DAY, taught()], "keywords=OTL&days=1&match=substring")) == [1, 3]


def test_few_papers_or_two_meanings_teach_nothing():
    """Ten papers and nine in ten of them must agree."""
    assert sorted(found([DAY, taught(8)], "keywords=OTL&days=1")) == [1, 3]
    assert sorted(found([DAY, taught(10, otherwise=2)], "keywords=OTL&days=1")) == [1, 3]
