"""
The front page beside the feed: the live fragment's time over 1,000 and 10,000 papers, and what a first visit loads.

Usage: ``benchmarks/page.py [--rounds N]``. Keywords are others each time, so that nothing is ready. The last column is
what counts: how many times as long the page takes as the feed that it shows.
"""

import argparse
import asyncio
import gzip
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx

from api.index import create_app
from api.services import Services
from benchmarks import _corpus
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.feeds.library import Library
from core.store.open import open_store

SIZES = ((1_000, 2), (10_000, 14))
ADDRESSES = {
    "feed /rss": "/rss?keywords={}&limit=30",
    "fragment /live": "/live?keywords={}&add.keywords={}",
    "page /": "/?keywords={}",
}
MOST_FIRST_VISIT = 60_000
"""Bytes over the wire, entries aside: the issue's limit."""


def opened(folder: Path, days: int) -> httpx.AsyncClient:
    """The app in this process, over the papers of a folder."""
    config = Config(Settings(categories=_corpus.FOLLOWED, days_back=days), Environment())
    store = open_store("", data_dir=folder, on_vercel=False)
    app = create_app(config, store)
    app.state.services = Services(config, store, Library(store), now=lambda: _corpus.PUBLISHED)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://paperfeed.example")


async def timed(client: httpx.AsyncClient, terms: Iterator[str], rounds: int) -> dict[str, float]:
    """Median milliseconds of each address; they take turns, each with words of its own."""
    times: dict[str, list[float]] = {name: [] for name in ADDRESSES}
    for number in range(rounds + 1):
        for name, address in ADDRESSES.items():
            words = quote(",".join(itertools.islice(terms, 3)))
            began = perf_counter()
            answer = await client.get(address.replace("{}", words, 1).replace("{}", quote(next(terms))))
            answer.raise_for_status()
            if number:  # the first loads templates and columns
                times[name].append(perf_counter() - began)
    return {name: median(some) * 1000 for name, some in times.items()}


async def first_visit(client: httpx.AsyncClient) -> list[tuple[str, int]]:
    """Bytes, compressed, of the page without its entries and of every file that it asks for."""
    text = (await client.get("/")).text
    shell = re.sub(r'<li class="entry".*?</li>', "", text, flags=re.DOTALL)
    files = dict.fromkeys(re.findall(r'(?:src|href)="(/[\w.-]+\.(?:js|css|svg))["?]', text))
    sizes = [("/ without its entries", len(gzip.compress(shell.encode(), 6)))]
    return sizes + [(name, len(gzip.compress((await client.get(name)).content, 6))) for name in files]


def show(papers: int, found: dict[str, float]) -> None:
    feed = found["feed /rss"]
    for name, milliseconds in found.items():
        print(f"{papers:>7,}  {name:16}{milliseconds:8.1f} ms{milliseconds / feed:8.1f} x feed")


async def run(folder: Path, papers: int, days: int, rounds: int) -> list[tuple[str, int]]:
    """Time the addresses over one size; return what a first visit loads."""
    async with opened(folder, days) as client:
        terms = _corpus.terms(_corpus.batches(papers, days))
        show(papers, await timed(client, itertools.cycle(terms), rounds))
        return await first_visit(client)


def total(visit: Sequence[tuple[str, int]]) -> int:
    for name, size in visit:
        print(f"{size:>9,} bytes  {name}")
    whole = sum(size for _, size in visit)
    print(f"{whole:>9,} bytes  together (at most {MOST_FIRST_VISIT:,})")
    return int(whole > MOST_FIRST_VISIT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="how often each address is asked (at most 50)")
    rounds, visit = min(parser.parse_args().rounds, 50), []
    for papers, days in SIZES:
        folder = _corpus.prepare(papers, days)
        visit = asyncio.run(run(folder, papers, days, rounds))
    return total(visit)


if __name__ == "__main__":
    raise SystemExit(main())
