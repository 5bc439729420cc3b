"""What likes make of a feed, and what they must leave alone."""

from datetime import timedelta

import pytest

from core.errors import TooMany
from core.profiles.change import (
    MOST_VOTES_A_DAY,
    ProfileState,
    learn_late_texts,
    rank_profile,
    with_saved_feeds,
    with_vote,
)
from core.profiles.records import SavedFeed, decode_memory, decode_profile, encode_profile
from core.profiles.taste import MOST_LIKE_POINTS, like_points
from tests.support.profiles import SETTINGS, ids_about, snapshot_of, state_of
from tests.support.ranked_profiles import CACHES, PAPERS, ROBOTS, SNAPSHOT, entries, ids, voted
from tests.support.web import NOW, TODAY, make_paper


def test_a_profile_without_likes_is_what_its_rules_say():
    """
    Nothing is ranked, nothing is stored, and the entries are those of the same plain feed.
    """
    state = rank_profile(None, state_of(("keywords", "robot")), SNAPSHOT, SETTINGS)
    assert state.profile.rankings == ()
    assert set(ids(state)) <= set(ROBOTS)


def test_likes_bring_up_their_like():
    """
    One liked paper, no keyword: the best of the day are of its subject, and each says how much and like what.
    """
    state = voted(state_of(), (CACHES[0], "more"))
    best = entries(state)[:4]
    assert {entry.paper.arxiv_id for entry in best} <= set(CACHES)
    for entry in best:
        told = [each.term for each in entry.matched if each.field == "votes"]
        assert len(told) == 1
        assert told[0].startswith(f"+{round(entry.score, 1)} like {CACHES[0]}, which you voted for: ")


def test_keywords_filter_where_likes_lead():
    """
    Only what a keyword matches comes in anew; what is liked comes first, though other keywords count more.
    """
    rules = (("keywords", "terrain^2,attention"), ("per_day", "20"))
    plain = ids(rank_profile(None, state_of(*rules), SNAPSHOT, SETTINGS))
    assert plain[0] in ROBOTS
    state = rank_profile(None, with_vote(state_of(*rules), CACHES[0], "more", SNAPSHOT, now=NOW), SNAPSHOT, SETTINGS)
    found = entries(state)
    assert {entry.paper.arxiv_id for entry in found} == set(plain) - {CACHES[0]}
    caches = [entry.paper.arxiv_id in CACHES for entry in found]
    assert any(caches)
    assert caches == sorted(caches, reverse=True)


def test_a_disliked_paper_lets_its_twins_sink():
    """
    The nearest to a disliked paper lose their places to what is as well liked, and say why.
    """
    liked = voted(state_of(), (CACHES[0], "more"), (ROBOTS[0], "more"))
    before = ids(liked)
    robots = [each for each in before if each in ROBOTS]
    after = voted(liked, (robots[0], "less"))
    places = {arxiv_id: place for place, arxiv_id in enumerate(ids(after))}
    assert places[robots[0]] > before.index(robots[0])
    told = [each.term for entry in entries(after) if entry.paper.arxiv_id == robots[0] for each in entry.matched]
    assert any(term.startswith("-") and robots[0] in term for term in told)


def test_a_vote_that_is_undone_leaves_nothing():
    """
    After ``none`` no vote and no vector is left, and the order is again what it was, but for what has come in.
    """
    state = voted(state_of(), (CACHES[0], "more"), (ROBOTS[0], "more"))
    again = voted(state, (ROBOTS[1], "more"), (ROBOTS[1], "none"))
    assert [vote.arxiv_id for vote in again.profile.votes] == [ROBOTS[0], CACHES[0]]
    assert set(again.memory.vectors) == {ROBOTS[0], CACHES[0]}
    known = set(ids(state))
    assert [each for each in ids(again) if each in known] == ids(state)


def test_the_last_vote_on_a_paper_counts():
    """
    Voting less after more changes the vote; it does not add one.
    """
    state = voted(state_of(), (CACHES[0], "more"), (CACHES[0], "less"))
    assert [(vote.arxiv_id, vote.liked) for vote in state.profile.votes] == [(CACHES[0], False)]


def test_the_same_gives_the_same():
    """
    Ranking is pure: two instances that read the same profile and papers come to the same bytes.
    """
    one = voted(state_of(), (CACHES[0], "more"), (ROBOTS[0], "less"))
    stored = encode_profile(one.profile, one.memory)
    read = ProfileState(decode_profile(stored.head), decode_memory(stored.memory))
    fresh = snapshot_of((TODAY, PAPERS))
    first, second = (rank_profile(read.profile, read, snapshot, SETTINGS) for snapshot in (SNAPSHOT, fresh))
    assert encode_profile(first.profile, first.memory) == encode_profile(second.profile, second.memory)


def test_likes_are_bounded():
    """
    No paper gets more for being liked than the bound, nor less than it; more alike is always more.
    """
    values = [like_points(deviations) for deviations in (-1e9, -10, -1, 0, 0.5, 3, 10, 1e9)]
    assert values == sorted(values)
    assert -MOST_LIKE_POINTS <= values[0] < 0 < values[-1] <= MOST_LIKE_POINTS
    assert all(
        abs(entry.score) <= MOST_LIKE_POINTS
        for entry in entries(voted(state_of(), *((each, "more") for each in CACHES)))
    )


def test_an_interest_leads_as_a_liked_paper_does():
    """
    A sentence alone ranks the papers of its subject first, and is named as the reason.
    """
    state = rank_profile(
        None, state_of(interest="legged robots that walk on sand, and planning of contact"), SNAPSHOT, SETTINGS
    )
    found = entries(state)[:4]
    assert {entry.paper.arxiv_id for entry in found} <= set(ROBOTS)
    assert "like your interest" in found[0].matched[-1].term


def test_changed_rules_change_the_feed_and_keep_the_votes():
    """
    Rules are changed without losing what was learnt; papers that they shut out are gone.
    """
    state = voted(state_of(), (CACHES[0], "more"))
    narrow = with_saved_feeds(state, [SavedFeed("main", (("keywords", "phoneme"),))], now=NOW)
    after = rank_profile(state.profile, narrow, SNAPSHOT, SETTINGS)
    assert after.profile.votes == state.profile.votes
    assert set(ids(after)) <= set(ids_about("speech", PAPERS))


def test_a_vote_on_a_paper_not_held_waits():
    """
    It is kept, ranks nothing, and is learnt from when the paper comes in.
    """
    state = voted(state_of(), ("2600.00900", "more"))
    assert state.memory.vectors == {}
    tomorrow = TODAY + timedelta(days=1)
    late = [make_paper(900, "Robots contact study", abstract="On sand and terrain, planning and torque.", day=tomorrow)]
    snapshot = snapshot_of((tomorrow, late), (TODAY, PAPERS))
    after = learn_late_texts(state, snapshot)
    assert set(after.memory.vectors) == {"2600.00900"}
    assert after.profile.votes[0].voted_title == "Robots contact study"


def test_a_day_takes_so_many_votes():
    """
    More than a person can read is refused; the next day there is room again.
    """
    state = state_of()
    for number in range(MOST_VOTES_A_DAY):
        state = with_vote(state, CACHES[number % 2], "more", SNAPSHOT, now=NOW)
    with pytest.raises(TooMany, match="300 votes a day"):
        with_vote(state, CACHES[0], "more", SNAPSHOT, now=NOW)
    with_vote(state, CACHES[0], "more", SNAPSHOT, now=NOW + timedelta(days=1))
