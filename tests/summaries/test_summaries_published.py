"""From ranking to readers: which papers are summarized, and how their summaries get into the feeds."""

from datetime import timedelta

import pytest

from core.errors import RefreshRunning
from core.feeds.library import Library
from core.paper import AnnounceType, Batch
from core.query.parse import parse_query
from core.search.select import select
from core.store.lock import RefreshLock
from core.summaries.plan import wanted_summaries
from core.summaries.publish import load_summary_days, publish_summaries
from core.summaries.run import summarize
from core.summaries.summarizer import Summarizer
from tests.support.llm_actions import ANSWER, CHINESE, Fail, good
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summaries_held import Standing, configure, papers, work
from tests.support.summarizing import Shelf
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, publish


async def entries(store, config, text: str = "") -> dict[str, object]:
    """What a reader of the feed gets, by id."""
    snapshot = await Library(store, memo=timedelta(0)).snapshot(NOW)
    pairs = [tuple(pair.split("=")) for pair in text.split("&") if pair]
    return {entry.paper.arxiv_id: entry for entry in select(snapshot.batches, parse_query(pairs, config.settings))}


async def test_readers_get_summaries_and_ids_stay(store):
    """
    A summary appears in the feed, moves ``updated``, changes the content's version, and leaves id and date alone.
    """
    await publish(store, [Batch(TODAY, tuple(papers(2)))])
    async with ScriptedLLM() as llm:
        config = configure(llm, language=("en", "zh"))
        before, manifest = await entries(store, config), await store.load_manifest()
        clock = Standing(NOW + timedelta(hours=1))
        await work(store, config, clock=clock)
        after, published = await entries(store, config), await store.load_manifest()
        for arxiv_id, entry in after.items():
            assert entry.summary.tldr == ANSWER["tldr"]
            assert (entry.published, entry.updated) == (before[arxiv_id].published, clock.moment)
        chinese = await entries(store, config, "lang=zh")
        assert {entry.summary.tldr for entry in chinese.values()} == {CHINESE["tldr"]}
        assert published.content != manifest.content
        assert published.changed == clock.moment
        assert published.categories == manifest.categories


async def test_a_run_without_new_summaries_publishes_nothing(store):
    """
    A second run publishes nothing: every reader's copy stays valid.
    """
    await publish(store, [Batch(TODAY, tuple(papers(2)))])
    async with ScriptedLLM() as llm:
        config = configure(llm)
        await work(store, config)
        manifest = await store.load_manifest()
        await work(store, config, clock=Standing(NOW + timedelta(hours=5)))
        assert await store.load_manifest() == manifest


async def test_a_new_version_keeps_the_old_summary_until_the_new_one_is_there(store):
    """
    A replaced paper shows the summary of its first version, which says so, then that of the second.
    """
    await publish(store, [Batch(YESTERDAY, tuple(papers(1, YESTERDAY)))])
    async with ScriptedLLM() as llm:
        config = configure(llm)
        await work(store, config)
        (old,) = (await entries(store, config)).values()
        replaced = make_paper(1, day=YESTERDAY, version=2, announce_type=AnnounceType.REPLACE)
        await publish(
            store, [Batch(TODAY, (replaced,)), Batch(YESTERDAY, tuple(papers(1, YESTERDAY)))], summaries=[old.summary]
        )
        (entry,) = (await entries(store, config)).values()
        assert (entry.paper.version, entry.summary.version) == (2, 1)
        llm.script = lambda call: Fail(500)
        await work(store, config)
        (entry,) = (await entries(store, config)).values()
        assert entry.summary.version == 1
        llm.script = good
        await work(store, config, clock=Standing(NOW + timedelta(hours=2)))
        (entry,) = (await entries(store, config)).values()
        assert entry.summary.version == 2


async def test_what_a_killed_run_saved_is_published_by_the_next(store):
    """
    Summaries that were paid for and never published reach the readers, though others are due by now.
    """
    await publish(store, [Batch(YESTERDAY, tuple(papers(2, YESTERDAY)))])
    async with ScriptedLLM() as llm:
        config = configure(llm, max_papers_to_summarize=2)
        ranked = papers(2, YESTERDAY)
        deadline = NOW + timedelta(minutes=4)
        await summarize(store, config, Shelf(), ranked, clock=Standing(), holder="killed", summaries_deadline=deadline)
        assert all(entry.summary is None for entry in (await entries(store, config)).values())
        await publish(store, [Batch(TODAY, tuple(papers(2, first=5))), Batch(YESTERDAY, tuple(ranked))])
        assert (await work(store, config)).made == 2
        assert all(entry.summary for entry in (await entries(store, config)).values())
        assert len(llm.calls) == 4


async def test_a_day_published_anew_meanwhile_is_left_alone(store):
    """
    Publishing summaries never brings an older copy of a day back.
    """
    first = await publish(store, [Batch(TODAY, tuple(papers(1)))])
    async with ScriptedLLM() as llm:
        config = configure(llm)
        await summarize(
            store,
            config,
            Shelf(),
            papers(1),
            clock=Standing(),
            holder="a",
            summaries_deadline=NOW + timedelta(minutes=4),
        )
        found = await store.load_summaries([each.key for each in wanted_summaries(papers(1), config)])
        held = await load_summary_days(store, first, days=7)
        fuller = await publish(store, [Batch(TODAY, tuple(papers(3)))])
        assert not await publish_summaries(store, held, found.values(), now=NOW)
        assert await store.load_manifest() == fuller
        await work(store, config)
        assert len(await entries(store, config)) == 3


async def test_a_lost_lock_publishes_nothing(store):
    """
    Whoever lost the refresh lock saves its summaries and leaves publishing to its successor.
    """
    manifest = await publish(store, [Batch(TODAY, tuple(papers(1)))])

    await store.claim_refresh("another", now=NOW, lease=timedelta(hours=1))
    lost = RefreshLock(store, Standing(), "this one")
    async with ScriptedLLM() as llm:
        config = configure(llm)
        with pytest.raises(RefreshRunning):
            await Summarizer(store, config, Standing())(manifest, Shelf(), NOW + timedelta(minutes=4), lost)
        assert len(await store.load_summaries([each.key for each in wanted_summaries(papers(1), config)])) == 1
        assert await store.load_manifest() == manifest
