"""Cache poisoning: no header that a cache does not tell apart changes what it would keep for everybody."""

import pytest

from core.config.environment import Environment
from core.config.settings import Settings
from core.paper import Batch
from core.store.base import Store
from tests.support.web import TODAY, make_paper, open_web, publish

ADDRESSES = (
    *("/", "/live?keywords=x", "/rss", "/atom", "/json", "/opml", "/papers/2600.00001", "/papers/2600.00001.bib"),
    *("/papers/9999.00001", "/days", "/days/2026-01-14", "/days/x", "/me", "/openapi.json", "/docs", "/report"),
    *("/report.md", "/config", "/style.css", "/nosuch", "/rss?nosuch=1", "/json?nosuch=1", "/?limit=x"),
)
HEADERS = {
    "accept-language": "zh",
    "accept": "text/html",
    "cookie": "ui=zh; paperfeed_access=x",
    "host": "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "gopher",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-prefix": "/evil",
    "x-original-url": "/status",
    "x-http-method-override": "DELETE",
    "forwarded": "host=evil.example;proto=gopher",
    "user-agent": "Googlebot",
    "hx-request": "true",
    "hx-current-url": "https://evil.example/",
    "referer": "https://evil.example/",
    "origin": "https://evil.example",
    "sec-fetch-site": "cross-site",
    "save-data": "on",
    "authorization": "Bearer x",
}


@pytest.mark.parametrize("on_vercel", [False, True])
async def test_what_is_kept_is_the_same_for_everybody(store: Store, on_vercel: bool):
    """Where one of them changes an answer, Vary names it, in both answers, or no cache may keep them."""
    await publish(store, [Batch(TODAY, tuple(make_paper(number) for number in range(1, 9)))])
    environment = Environment(base_url="https://ours.example", on_vercel=on_vercel)
    web = open_web(store, settings=Settings(categories=("cs.LG",)), environment=environment)
    usual = {"accept": "*/*", "accept-encoding": "identity"}
    for address in ADDRESSES:
        first = await web.client.get(address, headers=usual)
        for name, value in HEADERS.items():
            other = await web.client.get(address, headers=usual | {name: value})
            assert "evil" not in other.text + str(other.headers), (address, name)
            same = (other.content, other.status_code, other.headers.get("location"))
            if same == (first.content, first.status_code, first.headers.get("location")):
                continue
            for answer in (first, other):
                kept = "no-store" not in answer.headers.get("cache-control", "no-store")
                assert not kept or name in answer.headers["vary"].lower().split(", "), (address, name)
