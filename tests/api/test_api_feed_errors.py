"""What a feed answers when something is wrong: with the address, with the store, with us."""

from datetime import timedelta

import pytest

from core.errors import RefreshRunning, StoreError
from core.refresh.report import RefreshReport
from core.store.base import Store
from core.store.records import Manifest
from tests.support.web import NOW, Web, open_web
from tests.support.web_feeds import FORMATS, titles, web

__all__ = ["web"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/rss?limit=0", ["limit", "1", "500"]),
        ("/rss?limit=many", ["limit", "500"]),
        ("/rss?days=400", ["days"]),
        ("/rss?types=old", ["types", "new", "cross", "replace"]),
        ("/rss?sort=random", ["sort", "score", "date"]),
        ("/rss?match=fuzzy", ["match", "word", "substring"]),
        ("/rss?content=pdf", ["content", "full", "abstract", "title"]),
        ("/rss?categories=cs.XX", ["categories", "cs.XX"]),
        ("/rss/cs.XX", ["categories", "cs.XX"]),
        ("/rss?keyword=llm", ["keyword", "keywords"]),
        ("/rss?days=3&days=4", ["days"]),
        ("/rss/cs.AI?categories=cs.LG", ["categories"]),
        ("/rss?min_score=-1", ["min_score"]),
        ("/rss?per_day=501", ["per_day", "500"]),
    ],
)
async def test_bad_parameters_are_named(web: Web, address: str, words: list[str]):
    """A wrong parameter is a 400 in one sentence with its name and what is allowed."""
    answer = await web.get(address)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    for word in words:
        assert word in answer.text
    assert answer.text.count("\n") == 1


async def test_errors_of_a_json_feed_are_json(web: Web):
    """A program that asked for JSON gets its error as JSON."""
    answer = await web.get("/json?limit=0")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "limit"


async def test_unknown_addresses_are_404(web: Web):
    """Never a 200 error page."""
    answer = await web.get("/feed.xml")
    assert answer.status_code == 404
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_empty_result_is_a_valid_feed_that_says_why(web: Web):
    """Nothing matched is no error."""
    answer = await web.get("/rss?keywords=unobtainium")
    assert answer.status_code == 200
    assert titles(answer.text) == []
    assert "Nothing matched in the 7 days up to 2026-01-14" in answer.text


async def test_no_papers_yet_is_503_with_retry_after(store: Store):
    """A deployment without papers asks to come back; it never serves an empty 200."""
    web = open_web(store)
    web.services.refresh = _refresh_elsewhere
    for name in FORMATS:
        answer = await web.get(f"/{name}")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "60"
        assert answer.headers["cache-control"] == "no-store"


async def _refresh_elsewhere(_config: object, _store: object) -> RefreshReport:
    raise RefreshRunning("another refresh is running")


async def test_a_crash_shows_no_traceback(web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    """Whatever happens, a reader sees one sentence, and the operator one line that names the cause."""

    def broken(*_: object) -> bytes:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("api.feeds.build_feed", broken)
    monkeypatch.setattr("core.log._EVENT_LOGGER.propagate", True)
    answer = await web.get("/rss")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert any("ZeroDivisionError: a secret detail" in line for line in caplog.messages)


class Unreachable:
    """A store whose network is gone."""

    backend, durable = "redis", True

    async def load_manifest(self) -> Manifest | None:
        raise StoreError("redis did not answer")

    async def close(self) -> None:
        return None


async def test_a_warm_instance_survives_its_store(web: Web):
    """When the store goes away, an instance that has papers goes on serving them."""
    before = await web.get("/rss")
    web.services.library._library_store = Unreachable()
    web.services.now = lambda: NOW + timedelta(hours=1)
    after = await web.get("/rss")
    assert (after.status_code, after.content) == (200, before.content)


async def test_a_cold_instance_without_its_store_is_503(monkeypatch: pytest.MonkeyPatch):
    """Without papers and without a store there is nothing to serve, and the answer says what is wrong."""
    web = open_web(Unreachable())
    answer = await web.get("/rss")
    assert answer.status_code == 503
    assert "the store could not be read" in answer.text
    assert "redis" not in answer.text
    assert answer.headers["retry-after"] == "60"
