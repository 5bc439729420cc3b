"""What readers had stays, and each paper comes once."""

from datetime import timedelta

from msgspec.structs import replace

from core.profiles.change import (
    rank_profile,
    with_saved_feeds,
    with_vote,
)
from core.profiles.feed import merge_saved_feeds
from core.profiles.records import SavedFeed
from tests.support.profiles import SETTINGS, snapshot_of, state_of, subject_papers
from tests.support.ranked_profiles import CACHES, PAPERS, ROBOTS, SNAPSHOT, entries, ids, voted
from tests.support.web import NOW, TODAY, YESTERDAY


def test_what_was_delivered_stays():
    """
    Whatever is voted, in whatever order, no paper leaves the feed while its day is in it, and none changes its date.
    """
    state = rank_profile(None, state_of(), SNAPSHOT, SETTINGS)
    seen = {entry.paper.arxiv_id: (entry.published, entry.updated) for entry in entries(state)}
    for vote in (
        (CACHES[0], "more"),
        (ROBOTS[1], "less"),
        (ROBOTS[2], "more"),
        (CACHES[0], "none"),
        (ROBOTS[2], "none"),
    ):
        state = voted(state, vote)
        now = {entry.paper.arxiv_id: (entry.published, entry.updated) for entry in entries(state)}
        assert seen.items() <= now.items()
        seen = now
    assert len(seen) <= 1.25 * SETTINGS.max_papers


def test_what_was_delivered_stays_when_a_day_comes_in():
    """
    The next day's papers stand above; of the day before, what was delivered stays, and nothing else comes in.
    """
    before = voted(state_of(), (CACHES[0], "more"))
    tomorrow = TODAY + timedelta(days=1)
    snapshot = snapshot_of((tomorrow, subject_papers(10, day=tomorrow, first=200)), (TODAY, PAPERS))
    after = rank_profile(before.profile, before, snapshot, SETTINGS)
    days = [entry.day for entry in entries(after, snapshot)]
    assert days == sorted(days, reverse=True)
    old = [entry.paper.arxiv_id for entry in entries(after, snapshot) if entry.day == TODAY]
    assert sorted(old) == sorted(ids(before))


def test_liked_papers_that_nobody_delivered_are_not_news():
    """
    Who says that they know a paper is not told of it.
    """
    state = rank_profile(None, with_vote(state_of(), CACHES[0], "more", SNAPSHOT, now=NOW), SNAPSHOT, SETTINGS)
    assert CACHES[0] not in ids(state)


def test_several_feeds_are_one():
    """
    Merged, a paper of two feeds is one item with the reasons of both and its feeds' names.
    """
    feeds = [SavedFeed("sand", (("keywords", "sand"),)), SavedFeed("grip", (("keywords", "gripper"),))]
    state = rank_profile(None, with_saved_feeds(state_of(), feeds, now=NOW), SNAPSHOT, SETTINGS)
    found = merge_saved_feeds([(feed.name, entries(state, number=number)) for number, feed in enumerate(feeds)])
    assert len({entry.paper.arxiv_id for entry in found}) == len(found)
    both = [
        entry for entry in found if {"sand", "grip"} <= {each.term for each in entry.matched if each.field == "feed"}
    ]
    assert both
    assert {"sand", "gripper"} <= {each.term for each in both[0].matched if each.field != "feed"}


def test_a_paper_of_two_days_stands_once():
    """
    A revised paper stays where it was delivered, in its newest version, whatever is learnt.
    """
    revised = replace(PAPERS[0], version=2)
    snapshot = snapshot_of((TODAY, [revised]), (YESTERDAY, [replace(each, announced=YESTERDAY) for each in PAPERS[:6]]))
    state = voted(state_of(("types", "new,cross,replace")), (PAPERS[4].arxiv_id, "more"), snapshot=snapshot)
    found = [entry for entry in entries(state, snapshot) if entry.paper.arxiv_id == revised.arxiv_id]
    assert [(entry.paper.version, entry.day) for entry in found] == [(2, YESTERDAY)]
