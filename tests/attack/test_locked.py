"""ACCESS_KEY: no address, method, header or spelling leads past the lock."""

from pathlib import Path

import pytest

from api.access import OPEN
from api.profile_routes import ADDRESSES
from core.config.environment import Environment
from core.config.read import ROOT
from core.config.settings import Settings
from core.paper import Batch
from core.store.base import Store
from tests.support.web import TODAY, make_paper, open_web, publish

KEY, SECRET = "a-key-of-this-deployment", "0123456789abcdef0123456789abcdef"
PAGES = (
    *("/", "/live", "/rss", "/atom", "/json", "/opml", "/papers/2600.00001", "/papers/2600.00001.bib", "/days", "/me"),
    *("/days/2026-01-14", "/openapi.json", "/docs", "/report", "/report.md", "/health", "/status", "/status.json"),
    *("/config", "/follow", "/rss/cs.LG", "/atom/cs.LG", "/json/cs.LG"),
)
SPELLINGS = (
    *("//rss", "/rss/", "/RSS", "/./rss", "/style.css/../rss", "/style.css%2f..%2frss", "/robots.txt/rss", "/%72ss"),
    *(
        "/rss%00",
        "/api/refresh/../rss",
        "/api/refresh/",
        "/api/refresh%2f..%2frss",
        "/style.css;/rss",
        "/style.css/rss",
    ),
)
HEADERS = (
    {},
    {"If-None-Match": "*"},
    {"Cookie": "paperfeed_access=x"},
    {"Cookie": 'paperfeed_access=""; a=b'},
    {"X-Original-URL": "/style.css", "X-Rewrite-URL": "/style.css", "X-Forwarded-Prefix": "/style.css"},
    {"Authorization": f"Bearer {KEY}"},
    {"Authorization": f"Bearer {SECRET}"},
)
KEYS = (
    "key=",
    "key=%ff",
    f"key={KEY}x",
    f"key=x&key={KEY}",
    f"KEY={KEY}",
    f"%6bey={KEY}",
    f"key[]={KEY}",
    f";key={KEY}",
)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"])
async def test_every_address_is_locked(store: Store, method: str):
    """Pages, feeds, profiles by their secret address, copies, odd spellings: 401, and nothing of what is there."""
    await publish(store, [Batch(TODAY, tuple(make_paper(number) for number in range(1, 4)))])
    settings = Settings(categories=("cs.LG",))
    made = await open_web(store, settings=settings).client.post(
        "/profiles", json={"feeds": [{"name": "a"}]}, headers={"Accept": "application/json"}
    )
    token = made.json()["url"].rsplit("/", 1)[1]
    web = open_web(store, settings=settings, environment=Environment(cron_secret=SECRET, access_key=KEY))
    profiles = [path.replace("{token}", token) for path in ADDRESSES]
    for address in (*PAGES, *SPELLINGS, *profiles):
        for headers in HEADERS:
            answer = await web.client.request(method, address, headers=headers)
            assert answer.status_code == 401, (address, headers)
            assert "Invented" not in answer.text
            assert answer.headers["cache-control"] == "no-store"
    for query in KEYS:
        assert (await web.client.request(method, f"/rss?{query}")).status_code == 401, query


def test_only_files_that_every_deployment_has_are_open():
    """The list of what stands open is short: refreshing, which has its own secret, and the files of the first page."""
    files = {f"/{path.name}" for path in Path(ROOT / "public").iterdir() if path.is_file()}
    assert set(OPEN) - files <= {"/api/refresh", "/update-cache", "/favicon.ico", "/robots.txt"}


async def test_the_key_is_in_no_error_no_redirect_and_no_log(store: Store, caplog):
    """Errors, redirects, /config, /health and the log do not repeat it; addresses of feeds do, for who has it."""
    caplog.set_level("DEBUG")
    await publish(store, [Batch(TODAY, (make_paper(1),))])
    web = open_web(store, environment=Environment(cron_secret=SECRET, access_key=KEY, llm_key="sk-of-a-model"))
    wrong = ("/nosuch", "/rss?nosuch=1", "/papers/9999.99999", "/days/x", "/?do=1&keywords=a", "/days", "/rss?limit=x")
    for address in (*wrong, "/status", "/status.json", "/health", "/docs", "/config", "/openapi.json"):
        for accept in ("text/html", "*/*"):
            answer = await web.get(f"{address}{'&' if '?' in address else '?'}key={KEY}", Accept=accept)
            said = answer.text + answer.headers.get("location", "")
            for secret in (KEY, SECRET, "sk-of-a-model"):
                assert secret not in said, address
            assert "public" not in answer.headers.get("cache-control", "")
    for secret in (KEY, SECRET, "sk-of-a-model"):
        assert secret not in "".join(record.getMessage() for record in caplog.records if record.name != "httpx")
