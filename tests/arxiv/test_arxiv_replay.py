"""Against the replay of arXiv's recorded days: everything announced is read, and every fault has its outcome."""

import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from core.arxiv.client import ArxivClient
from core.arxiv.document import CategoryDocument
from core.arxiv.limits import RequestLimits
from core.arxiv.rss import parse_rss
from core.errors import Missing, PaperfeedError, ParseError, Throttled, UpstreamError
from core.paper import AnnounceType
from core.store.base import Store
from core.store.open import open_store
from core.taxonomy import canonical_category
from core.text.plain import plain
from tests.support.replay import DAYS, FOLDER, FakeClock, Replay, needs_replay, options_with_oddities, running_replay

pytestmark = needs_replay

CATEGORIES = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
RAW = sorted(FOLDER.glob("raw/rss/*/*.xml.gz"))


@pytest.fixture(scope="module")
def server() -> Iterator[Replay]:
    with running_replay() as replay:
        yield replay


@pytest.fixture
def replay(server: Replay) -> Replay:
    server.forget()
    server.go_to(date(2026, 1, 14))
    return server


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_store("", data_dir=tmp_path, on_vercel=False)
    yield opened
    await opened.close()


@asynccontextmanager
async def client(replay: Replay, store: Store, *, limits: RequestLimits | None = None) -> AsyncIterator[ArxivClient]:
    environment = replay.environment()
    transport = httpx.AsyncHTTPTransport(verify=False)  # there is no TLS here, and certificates take long to load
    async with ArxivClient(
        store, environment, clock=FakeClock(), holder="test", transport=transport, limits=limits
    ) as arxiv:
        yield arxiv


def counts(document: CategoryDocument) -> dict[str, int]:
    return dict(Counter(paper.announce_type.value for paper in document.papers))


@pytest.mark.parametrize("path", RAW, ids=lambda path: f"{path.parent.name}-{path.name[:5]}")
def test_every_item_of_a_recorded_feed_is_read_as_it_is(path: Path) -> None:
    """Each recorded feed gives all its items, with the texts that a strict XML parser finds in them."""
    data = gzip.decompress(path.read_bytes())
    document = parse_rss(data, path.name.removesuffix(".xml.gz"))
    items = list(ET.fromstring(data).iter("item"))
    assert document.skipped == ()
    assert document.day == date.fromisoformat(path.parent.name)
    assert len(document.papers) == len(items)
    for paper, item in zip(document.papers, items, strict=True):
        assert item.findtext("guid") == f"oai:arXiv.org:{paper.arxiv_id}v{paper.version}"
        assert paper.title == " ".join((item.findtext("title") or "").split())
        assert paper.abstract == (item.findtext("description") or "").partition("Abstract:")[2].strip()
        named = [canonical_category(element.text or "") for element in item.iter("category")]
        assert paper.categories == tuple(dict.fromkeys(named))
        assert paper.license == item.findtext("{http://purl.org/dc/elements/1.1/}rights")


@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_all_that_was_announced_is_read_from_all_three_sources(replay: Replay, store: Store, day: date) -> None:
    """Feed, listing and catch-up agree with the recorded counts, and with each other paper for paper."""
    recorded = json.loads((FOLDER / "days" / "index.json").read_text())[day.isoformat()]["feeds"]
    replay.go_to(day)
    async with client(replay, store) as arxiv:
        for category in ("cs.DC", *CATEGORIES):
            feed = await arxiv.rss(category)
            listing = await arxiv.listing(category)
            want = {kind: n for kind, n in recorded[category].items() if kind != "basis" and n}
            assert counts(feed) == want
            assert feed.day == listing.day == day
            compare(feed, listing)
        catchup = await arxiv.catchup(category, day)
        assert (catchup.day, catchup.totals, catchup.papers) == (listing.day, listing.totals, listing.papers)


def compare(feed: CategoryDocument, listing: CategoryDocument) -> None:
    assert feed.skipped == listing.skipped == ()
    kinds = counts(feed)
    replaced = kinds.get("replace", 0) + kinds.get("replace-cross", 0)
    assert dict(listing.totals) == {"new": kinds.get("new", 0), "cross": kinds.get("cross", 0), "replace": replaced}
    there = {paper.arxiv_id: paper for paper in listing.papers}
    reworded = []
    for paper in feed.papers:
        other = there.pop(paper.arxiv_id)
        assert other.announce_type == paper.announce_type
        assert set(other.categories) == set(paper.categories)
        assert other.primary_category == paper.primary_category
        assert len(other.authors) == len(paper.authors)
        assert comparable(other.title) == comparable(paper.title)
        if other.abstract != paper.abstract and comparable(other.abstract) != comparable(paper.abstract):
            reworded.append(paper.arxiv_id)
    assert not there
    assert len(reworded) <= 1  # the listing shows the newest version: in one paper the authors changed a sentence


def comparable(text: str) -> str:
    """Letters without accents or TeX commands: the feeds spell accents and Greek in TeX, the listing in Unicode."""
    words = re.sub(r"\\[A-Za-z]+", "", plain(text))
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", words).lower())


async def test_awkward_papers_are_all_read(store: Store) -> None:
    """Hundreds of authors, tags in the text, no title, no abstract: none is skipped in any source."""
    with running_replay("--today", "2026-01-14", *options_with_oddities()) as replay:
        lines = (FOLDER / "oddities_synthetic.jsonl").read_bytes().split(b"\n")
        lines += gzip.decompress((FOLDER / "oddities.jsonl.gz").read_bytes()).split(b"\n")
        odd = [json.loads(line) for line in lines if line.strip()]
        listed = {record["id"]: record for record in odd if "updates" in record}
        async with client(replay, store) as arxiv:
            feed, listing = await arxiv.rss("cs.AI"), await arxiv.listing("cs.AI")
        assert feed.skipped == listing.skipped == ()
        papers = {paper.arxiv_id: paper for paper in feed.papers}
        for record in listed.values():
            if {"cs.AI"} & {name for names in record["updates"].values() for name in names}:
                assert record["id"] in papers
                assert len(papers[record["id"]].authors) == len(record["authors"]), record["odd"]
        assert {paper.arxiv_id for paper in listing.papers} == set(papers)


FAULTS: list[tuple[dict[str, object], type[PaperfeedError] | None]] = [
    ({"kind": "status", "status": 403}, Throttled),
    ({"kind": "status", "status": 406}, Throttled),
    ({"kind": "status", "status": 429, "retry_after": 120}, Throttled),
    ({"kind": "status", "status": 503}, Throttled),
    ({"kind": "status", "status": 500}, UpstreamError),
    ({"kind": "status", "status": 404}, Missing),
    ({"kind": "reset"}, UpstreamError),
    ({"kind": "drop"}, UpstreamError),
    ({"kind": "short"}, UpstreamError),
    ({"kind": "latency", "seconds": 0.4}, UpstreamError),
    ({"kind": "slow", "seconds": 1}, UpstreamError),
    ({"kind": "huge", "megabytes": 26}, UpstreamError),
    ({"kind": "truncate"}, ParseError),
    ({"kind": "html"}, ParseError),
    ({"kind": "content_type", "value": "text/html; charset=utf-8"}, None),
    ({"kind": "garble", "how": "control"}, None),
    ({"kind": "garble", "how": "ampersand"}, None),
    ({"kind": "garble", "how": "utf8"}, None),
]


def fault_name(value: object) -> str:
    return "-".join(str(each) for each in value.values()) if isinstance(value, dict) else ""


@pytest.mark.parametrize("source", ["rss", "listing"])
@pytest.mark.parametrize(("fault", "outcome"), FAULTS, ids=fault_name)
async def test_a_fault_is_named_or_costs_no_paper(
    replay: Replay, store: Store, source: str, fault: dict[str, object], outcome: type[PaperfeedError] | None
) -> None:
    """Whatever goes wrong on the way ends in an error of ours, or in the whole day."""
    replay.spoil(fault)
    limits = RequestLimits(request_seconds=0.2) if fault["kind"] in ("latency", "slow") else None
    async with client(replay, store, limits=limits) as arxiv:
        if outcome:
            with pytest.raises(outcome):
                await get(arxiv, source)
        else:
            document = await get(arxiv, source)
            assert document.skipped == ()
            assert len(document.papers) == 149


async def get(arxiv: ArxivClient, source: str) -> CategoryDocument:
    return await (arxiv.rss("cs.CL") if source == "rss" else arxiv.listing("cs.CL"))


async def test_a_passing_reset_is_tried_once_more(replay: Replay, store: Store) -> None:
    """One broken connection costs a second request, not the day; a second one in a row is for the caller."""
    replay.spoil({"kind": "reset", "times": 1})
    async with client(replay, store) as arxiv:
        assert len((await arxiv.rss("cs.CL")).papers) == 149
    assert replay.stats()["total"] == 2


async def test_an_empty_or_stale_feed_is_read_as_it_is(replay: Replay, store: Store) -> None:
    """Whether a feed is believable is decided elsewhere: here it is what it says, on the day that it says."""
    replay.spoil({"kind": "stale", "match": "cs.AI"}, {"kind": "empty", "match": "cs.CL"})
    async with client(replay, store) as arxiv:
        stale, empty = await arxiv.rss("cs.AI"), await arxiv.rss("cs.CL")
    assert (stale.day, len(stale.papers)) == (date(2026, 1, 14), 522)
    assert (empty.day, empty.papers) == (date(2026, 1, 14), ())


async def test_the_listing_is_a_day_ahead_in_the_evening(replay: Replay, store: Store) -> None:
    """From 20:00 in New York the listing names the next day, which is how it is told apart."""
    replay.go_to(date(2026, 1, 14), "20:30")
    async with client(replay, store) as arxiv:
        assert (await arxiv.listing("cs.CL")).day == date(2026, 1, 15)
        assert (await arxiv.rss("cs.CL")).day == date(2026, 1, 14)


async def test_a_day_without_announcements_is_empty_in_catch_up(replay: Replay, store: Store) -> None:
    """A Saturday's catch-up page counts nothing and holds nothing."""
    replay.go_to(date(2026, 1, 15))
    async with client(replay, store) as arxiv:
        document = await arxiv.catchup("cs.AI", date(2026, 1, 10))
    assert document.papers == ()
    assert document.totals == (("new", 0), ("cross", 0), ("replace", 0))


async def test_an_unknown_category_is_an_error_not_an_empty_day(replay: Replay, store: Store) -> None:
    """ArXiv answers 400 for what it does not know, and so it is told."""
    async with client(replay, store) as arxiv:
        with pytest.raises(UpstreamError, match=r"400 from 127\.0\.0\.1:\d+"):
            await arxiv.rss("cs.XX")
        with pytest.raises(UpstreamError, match=r"400 from 127\.0\.0\.1:\d+"):
            await arxiv.listing("cs.XX")


async def test_full_texts_come_from_the_host_for_programs(replay: Replay, store: Store) -> None:
    """HTML and PDF are bytes; a paper that is not there is Missing."""
    async with client(replay, store) as arxiv:
        paper = next(p for p in (await arxiv.rss("cs.CL")).papers if p.announce_type is AnnounceType.NEW)
        assert (await arxiv.fetch("api", f"/pdf/{paper.arxiv_id}v{paper.version}")).startswith(b"%PDF")
        assert (await arxiv.fetch("api", f"/pdf/{paper.arxiv_id}v{paper.version}.pdf")).startswith(b"%PDF")
        with pytest.raises(Missing):
            await arxiv.fetch("api", "/html/2600.00001v1")
    assert replay.stats()["without_own_user_agent"] == 0
    assert replay.stats()["max_concurrent"] == 1
