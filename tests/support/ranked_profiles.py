"""A profile on a day of papers, ranked."""

from core.profiles.change import (
    rank_profile,
    with_vote,
)
from core.profiles.feed import saved_feed_entries, saved_feed_query
from tests.support.profiles import SETTINGS, ids_about, snapshot_of, subject_papers
from tests.support.web import NOW, TODAY

PAPERS = subject_papers(10)
SNAPSHOT = snapshot_of((TODAY, PAPERS))
CACHES, ROBOTS = ids_about("caches", PAPERS), ids_about("robots", PAPERS)


def voted(state, *votes, snapshot=SNAPSHOT):
    """Vote one after the other, ranking each time as a deployment does."""
    for arxiv_id, choice in votes:
        state = rank_profile(state.profile, with_vote(state, arxiv_id, choice, snapshot, now=NOW), snapshot, SETTINGS)
    return state


def entries(state, snapshot=SNAPSHOT, number=0):
    feed = state.profile.feeds[number]
    ranking = state.profile.ranking(feed.name)
    return saved_feed_entries(snapshot, saved_feed_query(feed, ranking, SETTINGS), ranking)


def ids(state, snapshot=SNAPSHOT, number=0):
    return [entry.paper.arxiv_id for entry in entries(state, snapshot, number)]
