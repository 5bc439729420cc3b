"""The old bot's published reports, reproduced by ``match=substring``: the arithmetic is the same, its rules are not."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from core.config.settings import Settings
from core.paper import Paper
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.select import select
from tests.support.matching import batch, paper
from tests.support.replay import FOLDER

REPORTS = FOLDER / "reference_reports.jsonl"
needs_reports = pytest.mark.skipif(not REPORTS.exists(), reason=f"the recorded reports are not at {REPORTS}")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@cache
def reports() -> list[dict[str, Any]]:
    return [json.loads(line) for line in REPORTS.read_text(encoding="utf-8").splitlines()]


@cache
def records() -> dict[str, dict[str, Any]]:
    """Every recorded paper by its id, in its lowest version: the one that was new."""
    found: dict[str, dict[str, Any]] = {}
    with gzip.open(FOLDER / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            if record["id"] not in found or record["version"] < found[record["id"]]["version"]:
                found[record["id"]] = record
    return found


def as_the_bot_read_it(arxiv_id: str) -> tuple[str, str]:
    """Its rules for texts: the abstract ends at its first line break, and what looks like a tag is dropped."""
    record = records()[arxiv_id]
    return _TAG.sub("", record["title"]), _TAG.sub("", record["abstract"]).split("\n")[0]


def as_it_is(arxiv_id: str) -> tuple[str, str]:
    return records()[arxiv_id]["title"], records()[arxiv_id]["abstract"]


def made(arxiv_id: str, title: str, abstract: str) -> Paper:
    number = int(arxiv_id.replace(".", "")) % 100_000
    return paper(number, title, abstract, authors=[arxiv_id], categories=["cs.AI"])


def asked(report: Mapping[str, Any]) -> FeedQuery:
    configured = Settings(
        categories=("cs.AI",),
        keywords=tuple(report["keywords"]),
        exclude_keywords=tuple(report["exclude_keywords"]),
        max_papers=report["max_papers"],
    )
    return parse_query([("match", "substring")], configured)


def scores(report: Mapping[str, Any], *, whole: bool) -> dict[str, float]:
    """The score of each paper that the report lists, by its id."""
    read = as_it_is if whole else as_the_bot_read_it
    known = [each["arxiv_id"] for each in report["papers"] if each["arxiv_id"] in records()]
    day = batch(date.fromisoformat(report["feed_day"]), *(made(each, *read(each)) for each in known))
    return {entry.paper.authors[0].name: entry.score for entry in select([day], asked(report))}


@needs_reports
def test_every_score_of_the_reports_is_the_same():
    """All 120 papers of the four reports get the scores that the bot gave them, from the texts as it read them."""
    count = 0
    for report in reports():
        found = scores(report, whole=False)
        assert found == {each["arxiv_id"]: each["score"] for each in report["papers"] if each["arxiv_id"] in records()}
        count += len(found)
    assert count == sum(len(report["papers"]) for report in reports()) == 120


@needs_reports
def test_whole_abstracts_only_add():
    """With abstracts read to their end, a paper scores what the bot gave it or more, or meets an excluded word."""
    for report in reports():
        found = scores(report, whole=True)
        for each in report["papers"]:
            assert found.get(each["arxiv_id"], 1000) >= each["score"]


def pool(report: Mapping[str, Any]) -> Iterator[str]:
    """Its rule for types: the first feed that shows a paper fixes its type, and only new ones are kept."""
    day = date.fromisoformat(report["feed_day"])
    first: dict[str, str] = {}
    for category in report["categories"]:
        back = 1 if category in report["reproduction"]["stale_feeds"] else 0
        path = FOLDER / "days" / f"{day - timedelta(days=back)}.jsonl"
        for update in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            for kind, categories in update["updates"].items():
                if category in categories:
                    crossed = "" if category == update["primary_category"] else "-cross"
                    first.setdefault(update["id"], kind + crossed)
    return (arxiv_id for arxiv_id, kind in first.items() if kind == "new")


@needs_reports
def test_the_reports_are_reproduced():
    """Given the bot's rules for types and texts, our thirty have its thirty scores, in its order of scores."""
    for report in reports():
        day: LoadedBatch = batch(
            date.fromisoformat(report["feed_day"]), *(made(each, *as_the_bot_read_it(each)) for each in pool(report))
        )
        entries = select([day], asked(report))
        assert [entry.score for entry in entries] == [each["score"] for each in report["papers"]]
        lowest = report["papers"][-1]["score"]
        above = {each["arxiv_id"] for each in report["papers"] if each["score"] > lowest}
        assert above == {entry.paper.authors[0].name for entry in entries if entry.score > lowest}
