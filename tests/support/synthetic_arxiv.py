"""
A small arXiv of our own, in memory: fictional papers, a clock that moves only when somebody waits, and bad weather.

``SyntheticArxiv`` is an httpx transport. It serves ``/rss``, ``/list/…/new`` and ``/catchup`` in arXiv's form, follows
``VirtualClock``, writes down when it was asked what, and does what its faults say.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

import httpx

from core.calendar import EASTERN, announcement_time
from tests.support.synthetic_documents import api_entry, feed_item, html_page, listing_entry, site_page, subject_line
from tests.support.synthetic_world import LONG_AGO, NEVER, VirtualClock, World


@dataclass
class Fault:
    """
    Bad weather: ``kind`` happens to requests whose path holds ``where``, from ``start`` to ``end``, so many ``times``.

    Kinds: ``stale`` and ``empty`` (feeds only), ``foreign``, ``portal``, ``truncate``, ``reset``, ``offline``, or a
    status code.
    """

    kind: str
    where: str = ""
    start: datetime = LONG_AGO
    end: datetime = NEVER
    times: int = 1_000_000
    retry_after: int = 0
    happened: int = 0

    def hits(self, path: str, now: datetime) -> bool:
        hit = self.where in path and self.start <= now < self.end and self.happened < self.times
        self.happened += hit
        return hit


@dataclass(frozen=True)
class Asked:
    """One request: when it began and ended on the virtual clock, for what, and the status (0: none)."""

    began: datetime
    ended: datetime
    path: str
    status: int


class Weather(httpx.AsyncBaseTransport):
    """Carries requests to some arXiv, takes a moment of the clock for each, writes it down, and knows the faults."""

    def __init__(self, clock: VirtualClock, *, takes: float = 0.4) -> None:
        self.clock = clock
        self.takes = takes
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.on_request: Callable[[str], None] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        began, path = self.clock.now(), request.url.raw_path.decode()
        if self.on_request:
            self.on_request(path)
        fault = next((fault for fault in self.faults if fault.hits(path, began)), None)
        status = 0
        try:
            response = await self.respond(request, path, fault)
            status = response.status_code
        finally:
            self.clock.tick(self.takes)
            self.asked.append(Asked(began, self.clock.now(), path, status))
        return response

    async def respond(self, request: httpx.Request, path: str, fault: Fault | None) -> httpx.Response:
        raise NotImplementedError

    def announced(self, category: str, day: date) -> dict[str, str]:
        """Id and announce type of all that the category announced that day: the truth."""
        raise NotImplementedError


class SyntheticArxiv(Weather):
    """arXiv's three hosts in one, as the world is at the clock's time."""

    def __init__(self, world: World, clock: VirtualClock, *, takes: float = 0.4) -> None:
        super().__init__(clock, takes=takes)
        self.world = world
        self.built = 0  # seconds after midnight, of a stale feed

    def announced(self, category: str, day: date) -> dict[str, str]:
        return self.world.announced(category, day)

    async def respond(self, request: httpx.Request, path: str, fault: Fault | None) -> httpx.Response:
        if fault and fault.kind == "offline":
            raise httpx.ConnectError("name or service not known", request=request)
        if fault and fault.kind == "reset":
            raise httpx.ReadError("connection reset by peer", request=request)
        return self._answer(path, fault)

    def _answer(self, path: str, fault: Fault | None) -> httpx.Response:
        kind = fault.kind if fault else ""
        if kind.isdecimal():
            headers = {"Retry-After": str(fault.retry_after)} if fault and fault.retry_after else {}
            return httpx.Response(int(kind), headers=headers, text="slow down")
        if kind == "portal":
            return html_page("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in.</body></html>")
        if path.startswith("/api/query"):
            body, content_type = self._api(path), "application/atom+xml"
        else:
            body, content_type = self._document(path.partition("?")[0].strip("/").split("/"), kind)
        data = body.encode()
        if kind == "truncate":
            data = data[: len(data) * 6 // 10]
        return httpx.Response(200, content=data, headers={"Content-Type": content_type})

    def _api(self, path: str) -> str:
        """The query API on papers by their ids: comments, affiliations, submitted a day before the world began."""
        named = set(re.findall(r"\d{4}\.\d{5}v\d+", path))
        papers = {f"{paper.arxiv_id}v{paper.version}": paper for day in self.world.days.values() for paper in day}
        entries = "".join(api_entry(name, paper) for name, paper in papers.items() if name in named)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns:arxiv="http://arxiv.org/schemas/atom" '
            f'xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>{entries}</feed>'
        )

    def _document(self, parts: list[str], kind: str) -> tuple[str, str]:
        today = self.clock.now().astimezone(EASTERN)
        if parts[0] == "rss":
            named = "math.KT" if kind == "foreign" else parts[1]
            return self._rss(named, parts[1], today.date(), kind), "application/rss+xml"
        if parts[0] == "list":
            ahead = today.date() + timedelta(days=today.hour >= 20)
            return self._listing(parts[1], max(day for day in self.world.days if day <= ahead)), "text/html"
        return self._catchup(parts[1], date.fromisoformat(parts[2])), "text/html"

    def _rss(self, named: str, category: str, day: date, kind: str) -> str:
        shown = max((each for each in self.world.days if each < day), default=day) if kind == "stale" else day
        papers = [] if kind == "empty" else self.world.days.get(shown, [])
        ordered = sorted(
            (paper for paper in papers if paper.kind_in(category)),
            key=lambda paper: (
                ("new", "cross", "replace", "replace-cross").index(str(paper.kind_in(category))),
                paper.arxiv_id,
            ),
        )
        midnight = f"{announcement_time(day):%a, %d %b %Y %H:%M:%S %z}"
        after = timedelta(seconds=self.built if kind == "stale" else 12)
        built = f"{announcement_time(day) + after:%a, %d %b %Y %H:%M:%S %z}"
        items = "".join(feed_item(paper, str(paper.kind_in(category)), midnight) for paper in ordered)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
            f"<title>{named} updates on arXiv.org</title><link>http://rss.arxiv.org/rss/{named}</link>"
            f"<description>{named} updates</description><lastBuildDate>{built}</lastBuildDate>"
            f"<pubDate>{midnight}</pubDate>{items}</channel>\n</rss>\n"
        )

    def _listing(self, category: str, day: date) -> str:
        heading = f"<h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>"
        head = f"<h1>{escape(subject_line(category))}</h1>{heading}"
        return site_page(head + self._sections(category, day))

    def _catchup(self, category: str, day: date) -> str:
        head = f"<h1>Catchup results for {escape(subject_line(category))} on {day:%a, %d %b %Y}</h1>"
        return site_page(head + self._sections(category, day))

    def _sections(self, category: str, day: date) -> str:
        papers = self.world.days.get(day, [])
        found = ""
        for heading, kinds in (("New", ["new"]), ("Cross", ["cross"]), ("Replacement", ["replace", "replace-cross"])):
            mine = [paper for paper in papers if paper.listed_in(category) in kinds]
            if mine:
                title = f"{heading} submissions (showing {len(mine)} of {len(mine)} entries)"
                found += f"<dl id='articles'><h3>{title}</h3>{''.join(map(listing_entry, mine))}</dl>"
        return found or "<p>No updates.</p>"
