"""Building a feed in a real browser: by mouse, by keyboard, without JavaScript."""

import re
import shutil

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browsing import DESKTOP, FOLD, PHONE, base, browser, playwright, visiting

__all__ = ["base", "browser", "playwright"]

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed (apt install chromium)")

PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text", text);
    const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(event);
}"""
HOLD_FIRST_ANSWER = """() => {
    const ask = window.fetch.bind(window);
    window.fetch = async (...request) => {
        const answer = await ask(...request);
        if (!window.held) {
            window.held = true;
            await new Promise((done) => { window.release = done; });
        }
        return answer;
    };
}"""
ENTER_AND_RELEASE = """async () => {
    while (!window.release) await new Promise((done) => setTimeout(done, 10));
    const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
    document.getElementById("add-keywords").dispatchEvent(enter);
    window.release();
}"""


def titles(page: Page) -> object:
    return page.locator(".entry h3").all_text_contents()


async def test_a_feed_is_built_by_mouse(base: str, browser: Browser):
    """Words become chips, a menu weighs them, a box chooses a category; address, result and feed follow at once."""
    async with visiting(browser, base + "/") as page:
        await page.locator("#add-keywords").fill("kettle")
        await expect(page).to_have_url(f"{base}/?keywords=kettle")
        await page.locator("h1").click()  # leaving the field makes the chip
        await expect(page.locator("#chips-keywords .chip .count")).to_have_text("52")
        await page.locator("#chips-keywords summary").click()
        await page.get_by_role("button", name="Weight 2").click()
        await expect(page).to_have_url(f"{base}/?keywords=kettle%5E2")
        await page.locator("#find-category").fill("language")
        await page.locator("#picker-list input[value='cs.CL']").click()
        await expect(page).to_have_url(f"{base}/?categories=cs.CL&keywords=kettle%5E2")
        await expect(page.locator(".entry h3")).to_have_text(["Quantized Kettles"])
        await page.locator("#leave > summary").click()
        feed = await page.locator("#feed-1").input_value()
        assert feed == f"{base}/rss?categories=cs.CL&keywords=kettle%5E2"
        await page.locator("#chips-keywords .drop").click()
        await expect(page).to_have_url(f"{base}/?categories=cs.CL")


async def test_a_feed_is_built_by_keyboard_alone(base: str, browser: Browser):
    """``/`` to the words, Enter and comma for chips, Backspace to mend the last, arrows in the picker, j and o."""
    async with visiting(browser, base + "/") as page:
        keys = page.keyboard
        await keys.press("/")
        await keys.type("kettle,kv cachee")  # quicker than any answer
        await keys.press("Enter")
        await expect(page.locator("#chips-keywords .chip")).to_have_count(2)
        await expect(page.locator("#chips-keywords .count.none")).to_have_text("0")
        await keys.press("Backspace")
        await expect(page.locator("#add-keywords")).to_have_value("kv cachee")
        await keys.press("Backspace")
        await keys.press("Enter")
        await expect(page).to_have_url(f"{base}/?keywords=kettle,kv%20cache")
        await page.locator("#find-category").focus()
        await keys.type("computation lang")
        await keys.press("ArrowDown")
        await keys.press("Space")
        await expect(page).to_have_url(f"{base}/?categories=cs.CL&keywords=kettle,kv%20cache")
        await keys.press("Escape")
        await page.locator("body").evaluate("() => document.activeElement.blur()")
        await keys.press("j")
        assert await page.evaluate("document.activeElement.className") == "entry"
        await keys.press("o")
        await page.wait_for_url("**/papers/2600.00002?**")
        await page.go_back()
        await expect(page).to_have_url(f"{base}/?categories=cs.CL&keywords=kettle,kv%20cache")
        await expect(page.locator("#chips-keywords .chip")).to_have_count(2)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_an_interest_in_plain_words_is_a_feed_in_two_steps(base: str, browser: Browser, viewport: dict[str, int]):
    """Type it as one would say it and press Enter: papers about it are shown, and the address to subscribe has them."""
    async with visiting(browser, base + "/", viewport=viewport) as page:
        await page.locator("#add-keywords").fill("the study of kettles")
        await page.keyboard.press("Enter")
        await expect(page.locator(".instead")).to_contain_text("the papers about them")
        await expect(page.locator("#chips-keywords .chip .count")).to_have_text("≈ 31")
        assert (await page.locator(".entry").first.bounding_box() or {})["y"] < FOLD
        assert await page.locator(".entry").count() == 30
        await page.locator("#leave > summary").click()
        feed = await page.locator("#feed-3").input_value()
        assert feed == f"{base}/json?like=text:the%20study%20of%20kettles"
        head = page.locator("link[rel=alternate]")
        assert await head.evaluate_all("all => all.map(each => each.href)") == [
            feed.replace("/json?", f"/{form}?") for form in ("rss", "atom", "json")
        ]
        assert "like “the study of kettles”" in await page.title()
        assert (
            await page.locator("#keep-feed").get_attribute("data-address") == "/?like=text:the%20study%20of%20kettles"
        )
        items = (await (await page.request.get(feed)).json())["items"]
        ids = await page.locator(".entry").evaluate_all("all => all.map(each => each.id)")
        assert [f"p-{item['_arxiv']['id']}" for item in items[:30]] == ids
        await page.keyboard.press("Escape")
        await page.locator(".entry h3 a").first.click()
        await expect(page.locator("main")).to_contain_text("study in the title, kettles in the title")


async def test_a_row_that_goes_on_beyond_a_phones_edge_shows_that_it_does(base: str, browser: Browser):
    """What there is to scroll to is in shade at that edge, and the shade goes when the end is reached."""
    asked = "keywords=compressing%20the%20kv%20cache%20of%20the%20quantized%20kettles%20and%20their%20studies"
    async with visiting(browser, f"{base}/?{asked}", viewport=PHONE) as page:
        row = page.locator(".as-keywords")
        assert await row.evaluate("row => row.scrollWidth > row.clientWidth")
        pixels = {"width": 4, "height": 2}

        async def edge() -> bytes:
            box = await row.bounding_box() or {}
            return await page.screenshot(clip={"x": box["x"] + box["width"] - 4, "y": box["y"] + 1, **pixels})

        before = await edge()
        await row.evaluate("row => { row.scrollLeft = row.scrollWidth; }")
        assert await edge() != before


async def test_suggestions_stand_still_while_one_types(base: str, browser: Browser):
    """They belong to the chips: a letter neither takes them away nor looks for others."""
    async with visiting(browser, base + "/?keywords=kv%20cache,quantized") as page:
        before = await page.locator("#suggestions").inner_html()
        await page.locator("#add-keywords").fill("kettle")
        await expect(page).to_have_url(f"{base}/?keywords=kv%20cache,quantized,kettle")
        assert await page.locator("#suggestions").inner_html() == before


async def test_the_same_form_works_without_javascript(base: str, browser: Browser):
    """Fields, buttons and links do all of it: add, weigh, remove, choose a category, subscribe."""
    async with visiting(browser, base + "/", java_script_enabled=False) as page:
        await page.locator("#add-keywords").fill("kettle, kv cache")
        await page.locator("#add-keywords").press("Enter")
        await expect(page).to_have_url(f"{base}/?keywords=kettle,kv%20cache")
        assert await page.locator("#chips-keywords .chip").count() == 2
        await page.locator("#chips-keywords summary").first.click()
        await page.get_by_role("button", name="title").first.click()
        await expect(page).to_have_url(f"{base}/?keywords=ti:kettle,kv%20cache")
        await page.locator("#chips-keywords .drop").nth(1).click()
        await expect(page).to_have_url(f"{base}/?keywords=ti:kettle")
        await page.locator("#picker > summary").click()
        await page.locator("#picker-list input[value='cs.CL']").check()
        await page.get_by_role("button", name="Show the papers").last.click()
        await expect(page).to_have_url(f"{base}/?categories=cs.CL&keywords=ti:kettle")
        await page.locator("#leave > summary").click()
        await expect(page.locator("#feed-1")).to_be_visible()
        await page.goto(f"{base}/?keywords=kettle")
        await page.locator(".more-entries a").click()
        assert await page.locator(".entry").count() == 31


async def test_a_pasted_list_is_many_chips_and_a_wrong_one_is_marked(base: str, browser: Browser):
    """What cannot be read is marked at its chip, with the filter language's own sentence; the rest goes on working."""
    async with visiting(browser, base + "/") as page:
        await page.locator("#add-keywords").focus()
        await page.evaluate(PASTE, "kettle, kv AND, cache")
        await expect(page.locator("#chips-keywords .chip.wrong")).to_have_text(re.compile("kv AND"))
        await expect(page.locator("#group-keywords .why-wrong")).to_have_text('"kv AND" ends after AND')
        assert await page.locator("#chips-keywords .chip").count() == 3
        assert await page.locator(".entry").count() == 30


async def test_a_parameter_without_a_field_in_use_survives(base: str, browser: Browser):
    """Whatever the address asked for is still asked for after choosing on the page."""
    async with visiting(browser, f"{base}/?keywords=kettle&days=3&sort=date&like=2600.00001") as page:
        await page.locator("#add-exclude").fill("toy")
        await page.locator("#add-exclude").press("Enter")
        await expect(page).to_have_url(f"{base}/?keywords=kettle&exclude=toy&like=2600.00001&days=3&sort=date")


async def test_an_outdated_answer_never_replaces_a_newer_one(base: str, browser: Browser):
    """While an answer is under way the next letter gives it up: what stands in the end is of the last letter."""
    async with visiting(browser, base + "/") as page:
        held = 0

        async def slow_first(route: object) -> None:
            nonlocal held
            held += 1
            if held == 1:
                await page.wait_for_timeout(800)
            await route.continue_()

        await page.route("**/live?**", slow_first)
        await page.locator("#add-keywords").fill("kv")
        await page.wait_for_timeout(150)
        await page.locator("#add-keywords").fill("kettle")
        await page.wait_for_timeout(1300)
        await expect(page).to_have_url(f"{base}/?keywords=kettle")
        assert "Compressing the KV Cache" not in await titles(page)


async def test_an_answer_that_comes_with_enter_takes_no_chip_away(base: str, browser: Browser):
    """What was asked before Enter may be answered just after it: the chip stays, and its papers are shown."""
    async with visiting(browser, base + "/") as page:
        await page.evaluate(HOLD_FIRST_ANSWER)
        await page.locator("#add-keywords").fill("kettle")
        await page.evaluate(ENTER_AND_RELEASE)
        await expect(page.locator("#chips-keywords .chip .count")).to_have_text("52")
        await expect(page).to_have_url(f"{base}/?keywords=kettle")
