"""Papers of few words, on which it is seen what the page makes of plain ones."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from core.config.settings import Settings
from core.paper import Batch
from core.store.base import Store
from tests.support.web import TODAY, Web, make_paper, open_web, publish

TITLES = (
    "Graph Networks that Forecast Weather",
    "Weather from Graphs and Neural Networks",
    "A Graph of Trams",
    *("Neural Networks for Trams and Bread",) * 12,
)


def batch_of(titles: Iterable[str]) -> Batch:
    return Batch(TODAY, tuple(make_paper(number, title) for number, title in enumerate(titles, 1)))


@asynccontextmanager
async def web_of(store: Store, batch: Batch) -> AsyncIterator[Web]:
    """The site with these papers; what bread is about is left out by its configuration."""
    await publish(store, [batch])
    opened = open_web(store, settings=Settings(categories=("cs.LG",), exclude_keywords=("bread",)))
    yield opened
    await opened.client.aclose()
