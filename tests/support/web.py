"""The service in this process: a store with papers in it, a clock that stands where a test puts it, a client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import httpx
from fastapi import FastAPI

from api.index import create_app
from api.services import Services
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.feeds.library import Library
from core.index.writer import build_index
from core.paper import Announcement, AnnounceType, ArxivId, Author, Batch, Paper, Summary
from core.store.base import Store
from core.store.codec import content_version, encode_papers, encode_summaries
from core.store.records import BatchBlobs, CategoryState, Manifest

NOW = datetime(2026, 1, 14, 12, tzinfo=UTC)
TODAY = date(2026, 1, 14)
YESTERDAY = date(2026, 1, 13)


def make_paper(number: int, title: str = "", *, day: date = TODAY, **changes: object) -> Paper:
    """A fictional paper whose id cannot exist: month 00."""
    values: dict[str, object] = {
        "arxiv_id": ArxivId(f"2600.{number:05}"),
        "version": 1,
        "announce_type": AnnounceType.NEW,
        "announced": day,
        "title": title or f"An Invented Study, Number {number}",
        "abstract": "We invent a study and report what it would have found.",
        "authors": (Author("Ada Example"), Author("Bo Sample", "Example University, Somewhere")),
        "categories": ("cs.LG",),
    } | changes
    if "announcements" not in values:
        kind = values["announce_type"]
        values["announcements"] = tuple(Announcement(c, kind) for c in sorted(values["categories"]))
    return Paper(**values)


async def publish(
    store: Store,
    batches: Sequence[Batch],
    *,
    summaries: Sequence[Summary] = (),
    changed: datetime = NOW,
    sample: bool = False,
) -> Manifest:
    """Save these days, newest first, and publish them."""
    refs = []
    for batch in batches:
        ids = {paper.arxiv_id for paper in batch.papers}
        of_day = [summary for summary in summaries if summary.arxiv_id in ids]
        blobs = BatchBlobs(
            encode_papers(batch.papers), build_index(batch.papers), encode_summaries(of_day) if of_day else b""
        )
        refs.append(await store.save_batch(batch.day, blobs, count=len(batch.papers), ttl=timedelta(days=40)))
    categories = sorted({a.category for batch in batches for paper in batch.papers for a in paper.announcements})
    states = tuple(CategoryState(name, batches[0].day, "fresh", "", None, changed) for name in categories)
    manifest = Manifest(content_version(refs), tuple(refs), states, changed=changed, sample=sample)
    await store.publish(manifest)
    return manifest


@dataclass
class Web:
    """A running app and a client for it."""

    app: FastAPI
    services: Services
    client: httpx.AsyncClient

    async def get(self, address: str, **headers: str) -> httpx.Response:
        return await self.client.get(address, headers={name.replace("_", "-"): v for name, v in headers.items()})


def open_web(store: Store, *, settings: Settings | None = None, environment: Environment | None = None) -> Web:
    """The app on this store; nothing it does leaves the process."""
    config = Config(settings or Settings(), environment or Environment())
    app = create_app(config, store)
    services = Services(config, store, Library(store), now=lambda: NOW, started=NOW)
    app.state.services = services
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.1", 50_000))
    return Web(app, services, httpx.AsyncClient(transport=transport, base_url="http://paperfeed.example"))
