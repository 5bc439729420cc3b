"""A deployment whose papers are rated by a scripted model."""

import json
import re

from msgspec.structs import replace

from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import AiSummary, Settings
from core.feeds.library import Library
from core.query.parse import parse_query
from core.search.select import select
from tests.support.llm_actions import Call, Say, good
from tests.support.summarizing import KEY
from tests.support.web import NOW, make_paper

INTEREST = "memory of language models on real hardware"
MARKED = re.compile(r"^\[(P\w+)\]\nTitle: (.*)\nAbstract: (.*)$", re.MULTILINE)


def configured(llm, **changes) -> Config:
    ai_summary = AiSummary(triage="cheap", timeout_seconds=5.0, max_papers_to_summarize=changes.pop("most", 2))
    ai_summary = replace(ai_summary, **changes)
    settings = Settings(categories=("cs.LG",), keywords=(), interest=INTEREST, ai_summary=ai_summary, max_papers=60)
    return Config(settings, Environment(llm_key=KEY, llm_base_url=llm.base_url, llm_model="dear"))


def rater(grade):
    """A model that rates by ``grade``, of title and abstract, and summarizes when it is the dear one."""

    def script(call: Call):
        if call.body["model"] != "cheap":
            return good(call)
        ratings = [
            {"mark": mark, "grade": grade(title, abstract), "why": f"about {title[:30]}"}
            for mark, title, abstract in MARKED.findall(call.messages[-1]["content"])
        ]
        return Say(json.dumps({"ratings": ratings}), usage=(3_600, 400))

    return script


def papers(count: int):
    return [make_paper(number, f"An invented study {number}") for number in range(1, count + 1)]


async def ratings(store, config, text: str = "") -> list[tuple[str, int]]:
    snapshot = await Library(store).snapshot(NOW)
    pairs = [tuple(pair.split("=")) for pair in text.split("&") if pair]
    entries = select(snapshot.batches, parse_query(pairs, config.settings))
    return [(entry.paper.title, entry.rating.grade if entry.rating else 0) for entry in entries]
