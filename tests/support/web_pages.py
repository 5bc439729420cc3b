"""A deployment with papers and a summary, and its pages as a browser gets them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from core.config.settings import AiSummary, Settings
from core.paper import ArxivId, Author, Batch, Summary
from core.store.base import Store
from tests.support.web import TODAY, YESTERDAY, Web, make_paper, open_web, publish

HOSTILE = make_paper(
    7,
    "<script>alert(1)</script> & other titles",
    abstract="If x<y then <img src=x onerror=alert(1)> follows.",
    authors=(Author("<b>Mallory</b>"),),
)
SUMMARY = Summary(
    arxiv_id=ArxivId("2600.00001"),
    version=1,
    language="en",
    model="tiny-model",
    prompt="p1",
    created=datetime(2026, 1, 14, 9, tzinfo=UTC),
    tldr="Caches can be halved.",
    sections=(("Contributions", "<p>Less memory.</p>"),),
    source="html",
)
BATCHES = (
    Batch(TODAY, (make_paper(1, "Compressing the KV Cache"), HOSTILE)),
    Batch(YESTERDAY, (make_paper(4, "Yesterday's KV Cache", day=YESTERDAY),)),
)
SETTINGS = Settings(categories=("cs.LG",), ai_summary=AiSummary(language=("en", "zh"), price_per_million_input=2.0))


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    await publish(store, BATCHES, summaries=[SUMMARY])
    opened = open_web(store, settings=SETTINGS)
    yield opened
    await opened.client.aclose()


class Page(HTMLParser):
    """The tags of a page, for looking at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]
