"""Saved feeds at a refresh: new papers ranked, late texts learnt, a Zotero library read politely."""

from datetime import timedelta

from core.errors import UpstreamError
from core.feeds.library import Library
from core.paper import ArxivId, Batch
from core.profiles.change import rankings_are_current, with_likes, with_vote
from core.profiles.update import MOST_VOTED_LOOK_UPS, update_profiles
from tests.support.profiles import ids_about, state_of, subject_papers
from tests.support.synthetic_world import VirtualClock
from tests.support.updated_profiles import CONFIG, PAPERS, refreshed, saved
from tests.support.web import NOW, TODAY, publish

TOMORROW = TODAY + timedelta(days=1)
LATER = tuple(subject_papers(10, day=TOMORROW, first=300))


async def test_new_papers_are_ranked_and_stored(store):
    """
    After a refresh the stored ranking is of what is held: a reader's request has nothing to rank.
    """
    liked = ids_about("caches", PAPERS)[0]
    read = await saved(store, lambda snapshot: with_vote(state_of(), liked, "more", snapshot, now=NOW))
    await publish(store, [Batch(TOMORROW, LATER), Batch(TODAY, tuple(PAPERS))])
    snapshot = await Library(store).snapshot(NOW)
    assert not rankings_are_current((await read()).profile, snapshot)
    report = await refreshed(store)
    assert (report.held_profiles, report.ranked_profiles, report.unranked_profiles) == (1, 1, 0)
    profile = (await read()).profile
    assert rankings_are_current(profile, snapshot)
    assert profile.rankings[0][1].papers[0].arxiv_id in ids_about("caches", LATER)
    assert (await refreshed(store)).ranked_profiles == 0


async def test_a_late_text_is_learnt(store):
    """
    A vote on a paper that was not held ranks from the refresh on that brings the paper in.
    """
    read = await saved(store, lambda snapshot: with_vote(state_of(), LATER[1].arxiv_id, "more", snapshot, now=NOW))
    assert (await read()).memory.vectors == {}
    await publish(store, [Batch(TOMORROW, LATER), Batch(TODAY, tuple(PAPERS))])
    await refreshed(store)
    assert set((await read()).memory.vectors) == {LATER[1].arxiv_id}


async def test_arxiv_is_asked_for_old_papers_once(store):
    """
    Ids that somebody pasted and nobody announced here: one request for all, learnt from, and never asked again.
    """
    old = [ArxivId("1706.03762"), ArxivId("1001.00001")]
    read = await saved(store, lambda snapshot: with_likes(state_of(), old, snapshot, now=NOW))
    asked = []

    async def look_up(ids):
        asked.append(list(ids))
        return {"1706.03762": ("Robots on Sand", "Legged robots, torque, terrain, and planning of contact.")}

    await refreshed(store, hours=1, look_up=look_up)
    state = await read()
    assert asked == [old]
    assert [(vote.arxiv_id, vote.voted_title) for vote in state.profile.votes] == [
        (old[0], "Robots on Sand"),
        (old[1], ""),
    ]
    assert state.profile.rankings[0][1].papers[0].arxiv_id in ids_about("robots", PAPERS)
    await refreshed(store, hours=30, look_up=look_up)
    assert asked == [old]


async def test_arxiv_is_asked_for_few_profiles_a_refresh(store):
    """
    Three requests at most; the others' turn comes with the next refresh; what goes wrong is tried again.
    """
    for _ in range(4):
        await saved(store, lambda snapshot: with_likes(state_of(), [ArxivId("1706.03762")], snapshot, now=NOW))
    asked = []

    async def look_up(ids):
        asked.append(ids)
        if len(asked) == 1:
            raise UpstreamError("arXiv did not answer")
        return {}

    await refreshed(store, hours=1, look_up=look_up)
    assert len(asked) == MOST_VOTED_LOOK_UPS
    await refreshed(store, hours=2, look_up=look_up)
    assert len(asked) == 5


async def test_a_refresh_prolongs_no_profile(store):
    """
    Only a person does: ranked again, it still ends when it would have.
    """
    liked = ids_about("caches", PAPERS)[0]
    read = await saved(store, lambda snapshot: with_vote(state_of(), liked, "more", snapshot, now=NOW))
    before = (await read()).profile.profile_used
    await publish(store, [Batch(TOMORROW, LATER), Batch(TODAY, tuple(PAPERS))])
    await refreshed(store, hours=100)
    assert (await read()).profile.profile_used == before


async def test_time_is_bounded(store):
    """
    When there is no time left, what was not ranked is counted, and stays as it was.
    """
    liked = ids_about("caches", PAPERS)[0]
    await saved(store, lambda snapshot: with_vote(state_of(), liked, "more", snapshot, now=NOW))
    clock = VirtualClock(NOW)
    report = await update_profiles(store, CONFIG, clock=clock, profiles_deadline=NOW)
    assert (report.held_profiles, report.ranked_profiles, report.unranked_profiles) == (1, 0, 1)
