"""/report and /report.md."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from core.config.settings import Settings
from core.paper import Batch
from core.store.base import Store
from core.store.records import CategoryState
from tests.support.web import NOW, TODAY, YESTERDAY, Web, make_paper, open_web, publish

SETTINGS = Settings(categories=("cs.LG",), keywords=("kv cache",))
BATCHES = (
    Batch(TODAY, (make_paper(1, "Compressing the KV Cache"), make_paper(2, "<i>Teapots</i> | [x](y)"))),
    Batch(YESTERDAY, (make_paper(4, "Yesterday's KV Cache", day=YESTERDAY),)),
)


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    await publish(store, BATCHES)
    opened = open_web(store, settings=SETTINGS)
    yield opened
    await opened.client.aclose()


async def test_the_newest_day_unless_another_is_asked_for(web: Web):
    """Both forms, with all of a feed's parameters."""
    page = await web.get("/report")
    assert "<h1>arXiv on Wednesday 14 January 2026</h1>" in page.text
    assert "Compressing the KV Cache" in page.text
    assert "Updated 2026-01-14 12:00 UTC" in page.text
    markdown = await web.get("/report.md?day=2026-01-13")
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "### 1. [Yesterday's KV Cache](https://arxiv.org/abs/2600.00004)" in markdown.text
    assert "### 2." not in markdown.text
    everything = await web.get("/report.md?keywords=&week=2026-W03")
    assert everything.text.count("\n### ") == 3


async def test_what_a_paper_says_is_text(web: Web):
    """In the page and in Markdown alike."""
    page = await web.get("/report?keywords=")
    assert "&lt;i&gt;Teapots&lt;/i&gt; | [x](y)" in page.text
    assert "<i>" not in page.text
    assert r"\<i\>Teapots\</i\> \| \[x\](y)" in (await web.get("/report.md?keywords=")).text


async def test_its_links_work(web: Web):
    """The page leads to its Markdown and to the feed of the same query."""
    page = await web.get("/report?keywords=teapots&day=2026-01-14")
    markdown = "/report.md?keywords=teapots&amp;day=2026-01-14"
    assert f'href="{markdown}"' in page.text
    assert 'href="http://paperfeed.example/rss?keywords=teapots"' in page.text
    for address in ("/report.md?keywords=teapots&day=2026-01-14", "/rss?keywords=teapots", "/papers/2600.00002"):
        assert (await web.get(address)).status_code == 200


async def test_the_page_speaks_the_reader_language_around_it(web: Web):
    """So does the report, but for what authors wrote, which says that it is English; no query has a language."""
    page = await web.get("/report?ui=zh")
    assert '<html lang="zh' in page.text
    assert "<h2>统计</h2>" in page.text
    assert "篇论文（新论文" in page.text
    assert "Statistics" not in page.text
    assert '<h3 lang="en">' in page.text
    assert (await web.get("/report.md?ui=zh")).text == (await web.get("/report.md")).text


@pytest.mark.parametrize("path", ["/report", "/report.md"])
async def test_unchanged_is_304(web: Web, path: str):
    """Asked again it costs nothing; another day, and a change in what is held, are another report."""
    first = await web.get(path)
    again = await web.get(path, if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    other = await web.get(f"{path}?day=2026-01-13")
    assert other.headers["etag"] != first.headers["etag"]
    assert (await web.client.head(path)).headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/report?day=tomorrow", 400, 'day: must be a day such as 2026-01-14, got "tomorrow"'),
        (
            "/report?day=2026-01-10",
            404,
            "nothing announced on 2026-01-10 is held here; held is 2026-01-13 to 2026-01-14",
        ),
        ("/report.md?keyword=x", 400, "keyword: is no parameter of a feed"),
    ],
)
async def test_a_wrong_report_is_one_sentence(web: Web, path: str, status: int, words: str):
    answer = await web.get(path)
    assert answer.status_code == status
    assert answer.text.startswith(words)


async def test_a_report_asks_the_store_once(web: Web):
    """And not at all while the memo lasts."""
    await web.get("/report")
    web.services.now = lambda: NOW + timedelta(seconds=5)
    web.services.library._library_store = None  # whoever asks fails
    assert (await web.get("/report?day=2026-01-13")).status_code == 200


async def test_what_is_still_to_come_is_said(store: Store):
    """A category that is followed and not there yet, and one that nobody follows: the numbers have nothing of them."""
    states = (CategoryState("cs.LG", TODAY), CategoryState("cs.RO"))
    manifest = replace(await publish(store, BATCHES), categories=states)
    await store.publish(manifest)
    opened = open_web(store, settings=SETTINGS)
    query = "?categories=cs.RO,cs.LG,q-bio.BM&keywords="
    page, markdown = (await opened.get(f"/report{query}")), (await opened.get(f"/report.md{query}")).text
    unheld = "Not followed here yet: q-bio.BM. Still to come from arXiv: cs.RO."
    assert f"<strong>{unheld}</strong>" in page.text
    assert f"**{unheld}**" in markdown
    assert "papers were announced in cs.LG, cs.RO, q-bio.BM, as far as they are held here (" in markdown
    assert "尚待从 arXiv 获取：cs.RO。" in (await opened.get(f"/report{query}&ui=zh")).text
    whole = (await opened.get("/report.md?categories=cs.LG")).text
    assert "papers were announced in cs.LG (" in whole
    assert "Still to come" not in whole
    await store.publish(replace(manifest, categories=(states[0], replace(states[1], last_day=TODAY))))
    later = open_web(store, settings=SETTINGS)
    assert "Still to come" not in (await later.get(f"/report.md{query}")).text
    assert (await later.get(f"/report{query}")).headers["etag"] != page.headers["etag"]
    for web in (opened, later):
        await web.client.aclose()
