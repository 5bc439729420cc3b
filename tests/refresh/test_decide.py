"""What a document is taken for, and how it is brought together with what is held."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.paper import AnnounceType, ArxivId
from core.refresh.decide import decide, peers_agree
from core.refresh.merge import (
    PreviousList,
)
from tests.support.decided import NOON, TUESDAY, WEDNESDAY, document, new_papers, paper


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


def test_another_categorys_list_is_wrong():
    """
    Papers that do not name the category are not of its feed.
    """
    foreign = [replace(each, categories=("math.KT",)) for each in new_papers(200, 9)]
    decision = decide(document(foreign), WEDNESDAY, previous=TUESDAY, usual_size=9, now=NOON)
    assert (decision.verdict, decision.takes_document) == ("wrong", False)


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
    if decision.takes_document:
        assert offset == 0
        assert numbers
        assert source != "rss" or len(numbers & before) < 0.9 * len(numbers)
    if decision.verdict == "fresh":
        assert decision.next_step == "publish"
        assert not skipped
    if not numbers and source == "rss" and offset == 0:
        assert decision.verdict in ("empty-suspicious", "wrong")
