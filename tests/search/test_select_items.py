"""A paper in several categories, versions and days is one item."""

from datetime import UTC, datetime

from core.calendar import announcement_time
from core.config.settings import AiSummary
from core.paper import AnnounceType, Summary
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import TUESDAY, WEDNESDAY, ask, found, numbers

# -- categories and types


def test_a_paper_counts_for_its_own_categories_whichever_feed_named_it():
    """A cs.LG paper met in the feed of cs.AI is a cs.LG paper; excluded categories keep out; aliases fold."""
    day = batch(
        MONDAY,
        paper(1, categories=("cs.LG", "cs.AI"), stood_in={"cs.AI": "cross"}, kind="cross"),
        paper(2, categories=("cs.LG", "cs.CY")),
        paper(3, categories=("math.IT", "cs.AI"), stood_in={"cs.AI": "cross"}, kind="cross"),
    )
    assert found([day], "categories=cs.LG") == [1, 2]
    assert found([day], "categories=cs.LG,-cs.CY") == [1]
    assert found([day], "categories=cs.IT") == [3]
    assert found([day], "categories=cs") == [1, 2, 3]
    assert found([day], "categories=math") == [3]


def test_the_type_is_the_best_of_the_feeds_asked_for():
    """New in cs.LG and cross in cs.AI: new for those who ask for both, cross for those who ask for cs.AI alone."""
    both = paper(1, categories=("cs.LG", "cs.AI"), stood_in={"cs.LG": "new", "cs.AI": "cross"})
    unseen = paper(2, categories=("cs.CL", "cs.RO"), stood_in={"cs.CL": "new"})
    again = paper(3, categories=("cs.CL", "cs.RO"), stood_in={"cs.CL": "replace"}, kind="replace", version=2)
    days = [batch(MONDAY, both, unseen, again)]

    def types(text: str) -> dict[int, str]:
        return {numbers([entry])[0]: entry.announce_type for entry in select(days, ask(text))}

    everything = "&types=new,cross,replace"
    assert types("categories=cs.LG,cs.AI" + everything) == {1: "new"}
    assert types("categories=cs.AI" + everything) == {1: "cross"}
    assert types("categories=cs.RO" + everything) == {2: "cross", 3: "replace-cross"}
    assert types("categories=cs.RO&types=new") == {}
    assert types("categories=cs.CL&types=replace") == {3: "replace"}


def test_primary_asks_for_primaries_only():
    """primary=cs.CL leaves out what is only cross-listed there."""
    day = batch(MONDAY, paper(1, categories=("cs.CL", "cs.LG")), paper(2, categories=("cs.LG", "cs.CL")))
    assert found([day], "categories=cs.CL&primary=cs.CL") == [1]
    assert found([day], "categories=cs&primary=cs,-cs.CL") == [2]


# -- one paper, several days


def test_a_paper_is_one_item_with_its_newest_text():
    """It stays under the day of its first announcement; text, score and version are those of its newest row."""
    old = paper(1, "Harp", categories=("cs.LG",))
    new = paper(1, "Piano", kind="replace", version=2, categories=("cs.LG", "cs.CY"))
    days = [batch(WEDNESDAY, new, paper(9, "Piano", announced=WEDNESDAY)), batch(MONDAY, old)]
    entries = select(days, ask("keywords=piano"))
    assert [(numbers([entry])[0], entry.day) for entry in entries] == [(9, WEDNESDAY), (1, MONDAY)]
    assert (entries[1].paper.version, entries[1].announce_type) == (2, AnnounceType.NEW)
    assert entries[1].published == announcement_time(MONDAY)
    assert entries[1].updated == announcement_time(WEDNESDAY)
    assert found(days, "keywords=harp") == []
    assert found(days, "categories=cs.LG,-cs.CY") == [9]


def test_replacements_when_asked_for_are_the_same_item():
    """With types=replace it stands under the day of its replacement, still published when it first was."""
    old, new = paper(1, "Harp"), paper(1, "Harp", kind="replace", version=2)
    days = [batch(WEDNESDAY, new), batch(MONDAY, old)]
    (entry,) = select(days, ask("types=replace"))
    assert (entry.day, entry.published, entry.updated) == (
        WEDNESDAY, announcement_time(MONDAY), announcement_time(WEDNESDAY),
    )  # fmt: skip
    (entry,) = select(days, ask("types=new,replace"))
    assert entry.day == MONDAY


def test_a_late_cross_list_is_not_an_update():
    """Coming back in the same version moves nothing; for those who ask for the new category, it is there since."""
    first = paper(1, categories=("cs.AI",))
    later = paper(1, categories=("cs.AI", "cs.LG"), stood_in={"cs.LG": "cross"}, kind="cross")
    days = [batch(WEDNESDAY, later), batch(MONDAY, first)]
    (entry,) = select(days, ask("categories=cs.AI"))
    assert (entry.day, entry.updated) == (MONDAY, announcement_time(MONDAY))
    assert entry.paper.categories == ("cs.AI", "cs.LG")
    (entry,) = select(days, ask("categories=cs.LG"))
    assert (entry.day, entry.announce_type) == (WEDNESDAY, AnnounceType.CROSS)
    assert entry.published == announcement_time(MONDAY)


def test_an_update_is_dated_by_the_first_day_of_the_newest_version():
    """Version 2 on Tuesday, cross-listed on Wednesday: updated on Tuesday."""
    days = [
        batch(WEDNESDAY, paper(1, kind="cross", version=2)),
        batch(TUESDAY, paper(1, kind="replace", version=2)),
        batch(MONDAY, paper(1)),
    ]
    (entry,) = select(days, ask())
    assert entry.updated == announcement_time(TUESDAY)


def test_a_day_out_of_the_window_keeps_its_papers_out():
    """A paper whose first day is too old does not come back because it was replaced."""
    days = [batch(WEDNESDAY, paper(1, kind="replace", version=2)), batch(MONDAY, paper(1))]
    assert found(days, "days=2&types=new,replace") == []
    assert found(days, "days=2&types=replace") == [1]


def test_old_items_do_not_move():
    """A new day adds its papers on top; what was there stays in its order, with its dates."""
    monday = batch(MONDAY, *(paper(number, "Harp" if number % 2 else "X", "harp") for number in range(6)))
    tuesday = batch(TUESDAY, *(paper(number, "Harp", announced=TUESDAY) for number in range(10, 14)))
    before = select([monday], ask("keywords=harp"))
    after = select([tuesday, monday], ask("keywords=harp"))
    assert after[-len(before) :] == before


def test_a_summary_moves_updated_and_comes_from_any_day():
    """The summary in the language asked for is attached and dates the entry, unless no summary is wanted."""
    written = datetime(2026, 3, 4, 9, tzinfo=UTC)
    summary = Summary(paper(1).arxiv_id, 1, "zh", "m", "p", written, "一句话", ())
    days = [batch(TUESDAY, paper(1, kind="cross")), batch(MONDAY, paper(1), summaries=[summary])]
    both = AiSummary(language=("en", "zh"))
    (entry,) = select(days, ask("lang=zh", ai_summary=both))
    assert (entry.summary, entry.updated) == (summary, written)
    for text in ("", "lang=en", "lang=zh&content=abstract", "lang=zh&content=title"):
        (entry,) = select(days, ask(text, ai_summary=both))
        assert (entry.summary, entry.updated) == (None, announcement_time(MONDAY))


def test_days_and_dates_together_let_in_what_both_let_in():
    """``days`` counts back from the newest day, ``from`` and ``to`` cut that; alone, dates reach all that is held."""
    days = [batch(TUESDAY, paper(2, announced=TUESDAY)), batch(MONDAY, paper(1))]
    assert found(days, f"from={MONDAY}") == [2, 1]
    assert found(days, f"from={MONDAY}&days=1") == [2]
    assert found(days, f"to={MONDAY}") == [1]
    assert found(days, f"to={MONDAY}&days=1") == []
