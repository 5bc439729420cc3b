"""A saved feed from beginning to end: made in a browser, read in newsboat, voted in, moved, deleted."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright

from core.paper import Batch
from tests.support.listening import listening, save
from tests.support.profiles import ids_about, subject_papers
from tests.support.web import TODAY
from tests.whole.test_newsboat import reload

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("newsboat")),
    reason="chromium or newsboat is not installed (apt install chromium newsboat)",
)

PAPERS = tuple(subject_papers(10))
CACHES, ROBOTS = ids_about("caches", PAPERS), ids_about("robots", PAPERS)


@pytest.fixture
async def base(tmp_path: Path) -> AsyncIterator[str]:
    await save(tmp_path, [Batch(TODAY, PAPERS)])
    with listening(tmp_path) as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield opened
        await opened.close()


@pytest.fixture(params=[True, False], ids=["with-javascript", "without"])
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page whose console must stay empty, with JavaScript and without."""
    context = await browser.new_context(java_script_enabled=request.param)
    opened = await context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    await context.close()
    assert said == []


async def made(page: Page, base: str) -> str:
    """Make a profile by its form, after looking at the first papers; return the address that is shown."""
    await page.goto(f"{base}/profiles?categories=cs.LG&keywords=&per_day=12")
    await page.get_by_label("What interests you").fill("legged robots that walk on sand")
    await page.get_by_role("button", name="Show the first papers").click()
    first = await page.locator(".entries h3").first.inner_text()
    assert first.startswith("Robots")
    await page.get_by_role("button", name="Save", exact=True).click()
    assert await page.get_by_role("status").count() == 1
    return await page.get_by_label("This page").input_value()


async def feed(address: str) -> list[dict[str, str]]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{address}/json")
    assert answer.status_code == 200
    return answer.json()["items"]


async def test_a_feed_is_made_read_and_voted_in(page: Page, base: str, tmp_path: Path):
    """
    Made by the form, subscribed in newsboat, voted in from an article: the order changes, and an article says why;
    newsboat holds the articles it had, and none twice.
    """
    address = await made(page, base)
    before = reload(tmp_path, f"{address}/rss")
    assert len(before) == 6
    last = (await feed(address))[-1]["id"]
    article = next(row for row in before if row["guid"] == last)
    more = article["content"].split('href="')[-2].split('"')[0].replace("&amp;", "&")
    assert more.endswith("vote=more")
    order = [item["id"] for item in await feed(address)]
    await page.goto(more)
    assert [item["id"] for item in await feed(address)] == order
    await page.get_by_role("button", name="More like this").click()
    assert "Noted" in await page.get_by_role("status").inner_text()
    after = await feed(address)
    liked = article["guid"].removeprefix("oai:arXiv.org:")
    assert [item["id"] for item in after if item["id"] in order] != order
    assert any(f"like {liked}, which you voted for: " in item["content_html"] for item in after)
    rows = reload(tmp_path, f"{address}/rss")
    assert {row["guid"] for row in before} <= {row["guid"] for row in rows}
    assert len({row["guid"] for row in rows}) == len(rows) <= 15
    await page.goto(address)
    await page.get_by_role("button", name="Undo").click()
    await page.goto(address)
    assert await page.get_by_role("button", name="Undo").count() == 0


async def test_an_address_is_changed_and_a_profile_deleted(page: Page, base: str):
    """
    The old address is gone at once, the new one is another; deleted, every address answers 410.
    """
    old = await made(page, base)
    await page.goto(old)
    await page.get_by_text("Change the secret address").click()
    await page.get_by_role("button", name="Make a new address").click()
    new = page.url
    assert new != old
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{old}/rss")).status_code == 410
        assert (await client.get(f"{new}/rss")).status_code == 200
        await page.get_by_text("Delete", exact=True).click()
        await page.get_by_role("button", name="Delete all of it").click()
        assert await page.get_by_role("heading", name="Deleted").count() == 1
        for path in ("", "/rss", "/atom", "/json", "/all/rss", "/opml"):
            assert (await client.get(f"{new}{path}")).status_code == 410
