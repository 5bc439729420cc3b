"""Every address and request in the documents is answered."""

import os
import re
import subprocess
from pathlib import Path
from urllib.request import Request, urlopen

from core.config.read import load_config
from core.paper import ArxivId, Batch
from core.store.base import Store
from tests.support.documented import _INLINE, PAGES, commands
from tests.support.listening import BATCHES, listening, save
from tests.support.web import TODAY, make_paper, open_web, publish


def addresses() -> list[tuple[str, str]]:
    """Every address of the service's own that stands in a document, with the document's name."""
    found: dict[tuple[str, str], None] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        codes = _INLINE.findall(text) + re.findall(r"^ {4}(http://localhost:8000\S*)$", text, re.MULTILINE)
        for code in codes:
            path = code.removeprefix("http://localhost:8000")
            if re.match(r"/(?!tmp|opt|app|etc|v1)[a-z]*(?:[/?.].*)?$", path) or path == "/":
                found[(page.name, path)] = None
    return list(found)


async def test_every_request_is_answered(tmp_path: Path):
    """The curl commands, one after the other, against a server; those of a profile on one that was made for them."""
    await save(tmp_path, BATCHES)
    lines = [command for command in commands() if command.program == "curl"]
    with listening(tmp_path) as base:
        body = b'{"feeds": [{"name": "main", "query": {}}]}'
        made = urlopen(Request(f"{base}/profiles", data=body, headers={"content-type": "application/json"}))
        token = made.headers["Location"].rpartition("/")[2]
        for command in lines:
            text = command.line.replace("http://localhost:8000", base)
            done = subprocess.run(
                ["bash", "-c", text + " --silent --show-error --output /dev/null --write-out '%{http_code}'"],
                env={"PATH": os.environ["PATH"], "TOKEN": token, "CRON_SECRET": "s"},
                capture_output=True,
                text=True,
                check=False,
            )
            status = int(done.stdout[-3:] or 0)
            if "/api/refresh" in command.line:
                assert status == 503, "this server has no secret"
            else:
                assert 200 <= status < 300, f"{command}: {done.stdout} {done.stderr}"
    assert len(lines) >= 4


EXPECTED = {"/api/refresh": 503, "/update-cache": 503, "/rss/iclr": 400, "/health": 503}
"""What those addresses answer that a test without a secret, and with old papers, cannot have as 200."""
PATTERNS = ("{", "…", "<")
"""Addresses with a place for something: their test stands with their part."""


async def test_every_address_is_answered(store: Store):
    """As it stands in the document, percent-encoded; pages, feeds, reports alike."""
    named = sorted({each for _, path in addresses() for each in re.findall(r"\d{4}\.\d{5}", path)})
    both = ("cs.LG", "cs.CL")
    papers = [
        make_paper(number, "A cache", arxiv_id=ArxivId(name), categories=both) for number, name in enumerate(named)
    ]
    await publish(store, [Batch(TODAY, tuple(papers))])
    web = open_web(store, settings=load_config(environ={}).settings)
    checked = 0
    for page, path in addresses():
        if any(sign in path for sign in PATTERNS):
            continue
        assert " " not in path, f"{page}: {path} has a blank; readers cut addresses there"
        answer = await web.client.get(path, follow_redirects=True)
        expected = EXPECTED.get(path.partition("?")[0], 200)
        assert answer.status_code == expected, f"{page}: {path} answers {answer.status_code}: {answer.text[:200]}"
        checked += 1
    left = [path for _, path in addresses() if any(sign in path for sign in PATTERNS)]
    assert checked + len(left) == len(addresses())
    assert checked > 40
    await web.client.aclose()
