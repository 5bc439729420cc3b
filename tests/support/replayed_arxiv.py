"""The recorded arXiv, and a client that asks it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest

from core.arxiv.client import ArxivClient
from core.arxiv.limits import ArxivRequestLimits
from core.store.base import Store
from core.store.open import open_store
from tests.support.replay import FakeClock, Replay, running_replay


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with running_replay() as replay:
        yield replay


@pytest.fixture
def replay(server: Replay) -> Replay:
    server.forget()
    server.go_to(date(2026, 1, 14))
    return server


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_store("", data_dir=tmp_path, on_vercel=False)
    yield opened
    await opened.close()


@asynccontextmanager
async def client(
    replay: Replay, store: Store, *, limits: ArxivRequestLimits | None = None
) -> AsyncIterator[ArxivClient]:
    environment = replay.environment()
    transport = httpx.AsyncHTTPTransport(verify=False)  # there is no TLS here, and certificates take long to load
    async with ArxivClient(
        store, environment, clock=FakeClock(), holder="test", transport=transport, limits=limits
    ) as arxiv:
        yield arxiv
