"""A saved feed with an interest and no keywords: the papers of ``like=text:``, however much it has learnt."""

from datetime import timedelta

import pytest

from core.feeds.library import Snapshot
from core.profiles.change import ProfileState, rank_profile, with_vote
from core.profiles.draft import draft_profile
from core.profiles.exchange import FeedDocument, ProfileDocument
from core.profiles.feed import saved_feed_entries, saved_feed_query
from core.query.parse import parse_query
from core.search.select import select
from tests.support.profiles import SETTINGS, ids_about, snapshot_of, state_of, subject_papers
from tests.support.web import NOW, TODAY, make_paper

PAPERS = subject_papers(10)
SNAPSHOT = snapshot_of((TODAY, PAPERS))
CACHES, ROBOTS = ids_about("caches", PAPERS), ids_about("robots", PAPERS)
MANY = ("per_day", "40"), ("limit", "100")
SHORT = "legged robots on sand"
LONG = f"{8 * PAPERS[0].abstract} {PAPERS[1].abstract}"


def ranked(state: ProfileState, snapshot: Snapshot = SNAPSHOT, before: ProfileState | None = None) -> ProfileState:
    return rank_profile(before.profile if before else None, state, snapshot, SETTINGS)


def ids(state: ProfileState, snapshot: Snapshot = SNAPSHOT) -> list[str]:
    ranking = state.profile.ranking("main")
    query = saved_feed_query(state.profile.feeds[0], ranking, SETTINGS)
    return [entry.paper.arxiv_id for entry in saved_feed_entries(snapshot, query, ranking)]


def plain_ids(interest: str, snapshot: Snapshot = SNAPSHOT, **rules: str) -> set[str]:
    query = parse_query([*MANY, ("like", f"text:{interest}"), *rules.items()], SETTINGS)
    return {entry.paper.arxiv_id for entry in select(snapshot.batches, query)}


@pytest.mark.parametrize("interest", [SHORT, LONG])
def test_an_interest_selects_what_a_plain_feed_like_it_does(interest: str):
    """
    Saving a feed keeps its papers: what only shares a word with the interest is in neither.
    """
    found = ids(ranked(state_of(*MANY, interest=interest)))
    assert len(found) == len(set(found))
    assert set(found) == plain_ids(interest)
    assert 0 < len(found) < len(PAPERS)


def test_a_lowest_score_is_of_the_interest():
    """
    As in a plain feed: what holds less of the text is out.
    """
    scored = ids(ranked(state_of(*MANY, ("min_score", "1.17"), interest=SHORT)))
    assert set(scored) == plain_ids(SHORT, min_score="1.17")
    assert 0 < len(scored) < len(plain_ids(SHORT))


def test_votes_reorder_what_an_interest_selects():
    """
    Nothing leaves for being voted on or against, and a vote on something else brings nothing in.
    """
    before = ranked(state_of(*MANY, interest=SHORT))
    last = ids(before)[-1]
    after = before
    for arxiv_id, choice in ((last, "more"), (CACHES[0], "more"), (ids(before)[0], "less")):
        after = ranked(with_vote(after, arxiv_id, choice, SNAPSHOT, now=NOW), before=after)
        assert set(ids(after)) == set(ids(before))
    assert ids(after) != ids(before)


def test_keywords_select_in_place_of_an_interest():
    """
    All that a keyword matches is in; the interest leads the order alone.
    """
    found = ids(ranked(state_of(*MANY, ("keywords", "attention,sand"), interest=SHORT)))
    plain = parse_query([*MANY, ("keywords", "attention,sand")], SETTINGS)
    assert set(found) == {entry.paper.arxiv_id for entry in select(SNAPSHOT.batches, plain)}
    assert found[0] in ROBOTS
    assert set(found) & set(CACHES)


def test_an_interest_of_little_words_selects_nothing_by_itself():
    """
    It says nothing, as ever: a vote leads, and the day is full.
    """
    state = with_vote(state_of(*MANY, interest="of the"), CACHES[0], "more", SNAPSHOT, now=NOW)
    assert len(ids(ranked(state))) == len(PAPERS) - 1


def test_what_was_delivered_stays_though_nearer_papers_come_in():
    """
    Where few papers are about all of an interest, those about most of it are in; once more come, they stay, if had.
    """
    filler = [make_paper(100 + number, "Bread", abstract="A model of lamps.") for number in range(30)]
    near = make_paper(1, "A Model of Lighthouses", abstract="Their lamps turn.")
    today = (TODAY, [near, *filler])
    tomorrow = TODAY + timedelta(days=1)
    nearer = [make_paper(50 + n, "A Lighthouse", abstract="Its tidal lamps.", day=tomorrow) for n in range(5)]
    first, second = snapshot_of(today), snapshot_of((tomorrow, nearer), today)
    interest = "tidal lamps for lighthouses"
    before = ranked(state_of(*MANY, interest=interest), first)
    assert ids(before, first) == [near.arxiv_id]
    assert near.arxiv_id not in plain_ids(interest, second)
    after = ranked(before, second, before)
    assert sorted(ids(after, second)) == sorted([near.arxiv_id, *(paper.arxiv_id for paper in nearer)])
    assert near.arxiv_id not in ids(ranked(before, second), second)


def test_a_sentence_that_is_all_that_somebody_says_is_what_the_feed_is_about():
    """
    In the box for what one has already, with no keyword and no interest: it selects, and is shown as the interest.
    """
    draft = draft_profile(ProfileDocument(seed=SHORT), SNAPSHOT, SETTINGS, now=NOW)
    (feed,), seeds = draft.state.profile.feeds, draft.state.profile.seeds
    assert (feed.interest, seeds) == (SHORT, ())
    assert draft.understood_sentences == ("Your sentence: what your feed is about.",)
    beside = draft_profile(ProfileDocument(seed=f"{SHORT} {CACHES[0]}"), SNAPSHOT, SETTINGS, now=NOW).state.profile
    assert beside.feeds[0].interest == ""
    assert len(beside.seeds) == 1


def test_votes_order_what_keywords_select_and_bring_in_nothing_else():
    """
    As docs/profiles.md says: not by a vote, and not by ``also`` once there is one; without keywords they lead alone.
    """
    rules = (*MANY, ("keywords", "gripper"))
    liked = with_vote(state_of(*rules, ("also", "6")), ROBOTS[0], "more", SNAPSHOT, now=NOW)
    plain = parse_query(rules, SETTINGS)
    assert set(ids(ranked(liked))) <= {entry.paper.arxiv_id for entry in select(SNAPSHOT.batches, plain)}
    led_by_votes = with_vote(state_of(("per_day", "8")), ROBOTS[0], "more", SNAPSHOT, now=NOW)
    assert set(ids(ranked(led_by_votes))) <= set(ROBOTS)


@pytest.mark.parametrize(
    ("other", "seed"),
    [
        (FeedDocument("other", {"like": f"text:{SHORT}"}, "protein folding with ligands"), ""),
        (FeedDocument("other", {"keywords": "gripper"}), SHORT),
    ],
    ids=["interest", "keywords"],
)
def test_a_text_of_another_feed_does_not_select_in_a_feed_led_by_votes(other: FeedDocument, seed: str):
    """
    Beside a feed with an interest and a text, or with keywords and a sentence: votes alone lead, the day is full.
    """
    by_votes = FeedDocument("main", dict([*MANY, ("keywords", "")]))
    state = draft_profile(ProfileDocument(feeds=(by_votes, other), seed=seed), SNAPSHOT, SETTINGS, now=NOW).state
    assert len(state.profile.seeds) == 1
    assert len(ids(ranked(with_vote(state, CACHES[0], "more", SNAPSHOT, now=NOW)))) >= len(PAPERS) - 1
