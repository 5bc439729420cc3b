"""
Every route, with every method, by chance: no crash, no answer dearer than its budget of CPU, and memory that stays.

``FUZZ_REQUESTS=20000 FUZZ_PAPERS=5000 FUZZ_SEED=1 python -m pytest tests/attack/test_routes_fuzz.py`` looks longer.
"""

import asyncio
import gc
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from fastapi import FastAPI

from api.profile_routes import ADDRESSES
from benchmarks._corpus import _paper, _records
from benchmarks._fuzzed import query
from core.config.environment import Environment
from core.config.settings import Settings
from core.paper import Batch
from core.store.open import open_store
from tests.support.odd_requests import HEADERS, METHODS, NAMES, ODD, TELLING, chunked
from tests.support.web import TODAY, YESTERDAY, Web, open_web, publish

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "500"))
PAPERS = int(os.environ.get("FUZZ_PAPERS", "400"))
SEED = int(os.environ.get("FUZZ_SEED", "11"))
MOST_CPU = 2.0  # seconds
MOST_GROWTH = 200 * 2**20
"""Bytes: 128 MiB of caches, and what the allocator keeps beside them."""


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    """A server with papers and saved feeds allowed to anybody, as often as they like."""
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    records = list(_records())[:PAPERS]
    papers = [_paper(records[number % len(records)], number, TODAY) for number in range(PAPERS)]
    half = sorted(papers, key=lambda each: each.arxiv_id)
    await publish(store, [Batch(TODAY, tuple(half[: PAPERS // 2])), Batch(YESTERDAY, tuple(half[PAPERS // 2 :]))])
    opened = open_web(store, settings=Settings(categories=("cs.LG",)), environment=Environment(cron_secret="s" * 32))
    for limit in vars(opened.services.limits).values():
        limit.check = never_too_many
    yield opened
    await opened.client.aclose()
    await store.close()


def never_too_many(*_: object) -> None:
    """Refuse nobody for asking often: what lies behind is to be reached."""


def paths_of(app: FastAPI) -> list[str]:
    """Every path that is routed, those of routers in routers too."""
    waiting, found = list(app.router.routes), set(ADDRESSES)
    while waiting:
        route = waiting.pop()
        inner = getattr(route, "original_router", None)
        waiting += inner.routes if inner else []
        found |= {route.path} if hasattr(route, "path") else set()
    return sorted(found)


def address(chance: random.Random, paths: list[str], token: str) -> str:
    """A route with something in its places, and parameters: good ones, odd ones, a whole query of the grammar."""
    path = chance.choice(paths)
    for place in ("token", "categories", "category", "paper_id", "id", "day", "name", "path", "feed"):
        value = token if place == "token" and chance.random() < 0.8 else chance.choice(ODD)
        for spelling in (f"{{{place}}}", f"{{{place}:path}}"):
            path = path.replace(spelling, quote(value, safe=chance.choice(("", "/,+"))))
    pairs = [(chance.choice(NAMES), chance.choice(ODD)) for _ in range(chance.choice((0, 1, 1, 3, 20)))]
    if chance.random() < 0.4:
        pairs += query(chance, TELLING).items()
    return f"{path}?{urlencode(pairs)}" if pairs else path


def body(chance: random.Random) -> bytes:
    fields = [(chance.choice(NAMES), chance.choice(ODD)) for _ in range(chance.choice((1, 5, 40)))]
    named = dict(fields)
    return chance.choice(
        (
            b"",
            b"\xff" * 50,
            b"{",
            b"[" * 5000,
            b"x" * 1_100_000,
            urlencode(fields).encode(),
            httpx.Request("POST", "http://x", json={"feeds": [named]}).content,
            httpx.Request("POST", "http://x", json={"id": "2700.00001", "vote": "more", **named}).content,
            httpx.Request(
                "POST", "http://x", json={"seed": chance.choice(ODD) * 20, "feeds": [{"name": "a", "query": named}]}
            ).content,
        )
    )


async def ask(web: Web, chance: random.Random, where: str) -> tuple[httpx.Response | None, str]:
    """One request; None when the client itself refuses to send it."""
    method = chance.choice(METHODS)
    names = chance.sample(sorted(HEADERS), k=chance.choice((0, 0, 1, 3)))
    headers = [(name.encode(), chance.choice(HEADERS[name]).encode("latin-1", "replace")) for name in names]
    data = body(chance) if method in ("POST", "PUT", "PATCH") or chance.random() < 0.05 else b""
    told = f"{method} {where[:300]} {headers} {data[:200]!r}"
    try:
        content = chunked(data) if data and chance.random() < 0.3 else data
        request = web.client.build_request(method, where, headers=headers, content=content)
    except (httpx.InvalidURL, ValueError):
        return None, told
    return await web.client.send(request), told


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_no_request_crashes_or_costs_too_much(web: Web, caplog):
    """Of whatever is asked: no 500, no answer over two seconds of CPU, no cache that grows without end."""
    chance, paths, worst = random.Random(SEED), paths_of(web.app), (0.0, "")
    made = await web.client.post("/profiles", json={"feeds": [{"name": "a"}]}, headers={"Accept": "application/json"})
    token = made.json()["url"].rsplit("/", 1)[1]
    assert len(paths) > 40
    before, met = 0, Counter[int]()
    for number in range(REQUESTS):
        if number == REQUESTS // 4 and Path("/proc/self/statm").exists():
            gc.collect()
            before = resident()
        where = address(
            chance, [path for path in paths if path not in ("/u/{token}/rotate", "/u/{token}/delete")], token
        )
        began = time.process_time()
        answer, told = await asyncio.wait_for(ask(web, chance, where), 60)
        took = time.process_time() - began
        worst = max(worst, (took, told))
        met[answer.status_code if answer else 0] += 1
        assert took <= MOST_CPU, (took, told)
        assert answer is None or answer.status_code != 500, (told, caplog.text[-2000:])
        assert answer is None or "Traceback" not in answer.text, told
        if (
            answer is not None
            and answer.status_code < 300
            and where.startswith(f"/u/{token}")
            and told.startswith("DELETE")
        ):
            made = await web.client.post(
                "/profiles", json={"feeds": [{"name": "a"}]}, headers={"Accept": "application/json"}
            )
            token = made.json()["url"].rsplit("/", 1)[1]
    assert "crashed" not in caplog.text
    assert {200, 303, 400, 404, 405} <= set(met), met  # it comes through to all of them
    gc.collect()
    assert not before or resident() - before < MOST_GROWTH
    print(f"worst: {worst[0]:.2f} s: {worst[1][:300]}; {(resident() - before) / 2**20:.0f} MB; {met}")


async def test_the_ends_of_the_calendar_are_days_like_any(web: Web):
    """There is no day before the first: a feed from then on was a 500."""
    for path in ("/", "/live", "/rss", "/atom", "/json", "/report", "/report.md", "/opml"):
        for asked in ("from=0001-01-01", "to=0001-01-01", "from=9999-12-31", "to=9999-12-31&digest=weekly"):
            assert (await web.get(f"{path}?{asked}")).status_code == 200, (path, asked)
