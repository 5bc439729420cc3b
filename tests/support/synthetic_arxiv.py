"""
A small arXiv of our own, in memory: fictional papers, a clock that moves only when somebody waits, and bad weather.

``SyntheticArxiv`` is an httpx transport. It serves ``/rss``, ``/list/…/new`` and ``/catchup`` in arXiv's form, follows
``VirtualClock``, writes down when it was asked what, and does what its faults say.
"""

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from html import escape

import httpx

from core.calendar import EASTERN, announcement_time, is_announcement_day
from core.taxonomy import ARCHIVES, CATEGORIES, archive_members

FIRST_ID = 100
LONG_AGO, NEVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
WORDS = [
    *("lantern", "orchard", "granite", "velvet", "compass", "meadow", "harbour", "signal", "thimble", "cascade"),
    *("ember", "lattice", "pebble", "drift", "saddle", "quiver", "marble", "canopy", "tundra", "whisper"),
    *("anchor", "bramble", "cobalt", "dapple", "fathom", "gossamer", "hollow", "inlet", "juniper", "kestrel"),
]


def announcement_days(first: date, last: date) -> list[date]:
    """All announcement days from ``first`` to ``last``, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_announcement_day(day)]


class VirtualClock:
    """Time that passes only when somebody sleeps, or when the world takes a moment to answer."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self.on_tick: Callable[[datetime], None] | None = None

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.tick(seconds)

    def tick(self, seconds: float) -> None:
        self.set(self._now + timedelta(seconds=max(0.0, seconds)))

    def set(self, moment: datetime) -> None:
        """Move forward to this moment; never back."""
        self._now = max(self._now, moment)
        if self.on_tick:
            self.on_tick(self._now)


@dataclass(frozen=True)
class Fiction:
    """A paper nobody wrote, in one version, and what happened to it on one day in which categories."""

    arxiv_id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    updates: tuple[tuple[str, frozenset[str]], ...]  # (("new", {"cs.CL"}), ("cross", {"cs.AI"}))

    def kind_in(self, category: str) -> str | None:
        """As what the category's feed announces it."""
        for action, where in self.updates:
            if category in where:
                at_home = self.categories[0] == category
                return action if action != "replace" or at_home else "replace-cross"
        return None

    def listed_in(self, subject: str) -> str | None:
        """As what a listing page has it; that of an archive leaves out what was cross-listed later within it."""
        if subject not in ARCHIVES or subject in CATEGORIES:
            return self.kind_in(subject)
        at_home = self.categories[0] in archive_members(subject)
        actions = [action for action, where in self.updates if where & archive_members(subject)]
        action = actions[0] if actions else None
        return None if action == "cross" and at_home else action


@dataclass
class World:
    """Who announced what on which day; made up from a seed, the same every time."""

    days: dict[date, list[Fiction]] = field(default_factory=dict)

    @classmethod
    def of(cls, days: Iterable[date], categories: Iterable[str], *, per_day: int = 8, seed: int = 7) -> "World":
        """Make up ``per_day`` new papers in each category and day, with cross-lists, late ones, and replacements."""
        chance = random.Random(seed)
        names = list(categories)
        world = cls()
        known: list[Fiction] = []
        number = FIRST_ID
        for day in days:
            today = [_late(chance, paper, names) for paper in chance.sample(known, min(len(known), 2 * len(names)))]
            for category in names:
                for _ in range(per_day + chance.randrange(4)):
                    number += 1
                    today.append(_new(chance, number, category, names))
            known = list({paper.arxiv_id: paper for paper in [*known, *today]}.values())
            world.days[day] = today
        return world

    def postpone(self, day: date) -> None:
        """An outage: nothing is announced that day, its papers come with the next list."""
        late = self.days.pop(day)
        following = min(each for each in self.days if each > day)
        ids = {paper.arxiv_id for paper in late}
        self.days[following] = late + [paper for paper in self.days[following] if paper.arxiv_id not in ids]

    def announced(self, category: str, day: date) -> dict[str, str]:
        """Id and announce type of all that the category announced that day: the truth."""
        papers = self.days.get(day, [])
        return {paper.arxiv_id: kind for paper in papers if (kind := paper.kind_in(category))}


def _new(chance: random.Random, number: int, category: str, names: list[str]) -> Fiction:
    others = tuple(name for name in names if name != category and chance.random() < 0.4)
    updates = (("new", frozenset([category])), ("cross", frozenset(others)))
    return Fiction(
        f"2613.{number:05}",
        1,
        f"On the {chance.choice(WORDS)} of a {chance.choice(WORDS)}: {' '.join(chance.sample(WORDS, 3))}",
        " ".join(chance.choices(WORDS, k=40)) + ".\n  " + " ".join(chance.choices(WORDS, k=20)) + ".",
        tuple(f"{chance.choice(WORDS).title()} {chance.choice(WORDS).title()}" for _ in range(chance.randrange(1, 5))),
        (category, *others),
        updates,
    )


def _late(chance: random.Random, paper: Fiction, names: list[str]) -> Fiction:
    """Days later: a cross-list to one category more, or else a new version."""
    others = [name for name in names if name not in paper.categories]
    if others and chance.random() < 0.5:
        return late_cross(paper, chance.choice(others))
    return replace(paper, version=paper.version + 1, updates=(("replace", frozenset(paper.categories)),))


def late_cross(paper: Fiction, category: str) -> Fiction:
    """The paper on the day on which it is cross-listed to one category more."""
    return replace(paper, categories=(*paper.categories, category), updates=(("cross", frozenset([category])),))


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
            return _page("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in.</body></html>")
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
        entries = "".join(_api_entry(name, paper) for name, paper in papers.items() if name in named)
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
        items = "".join(_item(paper, str(paper.kind_in(category)), midnight) for paper in ordered)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
            f"<title>{named} updates on arXiv.org</title><link>http://rss.arxiv.org/rss/{named}</link>"
            f"<description>{named} updates</description><lastBuildDate>{built}</lastBuildDate>"
            f"<pubDate>{midnight}</pubDate>{items}</channel>\n</rss>\n"
        )

    def _listing(self, category: str, day: date) -> str:
        head = f"<h1>{escape(_subject(category))}</h1><h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>"
        return _site(head + self._sections(category, day))

    def _catchup(self, category: str, day: date) -> str:
        head = f"<h1>Catchup results for {escape(_subject(category))} on {day:%a, %d %b %Y}</h1>"
        return _site(head + self._sections(category, day))

    def _sections(self, category: str, day: date) -> str:
        papers = self.world.days.get(day, [])
        found = ""
        for heading, kinds in (("New", ["new"]), ("Cross", ["cross"]), ("Replacement", ["replace", "replace-cross"])):
            mine = [paper for paper in papers if paper.listed_in(category) in kinds]
            if mine:
                title = f"{heading} submissions (showing {len(mine)} of {len(mine)} entries)"
                found += f"<dl id='articles'><h3>{title}</h3>{''.join(map(_entry, mine))}</dl>"
        return found or "<p>No updates.</p>"


def _subject(name: str) -> str:
    return CATEGORIES.get(name) or ARCHIVES[name]


def _page(text: str) -> httpx.Response:
    return httpx.Response(200, text=text, headers={"Content-Type": "text/html"})


def _site(content: str) -> str:
    head = "<!DOCTYPE html>\n<html><head><title>arXiv</title></head>"
    return f"{head}<body><div id='dlpage'>{content}</div></body></html>\n"


def _item(paper: Fiction, kind: str, midnight: str) -> str:
    name = f"{paper.arxiv_id}v{paper.version}"
    return (
        f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.arxiv_id}</link>"
        f"<description>arXiv:{name} Announce Type: {kind} \nAbstract: {escape(paper.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{name}</guid>'
        + "".join(f"<category>{category}</category>" for category in paper.categories)
        + f"<pubDate>{midnight}</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>"
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator></item>\n"
    )


def _api_entry(name: str, paper: Fiction) -> str:
    authors = "".join(
        f"<author><name>{escape(author)}</name><arxiv:affiliation>Pot {len(author)}</arxiv:affiliation></author>"
        for author in paper.authors
    )
    return (
        f"<entry><id>http://arxiv.org/abs/{name}</id><title>{escape(paper.title)}</title>"
        f"<updated>2026-01-0{paper.version}T18:00:00Z</updated><published>2026-01-01T18:00:00Z</published>"
        f"<arxiv:comment>Accepted at ICML 2026</arxiv:comment><arxiv:doi>10.5555/{paper.arxiv_id}</arxiv:doi>"
        f"<arxiv:journal_ref>MNRAS 1 (2026) 1</arxiv:journal_ref>{authors}</entry>"
    )


def _entry(paper: Fiction) -> str:
    subjects = "; ".join(f"{escape(CATEGORIES[name])} ({name})" for name in paper.categories)
    authors = ", ".join(f"<a href='/a'>{escape(author)}</a>" for author in paper.authors)
    return (
        f'<dt><a name=\'item1\'>[1]</a> <a href="/abs/{paper.arxiv_id}" title="Abstract">arXiv:{paper.arxiv_id}</a> '
        f"[<a href='https://arxiv.org/html/{paper.arxiv_id}v{paper.version}' title='View HTML'>html</a>]</dt>"
        "<dd><div class='meta'><div class='list-title mathjax'><span class='descriptor'>Title:</span>"
        f" {escape(paper.title)}</div><div class='list-authors'>{authors}</div>"
        "<div class='list-comments mathjax'><span class='descriptor'>Comments:</span> 12 pages</div>"
        f"<div class='list-subjects'><span class='descriptor'>Subjects:</span> {subjects}</div>"
        f"<p class='mathjax'>{escape(paper.abstract)}</p></div></dd>"
    )
