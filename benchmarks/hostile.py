"""
The dearest queries that a stranger can send: the worst ten by CPU and by bytes kept, at 5,000 and 25,000 papers.

Run from the project's folder: ``python benchmarks/hostile.py [--papers 5000,25000] [--requests 2000]``. Every query is
asked for the first time, so that nothing is remembered; then so many distinct ones show whether memory stays flat.
CPU is this process's own, beside that of the plain feed ``keywords=language model`` in the same run.
"""

import argparse
import asyncio
import gc
import random
import string
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import _corpus, _fuzzed  # noqa: E402
from core.config.settings import Settings  # noqa: E402
from core.errors import BadQuery  # noqa: E402
from core.feeds.library import Library, Snapshot  # noqa: E402
from core.index.memo import MEMO_ANSWERS  # noqa: E402
from core.query.parse import parse_query  # noqa: E402
from core.search.select import select_and_count  # noqa: E402
from core.search.work import limited  # noqa: E402
from core.store.open import open_store  # noqa: E402

DAYS = 35
SETTINGS = Settings(categories=("cs.AI", "cs.CL", "cs.CV", "cs.LG"), days_back=DAYS, retention_days=90)
SURNAMES = ("wang", "li", "zhang", "chen", "liu", "yang", "huang", "wu", "zhou", "xu", "kim", "lee", "zhao", "sun")
COMMON = ("the", "of", "and", "a", "in", "to", "we", "for", "is", "on", "with", "that", "this", "by", "model", "data")


def families(chance: random.Random) -> dict[str, dict[str, str]]:
    """One hostile query of every sort; another each time it is called."""

    def word(size: int) -> str:
        return "".join(chance.choices(string.ascii_lowercase, k=size))

    def pair() -> str:
        return f"{chance.choice(SURNAMES)} {chance.choice(SURNAMES)} {chance.choice(string.ascii_lowercase)}"

    def common(count: int) -> str:
        return " ".join(chance.choices(COMMON, k=count))

    def words(count: int) -> list[str]:
        return chance.choices(_telling_words(), k=count)

    several = [f"{one} AND {other} AND NOT {word(4)}" for one, other in pairwise(COMMON)]
    names = [f"au:{chance.choice(SURNAMES)} {chance.choice(SURNAMES)}" for _ in range(60)]
    return {
        "one word too long": {"keywords": word(2040)},
        "longest words": {"keywords": ",".join(word(50) for _ in range(40))},
        "long phrases": {"keywords": ",".join(" ".join(word(13) for _ in range(12)) for _ in range(12))},
        "phrases of common words": {"keywords": ",".join(common(6) for _ in range(60))},
        "common words, bm25": {"keywords": ",".join(several), "rank": "bm25"},
        "authors in keywords": {"keywords": ",".join(f"au:{pair()}" for _ in range(60))},
        "two words of a name": {"keywords": ",".join(names)},
        "followed authors": {"authors": ";".join(pair().title() for _ in range(60))},
        "prefixes": {"keywords": ",".join(f"{word(2)}*" for _ in range(60))},
        "prefixes in phrases": {"keywords": ",".join(f"{word(2)}* {word(2)}*" for _ in range(60))},
        "abstracts alone": {"keywords": ",".join(f"abs:{common(2)}" for _ in range(60))},
        "substrings": {"keywords": ",".join(word(2) for _ in range(60)), "match": "substring"},
        "excluded substrings": {"exclude": ",".join(word(3) for _ in range(60)), "match": "substring"},
        "everything": {"keywords": "", "limit": "500", "per_day": "500", "types": "new,cross,replace"},
        "ordinary words that no paper joins": {"keywords": ",".join(" ".join(words(4)) for _ in range(40))},
        "names of three words": {"keywords": ",".join(f"au:{pair()} {pair()}" for _ in range(60))},
        "acronyms": {"keywords": ",".join(word(3).upper() for _ in range(60))},
        "nothing is good enough": {"keywords": ",".join(several), "min_score": "999", "rank": "best"},
        "comments": {"keywords": ",".join(f"comment:{word(2)}*" for _ in range(60))},
        "a long text liked": {"like": f"text:{' '.join(words(300))}"},
        "a short text liked": {"like": f"text:{' '.join(words(12))}"},
        "liked and excluded": {"like": f"text:{' '.join(words(100))}", "exclude": ",".join(words(60))},
        "hyphens": {"keywords": ",".join("-".join(word(4) for _ in range(6)) for _ in range(50))},
    }  # fmt: skip


PLAUSIBLE = {
    "thirty phrases": {"keywords": (
        "large language model,chain of thought,retrieval augmented generation,in context learning,mixture of experts,"
        "vision language model,reinforcement learning,graph neural network,diffusion model,text to image,world model,"
        "point cloud,time series,speech recognition,machine translation,question answering,code generation,tool use,"
        "multi agent,knowledge graph,federated learning,self supervised learning,contrastive learning,fine tuning,"
        "image segmentation,object detection,prompt engineering,zero shot,few shot,state of the art")},
    "the old bot's keywords": {"exclude": "survey,review,tutorial", "keywords": (
        "LLM,RL,RLHF,Inference,Training,Attention,Pipeline,MOE,Sparse,Quantization,Speculative,Efficient,Efficiency,"
        "Framework,Parallel,Distributed,Kernel,Decode,Decoding,Prefill,Throughput,Fast,Network,Hardware,Cluster,FP8,"
        "FP4,Optimization,Scalable,Communication")},
    "beginnings": {"keywords": "quantiz*,optimi*,transform*,diffus*,reason*,agent*,robot*,multimodal*,align*,bio*"},
    "people": {"authors": "Yann LeCun;Y. Bengio;G. Hinton;Wei Wang;Jing Li;Y. Zhang;Kaiming He;Percy Liang;C. Finn"},
    "people as keywords": {"keywords": "au:Yann LeCun,au:Y. Bengio,au:Wei Wang,au:Zhang Wei,au:Li Jing,au:J. Chen"},
    "several conditions": {"keywords": "LLM AND reasoning AND NOT survey,diffusion AND video,graph AND molecul*"},
    "fields": {"keywords": "abs:we propose,abs:open source,ti:language model"},
    "a title": {"keywords": '"attention is all you need"'},
    "an interest": {"like": "text:graph neural networks for weather", "exclude": "survey,review,tutorial"},
    "an interest of twelve words": {"exclude": "survey,review,tutorial", "like": (
        "text:benchmarking multimodal large language models for medical image question answering in rare languages")},
    "an abstract": {"exclude": "survey,review,tutorial", "like": (
        "text:"
        "We study how large language models allocate memory for their key-value cache when many requests share a "
        "prefix, and propose a scheduler that evicts, compresses and offloads cache blocks by their expected reuse. "
        "On four serving traces it raises throughput by 1.8 times at the same latency, with no loss of accuracy on "
        "long-context benchmarks. We release the implementation and an analysis of when eviction hurts reasoning.")},
}  # fmt: skip
"""What readers ask for: none of it may be refused, and how far it reaches back is told."""
_FIRST_READERS = (
    {"keywords": "warm up,state of the art,abs:we propose,au:wang li,comment:icml,qu*", "rank": "best"},
    {"keywords": "warm up", "match": "substring", "exclude": "warm", "authors": "Wei Wang"},
    {"keywords": "warm up", "rank": "bm25"},
    {"like": "text:graph neural networks for weather"},
    {"like": f"text:{PLAUSIBLE['an abstract']['like']} {PLAUSIBLE['an interest of twelve words']['like']}"},
)
_WAYS = ({}, {"per_day": "3"}, {"rank": "best"}, {"rank": "bm25"}, {"match": "substring"})


def plausible_cut(snapshot: Snapshot, days: int) -> Iterator[str]:
    """Tell which of ``PLAUSIBLE`` are refused or end before the days asked for, however ordered and matched."""
    for name, parameters in PLAUSIBLE.items():
        for way in _WAYS[:2] if "like" in parameters else _WAYS:
            MEMO_ANSWERS.clear()
            if end := ask(snapshot, {**parameters, **way, "days": str(days)}):
                yield f"{' '.join((name, *way.values()))} ({end})"


@cache
def _telling_words() -> list[str]:
    """Ordinary words of the papers' titles, some 600."""
    return [term for term in _corpus.terms(_corpus.batches(3000, 1)) if " " not in term]


def ask(snapshot: Snapshot, parameters: dict[str, str]) -> str:
    """Select as a feed does; "400" when it is refused, the days that it has when it ends early, else ""."""
    try:
        query = parse_query(parse_qsl(urlencode(parameters), keep_blank_values=True), SETTINGS)
    except BadQuery:
        return "400"
    try:
        with limited(ends_early=True):
            selected = select_and_count(snapshot.batches, query)
    except BadQuery:
        return "400"
    return f"{(snapshot.batches[0].day - selected.unread_from).days} days" if selected.unread_from else ""


def rss_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def worst(snapshot: Snapshot, rounds: int) -> Iterator[tuple[float, int, str, str]]:
    """CPU in ms and bytes kept by each family, the worst of some rounds."""
    chance = random.Random(7)
    for name in families(chance):
        spent, kept, refused = 0.0, 0, ""
        for _ in range(rounds):
            parameters = families(chance)[name]
            gc.collect()
            before, began = rss_bytes(), time.process_time()
            refused = ask(snapshot, parameters)
            spent = max(spent, (time.process_time() - began) * 1000)
            kept = max(kept, rss_bytes() - before)
        yield spent, kept, name, refused


def flat(snapshot: Snapshot, requests: int) -> list[tuple[int, int]]:
    """Resident bytes after so many distinct hostile requests, a quarter at a time."""
    chance, found = random.Random(11), [(0, rss_bytes())]
    asked = 0
    while asked < requests:
        for parameters in families(chance).values():
            ask(snapshot, parameters)
            asked += 1
        if asked * 4 >= requests * len(found):
            gc.collect()
            found.append((asked, rss_bytes()))
    return found


def fuzzed(snapshot: Snapshot, queries: int) -> str:
    """Say what so many queries by chance take."""
    chance, spent, refusals, ended = random.Random(13), [], 0, 0
    for _ in range(queries):
        asked = _fuzzed.query(chance, _telling_words())
        gc.collect()  # else some query pays for what those before left behind, 50 ms at a time
        began = time.process_time()
        end = ask(snapshot, asked)
        refusals, ended = refusals + (end == "400"), ended + ("days" in end)
        spent.append((time.process_time() - began) * 1000)
    spent.sort(reverse=True)
    return (
        f"{queries:,} queries, {refusals:,} refused, {ended:,} ended early; median {spent[queries // 2]:.1f} ms, "
        f"one in twenty above {spent[queries // 20]:.0f}, one in a hundred above {spent[queries // 100]:.0f}, "
        f"worst {spent[0]:.0f}"
    )


def read_first(snapshot: Snapshot) -> float:
    """Ask as an instance's first readers do, without a limit, so that it has read its dictionaries; the CPU in ms."""
    began = time.process_time()
    texts = [{"like": f"text:{' '.join(_telling_words()[part::3])}"[:1900]} for part in range(3)]
    for parameters in (*_FIRST_READERS, *texts):
        query = parse_query(parse_qsl(urlencode({**parameters, "days": str(DAYS), "limit": "500"})), SETTINGS)
        select_and_count(snapshot.batches, query)
    return (time.process_time() - began) * 1000


async def load(folder: Path) -> Snapshot:
    store = open_store("", data_dir=folder, on_vercel=False)
    try:
        return await Library(store, patience=timedelta(minutes=2)).snapshot(_corpus.PUBLISHED)
    finally:
        await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", default="5000,25000")
    parser.add_argument("--requests", type=int, default=600, help="distinct hostile requests for the memory row")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fuzzed", type=int, default=0, help="queries by chance over the whole grammar")
    given = parser.parse_args()
    print(_corpus.source())
    for papers in map(int, given.papers.split(",")):
        snapshot = asyncio.run(load(_corpus.prepare(papers, DAYS)))
        first = read_first(snapshot)
        rows = list(worst(snapshot, given.rounds))
        began = time.process_time()
        ask(snapshot, {"keywords": "language model"})
        plain = (time.process_time() - began) * 1000
        print(f"\n{papers:,} papers on {DAYS} days; a plain feed takes {plain:.1f} ms of CPU")
        print(f"  an instance's first readings of all days, once and unlimited: {first:.0f} ms")
        for spent, kept, name, refused in sorted(rows, reverse=True)[:10]:
            print(f"  {spent:8.1f} ms {spent / plain:6.1f} x {kept / 2**20:7.1f} MB kept  {name} {refused}")
        print(
            "  most kept: "
            + ", ".join(
                f"{name} {kept / 2**20:.1f} MB" for _, kept, name, _ in sorted(rows, key=lambda row: -row[1])[:10]
            )
        )
        for days in (7, 14, DAYS):
            print(
                f"  plausible ones that end early, of {days} days: {', '.join(plausible_cut(snapshot, days)) or 'none'}"
            )
        if given.fuzzed:
            print("  fuzzed: " + fuzzed(snapshot, given.fuzzed))
        if given.requests:
            print(
                "  resident: "
                + ", ".join(f"{size / 2**20:.0f} MB after {asked:,}" for asked, size in flat(snapshot, given.requests))
            )


if __name__ == "__main__":
    main()
