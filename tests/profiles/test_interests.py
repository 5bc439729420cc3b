"""Saved feeds rated against their readers' own sentences: within the budget, once for all who write the same."""

from datetime import timedelta

from msgspec.structs import replace

from core.feeds.library import Library
from core.paper import Batch
from core.profiles.change import ProfileState, rank_profile
from core.profiles.interests import MOST_RATED_INTERESTS, SAVED_INTEREST_TOKENS_A_DAY
from core.profiles.records import SavedFeed
from core.profiles.token import profile_name_of
from core.profiles.writer import ProfileWriter
from core.refresh.saved_feeds import rate_saved_feeds
from tests.support.llm_actions import Fail
from tests.support.profiles import state_of, subject_papers
from tests.support.rated import MARKED, configured, rater
from tests.support.scripted_llm import ScriptedLLM
from tests.support.synthetic_world import VirtualClock
from tests.support.web import NOW, TODAY, open_web, publish

SENTENCE = "legged robots that walk on sand"


def by_subject(title: str, _: str) -> int:
    return 9 if title.startswith("Robots") else 2


async def saved(store, config, *interests):
    """A profile for each sentence; the tokens that are asked for by their addresses are not kept anywhere."""
    await publish(store, [Batch(TODAY, tuple(subject_papers(3)))])
    snapshot = await Library(store).snapshot(NOW)
    writer = ProfileWriter(store.profiles, config.settings)
    return [
        await writer.create(state_of(("keywords", "study"), interest=each), snapshot, now=NOW) for each in interests
    ]


async def rated(store, config):
    clock = VirtualClock(NOW)
    await rate_saved_feeds(store, config, clock=clock, deadline=clock.now() + timedelta(minutes=5))


async def test_a_saved_feed_shows_what_a_model_says_of_its_papers(store):
    """
    Each of the day's papers with its grade, against this feed's sentence; the page tells what that costs.
    """
    async with ScriptedLLM(rater(by_subject)) as llm:
        config = configured(llm)
        (token,) = await saved(store, config, SENTENCE)
        await rated(store, config)
        assert all(SENTENCE in call.text for call in llm.calls)
        web = open_web(store, settings=config.settings, environment=config.environment)
        items = (await web.get(f"/u/{token}/json")).json()["items"]
        assert len(items) == 12
        for item in items:
            assert ("9/10: about" if item["title"].startswith("Robots") else "2/10: about") in item["content_html"]
        assert f"about {SAVED_INTEREST_TOKENS_A_DAY:,} tokens a day" in (await web.get(f"/u/{token}")).text


async def test_the_same_sentence_is_paid_for_once(store):
    """
    However many write it, and however often it is refreshed.
    """
    async with ScriptedLLM(rater(by_subject)) as llm:
        config = configured(llm)
        await saved(store, config, SENTENCE, SENTENCE)
        await rated(store, config)
        await rated(store, config)
        assert sum(len(MARKED.findall(call.text)) for call in llm.calls) == 12
        for name in await store.profiles.load_names(now=NOW):
            state, _ = await ProfileWriter(store.profiles, config.settings).read(name)
            assert len(state.profile.interest_ratings("main")) == 12


async def test_without_a_model_nothing_is_asked_nor_said(store):
    """
    The sentence still leads the ranking; no rating, no cost on the page.
    """
    async with ScriptedLLM(rater(by_subject)) as llm:
        config = configured(llm, triage="")
        (token,) = await saved(store, config, SENTENCE)
        await rated(store, config)
        assert llm.calls == []
        web = open_web(store, settings=config.settings, environment=config.environment)
        assert "/10:" not in (await web.get(f"/u/{token}/json")).text
        assert "tokens a day" not in (await web.get(f"/u/{token}")).text


async def test_a_model_that_fails_costs_nothing_else(store):
    """
    The profile is as it was; the next refresh tries again.
    """
    async with ScriptedLLM(lambda _: Fail(500)) as llm:
        config = configured(llm)
        (token,) = await saved(store, config, SENTENCE)
        await rated(store, config)
        state, _ = await ProfileWriter(store.profiles, config.settings).read(profile_name_of(token))
        assert state.profile.interest_ratings("main") == ()
        assert state.profile.rankings


async def test_the_day_s_budget_bounds_ratings(store):
    """
    Where nothing is left, nobody is asked.
    """
    async with ScriptedLLM(rater(by_subject)) as llm:
        config = configured(llm, daily_token_budget=0)
        await saved(store, config, SENTENCE)
        await rated(store, config)
        assert llm.calls == []


async def test_another_sentence_forgets_the_ratings(store):
    """
    What was said of the old interest is not shown for the new one.
    """
    async with ScriptedLLM(rater(by_subject)) as llm:
        config = configured(llm)
        (token,) = await saved(store, config, SENTENCE)
        await rated(store, config)
        writer, snapshot = ProfileWriter(store.profiles, config.settings), await Library(store).snapshot(NOW)

        def other(state: ProfileState) -> ProfileState:
            return ProfileState(
                replace(state.profile, feeds=(SavedFeed("main", (), "proteins that fold"),)), state.memory
            )

        state = await writer.change_profile(profile_name_of(token), other, snapshot, now=NOW)
        assert state.profile.interest_ratings("main") == ()
        assert rank_profile(state.profile, state, snapshot, config.settings).profile.ratings == ()


async def test_every_interest_has_its_turn(store):
    """
    Five different sentences a refresh; those that have their ratings make room for the others at the next.
    """
    async with ScriptedLLM(rater(by_subject)) as llm:
        config = configured(llm)
        await saved(store, config, *(f"{SENTENCE} number {number}" for number in range(7)))
        writer = ProfileWriter(store.profiles, config.settings)
        counts = []
        for _ in range(2):
            await rated(store, config)
            states = [(await writer.read(name))[0] for name in await store.profiles.load_names(now=NOW)]
            counts.append(sum(bool(state.profile.interest_ratings("main")) for state in states))
        assert counts == [MOST_RATED_INTERESTS, 7]
