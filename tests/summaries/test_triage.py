"""Triage: a cheap model rates the best of a day against an interest; nobody pays twice, and no title rates itself."""

import pytest
from msgspec.structs import replace

from core.config.read import Config
from core.errors import BadQuery
from core.feeds.library import Library
from core.paper import Batch
from core.query.interest import interest_tag
from core.query.parse import parse_query
from core.search.select import select
from core.summaries.triage import read_triage_ratings, triage_question
from tests.support.llm_actions import Fail, Say, good
from tests.support.rated import INTEREST, MARKED, configured, papers, rater, ratings
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summaries_held import Standing, work
from tests.support.web import NOW, TODAY, open_web, publish


def by_number(title: str, _: str) -> int:
    return 9 if title.endswith(" 7") else 1 + len(title) % 3


async def test_the_best_are_rated_once_and_the_highest_summarized(store):
    """
    Ten a call, every paper once; the highest is summarized first, whatever its score; a second run pays nobody.
    """
    await publish(store, [Batch(TODAY, tuple(papers(23)))])
    async with ScriptedLLM(rater(by_number)) as llm:
        config = configured(llm)
        await work(store, config)
        cheap = [call for call in llm.calls if call.body["model"] == "cheap"]
        assert [len(MARKED.findall(call.text)) for call in cheap] == [10, 10, 3]
        dear = [call for call in llm.calls if call.body["model"] == "dear"]
        assert (len(dear), dear[0].title) == (2, "An invented study 7")
        assert (await ratings(store, config, "sort=interest"))[0] == ("An invented study 7", 9)
        count = len(llm.calls)
        await work(store, config)
        assert len(llm.calls) == count


async def test_ratings_are_shown_and_sort(store):
    """
    Every format tells the grade and why, ``sort=interest`` is an order within a day, and ids and dates stay.
    """
    await publish(store, [Batch(TODAY, tuple(papers(9)))])
    async with ScriptedLLM(rater(by_number)) as llm:
        config = configured(llm)
        before = await entries_of(store, config)
        await work(store, config)
        web = open_web(store, settings=config.settings)
        async with web.client:
            for path in ("/rss", "/atom", "/json"):
                text = (await web.get(f"{path}?sort=interest")).text
                assert text.index("9/10: about An invented study 7") < text.index("An invented study 1")
        after = await entries_of(store, config)
        rated_alone = {name for name, entry in after.items() if entry.summary is None}
        assert rated_alone
        assert {name: after[name].updated for name in rated_alone} == {
            name: before[name].updated for name in rated_alone
        }


async def entries_of(store, config):
    snapshot = await Library(store).snapshot(NOW)
    return {entry.paper.arxiv_id: entry for entry in select(snapshot.batches, parse_query((), config.settings))}


@pytest.mark.parametrize(
    "text",
    ["", "no", "{}", '{"ratings": 7}', '{"ratings": [7, null, []]}', '{"ratings": [{"mark": 1, "grade": 99}]}',
     '{"ratings": ' + "[" * 900 + "]" * 900 + "}", '{"ratings": [{"mark": "P0", "grade": true}]}'],
)  # fmt: skip
def test_any_answer_is_read(text):
    """
    What is no rating is none, whatever it is.
    """
    assert read_triage_ratings(text, {"P0": "2601.00001"}) == {}


@pytest.mark.parametrize("action", [Fail(500), Fail(401, "no such key"), Say("{}"), Say("no")])
async def test_a_failure_of_triage_costs_nothing_else(store, action):
    """
    Without ratings the score decides, as if there were no triage; one failed call ends it for this run.
    """
    await publish(store, [Batch(TODAY, tuple(papers(23)))])
    async with ScriptedLLM(lambda call: action if call.body["model"] == "cheap" else good(call)) as llm:
        report = await work(store, configured(llm))
        assert report.made == 2
        assert sum(call.body["model"] == "cheap" for call in llm.calls) <= 3


async def test_triage_is_within_the_day_s_budget_and_counted(store):
    """
    Its tokens are the day's, under its own model's name; a budget that is used up ends it.
    """
    await publish(store, [Batch(TODAY, tuple(papers(50)))])
    async with ScriptedLLM(rater(by_number)) as llm:
        await work(store, configured(llm, most=1))
        usage = {each.model: each.prompt_tokens + each.completion_tokens for each in await store.load_usage(NOW.date())}
        assert usage["cheap"] == 5 * 4_000
        assert usage["dear"] > 0


async def test_what_fifty_papers_cost():
    """
    Fifty papers with abstracts of arXiv's usual 1,200 characters are under 20,000 tokens of question.
    """
    long = [replace(paper, abstract="A sentence of an abstract. " * 44) for paper in papers(50)]
    asked = sum(triage_question(long[begin : begin + 10], INTEREST)[0].estimated_tokens for begin in range(0, 50, 10))
    assert 15_000 < asked < 20_000


@pytest.mark.parametrize("changes", [{"triage": ""}, {"enabled": False}])
async def test_off_is_off(store, changes):
    """
    Without a model for it nothing is rated, and ``sort=interest`` is refused with the keys that it needs.
    """
    await publish(store, [Batch(TODAY, tuple(papers(3)))])
    async with ScriptedLLM(rater(by_number)) as llm:
        config = configured(llm, **changes)
        await work(store, config)
        assert not [call for call in llm.calls if call.body["model"] == "cheap"]
        without_key = Config(config.settings, replace(config.environment, llm_key=""))
        await work(store, without_key)
        if not config.settings.ai_summary.triage:
            with pytest.raises(BadQuery, match=r"ai_summary\.triage"):
                parse_query([("sort", "interest")], config.settings)


async def test_another_interest_is_another_rating(store):
    """
    The tag names the sentence, whatever its blanks; ratings of the old one are not shown for the new.
    """
    assert interest_tag(" a  b ") == interest_tag("a b") != interest_tag("a c")
    await publish(store, [Batch(TODAY, tuple(papers(3)))])
    async with ScriptedLLM(rater(by_number)) as llm:
        config = configured(llm)
        await work(store, config)
        other = Config(replace(config.settings, interest="teapots"), config.environment)
        assert {grade for _, grade in await ratings(store, other)} == {0}
        await work(store, other, clock=Standing())
        assert sum(call.body["model"] == "cheap" for call in llm.calls) == 2
