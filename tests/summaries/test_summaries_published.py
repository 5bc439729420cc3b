"""From ranking to readers: which papers are summarized, and how their summaries get into the feeds."""

import itertools
from datetime import UTC, date, datetime, timedelta

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from core.clock import SystemClock
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import AiSummary, Settings
from core.errors import NoPapersYet, RefreshRunning
from core.feeds.library import Library
from core.paper import AnnounceType, Batch, Paper
from core.query.parse import parse_query
from core.refresh.report import RefreshReport
from core.search.select import select
from core.store.lock import RefreshLock
from core.summaries.plan import wanted_summaries
from core.summaries.publish import load_summary_days, publish_summaries, summary_candidates
from core.summaries.run import summarize
from core.summaries.standalone import summarize_within
from core.summaries.summarizer import Summarizer
from tests.support.deployment import deployment
from tests.support.scripted_llm import ANSWER, CHINESE, Fail, Say, ScriptedLLM, good
from tests.support.summarizing import ARTICLE, KEY, Shelf
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, open_web, publish

LONG_AGO = TODAY - timedelta(days=20)


class Standing:
    """A clock that stands."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        await SystemClock().sleep(seconds)


def configure(llm: ScriptedLLM, *, keywords: tuple[str, ...] = (), **changes: object) -> Config:
    ai_summary = msgspec.structs.replace(AiSummary(), **({"timeout_seconds": 5.0} | changes))
    settings = Settings(categories=("cs.LG",), keywords=keywords, ai_summary=ai_summary)
    return Config(settings, Environment(llm_key=KEY, llm_base_url=llm.base_url, llm_model="scripted"))


async def work(store, config, *, clock=None, shelf=None, queries=()):
    """What a refresh does after it has published."""
    clock = clock or Standing()
    manifest = await store.load_manifest()
    summarizer = Summarizer(store, config, clock, queries=queries)
    return await summarizer(
        manifest, shelf or Shelf(), clock.now() + timedelta(minutes=4), RefreshLock(store, clock, "tests")
    )


async def entries(store, config, text: str = "") -> dict[str, object]:
    """What a reader of the feed gets, by id."""
    snapshot = await Library(store, memo=timedelta(0)).snapshot(NOW)
    pairs = [tuple(pair.split("=")) for pair in text.split("&") if pair]
    return {entry.paper.arxiv_id: entry for entry in select(snapshot.batches, parse_query(pairs, config.settings))}


def papers(count: int, day: date = TODAY, first: int = 1, **changes: object) -> list[Paper]:
    return [make_paper(number, day=day, **changes) for number in range(first, first + count)]


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


async def test_the_sample_day_is_never_summarized(store):
    """
    Invented papers cost nobody money.
    """
    await publish(store, [Batch(TODAY, tuple(papers(1)))], sample=True)
    async with ScriptedLLM() as llm:
        assert await work(store, configure(llm)) is None
        assert llm.calls == []


async def test_without_a_key_nothing_happens(store):
    """
    No key, no summaries, no complaint, unless they are asked for by name.
    """
    await publish(store, [Batch(TODAY, tuple(papers(1)))])
    async with ScriptedLLM() as llm:
        for enabled, problem in (("auto", None), (True, "OPENAI_API_KEY")):
            config = configure(llm, enabled=enabled)
            report = await work(store, Config(config.settings, Environment()))
            assert report is None if problem is None else problem in report.problem
        missing = await work(store, configure(llm, prompt_file="none.md"))
        assert "ai_summary.prompt_file" in missing.problem


async def test_the_command_line_summarizes_under_the_lock(store):
    """
    Without papers it says so, during a refresh it says so, else it summarizes what is held.
    """
    clock = SystemClock()
    async with ScriptedLLM() as llm:
        config = configure(llm, input="abstract")
        with pytest.raises(NoPapersYet):
            await summarize_within(config, store, timedelta(minutes=1), clock=clock)
        await publish(store, [Batch(TODAY, tuple(papers(2)))])
        await store.claim_refresh("another", now=clock.now(), lease=timedelta(minutes=2))
        with pytest.raises(RefreshRunning):
            await summarize_within(config, store, timedelta(minutes=1), clock=clock)
        await store.release_refresh("another")
        planned = await Summarizer(store, config, clock).plan_summaries(await store.load_manifest())
        report = await summarize_within(config, store, timedelta(minutes=1), clock=clock)
        assert report.made == len(planned.due_summaries) == 2
        assert await store.claim_refresh("the next", now=clock.now(), lease=timedelta(minutes=2))


async def test_feeds_are_served_while_summaries_are_made(store):
    """
    During a run every feed answers as before, byte for byte, and after it with the summaries.
    """
    import asyncio

    await publish(store, [Batch(TODAY, tuple(papers(6)))])
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=0.1)) as llm:
        config = configure(llm, max_workers=2)
        web = open_web(store, settings=config.settings)
        async with web.client:
            before = await web.get("/rss")
            running = asyncio.create_task(work(store, config))
            while len(llm.calls) < 4:
                during = await web.get("/rss")
                assert (during.status_code, during.content) == (200, before.content)
                await asyncio.sleep(0.01)
            assert (await running).made == 6
            fresh = open_web(store, settings=config.settings)
            async with fresh.client:
                after = (await fresh.get("/rss")).text
    assert after.count(ANSWER["tldr"]) >= 6
    assert "<details>" in after or "&lt;details&gt;" in after


async def test_a_refresh_ends_with_summaries(tmp_path):
    """
    Full texts come through the same gate, three seconds apart; the report tells.
    """
    here = deployment(tmp_path, start="2026-01-14T07:10:00", days=[YESTERDAY, TODAY], days_back=1, keywords=())

    async def articles(request, path, fault):
        if path.startswith("/html/"):
            return httpx.Response(200, content=ARTICLE)
        return await respond(request, path, fault)

    respond, here.arxiv.respond = here.arxiv.respond, articles
    async with ScriptedLLM() as llm:
        settings = configure(llm, max_papers_to_summarize=3).settings.ai_summary
        here.settings = msgspec.structs.replace(here.settings, ai_summary=settings)
        environment = Environment(llm_key=KEY, llm_base_url=llm.base_url, llm_model="scripted")
        summarizer = Summarizer(here.store, Config(here.settings, environment), here.clock)
        report = await here.refresh(summarize_published=summarizer)
        assert (report.summaries.made, report.summaries.problem) == (3, "")
        texts = [each for each in here.arxiv.asked if each.path.startswith("/html/")]
        assert len(texts) == 3
        gaps = [(b.began - a.ended).total_seconds() for a, b in itertools.pairwise(here.arxiv.asked)]
        assert min(gaps) >= 3
        (kept,) = await here.store.load_reports(5)
        assert msgspec.json.decode(kept, type=RefreshReport).summaries == report.summaries
        held = await load_summary_days(here.store, await here.manifest(), days=7)
        assert len(list(held.published_summaries())) == 3


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
