"""Merging documents into a day's batch: for any documents in any order."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from core.paper import AnnounceType, ArxivId
from core.refresh.merge import (
    count_announce_types,
    held_type,
    is_referee_believable,
    merge_document,
    merge_papers,
    new_that_day,
    unheld_papers,
)
from tests.support.decided import WEDNESDAY, document, new_papers, paper

CATEGORIES = ["cs.AI", "cs.CL", "cs.DC", "cs.LG"]


# -- merging

announcements = st.tuples(st.sampled_from(CATEGORIES), st.sampled_from(list(AnnounceType)))
rows = st.builds(
    lambda number, where, version, license_, comment, also: paper(
        number, where[1], where[0], version=version, license=license_, comment=comment, also=also
    ),
    number=st.integers(1, 12),
    where=announcements,
    version=st.integers(1, 3),
    license_=st.sampled_from(["", "CC0"]),
    comment=st.sampled_from(["", "9 pages", "12 pages"]),
    also=st.lists(st.sampled_from(CATEGORIES), max_size=2),
)


@given(papers=st.lists(rows, max_size=30), data=st.data())
def test_merging_does_not_depend_on_the_order(papers, data):
    """
    The same documents in any order make the same batch.
    """
    shuffled = data.draw(st.permutations(papers))
    assert merge_papers(papers) == merge_papers(shuffled)


@given(papers=st.lists(rows, max_size=30))
def test_merging_twice_changes_nothing_and_loses_nothing(papers):
    """
    One row for each paper, under all its categories, in its highest version, with its best type.
    """
    merged = merge_papers(papers)
    assert merge_papers([*merged, *papers]) == merged == merge_papers(merged)
    assert [row.arxiv_id for row in merged] == sorted({each.arxiv_id for each in papers})
    for row in merged:
        originals = [each for each in papers if each.arxiv_id == row.arxiv_id]
        assert row.version == max(each.version for each in originals)
        assert row.announce_type.announce_rank == min(each.announce_type.announce_rank for each in originals)
        assert {a.category for a in row.announcements} == {a.category for each in originals for a in each.announcements}
        assert set(row.categories) == {name for each in originals for name in each.categories}
        assert bool(row.comment) == any(each.comment for each in originals)


@given(held=st.lists(rows, max_size=30), more=st.lists(rows, max_size=20))
def test_a_document_never_shrinks_a_batch(held, more):
    """
    Taking a feed adds and completes: every paper and category held before is held after, in no lower version.
    """
    before = merge_papers(held)
    after = {
        row.arxiv_id: row for row in merge_document(before, document(merge_papers(more)), referee=False, held_dates={})
    }
    for row in before:
        assert set(row.announcements) <= {*after[row.arxiv_id].announcements} or any(
            held_type(row, a.category) != held_type(after[row.arxiv_id], a.category) for a in row.announcements
        )
        assert {a.category for a in row.announcements} <= {a.category for a in after[row.arxiv_id].announcements}
        assert after[row.arxiv_id].version >= row.version
    assert {each.arxiv_id for each in more} <= after.keys()


@settings(max_examples=60)
@given(held=st.lists(rows, max_size=30), listed=st.sets(st.integers(1, 12)), category=st.sampled_from(CATEGORIES))
def test_a_referee_has_the_last_word_on_its_own_category(held, listed, category):
    """
    After a whole listing the category's papers are those it lists, and those that a feed named, which have a licence;
    every other category keeps its own.
    """
    before = merge_papers(held)
    named = {row.arxiv_id for row in before if row.license and held_type(row, category)}
    listing = document([paper(n, "cross", category) for n in listed], category=category, source="listing")
    after = merge_document(before, listing, referee=True, held_dates={})
    assert {row.arxiv_id for row in after if held_type(row, category)} == {
        each.arxiv_id for each in listing.papers
    } | named
    assert not unheld_papers(listing, after)
    for other in set(CATEGORIES) - {category}:
        assert count_announce_types(after, other) == count_announce_types(before, other)
    assert merge_document(after, listing, referee=True, held_dates={}) == after


def test_the_date_of_publication_stays_once_it_was_given():
    """
    A paper seen before keeps its first day, whether it is held on another day or on this one.
    """
    monday = date(2026, 1, 12)
    listing = document([paper(1, "cross"), paper(2), paper(3)])
    held = [paper(2, day=monday)]
    taken = merge_document(held, listing, referee=True, held_dates={ArxivId("2613.00001"): monday})
    assert [row.announced for row in taken] == [monday, monday, WEDNESDAY]


def test_the_feeds_text_wins_over_the_listings_and_is_completed_by_it():
    """
    The feed has licence and raw text, the listing has the comment: the row has both.
    """
    feed = paper(1, title=r"Erd\H{o}s numbers", license="CC0")
    listing = paper(1, title="Erdős numbers", comment="12 pages", category="cs.CL")
    (row,) = merge_papers([listing, feed])
    assert (row.title, row.license, row.comment) == (r"Erd\H{o}s numbers", "CC0", "12 pages")
    assert [each.category for each in row.announcements] == ["cs.AI", "cs.CL"]


def test_older_papers_are_told_from_those_born_that_day():
    """
    Replacements and late cross-lists have numbers below the day's first new paper; cross-lists of the day do not.
    """
    listing = document([*new_papers(50, 3), paper(52, "cross"), paper(49, "cross"), paper(7, "replace", version=2)])
    assert [each.arxiv_id[-2:] for each in new_that_day(listing, []).papers] == ["50", "51", "52", "52"]
    assert [each.arxiv_id[-2:] for each in new_that_day(listing, [paper(49)]).papers] == ["50", "51", "52", "52", "49"]
    assert new_that_day(document([paper(7, "replace")]), []).papers == ()


def test_a_listing_may_not_halve_a_batch_on_its_first_word():
    """
    A referee that lists less than half of what is held is asked twice.
    """
    assert is_referee_believable(document(new_papers(1, 5), source="listing"), 10)
    assert not is_referee_believable(document(new_papers(1, 4), source="listing"), 10)
