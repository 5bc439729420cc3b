"""Pages about the site itself: its status, its settings, its interface."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace
from openapi_spec_validator import validate as validate_openapi
from starlette.routing import BaseRoute, Route

from core.calendar import announcement_time
from core.query.parameters import PARAMETER_NAMES
from core.store.base import Store
from core.store.records import DayRecord, Usage
from tests.support.web import NOW, TODAY, Web, open_web, publish
from tests.support.web_pages import BATCHES, SETTINGS, Page, web

__all__ = ["web"]


async def test_status_tells_what_is_held_and_what_summaries_cost(web: Web, store: Store):
    """The operator sees categories, days and money, on the page and as JSON."""
    await store.add_usage(Usage(NOW.date(), "tiny-model", 3, 1, 30_000, 2_000))
    text = (await web.get("/status")).text
    assert re.search(r"cs\.LG</th><td>the newest list, not compared yet</td><td>2026-01-14", text)
    assert "tiny-model" in text
    found = (await web.get("/status.json")).json()
    assert found["health"]["status"] == "ok"
    assert found["usage"][0]["cost"] == pytest.approx(0.06)
    await store.add_usage(Usage(NOW.date(), "refusing-model", 1, 1, 0, 0))
    text = (await web.get("/status")).text
    assert "no price set" not in text  # a price is set, and nothing was spent


async def test_status_says_how_long_after_arxiv_the_day_was_here(store: Store):
    """From midnight in New York to the last list of the day, once every category is compared."""
    manifest = await publish(store, BATCHES)
    here = announcement_time(TODAY) + timedelta(minutes=4)
    record = DayRecord("cs.LG", TODAY, held=(("new", 2),), complete=True, here=here)
    await store.publish(replace(manifest, ledger=(record,)))
    web = open_web(store, settings=SETTINGS)
    assert "is here, 4 minutes after arXiv." in (await web.get("/status")).text
    await web.client.aclose()


async def test_the_interface_is_described_by_the_parsers_own_table(web: Web):
    """/openapi.json is valid, has every parameter of a feed with its default here, and every route that there is."""
    document = (await web.get("/openapi.json")).json()
    validate_openapi(document)
    names = [each["name"] for each in document["paths"]["/rss"]["get"]["parameters"]]
    assert tuple(names) == PARAMETER_NAMES
    text = (await web.get("/docs")).text
    for name in PARAMETER_NAMES:
        assert f'id="{name}"' in text
    made = (await web.client.post("/profiles", json={})).headers["location"]
    for path in [path for path, methods in document["paths"].items() if "get" in methods]:
        address = path.format(categories="cs.LG", id="2600.00001", day="2026-01-14", token=made.rpartition("/")[2])
        address += "?id=2600.00001" if path.endswith("/vote") else ""
        assert (await web.get(address)).status_code in (200, 302, 401, 503), path
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert described == served(web.app.routes) - {("/live", "get"), ("/update-cache", "get")}


def served(routes: Sequence[BaseRoute]) -> set[tuple[str, str]]:
    """Every address that the app answers, files aside, as OpenAPI writes it; HEAD goes with GET."""
    found: set[tuple[str, str]] = set()
    for route in routes:
        if isinstance(route, Route):
            path = route.path.replace(":path}", "}").replace("{arxiv_id}", "{id}")
            found |= {(path, method.lower()) for method in (route.methods or ()) if method != "HEAD"}
        else:
            found |= served(route.original_router.routes)
    found = {each for each in found if not re.search(r"\.(js|css|svg|png|ico|txt)$", each[0])}
    return found | ({("/papers/{id}.bib", "get")} if ("/papers/{id}", "get") in found else set())


async def test_crawlers_find_what_they_ask_for(web: Web):
    """No page costs a 404 for its icon, and every one says in a sentence what it is."""
    assert (await web.get("/robots.txt")).text.startswith("User-agent: *")
    assert (await web.get("/favicon.ico")).content[:4] == b"\x00\x00\x01\x00"
    for address in ("/", "/papers/2600.00001", "/status", "/docs", "/me", "/days/2026-01-14"):
        tags = Page((await web.get(address)).text).all("meta")
        assert any(each.get("name") == "description" and each.get("content") for each in tags), address


async def test_the_settings_are_a_page_for_browsers_and_json_for_programs(web):
    """/config shows a browser what is followed, by name; programs get JSON there, and at /config.json whoever asks."""
    page = await web.client.get("/config", headers={"accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in page.headers["vary"]
    assert 'href="/config.json"' in page.text
    for address, accept in (("/config", "*/*"), ("/config", "application/json"), ("/config.json", "text/html")):
        answer = await web.client.get(address, headers={"accept": accept})
        assert answer.headers["content-type"] == "application/json"
        shown = answer.json()
    assert all(f"<code>{name}</code>" in page.text for name in shown["categories"])
