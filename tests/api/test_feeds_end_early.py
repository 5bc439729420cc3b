"""A feed that would take too long to look for ends with the newest days that fit, and says so; nothing is refused."""

import re
from datetime import timedelta

import pytest

from api import caching
from core.index.memo import MEMO_ANSWERS
from core.paper import Batch
from core.store.base import Store
from tests.support.web import TODAY, Web, make_paper, open_web, publish

DAYS = 4
ASKED = "categories=cs.LG&keywords=kv+cache,paper&days=7"
LEFT_OUT = re.compile(r"announced until (\d{4}-\d\d-\d\d) are left out")


@pytest.fixture
async def web(store: Store, monkeypatch: pytest.MonkeyPatch) -> Web:
    """Four days of papers, and time to look through some two of them."""
    batches = []
    for back in range(DAYS):
        day = TODAY - timedelta(days=back)
        papers = tuple(make_paper(1 + back * 10 + n, day=day, title=f"A paper on the KV cache {n}") for n in range(5))
        batches.append(Batch(day, papers))
    await publish(store, batches)
    MEMO_ANSWERS.clear()
    monkeypatch.setattr(caching, "MOST_SEARCH_WORK", 900)
    return open_web(store)


@pytest.mark.parametrize("feed_format", ["rss", "atom", "json"])
async def test_a_feed_that_ends_early_says_which_days_are_left_out(web: Web, store: Store, feed_format: str):
    """It is the same for who asks first, for who asks again, and on another instance."""
    first = await web.get(f"/{feed_format}?{ASKED}")
    assert first.status_code == 200
    left_out = LEFT_OUT.search(first.text)
    assert left_out
    assert left_out[1] in {str(TODAY - timedelta(days=back)) for back in range(1, DAYS)}
    assert "fewer or rarer terms reach further" in first.text
    for other in ("/rss?keywords=kv", f"/rss?{ASKED}&rank=best", "/?keywords=paper"):
        await web.get(other)
    assert (await open_web(store).get(f"/{feed_format}?{ASKED}")).content == first.content
    assert "left out" not in (await web.get(f"/{feed_format}?keywords=zebra&days=1")).text


async def test_the_page_says_it_too_and_counts_what_was_read(web: Web):
    """Its papers are of the days that were read, and so is the number above them."""
    page = await web.get(f"/?{ASKED}")
    assert page.status_code == 200
    left_out = LEFT_OUT.search(page.text)
    assert left_out
    shown = set(re.findall(r"/papers/2600\.(\d{5})", page.text))
    read_days = (TODAY - TODAY.fromisoformat(left_out[1])).days
    assert shown == {f"{1 + back * 10 + n:05}" for back in range(read_days) for n in range(5)}
    assert f"{5 * read_days} papers" in page.text


@pytest.mark.parametrize("extra", ["rank=best", "rank=bm25", "also=2", "per_day=2", "limit=7", "min_score=0.5"])
@pytest.mark.parametrize("most", [900, 1_600, 2_500, 10**6])
async def test_a_page_ends_where_its_feed_does(web: Web, monkeypatch: pytest.MonkeyPatch, extra: str, most: int):
    """Whatever the order, and what goes with the papers, costs: the same papers, the same days left out."""
    monkeypatch.setattr(caching, "MOST_SEARCH_WORK", most)
    feed, page = await web.get(f"/json?{ASKED}&{extra}"), await web.get(f"/?{ASKED}&{extra}")
    assert feed.status_code == page.status_code
    if feed.status_code == 200:
        ids = [item["url"].rpartition("/")[2].partition("v")[0] for item in feed.json()["items"]]
        assert list(dict.fromkeys(re.findall(r"/papers/(2600\.\d{5})", page.text))) == ids
        assert LEFT_OUT.findall(feed.json()["description"]) == LEFT_OUT.findall(page.text)


async def test_a_page_without_papers_is_there_however_little_time_is_left(web: Web, monkeypatch: pytest.MonkeyPatch):
    """Examples and what is looked for in place of a phrase are left out; no reader is told of a parameter not given."""
    asked = "categories=cs.LG&keywords=kv+cache&min_score=99"
    for most in range(200, 3_000, 150):
        monkeypatch.setattr(caching, "MOST_SEARCH_WORK", most)
        feed, page = await web.get(f"/json?{asked}"), await web.get(f"/?{asked}")
        assert (feed.status_code, page.status_code) in {(200, 200), (400, 400)}
        assert "exclude: these" not in page.text


async def test_days_after_a_week_in_the_past_are_read_only_for_its_papers(web: Web, monkeypatch: pytest.MonkeyPatch):
    """So that an old week costs what it holds, however long ago it is."""
    monkeypatch.setattr(caching, "MOST_SEARCH_WORK", 900)
    oldest = TODAY - timedelta(days=DAYS - 1)
    week = await web.get(f"/json?categories=cs.LG&keywords=kv+cache,paper&from={oldest}&to={oldest}")
    assert week.status_code == 200
    assert len(week.json()["items"]) == 5


async def test_what_is_too_dear_for_one_day_is_refused(web: Web, monkeypatch: pytest.MonkeyPatch):
    """Then no day would be whole: a 400 names the parameter."""
    monkeypatch.setattr(caching, "MOST_SEARCH_WORK", 100)
    refused = await web.get(f"/rss?{ASKED}")
    assert refused.status_code == 400
    assert "keywords: these take too long to look for" in refused.text
