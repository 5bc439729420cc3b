"""A deployment with a few papers, and its feeds as a reader gets them."""

from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import pytest

from core.config.settings import Settings
from core.paper import AnnounceType, Batch
from core.store.base import Store
from tests.support.web import TODAY, YESTERDAY, Web, make_paper, open_web, publish

FORMATS = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
BATCHES = (
    Batch(
        TODAY,
        (
            make_paper(1, "Compressing the KV Cache of Imaginary Models"),
            make_paper(2, "A Kettle That Reasons", categories=("cs.AI", "cs.LG")),
            make_paper(3, "An Old Paper, Corrected", announce_type=AnnounceType.REPLACE, version=2),
        ),
    ),
    Batch(YESTERDAY, (make_paper(4, "Yesterday's KV Cache", day=YESTERDAY),)),
)


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    await publish(store, BATCHES)
    opened = open_web(store, settings=Settings(categories=("cs.AI", "cs.LG")))
    yield opened
    await opened.client.aclose()


def titles(body: str) -> list[str]:
    return [item.findtext("title", "") for item in ET.fromstring(body).iter("item")]
