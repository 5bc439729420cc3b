"""The pages in another language than English: nothing of ours is left in English, errors of other rooms included."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from core.calendar import announcement_time
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.refresh.report import RefreshReport
from core.refresh.run import refresh
from core.store.base import Store
from tests.support.synthetic_arxiv import Fault, SyntheticArxiv
from tests.support.synthetic_world import VirtualClock, World
from tests.support.web import Web, open_web

DAYS = [date(2026, 1, 12), date(2026, 1, 13), date(2026, 1, 14)]
CATEGORIES = ("cs.AI", "cs.LG")
SETTINGS = Settings(categories=CATEGORIES, days_back=3)
SECRET = "0123456789abcdef0123456789abcdef"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
ENGLISH = re.compile(r"(?:\b[A-Za-z]+ ){3}[a-z]+")
"""Four words in a row, the last one in small letters: a sentence, or most of one."""
NOT_OURS = frozenset(("script", "style", "code", "pre", "title", "abbr"))
LABELS = ("placeholder", "aria-label", "title", "alt")
PAPERS = frozenset(
    ("entry", "abstract", "authors", "plainlist", "paper-title", "misses", "suggestions", "chips", "picker", "examples")
)
"""Classes of what holds papers' words, readers' words and arXiv's own names."""


class Shown(HTMLParser):
    """The text nodes of a page that are neither papers nor marked as English."""

    def __init__(self) -> None:
        super().__init__()
        self._inside: list[bool] = []
        self.texts: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._attributes(attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "input", "img", "br", "path", "circle"):
            self._attributes(attrs)
            return
        given = dict(attrs)
        apart = (
            tag in NOT_OURS or given.get("lang") == "en" or not PAPERS.isdisjoint((given.get("class") or "").split())
        )
        self._inside.append(apart or bool(self._inside and self._inside[-1]))
        if not self._inside[-1]:
            self._attributes(attrs)

    def _attributes(self, attrs: list[tuple[str, str | None]]) -> None:
        if not (self._inside and self._inside[-1]):
            self.texts += [
                value or "" for name, value in attrs if name in ("placeholder", "aria-label", "title", "alt")
            ]

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not (self._inside and self._inside[-1]):
            self.texts.append(data)


def left_in_english(document: str) -> list[str]:
    shown = Shown()
    shown.feed(document)
    return [text.strip() for text in shown.texts if ENGLISH.search(re.sub(r'"[^"]*"|“[^”]*”|https?://\S+', "", text))]


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    """A deployment that was refreshed from an arXiv with moods, so that its status has a lot to tell."""
    clock = VirtualClock(announcement_time(DAYS[-1]) + timedelta(hours=1))
    arxiv = SyntheticArxiv(World.of(DAYS, CATEGORIES), clock)
    arxiv.faults += [Fault("stale", where="rss/cs.AI", times=1), Fault("503", where="list/cs.LG", times=1)]
    opened = open_web(store, settings=SETTINGS, environment=Environment(cron_secret=SECRET))

    async def refreshed(config: Config, store: Store) -> RefreshReport:
        limit = clock.now() + timedelta(seconds=90)
        return await refresh(
            store, config, clock=clock, lock_holder="web", refresh_deadline=limit, arxiv_transport=arxiv
        )

    opened.services.refresh, opened.services.now = refreshed, clock.now
    await store.save_progress(b"2026-01-14 04:00 UTC", ttl=timedelta(days=1))  # a refresh that never got to its end
    await opened.get("/api/refresh", Authorization=f"Bearer {SECRET}")
    yield opened
    await opened.client.aclose()


ADDRESSES = (
    "/",
    "/?keywords=zebra%20AND",
    "/?keywords=zzz",
    "/?nosuch=1",
    "/?like=text:something%20to%20read",
    "/status",
    "/docs",
    "/me",
    "/days",
    "/days/1999-01-01",
    "/days/2026-01-14?category=zz",
    "/profiles",
    "/u/nosuchprofilenosuchprofilenosuchp",
    "/nosuch",
    "/rss?limit=none",
    "/rss?keywords=a%20OR%20b",
    "/rss?categories=cs.ZZ",
    "/rss?from=2026-02-01&to=2026-01-01",
    "/papers/2600.99999",
    "/papers/nonsense",
    "/report",
    "/report?day=nonsense",
    "/report?day=1999-01-01",
)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_no_english_is_left_on_a_chinese_page(web: Web, address: str):
    """Text, placeholders and labels, outside of papers' own words and of what says that it is English."""
    answer = await web.client.get(
        address, headers={**BROWSER, "Accept-Language": "zh-CN"}, params=None, follow_redirects=True
    )
    assert '<html lang="zh">' in answer.text
    assert not left_in_english(answer.text)


async def test_no_english_is_left_on_a_profile(web: Web):
    """Made, opened, voted on, deleted: by its forms, all in Chinese, and the language stays from page to page."""
    made = await web.client.post(
        "/profiles?ui=zh", data={"name": "main", "keywords": "", "seed": "robots that learn to walk"}
    )
    assert made.status_code == 303
    path = made.headers["location"].partition("?")[0]
    told = await web.get(made.headers["location"])
    assert "已保存" in told.text
    paper = (await web.get("/json?keywords=")).json()["items"][0]["_arxiv"]["id"]
    voted = await web.client.post(f"{path}/votes?ui=zh", data={"id": paper, "vote": "more"})
    assert "ui=zh" in voted.headers["location"]
    refused = await web.client.post("/profiles?ui=zh", data={"name": "main", "keywords": "a OR b"})
    assert refused.status_code == 400
    shown = [await web.get(each) for each in (f"{path}?ui=zh", voted.headers["location"])]
    gone = await web.client.post(f"{path}/delete?ui=zh", data={"delete": "yes"})
    for answer in (told, refused, *shown, gone):
        assert '<html lang="zh">' in answer.text
        assert not left_in_english(answer.text)
