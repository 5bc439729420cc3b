"""What every page has in a real browser, on a desktop and on a phone."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.browsing import DESKTOP, FOLD, PHONE, base, browser, playwright, visiting

__all__ = ["base", "browser", "playwright"]

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed (apt install chromium)")


@asynccontextmanager
async def looking_at(browser: Browser, address: str, **options: object) -> AsyncIterator[Page]:
    """A page whatever its status: an error's page makes Chromium complain of it in the console."""
    context: BrowserContext = await browser.new_context(**{"viewport": DESKTOP, "locale": "en-US", **options})
    page = await context.new_page()
    await page.goto(address)
    yield page
    await context.close()


@pytest.mark.parametrize("path", ["/", "/papers/2600.00001", "/status", "/days/2026-01-14", "/me", "/docs"])
async def test_a_page_has_what_browsers_and_screen_readers_need(base: str, path: str, browser: Browser):
    """A language, a title, one main heading, headings in order, landmarks; nothing in the console."""
    async with visiting(browser, base + path) as page:
        assert await page.locator("html").get_attribute("lang") == "en"
        assert await page.title()
        assert await page.locator("h1").count() == 1
        for landmark in ("main", "header.site nav", "footer"):
            assert await page.locator(landmark).count() == 1
        document = await page.content()
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", document)]
        assert all(later <= earlier + 1 for earlier, later in zip([0, *levels], levels, strict=False))
        assert "style=" not in document


EVERY_PAGE = (
    "/?keywords=kettle,kv%20cache",
    "/?keywords=zzz",
    "/?keywords=a%20OR%20b",
    "/?keywords=the%20study%20of%20kettles&categories=cs.LG,q-bio,q-bio.BM",
    "/?like=text:quantized%20kettles",
    "/papers/2600.00001",
    "/days/2026-01-14",
    "/status",
    "/me",
    "/docs",
    "/profiles",
    "/report",
    "/nosuch",
    "/rss?keywords=a%20OR%20b",
)
MADE = """async () => (await fetch("/profiles", {
    method: "POST", headers: {"content-type": "application/json", accept: "application/json"}, body: "{}",
})).headers.get("location")"""


async def made_profile(browser: Browser, base: str) -> str:
    """The path of a profile's page."""
    async with visiting(browser, base + "/docs") as page:
        return "/u/" + str(await page.evaluate(MADE)).rpartition("/u/")[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_nothing_stands_in_anybodys_way(base: str, browser: Browser, scheme: str, viewport: dict[str, int]):
    """axe finds no violation on any page, light and dark, desktop and phone, all folds open."""
    profile = await made_profile(browser, base)
    for path in (*EVERY_PAGE, "/?keywords=kettle&ui=zh", profile, f"{profile}/vote?id=2600.00001"):
        async with looking_at(browser, base + path, viewport=viewport, color_scheme=scheme) as page:
            await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_no_page_scrolls_sideways_on_a_phone(base: str, browser: Browser, lang: str):
    """No page is wider than a phone, whatever is unfolded; only tables and code scroll, inside their own frame."""
    profile = await made_profile(browser, base)
    for path in (*EVERY_PAGE, profile, f"{profile}/vote?id=2600.00001"):
        address = f"{base}{path}{'&' if '?' in path else '?'}ui={lang}" if "/rss" not in path else base + path
        async with looking_at(browser, address, viewport=PHONE) as page:
            for unfold in (False, True):
                await page.evaluate(
                    "open => document.querySelectorAll('details').forEach(each => { each.open = open })", unfold
                )
                assert await page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], path


async def test_a_phone_shows_a_paper_at_once(base: str, browser: Browser):
    """The first paper begins above the fold, and the bar to subscribe is in reach of a thumb."""
    async with visiting(browser, base + "/", viewport=PHONE) as page:
        box = await page.locator(".entry").first.bounding_box()
        assert box
        assert box["y"] < FOLD
        bar = await page.locator("#leave > summary").bounding_box()
        assert bar
        assert bar["y"] + bar["height"] <= PHONE["height"]
        await page.locator("#leave > summary").click()
        await expect(page.locator("#feed-1")).to_be_visible()


async def test_a_phone_shows_what_is_wrong_at_once(base: str, browser: Browser):
    """The sentence stands above the form, which is long then, and goes when the field is mended."""
    async with looking_at(browser, f"{base}/?per_day=abc&keywords=kettle", viewport=PHONE) as page:
        alert = page.locator("#wrong [role=alert]")
        box = await alert.bounding_box()
        assert box
        assert box["y"] + box["height"] < FOLD
        await page.locator("#c-per_day").fill("3")
        await expect(alert).to_have_count(0)
        await page.locator("#c-per_day").fill("0")
        await expect(alert).to_contain_text("per_day: must be")
