"""What a feed says of itself."""

from datetime import date

from msgspec.structs import replace

from core.config.settings import Settings
from core.feeds.describe import describe_feed, describe_title
from core.feeds.followed import DaysHere, days_here, partly_followed, version_of_followed
from core.feeds.library import Snapshot
from core.query.parse import parse_query
from core.search.entries import Selected
from core.search.select import select
from core.store.records import BatchRef, CategoryState, DayRecord, Manifest
from core.taxonomy import archive_members
from tests.support.matching import batch, paper

DAY = date(2026, 1, 14)
SETTINGS = Settings(categories=("math.OC", "math.ST"), keywords=())
MANIFEST = Manifest("x", categories=tuple(CategoryState(name, DAY) for name in SETTINGS.categories))


def described(query: str) -> str:
    held = (batch(DAY, paper(1, categories=("math.OC",))),)
    asked = parse_query([("categories", query), ("keywords", "")], SETTINGS)
    return describe_feed(Snapshot(MANIFEST, held), asked, Selected(select(held, asked)))


def test_an_archive_of_which_a_part_is_held_is_not_served_as_if_it_were_whole():
    """``/rss/math`` says which of its categories are here; a category by name, and an archive held whole, need not."""
    assert "Of math, only math.OC, math.ST are held here." in described("math")
    assert "only" not in described("math.OC")
    whole = parse_query([("categories", "quant-ph")], SETTINGS)
    assert partly_followed(Manifest("x", categories=(CategoryState("quant-ph", DAY),)), whole) == {}


def test_categories_of_which_only_some_are_left_out_are_said_so():
    """``-math.ST`` alone is all that is held but this one; beside others it is what these are without."""
    assert described("-math.ST,-math.OC").startswith("New arXiv papers in all but math.OC, math.ST.")
    assert described("math,-math.ST").startswith("New arXiv papers in math without math.ST")


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
        said = describe_feed(Snapshot(MANIFEST, held), asked, Selected(select(held, asked)))
        assert "Nothing matched" in said
        assert ("papers about them: like=text:optimal%20control%20of%20trams" in said) == told


def test_a_feed_says_what_is_still_to_come():
    """In the first minutes: categories whose papers are being fetched are not told as those that nobody follows."""
    held = (batch(DAY, paper(1, categories=("math.OC",))),)
    states = (CategoryState("math.OC", DAY), CategoryState("math.ST"))
    filling = Manifest("x", (BatchRef(DAY, "", ""),), categories=states, filling=True)
    for keywords in ("", "nothing of the kind"):
        asked = parse_query([("keywords", keywords)], SETTINGS)
        said = describe_feed(Snapshot(filling, held), asked, Selected(select(held, asked)))
        assert "Still to come from arXiv: math.ST." in said
        assert "earlier days may still come" in said
        assert "Not followed" not in said
        whole = replace(filling, categories=(states[0], CategoryState("math.ST", DAY)), filling=False)
        assert "still" not in describe_feed(Snapshot(whole, held), asked, Selected(select(held, asked))).lower()
        assert version_of_followed(filling, asked) != version_of_followed(whole, asked)


def test_days_that_are_here_are_counted_for_all_that_is_asked_for():
    """A day is whole when every category that has any has been looked at; holidays and what is later do not count."""
    thanksgiving, friday = date(2026, 11, 26), date(2026, 11, 27)
    days = [date(2026, 11, day) for day in (23, 24, 25, 26)]
    records = [DayRecord("math.OC", day) for day in days] + [DayRecord("math.ST", day) for day in days[2:]]
    states = tuple(CategoryState(name, thanksgiving) for name in SETTINGS.categories)
    manifest = Manifest("x", tuple(BatchRef(day, "", "") for day in reversed(days)), states, tuple(records))
    held = Snapshot(manifest, (batch(days[1], paper(1, categories=("math.OC",))), batch(days[0])))
    both, one = (parse_query([("categories", names)], SETTINGS) for names in ("math.OC,math.ST", "math.OC"))
    assert days_here(held, both, friday, 7) == DaysHere(whole=2, in_part=1, total=4)
    assert days_here(held, one, friday, 7) == DaysHere(whole=4, in_part=0, total=4)
    assert days_here(replace(held, manifest=replace(manifest, sample=True)), one, friday, 7) == DaysHere()
