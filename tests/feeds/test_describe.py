"""What a feed says of itself."""

from datetime import date

from core.config.settings import Settings
from core.feeds.describe import describe_feed, describe_title
from core.feeds.followed import partly_followed
from core.feeds.library import Snapshot
from core.query.parse import parse_query
from core.search.select import select
from core.store.records import CategoryState, Manifest
from core.taxonomy import archive_members
from tests.support.matching import batch, paper

DAY = date(2026, 1, 14)
SETTINGS = Settings(categories=("math.OC", "math.ST"), keywords=())
MANIFEST = Manifest("x", categories=tuple(CategoryState(name, DAY) for name in SETTINGS.categories))


def described(query: str) -> str:
    held = (batch(DAY, paper(1, categories=("math.OC",))),)
    asked = parse_query([("categories", query), ("keywords", "")], SETTINGS)
    return describe_feed(Snapshot(MANIFEST, held), asked, select(held, asked))


def test_an_archive_of_which_a_part_is_held_is_not_served_as_if_it_were_whole():
    """``/rss/math`` says which of its categories are here; a category by name, and an archive held whole, need not."""
    assert "Of math, only math.OC, math.ST are held here." in described("math")
    assert "only" not in described("math.OC")
    whole = parse_query([("categories", "quant-ph")], SETTINGS)
    assert partly_followed(Manifest("x", categories=(CategoryState("quant-ph", DAY),)), whole) == {}


def test_categories_of_which_only_some_are_left_out_are_said_so():
    """``-math.ST`` alone is all that is held but this one; beside others it is as it was written."""
    assert described("-math.ST,-math.OC").startswith("New arXiv papers in all but math.OC, math.ST.")
    assert described("math,-math.ST").startswith("New arXiv papers in math, -math.ST")


def test_many_categories_are_not_all_in_the_title():
    """A title is a line in a reader's list: eight categories, and how many more."""
    some = sorted(archive_members("math"))[:20]
    title = describe_title(parse_query([("categories", ",".join(some)), ("keywords", "prime")], SETTINGS))
    assert title == f"Paperfeed: {', '.join(some[:8])} and 12 more · prime"


def test_an_empty_feed_says_how_a_phrase_is_asked_for_otherwise():
    """A reader who meets an empty feed learns that words are matched side by side, and the parameter for the rest."""
    held = (batch(DAY, paper(1, categories=("math.OC",))),)
    for keywords, told in (("optimal control of trams", True), ("trams", False), ("ti:optimal control", False)):
        asked = parse_query([("keywords", keywords)], SETTINGS)
        said = describe_feed(Snapshot(MANIFEST, held), asked, select(held, asked))
        assert "Nothing matched" in said
        assert ("papers about them: like=text:optimal%20control%20of%20trams" in said) == told
