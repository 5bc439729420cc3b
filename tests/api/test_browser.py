"""The pages in a real browser: a feed is built by mouse, by keyboard, without JavaScript, on a phone; and read."""

import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright, expect

from core.config.read import ROOT
from core.paper import Author, Batch, Summary
from core.store.open import open_store
from tests.support.listening import listening
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, publish
from tests.whole.test_newsboat import reload

pytestmark = pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed (apt install chromium)")

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
FOLD = 420
"""Pixels from the top within which a phone shows the first paper."""
ATTACK = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
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
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: of text to what is behind it."""

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
async def looking_at(browser: Browser, address: str, **options: object) -> AsyncIterator[Page]:
    """A page whatever its status: an error's page makes Chromium complain of it in the console."""
    context: BrowserContext = await browser.new_context(**{"viewport": DESKTOP, "locale": "en-US", **options})
    page = await context.new_page()
    await page.goto(address)
    yield page
    await context.close()


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


def titles(page: Page) -> object:
    return page.locator(".entry h3").all_text_contents()


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
