"""The pages in a real browser: a feed is built by mouse, by keyboard, without JavaScript, on a phone; and read."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from core.config.read import ROOT
from tests.support.browsing import ATTACK, base, browser, playwright, visiting
from tests.whole.test_newsboat import reload

__all__ = ["base", "browser", "playwright"]

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed (apt install chromium)")

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: of text to what is behind it."""


async def test_the_address_given_shows_the_same_in_a_reader(base: str, browser: Browser, tmp_path: Path):
    """newsboat, given the address that the page gives, has the page's entries, and in the page's order by date."""
    if not shutil.which("newsboat"):
        pytest.skip("newsboat is not installed (apt install newsboat)")
    async with visiting(browser, f"{base}/?keywords=kettle,kv%20cache&show=60") as page:
        await page.locator("#leave > summary").click()
        feed = await page.locator("#feed-1").input_value()
        shown = [
            name.removeprefix("p-") for name in await page.locator(".entry").evaluate_all("all => all.map(e => e.id)")
        ]
    rows = reload(tmp_path, feed)
    assert [row["guid"].removeprefix("oai:arXiv.org:") for row in reversed(rows)] == shown


@pytest.mark.parametrize("field", ["keywords", "exclude", "authors", "find"])
async def test_what_is_typed_is_text(base: str, browser: Browser, field: str):
    """No field runs what is written into it, in the chip, in the address or on the page that it leads to."""
    async with visiting(browser, base + "/") as page:
        await page.locator("#find-category" if field == "find" else f"#add-{field}").fill(ATTACK)
        await page.keyboard.press("Enter")
        await page.wait_for_timeout(300)
        assert await page.locator("img[src=x]").count() == 0
        await page.reload()
        assert await page.locator("img[src=x]").count() == 0


async def test_what_papers_say_is_text(base: str, browser: Browser):
    """Titles, names, abstracts and summaries show as they were written, whatever stands in them."""
    for path in ("/?keywords=attack", "/papers/2600.00003", "/days/2026-01-14"):
        async with visiting(browser, base + path) as page:
            assert "onerror" in await page.locator("main").inner_text()
            assert await page.locator("img[src=x]").count() == 0


async def test_feeds_and_papers_are_kept_in_the_browser(base: str, browser: Browser):
    """A kept feed stands on /me with today's count, a starred paper below it, and both can be taken away again."""
    async with visiting(browser, f"{base}/?keywords=kv%20cache") as page:
        await page.locator(".keep").first.click()
        await page.locator("#leave > summary").click()
        await page.locator("#keep-feed").click()
        await page.goto(f"{base}/me")
        await expect(page.locator("#my-feeds li .count")).to_have_text("1 today")
        await expect(page.locator("#my-papers a")).to_have_text("Compressing the KV Cache")
        async with page.expect_download() as download:
            await page.locator("#export-opml").click()
        assert f'xmlUrl="{base}/rss?keywords=kv%20cache"' in (await (await download.value).path()).read_text()
        await page.locator("#my-feeds button").click()
        await expect(page.locator("#no-feeds")).to_be_visible()


async def test_the_theme_is_the_readers_choice(base: str, browser: Browser):
    """The toggle turns light into dark, and the choice stays."""
    async with visiting(browser, base + "/") as page:
        ground = "getComputedStyle(document.body).backgroundColor"
        before = await page.evaluate(ground)
        await page.locator("#theme").click()
        assert await page.evaluate(ground) != before
        await page.reload()
        assert await page.evaluate(ground) != before


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palettes() -> Iterator[dict[str, str]]:
    found = re.findall(
        r"--(\w+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", (ROOT / "public/style.css").read_text()
    )
    yield {name: light for name, light, _ in found}
    yield {name: dark for name, _, dark in found}


@pytest.mark.parametrize("colors", list(palettes()), ids=["light", "dark"])
def test_both_themes_are_readable(colors: dict[str, str]):
    """Every colour of text stands out enough from every ground it is written on."""
    inks = ("ink", "quiet", "accent", "good", "wrong")
    pairs = [(ink, ground) for ink in inks for ground in ("paper", "field")]
    for ink, ground in [*pairs, ("ink", "mark"), ("paper", "accent")]:
        light, dark = sorted((luminance(colors[ink]), luminance(colors[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST, (ink, ground)


async def test_a_feed_is_saved_once_copied_and_kept(base: str, browser: Browser) -> None:
    """Saving leads to the feed's page: a reload saves nothing twice, a button copies its address, My feeds has it."""
    async with visiting(browser, f"{base}/profiles?keywords=kettle,cache", permissions=["clipboard-read"]) as page:
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("heading", name="kettle, cache")).to_be_visible()
        address = page.url
        assert re.fullmatch(rf"{base}/u/[\w-]{{32}}", address)
        await page.get_by_role("button", name="Copy").first.click()
        assert (
            await page.evaluate("navigator.clipboard.readText()") == await page.locator("#page-address").input_value()
        )
        await expect(page.locator(".kept-here")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("Saved.")).to_have_count(0)
        assert page.url == address
        await page.goto(f"{base}/me")
        await expect(page.get_by_role("link", name="kettle, cache")).to_have_attribute(
            "href", address.removeprefix(base)
        )
        await expect(page.locator("#my-feeds .count")).to_contain_text("today")


async def kept(page: Page) -> list[tuple[str, str]]:
    """What this browser's own storage holds of feeds."""
    feeds = await page.evaluate("JSON.parse(localStorage.getItem('paperfeed.feeds') ?? '[]')")
    return [(feed["name"], feed["address"]) for feed in feeds]


async def test_my_feeds_follows_a_saved_feed_until_it_is_deleted(base: str, browser: Browser) -> None:
    """One feed more, another secret, its end: the list has the profile once, under its address of now, then no more."""
    async with visiting(browser, f"{base}/profiles?keywords=kettle") as page:
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.locator(".kept-here")).to_be_visible()
        path = page.url.removeprefix(base)
        assert await kept(page) == [("kettle", path)]
        await page.locator(".more-feeds > summary").click()
        await page.locator(".more-feeds [name=keywords]").fill("cache")
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("heading", name="cache", exact=True)).to_be_visible()
        assert await kept(page) == [("kettle, cache", f"{path}/all")]
        await page.get_by_text("Change the secret address").click()
        await page.get_by_role("button", name="Make a new address").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        moved = page.url.removeprefix(base)
        assert moved != path
        assert await kept(page) == [("kettle, cache", f"{moved}/all")]
        assert await page.evaluate("sessionStorage.length") == 0
        await page.get_by_text("Delete", exact=True).click()
        await page.get_by_role("button", name="Delete all of it").click()
        await expect(page.get_by_role("heading", name="Deleted")).to_be_visible()
        assert await kept(page) == []


async def test_what_was_deleted_elsewhere_is_listed_once_more_as_gone(base: str, browser: Browser) -> None:
    """Only the browser that saved a feed keeps it unasked; it learns from the feed itself that there is none."""
    async with visiting(browser, f"{base}/profiles?keywords=kettle") as page:
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.locator(".kept-here")).to_be_visible()
        address = page.url
        async with visiting(browser, address) as other:
            await expect(other.get_by_role("button", name="Keep in this browser")).to_be_visible()
            assert await kept(other) == []
            await other.get_by_text("Delete", exact=True).click()
            await other.get_by_role("button", name="Delete all of it").click()
            await expect(other.get_by_role("heading", name="Deleted")).to_be_visible()
        async with page.context.expect_page() as opened:
            await page.evaluate("open('/me', '_blank')")
        mine = await opened.value
        await expect(mine.locator("#my-feeds .count")).to_contain_text("deleted")
        assert await kept(mine) == []
        await mine.reload()
        await expect(mine.locator("#no-feeds")).to_be_visible()
