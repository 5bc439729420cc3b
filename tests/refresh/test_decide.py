"""What a document is taken for, and how it is brought together with what is held."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.arxiv.document import CategoryDocument, Skipped
from core.calendar import announcement_time, is_announcement_day
from core.paper import Announcement, AnnounceType, ArxivId, Author, Paper
from core.refresh.decide import decide, peers_agree
from core.refresh.merge import (
    PreviousList,
    count_announce_types,
    is_referee_believable,
    merge_document,
    merge_papers,
    new_that_day,
    type_in,
    unheld_papers,
)

WEDNESDAY = date(2026, 1, 14)
NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
CATEGORIES = ["cs.AI", "cs.CL", "cs.DC", "cs.LG"]


def paper(number, kind="new", category="cs.AI", *, version=1, day=WEDNESDAY, also=(), **other):
    kind = AnnounceType(kind)
    fields = {"title": f"Title {number}", "abstract": f"Abstract {number}", "authors": (Author("Ada Fern"),)} | other
    return Paper(
        arxiv_id=ArxivId(f"2613.{number:05}"),
        version=version,
        announce_type=kind,
        announced=day,
        categories=tuple(dict.fromkeys([category, *also])),
        announcements=(Announcement(category, kind),),
        **fields,
    )


def document(papers, *, category="cs.AI", source="rss", day=WEDNESDAY, built=12, skipped=0, totals=()):
    built_at = announcement_time(day).astimezone(UTC) + timedelta(seconds=built) if source == "rss" else None
    left = tuple(Skipped(f"item {n}", "no identifier") for n in range(skipped))
    return CategoryDocument(category, source, day, built_at, tuple(papers), left, totals)


def new_papers(first, count, **other):
    return [paper(first + n, **other) for n in range(count)]


TUESDAY = PreviousList.of(date(2026, 1, 13), new_papers(100, 20), "cs.AI")


def test_a_new_list_is_fresh():
    """
    Today's document with papers nobody has seen is published; the reason is a sentence.
    """
    decision = decide(document(new_papers(200, 20)), WEDNESDAY, previous=TUESDAY, usual_size=20, now=NOON)
    assert (decision.verdict, decision.next_step) == ("fresh", "publish")
    assert decision.reason == "a new list of 20 papers"


def test_yesterdays_list_under_todays_date_is_stale():
    """
    arXiv serves the previous batch again, at most a tenth of it exchanged: never published, the listing is asked.
    """
    again = [*new_papers(100, 18), *new_papers(200, 2)]
    decision = decide(document(again), WEDNESDAY, previous=TUESDAY, usual_size=20, now=NOON)
    assert (decision.verdict, decision.next_step) == ("stale", "ask-listing")
    assert "18 of 20 papers stood in the list of Tuesday 2026-01-13" in decision.reason


def test_a_list_whose_newest_paper_is_not_newer_is_stale():
    """
    arXiv numbers papers as it announces them: without a higher number there is no new list.
    """
    older = [*new_papers(60, 15), *new_papers(100, 5)]
    decision = decide(document(older), WEDNESDAY, previous=TUESDAY, usual_size=20, now=NOON)
    assert decision.verdict == "stale"
    assert "the newest paper is 2613.00104, the one of Tuesday 2026-01-13 was 2613.00119" in decision.reason


def test_the_number_may_restart_with_the_month():
    """
    The first list of February is newer than January's last, though its numbers begin again.
    """
    january = PreviousList(date(2026, 1, 30), frozenset({ArxivId("2601.20000")}), ArxivId("2601.20000"))
    first = replace(paper(1), arxiv_id=ArxivId("2602.00001"))
    monday = date(2026, 2, 2)
    decision = decide(document([first], day=monday), monday, previous=january, now=datetime(2026, 2, 2, 12, tzinfo=UTC))
    assert decision.verdict == "fresh"


def test_a_document_of_another_day_is_stale():
    """
    The edge still has yesterday's document, under yesterday's date.
    """
    yesterday = document(new_papers(100, 20, day=date(2026, 1, 13)), day=date(2026, 1, 13))
    decision = decide(yesterday, WEDNESDAY, now=NOON)
    assert (decision.verdict, decision.next_step) == ("stale", "ask-listing")
    assert decision.reason == "arXiv's rss is of Tuesday 2026-01-13, not of Wednesday 2026-01-14"


def test_a_feed_built_right_at_midnight_is_not_believed_alone():
    """
    With nothing to compare it with, a feed of the hasty kind waits for the listing; ten seconds later it is believed.
    """
    assert decide(document(new_papers(1, 9), built=0), WEDNESDAY, now=NOON).verdict == "stale"
    assert decide(document(new_papers(1, 9), built=10), WEDNESDAY, now=NOON).verdict == "fresh"
    assert decide(document(new_papers(200, 9), built=0), WEDNESDAY, previous=TUESDAY, now=NOON).verdict == "fresh"


def twins(*, first_ai, first_cl, built=12, day=WEDNESDAY):
    """Feeds of cs.AI and cs.CL: each has ten new papers, half of them cross-listed to the other."""
    ai = [paper(first_ai + n, also=["cs.CL"] if n % 2 else []) for n in range(10)]
    cl = [paper(first_cl + n, category="cs.CL", also=["cs.AI"] if n % 2 else []) for n in range(10)]
    crossed_cl = [replace(each, announce_type=AnnounceType.CROSS) for each in ai if "cs.CL" in each.categories]
    crossed_ai = [replace(each, announce_type=AnnounceType.CROSS) for each in cl if "cs.AI" in each.categories]
    feed_ai = document([*ai, *crossed_ai], built=built, day=day)
    return feed_ai, document([*cl, *crossed_cl], category="cs.CL", day=day)


def test_feeds_of_a_day_vouch_for_each_other():
    """
    A new paper of cs.AI that names cs.CL stands in both feeds: so a hasty feed is believed on a new deployment.
    """
    ai, cl = twins(first_ai=100, first_cl=200, built=0)
    assert peers_agree(ai, cl)
    assert decide(ai, WEDNESDAY, peers=[ai, cl], now=NOON).verdict == "fresh"
    assert decide(ai, WEDNESDAY, peers=[ai], now=NOON).verdict == "stale"


def test_feeds_that_contradict_each_other_are_both_doubted():
    """
    Yesterday's cs.AI beside today's cs.CL: they lack each other's papers, and the listing has to tell which is old.
    """
    ai, cl = twins(first_ai=100, first_cl=200)[0], twins(first_ai=300, first_cl=400)[1]
    assert peers_agree(ai, cl) is False
    for feed in (ai, cl):
        decision = decide(feed, WEDNESDAY, peers=[ai, cl], now=NOON)
        assert (decision.verdict, decision.next_step) == ("stale", "ask-listing")
    sunday = PreviousList.of(date(2026, 1, 11), new_papers(1, 9), "cs.AI")
    assert decide(ai, WEDNESDAY, previous=sunday, peers=[ai, cl], now=NOON).verdict == "fresh"


def test_feeds_with_little_in_common_say_nothing_of_each_other():
    """
    Two categories that hardly meet are no evidence.
    """
    assert (
        peers_agree(document(new_papers(1, 9)), document(new_papers(50, 9, category="math.KT"), category="math.KT"))
        is None
    )


@pytest.mark.parametrize(
    ("day", "source", "usual", "verdict", "next_step"),
    [
        ("2026-01-17", "rss", 20, "empty-expected", "nothing"),  # Saturday
        ("2026-01-20", "rss", 20, "empty-expected", "nothing"),  # after Martin Luther King Jr. Day
        ("2026-01-14", "rss", 20, "empty-suspicious", "ask-listing"),
        ("2026-01-14", "rss", 3, "empty-suspicious", "ask-listing"),
        ("2026-01-14", "listing", 20, "empty-suspicious", "ask-listing"),
        ("2026-01-14", "listing", 3, "empty-expected", "nothing"),
        ("2026-01-13", "catchup", 20, "empty-suspicious", "wait"),
    ],
)
def test_an_empty_document_is_expected_or_suspicious(day, source, usual, verdict, next_step):
    """
    Weekends, holidays and small categories may be empty; a feed of a working day may not.
    """
    asked = date.fromisoformat(day)
    now = max(NOON, announcement_time(asked).astimezone(UTC))
    decision = decide(document([], day=asked, source=source), asked, usual_size=usual, now=now)
    assert (decision.verdict, decision.next_step) == (verdict, next_step)


def test_a_holiday_is_named():
    """
    The reason says why nothing was announced.
    """
    day = date(2026, 1, 20)
    decision = decide(document([], day=day), day, now=NOON + timedelta(days=6))
    assert decision.reason == "Martin Luther King Jr. Day: arXiv announces nothing"


def test_papers_on_a_holiday_are_taken():
    """
    The calendar only says what to expect: what arXiv announces against it is not lost.
    """
    day = date(2026, 1, 20)
    found = decide(document(new_papers(200, 9, day=day), day=day), day, previous=TUESDAY, now=NOON + timedelta(days=6))
    assert found.takes


@pytest.mark.parametrize(
    ("papers", "skipped", "usual", "reason"),
    [
        (2000, 0, 900, "2000 papers: at arXiv's limit of 2000, above which it leaves out new papers"),
        (20, 3, 20, "20 papers; 3 could not be read: item 0, item 1, item 2"),
        (9, 0, 20, "only 9 papers where 20 are usual"),
    ],
)
def test_a_part_of_a_list_is_published_and_completed(papers, skipped, usual, reason):
    """
    What a cut document holds is better than nothing, and never enough.
    """
    part = document(new_papers(200, papers), skipped=skipped)
    decision = decide(part, WEDNESDAY, previous=TUESDAY, usual_size=usual, now=NOON)
    assert (decision.verdict, decision.next_step, decision.reason) == ("partial", "publish-and-check", reason)


def test_another_categorys_list_is_wrong():
    """
    Papers that do not name the category are not of its feed.
    """
    foreign = [replace(each, categories=("math.KT",)) for each in new_papers(200, 9)]
    decision = decide(document(foreign), WEDNESDAY, previous=TUESDAY, usual_size=9, now=NOON)
    assert (decision.verdict, decision.takes) == ("wrong", False)


def test_a_listing_that_is_older_means_not_announced_yet():
    """
    The referee names its day: nothing newer has been announced, so wait.
    """
    listing = document(new_papers(100, 20), source="listing", day=date(2026, 1, 13))
    decision = decide(listing, WEDNESDAY, previous=TUESDAY, now=NOON)
    assert (decision.verdict, decision.next_step) == ("stale", "wait")
    assert decision.reason.endswith("nothing was announced yet")


@given(
    numbers=st.sets(st.integers(1, 400), max_size=60),
    before=st.sets(st.integers(1, 400), max_size=60),
    source=st.sampled_from(["rss", "listing", "catchup"]),
    built=st.integers(0, 30),
    skipped=st.integers(0, 3),
    usual=st.none() | st.integers(0, 400),
    offset=st.integers(-3, 3),
)
def test_every_document_gets_a_decision_that_can_be_read(*, numbers, before, source, built, skipped, usual, offset):
    """
    Whatever comes, there is a verdict with a sentence; and nothing goes in that is of another day or was held before.
    """
    day = WEDNESDAY + timedelta(days=offset)
    previous = PreviousList.of(date(2026, 1, 13), [paper(n) for n in before], "cs.AI") if before else None
    shown = document([paper(n) for n in sorted(numbers)], source=source, built=built, skipped=skipped)
    decision = decide(shown, day, previous=previous, usual_size=usual, now=NOON)
    assert len(decision.reason) > 10
    if decision.takes:
        assert offset == 0
        assert numbers
        assert source != "rss" or len(numbers & before) < 0.9 * len(numbers)
    if decision.verdict == "fresh":
        assert decision.next_step == "publish"
        assert not skipped
    if not numbers and source == "rss" and offset == 0:
        assert decision.verdict in ("empty-suspicious", "wrong")


@given(days=st.integers(0, 800), usual=st.none() | st.integers(8, 400))
def test_an_empty_feed_is_expected_exactly_on_days_without_announcement(days, usual):
    """
    On every day of the calendar, an empty feed is either expected or suspicious, as the calendar says.
    """
    day = date(2026, 1, 1) + timedelta(days=days)
    now = announcement_time(day) + timedelta(hours=3)
    decision = decide(document([], day=day), day, usual_size=usual, now=now)
    assert (decision.verdict == "empty-suspicious") == is_announcement_day(day)


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
        row.arxiv_id: row
        for row in merge_document(before, document(merge_papers(more)), referee=False, first_announced={})
    }
    for row in before:
        assert set(row.announcements) <= {*after[row.arxiv_id].announcements} or any(
            type_in(row, a.category) != type_in(after[row.arxiv_id], a.category) for a in row.announcements
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
    named = {row.arxiv_id for row in before if row.license and type_in(row, category)}
    listing = document([paper(n, "cross", category) for n in listed], category=category, source="listing")
    after = merge_document(before, listing, referee=True, first_announced={})
    assert {row.arxiv_id for row in after if type_in(row, category)} == {
        each.arxiv_id for each in listing.papers
    } | named
    assert not unheld_papers(listing, after)
    for other in set(CATEGORIES) - {category}:
        assert count_announce_types(after, other) == count_announce_types(before, other)
    assert merge_document(after, listing, referee=True, first_announced={}) == after


def test_the_date_of_publication_stays_once_it_was_given():
    """
    A paper seen before keeps its first day, whether it is held on another day or on this one.
    """
    monday = date(2026, 1, 12)
    listing = document([paper(1, "cross"), paper(2), paper(3)])
    held = [paper(2, day=monday)]
    taken = merge_document(held, listing, referee=True, first_announced={ArxivId("2613.00001"): monday})
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
