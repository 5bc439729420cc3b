"""``./paperfeed site``: a folder that is whole on any static host."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from urllib.request import urlopen

import feedparser
from msgspec.structs import replace

from core.store.open import open_store
from tests.support.command_line import here, run
from tests.support.held_papers import filled

__all__ = ["filled", "here"]


def crawl(base: str) -> dict[str, bytes]:
    """Follow every link of the site that leads into it."""
    found: dict[str, bytes] = {}
    waiting = [f"{base}/"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        with urlopen(address, timeout=20) as answer:
            found[address] = answer.read()
        if answer.headers.get_content_type() == "text/html":
            links = re.findall(rb'(?:href|src)="([^"]*)"', found[address])
            waiting += [link.decode() for link in links if link.startswith(base.encode())]
    return found


async def test_a_site_is_whole_on_any_static_host(filled: Path):
    """In a folder below the root, as GitHub Pages has it: every link leads somewhere, every feed is one."""
    store = open_store("", data_dir=filled / ".data", on_vercel=False)
    await store.publish(replace(await store.load_manifest(), sample=False))  # feeds have no sample papers
    await store.close()
    folder = filled / "served" / "paperfeed"
    handler = partial(SimpleHTTPRequestHandler, directory=folder.parent)
    handler.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}/paperfeed"
        done = run(filled, "site", "keywords=", "--out", str(folder), "--base", base)
        assert (done.returncode, done.stdout) == (0, "")
        pages = crawl(base)
        server.shutdown()
    paths = {urlsplit(address).path.removeprefix("/paperfeed") for address in pages}
    assert {"/", "/rss.xml", "/atom.xml", "/feed.json", "/digest.xml", "/feeds.opml", "/style.css"} <= paths
    assert sum(path.startswith("/papers/") for path in paths) > 2
    assert sum(path.startswith("/reports/") for path in paths) > 1
    read = feedparser.parse(pages[f"{base}/rss.xml"])
    assert not read.bozo
    assert read.feed.links[0].href == f"{base}/rss.xml" or any(
        link.href == f"{base}/rss.xml" for link in read.feed.links
    )
    digest = feedparser.parse(pages[f"{base}/digest.xml"])
    assert all(entry.link in pages for entry in digest.entries)
    assert len(digest.entries) > 1
    with_markdown = (folder / "reports").glob("*.md")
    assert all(path.read_text().startswith("# ") for path in with_markdown)
