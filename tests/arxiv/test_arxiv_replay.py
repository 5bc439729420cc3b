"""Against the replay of arXiv's recorded days: everything announced is read, and every fault has its outcome."""

import gzip
import json
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from core.arxiv.document import CategoryDocument
from core.arxiv.rss import parse_rss
from core.errors import Missing, UpstreamError
from core.paper import AnnounceType
from core.store.base import Store
from core.taxonomy import canonical_category
from core.text.plain import plain
from tests.support.replay import DAYS, FOLDER, Replay, needs_replay, options_with_oddities, running_replay
from tests.support.replayed_arxiv import client, replay, server, store

__all__ = ["replay", "server", "store"]

pytestmark = needs_replay


CATEGORIES = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
RAW = sorted(FOLDER.glob("raw/rss/*/*.xml.gz"))


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
            feed = await arxiv.fetch_rss(category)
            listing = await arxiv.fetch_listing(category)
            want = {kind: n for kind, n in recorded[category].items() if kind != "basis" and n}
            assert counts(feed) == want
            assert feed.day == listing.day == day
            compare(feed, listing)
        catchup = await arxiv.fetch_catchup(category, day)
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
            feed, listing = await arxiv.fetch_rss("cs.AI"), await arxiv.fetch_listing("cs.AI")
        assert feed.skipped == listing.skipped == ()
        papers = {paper.arxiv_id: paper for paper in feed.papers}
        for record in listed.values():
            if {"cs.AI"} & {name for names in record["updates"].values() for name in names}:
                assert record["id"] in papers
                assert len(papers[record["id"]].authors) == len(record["authors"]), record["odd"]
        assert {paper.arxiv_id for paper in listing.papers} == set(papers)


async def test_the_listing_is_a_day_ahead_in_the_evening(replay: Replay, store: Store) -> None:
    """From 20:00 in New York the listing names the next day, which is how it is told apart."""
    replay.go_to(date(2026, 1, 14), "20:30")
    async with client(replay, store) as arxiv:
        assert (await arxiv.fetch_listing("cs.CL")).day == date(2026, 1, 15)
        assert (await arxiv.fetch_rss("cs.CL")).day == date(2026, 1, 14)


async def test_a_day_without_announcements_is_empty_in_catch_up(replay: Replay, store: Store) -> None:
    """A Saturday's catch-up page counts nothing and holds nothing."""
    replay.go_to(date(2026, 1, 15))
    async with client(replay, store) as arxiv:
        document = await arxiv.fetch_catchup("cs.AI", date(2026, 1, 10))
    assert document.papers == ()
    assert document.totals == (("new", 0), ("cross", 0), ("replace", 0))


async def test_an_unknown_category_is_an_error_not_an_empty_day(replay: Replay, store: Store) -> None:
    """ArXiv answers 400 for what it does not know, and so it is told."""
    async with client(replay, store) as arxiv:
        with pytest.raises(UpstreamError, match=r"400 from 127\.0\.0\.1:\d+"):
            await arxiv.fetch_rss("cs.XX")
        with pytest.raises(UpstreamError, match=r"400 from 127\.0\.0\.1:\d+"):
            await arxiv.fetch_listing("cs.XX")


async def test_full_texts_come_from_the_host_for_programs(replay: Replay, store: Store) -> None:
    """HTML and PDF are bytes; a paper that is not there is Missing."""
    async with client(replay, store) as arxiv:
        paper = next(p for p in (await arxiv.fetch_rss("cs.CL")).papers if p.announce_type is AnnounceType.NEW)
        assert (await arxiv.fetch("api", f"/pdf/{paper.arxiv_id}v{paper.version}")).startswith(b"%PDF")
        assert (await arxiv.fetch("api", f"/pdf/{paper.arxiv_id}v{paper.version}.pdf")).startswith(b"%PDF")
        with pytest.raises(Missing):
            await arxiv.fetch("api", "/html/2600.00001v1")
    assert replay.stats()["without_own_user_agent"] == 0
    assert replay.stats()["max_concurrent"] == 1
