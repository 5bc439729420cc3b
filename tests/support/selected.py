"""Queries, and the numbers of the papers that they select."""

from datetime import timedelta
from urllib.parse import parse_qsl

from core.config.settings import Settings
from core.paper import Entry
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.select import select
from tests.support.matching import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


def ask(text: str = "", **changes: object) -> FeedQuery:
    return parse_query(parse_qsl(text, keep_blank_values=True), Settings(**({"categories": ("cs.LG",)} | changes)))


def numbers(entries: list[Entry]) -> list[int]:
    return [int(entry.paper.arxiv_id.partition(".")[2]) for entry in entries]


def found(batches: list[LoadedBatch], text: str = "", **changes: object) -> list[int]:
    return numbers(select(batches, ask(text, **changes)))
