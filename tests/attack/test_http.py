"""Odd HTTP on a real socket: broken chunks, half requests, odd hosts, methods, the scheme in any case."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import uvicorn

from core.cli import protocol
from core.cli.protocol import ServerH11Protocol
from core.config.environment import Environment
from core.paper import Batch
from core.store.base import Store
from tests.support.web import TODAY, Web, make_paper, open_web, publish

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def web(store: Store) -> Web:
    await publish(store, [Batch(TODAY, (make_paper(1),))])
    return open_web(store, environment=Environment(cron_secret=SECRET))


@pytest.fixture
async def port(web: Web) -> AsyncIterator[int]:
    server = uvicorn.Server(
        uvicorn.Config(web.app, port=0, log_level="warning", lifespan="off", http=ServerH11Protocol)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def say(port: int, text: str, seconds: float = 5) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode("latin-1"))
    try:
        return await asyncio.wait_for(reader.read(), seconds)
    finally:
        writer.close()


@pytest.mark.parametrize("path", ["/rss", "/api/refresh", "/profiles", "/follow?categories=cs.LG", "/nowhere"])
async def test_a_broken_chunk_is_the_sender_s_fault(port: int, caplog, path: str):
    """A chunk of the size "ZZ" is a 400 and no traceback: nothing crashed here."""
    caplog.set_level(logging.INFO)
    answer = await say(port, f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n")
    assert answer.startswith(b"HTTP/1.1 4")
    await asyncio.sleep(0.05)
    assert "crashed" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "half",
    [
        "GET /rss HT",
        "GET /rss HTTP/1.1\r\nHost: x\r\n",
        "POST /profiles HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        "",
    ],
)
async def test_half_a_request_is_not_waited_for_for_ever(port: int, monkeypatch, half: str):
    """Who sends nothing, half the headers or half the body is shown out after a while; others are served meanwhile."""
    monkeypatch.setattr(protocol, "SERVER_REQUEST_TIME", protocol.SERVER_REQUEST_TIME / 50)
    waiting = asyncio.create_task(say(port, half))
    whole = await say(port, "GET /rss HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert whole.startswith(b"HTTP/1.1 200")
    assert b"200 OK" not in await waiting


async def test_the_second_request_of_a_connection_has_its_time_too(port: int, monkeypatch):
    """Whole first, half second, in one packet: uvicorn's own five seconds between requests end it."""
    monkeypatch.setattr(protocol, "SERVER_REQUEST_TIME", protocol.SERVER_REQUEST_TIME / 50)
    both = "GET /rss HTTP/1.1\r\nHost: x\r\n\r\nGET /rss HTTP/1.1\r\nHos"
    assert (await say(port, both, seconds=9)).count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_has_no_case(web: Web, scheme: str):
    """RFC 9110, 11.1: only the secret is compared letter by letter."""

    async def nothing(config, store):
        raise RuntimeError("it ran")

    web.services.refresh = nothing
    assert (await web.get("/api/refresh", Authorization=f"{scheme} {SECRET}")).status_code == 500
    for wrong in (f"{scheme} {SECRET.upper()}", f"{scheme}{SECRET}", f"Basic {SECRET}", scheme, SECRET, f"{scheme} "):
        assert (await web.get("/api/refresh", Authorization=wrong)).status_code == 401


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/api/refresh", "GET, POST"), ("/rss", "GET, HEAD"), ("/follow", "POST"), ("/no", "GET, HEAD")],
)
async def test_an_address_says_what_it_takes(web: Web, path: str, allowed: str):
    """OPTIONS names the address's own methods; pages of other sites are let read, and no more."""
    answer = await web.client.options(path)
    assert (answer.status_code, answer.headers["allow"]) == (204, allowed)
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


@pytest.mark.parametrize(
    "host", ["x" * 3000, "evil.example/path", "a b", "evil.example:99999999", "<script>", "a,b", "@", "ü.de"]
)
async def test_what_is_no_host_is_refused(port: int, host: str):
    """A Host of three kilobytes, or one that is no name, never comes near an answer."""
    answer = await say(port, f"GET /rss HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert host.encode("latin-1") not in answer


async def test_an_unconfirmed_host_is_kept_by_nobody_else(store: Store):
    """Under a name that only the caller vouches for, no shared cache keeps the answer; BASE_URL settles it."""
    await publish(store, [Batch(TODAY, (make_paper(1),))])
    for address in ("/rss", "/", "/papers/2600.00001", "/atom?keywords="):
        answer = await open_web(store).get(address, Host="evil.example")
        assert "public" not in answer.headers["cache-control"], address
        assert "s-maxage" not in answer.headers["cache-control"], address
        ours = await open_web(store, environment=Environment(base_url="https://ours.example")).get(
            address, Host="evil.example", X_Forwarded_Host="evil.example"
        )
        assert "public" in ours.headers["cache-control"], address
        assert "evil.example" not in ours.text, address
