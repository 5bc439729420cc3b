"""What a person sees."""

import re

import pytest

from core.paper import Batch
from core.store.base import Store
from tests.support.web import TODAY, YESTERDAY, Web, make_paper, open_web, publish
from tests.support.web_pages import BATCHES, SETTINGS, Page, web

__all__ = ["web"]


PAGES = (
    *("/", "/?keywords=kv", "/live?keywords=kv", "/papers/2600.00001", "/papers/2600.00007", "/status", "/me", "/docs"),
    *("/days/2026-01-14", "/days/2026-01-13?category=cs.LG"),
)


@pytest.mark.parametrize("address", [address for address in PAGES if not address.startswith("/live")])
async def test_pages_are_whole_and_can_run_no_script(web: Web, address: str):
    """Every page names its language and viewport and runs only files of ours, whatever the papers say."""
    answer = await web.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    page = Page(answer.text)
    assert page.all("html") == [{"lang": "en"}]
    assert any(each.get("name") == "viewport" for each in page.all("meta"))
    assert all((script.get("src") or "").startswith("/") for script in page.all("script"))
    assert not [tag for tag, attributes in page.tags if "style" in attributes]
    assert not page.all("style")
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not [each for each in page.all("img") if each.get("src") == "x"]


async def test_the_page_announces_its_feeds(web: Web):
    """A reader that is given the page's address finds the feed in each format, with the page's own parameters."""
    page = Page((await web.get("/?keywords=kv+cache")).text)
    found = {each["type"]: each["href"] for each in page.all("link") if each.get("rel") == "alternate"}
    assert found == {
        "application/rss+xml": "http://paperfeed.example/rss?keywords=kv%20cache",
        "application/atom+xml": "http://paperfeed.example/atom?keywords=kv%20cache",
        "application/feed+json": "http://paperfeed.example/json?keywords=kv%20cache",
    }
    for address in found.values():
        assert (await web.get(address or "")).status_code == 200


async def test_the_page_shows_what_the_feed_holds_and_why(web: Web):
    """The same papers, with what let them in."""
    text = (await web.get("/?keywords=kv+cache")).text
    assert text.count('class="entry"') == 2
    assert "kv cache in the title" in text
    assert re.search(r"<meter [^>]*>1.5</meter>", text)
    assert "other titles" not in text
    assert "Caches can be halved." in text


async def test_the_page_marks_the_words_that_matched(web: Web):
    """What let a paper in is highlighted where it stands in the title, and only there."""
    text = (await web.get("/?keywords=kv+cache,compress*,script")).text
    assert "<mark>Compressing</mark> the <mark>KV</mark> <mark>Cache</mark>" in text
    assert "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt; &amp; other titles" in text


async def test_pages_are_304_when_unchanged(web: Web):
    """Browsers and CDNs need not fetch a page twice."""
    for address in ("/", "/papers/2600.00001"):
        first = await web.get(address)
        again = await web.get(address, If_None_Match=first.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")


async def test_a_sample_is_marked_everywhere(store: Store):
    """Fictional papers are never taken for real ones: pages say so, and no feed has any."""
    await publish(store, BATCHES, sample=True)
    web = open_web(store, settings=SETTINGS)
    for address in ("/rss?keywords=", "/atom?keywords=", "/json?keywords=", "/rss?digest=daily"):
        feed = (await web.get(address)).text
        assert "2600.00001" not in feed
        assert "arXiv could not be reached" in feed
    for address in ("/", "/papers/2600.00001"):
        assert "Sample." in (await web.get(address)).text
    assert (await web.get("/health")).json()["status"] == "sample"


async def test_a_day_has_a_page(web: Web):
    """Its papers by category, with counts, and the ways to the days beside it."""
    text = (await web.get("/days/2026-01-14")).text
    assert "Wednesday 14 January 2026" in text
    assert 'href="/days/2026-01-13" rel="prev"' in text
    assert "Compressing the KV Cache" in text
    assert "Yesterday" not in text
    assert (await web.get("/days")).headers["location"] == "/days/2026-01-14"
    assert (await web.get("/days/2026-01-14?category=cs.CL")).status_code == 404


def count_line(text: str) -> str:
    """What the page says of numbers above the papers."""
    line = re.search(r'id="count-line">(.*?)</div>', text, re.DOTALL)[1]
    return " ".join(re.sub("<[^>]+>", "", line).split())


async def test_one_line_says_how_many_papers_are_shown_and_of_how_many(store: Store):
    """A full number is a limit, not luck: the page says which, and how many match."""
    today = Batch(TODAY, tuple(make_paper(number, f"Kettle {number}") for number in range(1, 41)))
    await publish(store, [today, Batch(YESTERDAY, (make_paper(50, "Kettle", day=YESTERDAY),))])
    web = open_web(store)
    asked = "/?keywords=kettle"
    cut = "31 papers in 2 days, 30 on the newest · the best 30 of each day, of 41 that match"
    assert count_line((await web.get(asked)).text) == cut
    assert count_line((await web.get(f"{asked}&per_day=40")).text) == "41 papers in 2 days, 40 on the newest"
    first = "5 papers in 2 days, 40 on the newest · the first 5 of 41 that match"
    assert count_line((await web.get(f"{asked}&per_day=40&limit=5")).text) == first


async def test_an_archive_that_is_not_followed_offers_its_categories(web: Web):
    """Whoever asks for all of an archive learns that nothing of it is held, and gets its categories to choose."""
    page = (await web.get("/?categories=q-bio,cs.LG&keywords=kettle")).text
    assert "Nothing of q-bio is followed here" in page
    assert 'href="/?categories=cs.LG,q-bio.BM&amp;keywords=kettle" title="Biomolecules"' in page
    part = (await web.get("/?categories=cs&keywords=kettle")).text
    assert "Of cs, this site holds cs.LG. Others are followed by their names." in part
    feed = (await web.get("/rss/q-bio?keywords=kettle")).text
    assert "ask for its categories by their names (q-bio.BM, q-bio.CB, q-bio.GN, q-bio.MN and 6 more)" in feed


async def test_examples_are_of_several_fields(store: Store):
    """A site that holds several fields offers one example of each before a second of any."""
    papers = (
        make_paper(1, "KV Cache"),
        make_paper(2, "Imitation learning, manipulation", categories=("cs.RO",)),
        make_paper(3, "Diffusion for video generation", categories=("cs.CV",)),
        make_paper(4, "A qubit", categories=("quant-ph",)),
        make_paper(5, "An auction", categories=("econ.TH",)),
    )
    await publish(store, [Batch(TODAY, papers)])
    page = (await open_web(store).get("/")).text
    shown = re.findall(r'<li><a href="/\?categories=([a-z-]+)', page)
    assert shown == ["cs", "quant-ph", "econ", "cs", "cs"]
