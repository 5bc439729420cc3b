"""A real browser, and a deployment for it to look at."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from core.paper import Author, Batch, Summary
from core.store.open import open_store
from tests.support.listening import listening
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, publish

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
FOLD = 420
"""Pixels from the top within which a phone shows the first paper."""
ATTACK = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"

BATCHES = (
    Batch(
        TODAY,
        (
            make_paper(1, "Compressing the KV Cache", abstract="See https://github.com/example/kv for code."),
            make_paper(2, "Quantized Kettles", abstract="Of kettles and their cache.", categories=("cs.CL", "cs.LG")),
            make_paper(3, f"Attack {ATTACK}", abstract=ATTACK, authors=(Author(ATTACK),)),
            *(make_paper(number, f"Kettle Study {number}") for number in range(10, 60)),
        ),
    ),
    Batch(YESTERDAY, (make_paper(4, "Yesterday's Kettle", day=YESTERDAY),)),
)
SUMMARY = Summary(
    make_paper(3).arxiv_id, 1, "en", "m", "p", NOW, f"Attack {ATTACK}", (("Attack", "<p>Safe <em>HTML</em>.</p>"),)
)


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[str]:
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    await publish(store, BATCHES, summaries=[SUMMARY])
    await store.close()
    with listening(tmp_path) as address:
        yield address


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as opened:
        yield opened


@pytest.fixture
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    opened = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    yield opened
    await opened.close()


@asynccontextmanager
async def visiting(browser: Browser, address: str, **options: object) -> AsyncIterator[Page]:
    """A page on which nothing complained: no console message, no error, no request that leaves this machine."""
    context: BrowserContext = await browser.new_context(**{"viewport": DESKTOP, "locale": "en-US", **options})
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: None if "127.0.0.1" in request.url else said.append(request.url))
    await page.goto(address)
    yield page
    assert await page.title() != "broken"
    await context.close()
    assert not [each for each in said if not each.startswith("data:")]
