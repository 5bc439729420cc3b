"""Which papers are summarized."""

from datetime import UTC, timedelta

from msgspec.structs import replace

from core.config.settings import Settings
from core.paper import Batch
from core.query.parse import parse_query
from core.summaries.publish import load_summary_days, summary_candidates
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summaries_held import configure, papers, work
from tests.support.web import TODAY, YESTERDAY, make_paper, publish

LONG_AGO = TODAY - timedelta(days=20)


async def test_the_best_of_the_newest_day_come_first(store):
    """
    Papers of the default query are summarized newest announcement first, by score, until the number is reached.
    """
    today = [make_paper(1, "About teapots"), make_paper(2, "Of caches and a cache"), make_paper(3, "A quantized cache")]
    yesterday = papers(3, YESTERDAY, 11, title="Yesterday's cache")
    await publish(store, [Batch(TODAY, tuple(today)), Batch(YESTERDAY, tuple(yesterday))])
    async with ScriptedLLM() as llm:
        config = configure(llm, keywords=("cache", "quantized"), max_papers_to_summarize=4, max_workers=1)
        report = await work(store, config)
        assert report.made == 4
        assert llm.titles() == ["A quantized cache", "Of caches and a cache", *["Yesterday's cache"] * 2]


async def test_saved_queries_count_like_the_default_one(store):
    """
    The best of a saved profile are ranked among those of the default feed, each paper once.
    """
    await publish(
        store, [Batch(TODAY, (make_paper(1, "A cache"), make_paper(2, "A teapot"), make_paper(3, "A spoon")))]
    )
    async with ScriptedLLM() as llm:
        config = configure(llm, keywords=("cache",), max_workers=1)
        profile = parse_query([("keywords", "teapot^3,cache")], config.settings)
        await work(store, config, queries=[profile])
        assert llm.titles() == ["A teapot", "A cache"]


async def test_old_days_are_not_loaded(store):
    """
    Only the days that the feeds show by default are read for their papers and written for their summaries.
    """
    old = Batch(LONG_AGO, tuple(papers(1, LONG_AGO, 31)))
    manifest = await publish(store, [Batch(TODAY, tuple(papers(1))), old])
    async with ScriptedLLM() as llm:
        config = configure(llm)
        assert (await work(store, config)).made == 1
        assert (await store.load_manifest()).batches[1] == manifest.batches[1]


async def test_the_sample_day_is_never_summarized(store):
    """
    Invented papers cost nobody money.
    """
    await publish(store, [Batch(TODAY, tuple(papers(1)))], sample=True)
    async with ScriptedLLM() as llm:
        assert await work(store, configure(llm)) is None
        assert llm.calls == []


async def test_candidates_are_ranked_whatever_the_queries(store):
    """
    No query at all selects nothing; the same query twice selects each paper once.
    """
    manifest = await publish(store, [Batch(TODAY, tuple(papers(4)))])
    batches = (await load_summary_days(store, manifest, days=7)).batches_to_summarize
    query = parse_query((), Settings(categories=("cs.LG",)))
    assert summary_candidates(batches, ()) == ()
    assert len(summary_candidates(batches, (query, replace(query, min_score=0)))) == 4
    assert manifest.changed.tzinfo is UTC
