"""A text that a profile was begun with before interests selected: which feeds it selects, and which not."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from core.profiles.change import ProfileState, rank_profile, with_likes, with_saved_feeds, with_seed_texts, with_vote
from core.profiles.draft import draft_profile
from core.profiles.exchange import FeedDocument, ProfileDocument, document_of
from core.profiles.feed import saved_feed_entries, saved_feed_query
from core.profiles.records import SavedFeed, Zotero
from core.profiles.taste import LIKED_TEXT_SEED
from core.query.parse import parse_query
from core.search.select import select
from tests.support.profiles import SETTINGS, ids_about, snapshot_of, state_of, subject_papers
from tests.support.web import NOW, TODAY

PAPERS = subject_papers(10)
SNAPSHOT = snapshot_of((TODAY, PAPERS))
CACHES = ids_about("caches", PAPERS)
MANY = ("per_day", "40"), ("limit", "100")
SHORT = "legged robots on sand"
SENTENCE = f"“{SHORT}”"


def ids(state: ProfileState) -> list[str]:
    """The papers of the feed called main, ranked for the first time."""
    profile = rank_profile(None, state, SNAPSHOT, SETTINGS).profile
    main, ranking = next(feed for feed in profile.feeds if feed.name == "main"), profile.ranking("main")
    return [
        entry.paper.arxiv_id
        for entry in saved_feed_entries(SNAPSHOT, saved_feed_query(main, ranking, SETTINGS), ranking)
    ]


def plain_ids(interest: str) -> set[str]:
    query = parse_query([*MANY, ("like", f"text:{interest}")], SETTINGS)
    return {entry.paper.arxiv_id for entry in select(SNAPSHOT.batches, query)}


def begun_before(*texts: str, what: str = LIKED_TEXT_SEED, later: timedelta = timedelta()) -> ProfileState:
    """A profile as it was kept when a text was one more thing to learn from: its words alone are known."""
    return brought_before(state_of(*MANY), *texts, what=what, later=later)


def brought_before(
    state: ProfileState, *texts: str, what: str = LIKED_TEXT_SEED, later: timedelta = timedelta()
) -> ProfileState:
    """The same of any profile: its seeds do not say whether they select."""
    state = with_seed_texts(state, what, texts, SNAPSHOT, now=state.profile.profile_created + later)
    seeds = tuple(replace(seed, only_orders=False) for seed in state.profile.seeds)
    return replace(state, profile=replace(state.profile, seeds=seeds))


@pytest.mark.parametrize("what", [LIKED_TEXT_SEED, SENTENCE])
def test_a_profile_begun_with_a_text_before_is_cut_as_new_ones_are(what: str):
    """
    Saved with ``like=text:``, or with a sentence alone: the papers about it, not the day filled with what is nearest.
    """
    found = ids(begun_before(SHORT, what=what))
    assert set(found) == plain_ids(SHORT)
    voted = with_vote(begun_before(SHORT, what=what), CACHES[0], "more", SNAPSHOT, now=NOW)
    assert set(ids(voted)) == plain_ids(SHORT)


def test_what_was_brought_along_beside_papers_or_later_selects_nothing():
    """
    It is one more thing to learn from, as ever: the day is full.
    """
    beside = with_likes(begun_before(SHORT), CACHES[:1], SNAPSHOT, now=NOW - timedelta(days=1))
    references = with_seed_texts(
        begun_before(SHORT), "your BibTeX of 2 references", ["cache", "robot"], SNAPSHOT, now=NOW
    )
    later = begun_before(SHORT, what=SENTENCE, later=timedelta(hours=1))
    unread = begun_before(SHORT)
    library = replace(unread, profile=replace(unread.profile, zotero=Zotero("users/475425")))
    for state in (beside, references, later, library):
        assert len(ids(state)) >= len(PAPERS) - 1


OF_A_VOTE = SavedFeed("main", (*MANY, ("keywords", "")))
TEXT_AND_INTEREST = FeedDocument("other", {"like": f"text:{SHORT}"}, "protein folding with ligands")
WITH_KEYWORDS = FeedDocument("other", {"keywords": "gripper"})


@pytest.mark.parametrize(
    ("other", "seed"), [(TEXT_AND_INTEREST, ""), (WITH_KEYWORDS, SHORT)], ids=["interest", "keywords"]
)
def test_a_text_of_another_feed_does_not_select_in_a_feed_led_by_votes(other: FeedDocument, seed: str):
    """
    Beside a feed with an interest and a text, or with keywords and a sentence: votes alone lead, the day is full.
    """
    by_votes = FeedDocument("main", dict(OF_A_VOTE.rules))
    draft = draft_profile(ProfileDocument(feeds=(by_votes, other), seed=seed), SNAPSHOT, SETTINGS, now=NOW).state
    assert len(draft.profile.seeds) == 1
    old_seeds = tuple(replace(kept, only_orders=False) for kept in draft.profile.seeds)
    for seeds in (draft.profile.seeds, old_seeds):
        state = replace(draft, profile=replace(draft.profile, seeds=seeds))
        voted = with_vote(state, CACHES[0], "more", SNAPSHOT, now=NOW + timedelta(hours=1))
        assert len(ids(voted)) >= len(PAPERS) - 1


@pytest.mark.parametrize("kept_before", [False, True])
@pytest.mark.parametrize("beside", [False, True])
def test_a_text_does_not_select_in_feeds_that_come_after_it(*, beside: bool, kept_before: bool):
    """
    Begun with keywords and a sentence; a feed without either comes later, beside the first or in its place.
    """
    keywords = SavedFeed("robots", (*MANY, ("keywords", "gripper")))
    begun = with_saved_feeds(state_of(*MANY), [keywords], now=NOW)
    if kept_before:
        begun = brought_before(begun, SHORT, what=SENTENCE)
    else:
        begun = with_seed_texts(begun, SENTENCE, [SHORT], SNAPSHOT, now=begun.profile.profile_created)
    later = with_saved_feeds(begun, [OF_A_VOTE, *([keywords] if beside else [])], now=NOW)
    voted = with_vote(later, CACHES[0], "more", SNAPSHOT, now=NOW)
    assert len(ids(voted)) >= len(PAPERS) - 1


def test_a_text_that_selects_does_so_after_an_edit_and_where_the_profile_is_taken_to():
    """
    An edit that says nothing else of what the feed is about changes nothing, nor does an export that is brought back.
    """
    begun = begun_before(SHORT, what=SENTENCE)
    edited = with_saved_feeds(begun, [OF_A_VOTE], now=NOW)
    taken = draft_profile(document_of(begun), SNAPSHOT, SETTINGS, now=NOW).state
    for state in (edited, taken):
        assert set(ids(state)) == plain_ids(SHORT)
    again = draft_profile(document_of(begun_before(SHORT, "cache", what="a BibTeX")), SNAPSHOT, SETTINGS, now=NOW).state
    assert len(ids(again)) >= len(PAPERS) - 1
