"""Feeds with one item a day or a week."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import feedparser
import pytest

from core.calendar import is_announcement_day
from core.config.settings import Settings
from core.feeds.build import FeedUrls
from core.feeds.library import Snapshot
from core.paper import Batch
from core.query.parse import parse_query
from core.render.formats import FEED_FORMATS
from core.report.digest import digest_periods, render_digest
from core.store.base import Store
from core.store.records import BatchRef, Manifest
from tests.support.matching import batch
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, open_web, publish

SETTINGS = Settings(categories=("cs.LG",), keywords=("cache",), days_back=7, retention_days=35)
DAYS = [day for number in range(-28, 12) if is_announcement_day(day := date(2026, 1, 12) + timedelta(days=number))]
BASE = "https://feeds.example"


def snapshot(days: Sequence[date]) -> Snapshot:
    """A paper a day that matches, and one that does not."""
    made = [
        batch(day, make_paper(2 * number, "A cache", day=day), make_paper(2 * number + 1, "Teapots", day=day))
        for number, day in enumerate(DAYS, 1)
        if day in days
    ]
    made.reverse()
    refs = tuple(BatchRef(each.day, "p", "i") for each in made)
    return Snapshot(Manifest("content", refs, changed=datetime(2026, 2, 1, tzinfo=UTC)), tuple(made))


def rendered(days: Sequence[date], text: str, form: str = "json") -> bytes:
    query = parse_query([tuple(pair.split("=")) for pair in text.split("&")], SETTINGS)
    return render_digest(snapshot(days), query, FEED_FORMATS[form], FeedUrls.of(BASE, form, query), SETTINGS)


def items(days: Sequence[date], text: str) -> dict[str, dict[str, str]]:
    return {item["id"].rpartition(":")[2]: item for item in json.loads(rendered(days, text))["items"]}


def test_a_day_is_one_item_whose_body_is_the_report():
    """Its title says what is in it, its address is the report's page."""
    found = items(DAYS, "digest=daily&keywords=cache")
    newest = next(iter(found.values()))
    assert newest["title"] == "arXiv on Friday 23 January 2026: 1 matched"
    assert newest["url"] == f"{BASE}/report?day=2026-01-23"
    assert newest["date_published"] == "2026-01-23T00:00:00-05:00"
    for part in ("<h2>Statistics</h2>", "<h2>Papers</h2>", "<h2>Configuration</h2>", f"{BASE}/papers/2600."):
        assert part in newest["content_html"]
    assert list(found) == ["2026-01-23", "2026-01-22", "2026-01-21", "2026-01-19"]


def test_a_week_is_one_item_once_it_is_over():
    """The running week waits for its last announcement day."""
    friday = DAYS.index(date(2026, 1, 23))
    assert next(iter(items(DAYS[:friday], "digest=weekly"))) == "2026-W03"
    found = items(DAYS[: friday + 1], "digest=weekly")
    assert list(found) == ["2026-W04", "2026-W03", "2026-W02"]
    assert found["2026-W04"]["url"] == f"{BASE}/report?week=2026-W04"


@pytest.mark.parametrize("text", ["digest=daily&days=30", "digest=weekly"])
def test_an_item_never_changes_once_its_day_is_over(text: str):
    """Held day by day, with the oldest days expiring: while an item is in the feed, its bytes are the same."""
    first: dict[str, dict[str, str]] = {}
    for number in range(5, len(DAYS) + 1):
        newest = DAYS[number - 1]
        held = [day for day in DAYS[:number] if (newest - day).days < SETTINGS.retention_days]
        for name, item in items(held, text).items():
            assert first.setdefault(name, item) == item
    assert len(first) > (20 if "daily" in text else 4)


def test_what_is_about_to_expire_has_no_item():
    """But the newest always has one, however short papers are kept."""
    query = parse_query([("digest", "daily")], SETTINGS)
    days = sorted(DAYS, reverse=True)
    short = digest_periods(days, query, timedelta(days=3))
    assert [each.period_name for each in short] == ["2026-01-23"]


def test_a_digest_is_bounded():
    """A hundred papers an item and five hundred in all, whatever is asked for; items are whole or not there."""
    many = [
        batch(day, *(make_paper(200 * place + number, "A cache", day=day) for number in range(150)))
        for place, day in enumerate(sorted(DAYS[-8:], reverse=True))
    ]
    refs = tuple(BatchRef(each.day, "p", "i") for each in many)
    held = Snapshot(Manifest("content", refs, changed=datetime(2026, 2, 1, tzinfo=UTC)), tuple(many))
    query = parse_query([("digest", "daily"), ("per_day", "500"), ("days", "30")], SETTINGS)
    body = render_digest(held, query, FEED_FORMATS["json"], FeedUrls.of(BASE, "json", query), SETTINGS)
    found = json.loads(body)["items"]
    assert len(found) == 5
    assert {item["content_html"].count("<li>") for item in found} == {100}


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_readers_understand_it(form: str):
    """The same items in every format, safe HTML in their bodies."""
    read = feedparser.parse(rendered(DAYS, "digest=daily", form))
    assert not read.bozo
    assert [entry.id.rpartition(":")[2] for entry in read.entries] == list(items(DAYS, "digest=daily"))
    assert "<h2>Papers</h2>" in read.entries[0].content[0].value
    assert read.entries[0].link == f"{BASE}/report?day=2026-01-23"
    assert read.feed.title.endswith(" · daily digest")


def test_a_day_without_a_match_is_no_item():
    """Nobody is told of nothing; the feed says why it is empty."""
    answer = json.loads(rendered(DAYS, "digest=daily&keywords=kettles"))
    assert answer["items"] == []
    assert "Nothing matched" in answer["description"]


async def test_every_feed_has_its_digest(store: Store):
    """/rss, /atom and /json take the parameter; the page of an item is there."""
    await publish(store, [Batch(TODAY, (make_paper(1, "A cache"),)), Batch(YESTERDAY, (make_paper(2, "A cache"),))])
    web = open_web(store, settings=SETTINGS)
    for form in FEED_FORMATS:
        answer = await web.get(f"/{form}/cs.LG?digest=daily")
        assert answer.status_code == 200
        assert answer.text.count(":digest:2026-01-14") == 1
        again = await web.get(f"/{form}/cs.LG?digest=daily", if_none_match=answer.headers["etag"])
        assert again.status_code == 304
    page = await web.get("/report?day=2026-01-14")
    assert "A cache" in page.text
    wrong = await web.get("/rss?digest=hourly")
    assert wrong.text == 'digest: must be one of none, daily, weekly, got "hourly"\n'
    assert NOW.date() == TODAY
    await web.client.aclose()
