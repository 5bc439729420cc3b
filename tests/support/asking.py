"""Queries as an address asks them."""

from urllib.parse import parse_qsl

from core.config.settings import Settings
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query

SETTINGS = Settings(
    categories=("cs.AI", "cs.LG"),
    keywords=("LLM", "kv cache"),
    exclude_keywords=("survey",),
    max_papers=20,
    min_score=1.5,
    days_back=5,
    retention_days=30,
)


def ask(text: str = "", path: str = "") -> FeedQuery:
    return parse_query(parse_qsl(text, keep_blank_values=True), SETTINGS, path_categories=path)
