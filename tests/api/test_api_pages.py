"""What a person sees."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from core.config import AiSummary, Settings
from core.paper import ArxivId, Author, Batch, Summary
from core.store.base import Store
from core.store.records import Usage
from tests.support.web import NOW, TODAY, YESTERDAY, Web, make_paper, open_web, publish

HOSTILE = make_paper(
    7,
    "<script>alert(1)</script> & other titles",
    abstract="If x<y then <img src=x onerror=alert(1)> follows.",
    authors=(Author("<b>Mallory</b>"),),
)
SUMMARY = Summary(
    arxiv_id=ArxivId("2600.00001"),
    version=1,
    language="en",
    model="tiny-model",
    prompt="p1",
    created=datetime(2026, 1, 14, 9, tzinfo=UTC),
    tldr="Caches can be halved.",
    sections=(("Contributions", "<p>Less memory.</p>"),),
    source="html",
)
BATCHES = (
    Batch(TODAY, (make_paper(1, "Compressing the KV Cache"), HOSTILE)),
    Batch(YESTERDAY, (make_paper(4, "Yesterday's KV Cache", day=YESTERDAY),)),
)
SETTINGS = Settings(categories=("cs.LG",), ai_summary=AiSummary(language=("en", "zh"), price_per_million_input=2.0))


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    await publish(store, BATCHES, summaries=[SUMMARY])
    opened = open_web(store, settings=SETTINGS)
    yield opened
    await opened.client.aclose()


class Page(HTMLParser):
    """The tags of a page, for looking at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("address", ["/", "/?keywords=kv", "/papers/2600.00001", "/papers/2600.00007", "/status"])
async def test_pages_are_whole_and_can_run_no_script(web: Web, address: str):
    """Every page names its language and viewport, forbids scripts, and holds none, whatever the papers say."""
    answer = await web.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = Page(answer.text)
    assert page.all("html") == [{"lang": "en"}]
    assert any(each.get("name") == "viewport" for each in page.all("meta"))
    assert not page.all("script")
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
    assert "2 entries" in text
    assert "score 1.5: kv cache (title)" in text
    assert "other titles" not in text
    assert "Caches can be halved." in text


async def test_the_page_marks_the_words_that_matched(web: Web):
    """What let a paper in is highlighted where it stands in the title, and only there."""
    text = (await web.get("/?keywords=kv+cache,compress*,script")).text
    assert "<mark>Compressing</mark> the <mark>KV</mark> <mark>Cache</mark>" in text
    assert "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt; &amp; other titles" in text


async def test_the_page_shows_what_was_left_out_by_a_hair(web: Web):
    """Where a term is a little too narrow, the page names papers it would have found otherwise, and how."""
    text = (await web.get("/?keywords=abs:caches")).text
    assert "Nothing matched" in text
    assert "Left out by a hair" in text
    assert "<code>keywords=cach" in text


async def test_empty_fields_of_the_form_mean_nothing(web: Web):
    """A form sends all its fields; an empty one is not a filter that lets everything through."""
    assert (await web.get("/?categories=&keywords=kv&exclude=")).text == (await web.get("/?keywords=kv")).text


async def test_the_form_keeps_what_it_has_no_field_for(web: Web):
    """Changing the keywords does not lose days or limits that were in the address."""
    hidden = Page((await web.get("/?keywords=kv&days=3&sort=date")).text).all("input")
    kept = {each["name"]: each["value"] for each in hidden if each.get("type") == "hidden"}
    assert kept == {"days": "3", "sort": "date"}


async def test_a_wrong_parameter_on_the_page_is_named(web: Web):
    """People get the same sentence as programs."""
    answer = await web.get("/?categories=cs.XX")
    assert answer.status_code == 400
    assert "cs.XX" in answer.text


async def test_a_paper_has_a_page_with_its_summary(web: Web):
    """/papers/{id} shows the whole summary and links to arXiv; the version may be left out or named."""
    for name in ("2600.00001", "2600.00001v1"):
        text = (await web.get(f"/papers/{name}")).text
        assert "Caches can be halved." in text
        assert "<p>Less memory.</p>" in text
        assert "tiny-model" in text
        assert 'href="https://arxiv.org/abs/2600.00001"' in text


async def test_the_original_abstract_is_always_there(web: Web):
    """A summary never replaces the authors' own words; what looks like a tag in them is text."""
    assert "We invent a study" in (await web.get("/papers/2600.00001")).text
    assert "If x&lt;y then &lt;img" in (await web.get("/papers/2600.00007")).text


async def test_languages_are_offered_and_chosen(web: Web):
    """Where summaries come in several languages, the page links to the others."""
    assert 'href="?lang=zh"' in (await web.get("/papers/2600.00001")).text
    other = await web.get("/papers/2600.00001?lang=zh")
    assert other.status_code == 200
    assert "Caches can be halved." not in other.text


@pytest.mark.parametrize("name", ["2600.99999", "nonsense", "..%2Fetc%2Fpasswd", "hep-th/9901001", "2600.00001v0"])
async def test_unknown_papers_are_404(web: Web, name: str):
    """No page for what is not held; never a 200, never a traceback."""
    assert (await web.get(f"/papers/{name}")).status_code == 404


async def test_pages_are_304_when_unchanged(web: Web):
    """Browsers and CDNs need not fetch a page twice."""
    for address in ("/", "/papers/2600.00001"):
        first = await web.get(address)
        again = await web.get(address, If_None_Match=first.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")


async def test_status_tells_what_is_held_and_what_summaries_cost(web: Web, store: Store):
    """The operator sees categories, days and money, on the page and as JSON."""
    await store.add_usage(Usage(NOW.date(), "tiny-model", 3, 1, 30_000, 2_000))
    text = (await web.get("/status")).text
    assert re.search(r"cs\.LG</th><td>fresh</td><td>2026-01-14", text)
    assert "tiny-model" in text
    found = (await web.get("/status.json")).json()
    assert found["health"]["status"] == "ok"
    assert found["usage"][0]["cost"] == pytest.approx(0.06)
    await store.add_usage(Usage(NOW.date(), "refusing-model", 1, 1, 0, 0))
    text = (await web.get("/status")).text
    assert "no price set" not in text  # a price is set, and nothing was spent


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
