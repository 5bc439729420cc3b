"""
What a hundred entries cost: ``python benchmarks/render.py``.

All in one run and one process, the best of many rounds; compare the ratios, the milliseconds are this machine's.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

from msgspec.structs import replace

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from core.calendar import announcement_time  # noqa: E402
from core.paper import (  # noqa: E402 - the path comes first
    Announcement,
    AnnounceType,
    ArxivId,
    Author,
    Entry,
    Matched,
    Paper,
    Summary,
)
from core.render import json_feed, rss_atom  # noqa: E402
from core.render.cache import FRAGMENTS  # noqa: E402
from core.render.feedgen_head import atom_generator, rss_generator  # noqa: E402
from core.render.head import FeedHead, entry_look, feed_updated  # noqa: E402

ROUNDS = 30
DAY = date(2026, 1, 14)
HEAD = FeedHead("T", "D", "https://feeds.example/rss", "https://feeds.example/", "https://feeds.example", None)
SENTENCE = "We cache the keys of {0} teapots & show that x<y holds for the usual kettles and pots of our time. "
MATHS = 'For $a_0 < b$ and na\\"ive kettles they do not. '


def entry(number: int, *, summarized: bool) -> Entry:
    """A paper as long as the usual one: 1.4 kB of abstract, six authors; a summary has 8 kB."""
    paper = Paper(
        arxiv_id=ArxivId(f"2613.{number:05}"),
        version=1,
        announce_type=AnnounceType.NEW,
        announced=DAY,
        title=f"Teaching {number} Teapots to Cache Their Keys",
        abstract=SENTENCE.replace("{0}", str(number)) * 14 + MATHS * (number % 10 == 0),  # as often as arXiv's
        authors=tuple(Author(f"Given{author} Family{number}") for author in range(6)),
        categories=("cs.LG", "cs.AI", "stat.ML"),
        announcements=(Announcement("cs.LG", AnnounceType.NEW),),
    )
    sections = tuple((name, f"<p>{'A warm cache of keys. ' * 90}</p>") for name in ("Idea", "Method", "Results", "End"))
    created = datetime(2026, 1, 14, 12, tzinfo=UTC)
    summary = Summary(paper.arxiv_id, 1, "en", "teapot-1", "0123", created, "Warm.", sections)
    moment = announcement_time(DAY)
    matched = (Matched("cache", "title"), Matched("teapot", "abstract"))
    return Entry(paper, DAY, AnnounceType.NEW, 2.5, matched, moment, moment, summary if summarized else None)


def milliseconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        before()
        start = perf_counter()
        work()
        best = min(best, perf_counter() - start)
    return best * 1000


def feedgen_whole(entries: Sequence[Entry], form: str) -> bytes:
    """The document as feedgen writes it by itself, with the same bodies."""
    updated = feed_updated(HEAD, entries)
    if form == "rss":
        generator = rss_generator(HEAD, updated)
        rss_atom._add_entries(generator, entries, entry_look(HEAD, "rss", "full"), rss_atom._fill_rss_item)
        return _filled(generator.rss_str(), entries)
    generator = atom_generator(HEAD, updated)
    rss_atom._add_entries(generator, entries, entry_look(HEAD, "atom", "full"), rss_atom._fill_atom_entry)
    return _filled(generator.atom_str(), entries)


def _filled(document: bytes, entries: Sequence[Entry]) -> bytes:
    """All entries here are in for the same reason."""
    return b"".join(rss_atom._filled_items([rss_atom._cut_at_marks(document)], entries[:1], ""))


def forget() -> None:
    FRAGMENTS.rendered.clear()


def report(entries: Sequence[Entry]) -> None:
    ways = {"rss": rss_atom.render_rss, "atom": rss_atom.render_atom, "json": json_feed.render_json_feed}
    for form, render in ways.items():
        document = render(HEAD, entries, "full")
        constant = milliseconds(lambda document=document: bytearray(document))
        cold = milliseconds(lambda render=render: render(HEAD, entries, "full"), forget)
        warm = milliseconds(lambda render=render: render(HEAD, entries, "full"))
        fresh = [replace(shown) for shown in entries]
        equal = milliseconds(lambda render=render, fresh=fresh: render(HEAD, fresh, "full"))
        line = f"{form:5}{len(document) / 1000:7.0f} kB  constant {constant:.3f} ms"
        line += f"  warm {warm:.3f} ({warm / constant:.1f} x)"
        line += f"  selected anew {equal:.3f} ({equal / constant:.1f} x)  cold {cold:.2f}"
        if form != "json":
            whole = milliseconds(lambda form=form: feedgen_whole(entries, form))
            assert document == feedgen_whole(entries, form)
            line += f"  feedgen {whole:.2f} (cold {cold / whole:.2f} x, warm 1/{whole / warm:.0f})"
        print(line)


if __name__ == "__main__":
    for summarized in (False, True):
        print(f"100 entries {'with' if summarized else 'without'} summaries")
        report([entry(number, summarized=summarized) for number in range(100)])
