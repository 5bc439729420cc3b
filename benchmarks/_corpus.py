"""Papers for benchmarks: the recorded days when they are there, told again under new ids; else invented ones."""

import asyncio
import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice, pairwise
from pathlib import Path
from tempfile import mkdtemp

from core.index.writer import build_index
from core.paper import Announcement, AnnounceType, ArxivId, Author, Batch, Paper
from core.store.codec import content_name, content_version, encode_papers
from core.store.open import open_store
from core.store.records import BatchBlobs, CategoryState, Manifest

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT.parent / "shared" / "arxiv" / "papers.jsonl.gz"
FOLLOWED = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
NEWEST = date(2026, 1, 15)
PUBLISHED = datetime(2026, 1, 15, 6, tzinfo=UTC)
KEPT = timedelta(days=90)
_WRITERS = (
    *("index/writer", "index/reader", "index/dictionary", "index/container", "index/packing", "index/vectors"),
    *("index/postings", "index/posting_rows", "index/postings_writer", "index/acronyms"),
    *("language/words", "language/names", "language/stem", "text/tex", "text/plain"),
    *("paper", "store/codec", "store/blobs"),
)

_SYLLABLES = ("ka", "lo", "mi", "ter", "sun", "ra", "vel", "pon", "di", "gra", "shi", "nor")
_PLAIN = {"about", "after", "based", "between", "from", "into", "over", "that", "their", "through", "under", "using",
          "when", "where", "with", "without", "towards", "toward", "beyond", "more", "than", "what"}  # fmt: skip


def source() -> str:
    """Say in a sentence where the papers come from."""
    return "real papers of the recorded days" if RECORDED.exists() else f"invented papers ({RECORDED} is not there)"


def batches(papers: int, days: int) -> list[Batch]:
    """So many papers with ids of their own on so many days, newest first; no text twice on one day."""
    per_day = -(-papers // days)
    told = enumerate(islice(cycle(_records()), papers))
    made = []
    for back in range(days):
        day = NEWEST - timedelta(days=back)
        rows = [_paper(record, number, day) for number, record in islice(told, per_day)]
        made.append(Batch(day, tuple(sorted(rows, key=lambda paper: paper.arxiv_id))))
    return made


def _records() -> list[dict[str, object]]:
    if not RECORDED.exists():
        return list(_invented(3000))
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [record for record in found if set(record["categories"]) & set(FOLLOWED)]


def _paper(record: dict[str, object], number: int, day: date) -> Paper:
    categories, version = tuple(record["categories"]), int(record["version"])
    first, crossed = AnnounceType.NEW, AnnounceType.CROSS
    if version > 1:
        first, crossed = AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS
    stood = [Announcement(name, first if name == categories[0] else crossed) for name in categories if name in FOLLOWED]
    return Paper(
        ArxivId(f"2700.{number:05}"),
        version,
        min((each.announce_type for each in stood), key=lambda kind: kind.announce_rank),
        day,
        record["title"],
        record["abstract"],
        tuple(map(Author, record["authors"])),
        categories,
        tuple(sorted(stood, key=lambda each: each.category)),
        record.get("license") or "",
        record.get("doi") or "",
    )


def _invented(count: int) -> Iterator[dict[str, object]]:
    """Give texts as long as arXiv's, of words that are as rare as words are (Zipf)."""
    chance = random.Random(1)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in range(30_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    for _ in range(count):
        text = chance.choices(words, weights, k=200)
        authors = [" ".join(chance.choices(words, k=2)).title() for _ in range(5)]
        categories = chance.sample(FOLLOWED, k=chance.choice((1, 2)))
        yield {
            "title": " ".join(text[:10]).capitalize(),
            "abstract": " ".join(text[10:]).capitalize() + ".",
            "authors": authors,
            "categories": categories,
            "version": chance.choice((1, 1, 2)),
        }


def terms(some: Iterable[Batch]) -> list[str]:
    """Words and pairs of words that 0.1 to 5 % of the titles hold, mixed but always in the same order."""
    held: Counter[str] = Counter()
    count = 0
    for paper in (paper for batch in some for paper in batch.papers):
        words = [word for word in re.findall(r"[a-z]{4,}", paper.title.lower()) if word not in _PLAIN]
        pairs = [f"{one} {two}" for one, two in pairwise(words) if f"{one} {two}" in paper.title.lower()]
        held.update({*words, *pairs})
        count += 1
    found = sorted(term for term, often in held.items() if count / 1000 <= often <= count / 20)
    random.Random(2).shuffle(found)
    return found


def prepare(papers: int, days: int) -> Path:
    """
    Return a folder whose SQLite store holds these papers, as a refresh leaves them.

    It is made once (a minute for 50,000) and kept in ``.data`` until the code that writes it changes.
    """
    made_by = b"".join((ROOT / "core" / f"{name}.py").read_bytes() for name in _WRITERS) + Path(__file__).read_bytes()
    folder = ROOT / ".data" / "benchmarks" / f"{papers}-{days}-{content_name(made_by + source().encode())}"
    if not folder.exists():
        print(f"Writing {papers:,} papers once, into {folder.relative_to(ROOT)} …", file=sys.stderr)
        unfinished = Path(mkdtemp(dir=_made(folder.parent)))
        asyncio.run(_publish(unfinished, batches(papers, days)))
        unfinished.rename(folder)
    return folder


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def _publish(folder: Path, some: Sequence[Batch]) -> None:
    store = open_store("", data_dir=folder, on_vercel=False)
    with ProcessPoolExecutor() as pool:
        refs = [
            await store.save_batch(batch.day, blobs, count=len(batch.papers), ttl=KEPT)
            for batch, blobs in zip(some, pool.map(_blobs, some), strict=True)
        ]
    states = tuple(CategoryState(name, NEWEST, "fresh", "", None, PUBLISHED) for name in FOLLOWED)
    await store.publish(Manifest(content_version(refs), tuple(refs), states, changed=PUBLISHED))
    await store.close()


def _blobs(batch: Batch) -> BatchBlobs:
    return BatchBlobs(encode_papers(batch.papers), build_index(batch.papers))


async def copy(folder: Path, url: str) -> None:
    """Publish in Redis what the folder holds."""
    source, target = open_store("", data_dir=folder, on_vercel=False), open_store(url, data_dir=folder, on_vercel=False)
    manifest = await source.load_manifest()
    assert manifest is not None
    blobs = await source.load_batches(manifest.batches)
    for ref in manifest.batches:
        await target.save_batch(ref.day, blobs[ref.day], count=ref.paper_count, ttl=KEPT)
    await target.publish(manifest)
    await source.close()
    await target.close()
