"""newsboat, a real feed reader, subscribed to this service."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.paper import Batch
from tests.support.listening import BATCHES, listening, save
from tests.support.web import TODAY, make_paper

pytestmark = pytest.mark.skipif(not shutil.which("newsboat"), reason="newsboat is not installed (apt install newsboat)")

TOMORROW = TODAY + timedelta(days=1)


def reload(home: Path, *addresses: str) -> list[sqlite3.Row]:
    """Subscribe to these, reload once, and return the articles that newsboat holds."""
    (home / "urls").write_text("".join(f'"{address}"\n' for address in addresses))
    (home / "config").write_text('browser "true"\n')
    subprocess.run(
        ["newsboat", "-u", home / "urls", "-c", home / "cache.db", "-C", home / "config", "-x", "reload"],
        env={"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb"},
        check=True,
        capture_output=True,
        timeout=60,
    )
    with closing(sqlite3.connect(home / "cache.db")) as cache:
        cache.row_factory = sqlite3.Row
        return list(cache.execute("SELECT guid, title, author, url, feedurl, content, pubDate FROM rss_item"))


@pytest.mark.parametrize("name", ["rss", "atom"])
async def test_an_article_is_there_once_and_whole(name: str, tmp_path: Path):
    """Two reloads double nothing, a new version is the same article, a new day adds its papers; the text is whole."""
    await save(tmp_path, BATCHES)
    with listening(tmp_path) as base:
        address = f"{base}/{name}"
        first = reload(tmp_path, address)
        assert len(first) == 3
        assert [dict(row) for row in reload(tmp_path, address)] == [dict(row) for row in first]
    found = {row["guid"]: row for row in first}["oai:arXiv.org:2600.00001"]
    assert found["title"] == "Caches & <b>Kettles</b> in O(n²)"
    assert found["author"] == "Ada Example, Bo Sample"
    assert found["url"] == "https://arxiv.org/abs/2600.00001"
    for piece in ("a&lt;b and c&gt;d &amp; that", "A second paragraph follows", "&lt;script&gt;alert(1)", "PDF"):
        assert piece in found["content"]
    batch = Batch(TOMORROW, (make_paper(4, day=TOMORROW), make_paper(1, "A New Title", version=2)))
    await save(tmp_path, (batch, *BATCHES), later=24)
    with listening(tmp_path, port=int(base.rpartition(":")[2])):
        rows = reload(tmp_path, address)
    after = {row["guid"]: row for row in rows}
    assert len(rows) == len(after) == 4
    assert after["oai:arXiv.org:2600.00001"]["title"] == "A New Title"
    assert after["oai:arXiv.org:2600.00001"]["pubDate"] == found["pubDate"]


async def test_a_paper_is_one_article_whatever_the_feed(tmp_path: Path):
    """newsboat knows an article by its id alone, and has it in the feed that it read last alone."""
    await save(tmp_path, BATCHES)
    with listening(tmp_path) as base:
        assert {row["feedurl"] for row in reload(tmp_path, f"{base}/rss", f"{base}/atom")} == {f"{base}/atom"}
        rows = reload(tmp_path, f"{base}/rss", f"{base}/atom", f"{base}/rss/cs.LG?days=3")
    assert len(rows) == len({row["guid"] for row in rows}) == 3


@pytest.mark.parametrize("name", ["rss", "atom"])
async def test_a_digest_is_one_article_a_day(name: str, tmp_path: Path):
    """Its body is the report; the next day brings one more, and leaves the first as it was."""
    await save(tmp_path, BATCHES)
    with listening(tmp_path) as base:
        address = f"{base}/{name}?digest=daily"
        first = {row["guid"].rpartition(":")[2]: dict(row) for row in reload(tmp_path, address)}
    assert sorted(first) == ["2026-01-13", "2026-01-14"]
    today = first["2026-01-14"]
    assert today["title"] == "arXiv on Wednesday 14 January 2026: 2 matched"
    assert today["url"] == f"{base}/report?day=2026-01-14"
    for piece in ("Statistics", "Caches &amp; &lt;b&gt;Kettles&lt;/b&gt;", "Configuration"):
        assert piece in today["content"]
    await save(tmp_path, (Batch(TOMORROW, (make_paper(4, day=TOMORROW),)), *BATCHES), later=24)
    with listening(tmp_path, port=int(base.rpartition(":")[2])):
        after = {row["guid"].rpartition(":")[2]: dict(row) for row in reload(tmp_path, address)}
    assert sorted(after) == ["2026-01-13", "2026-01-14", "2026-01-15"]
    same = ("title", "content", "pubDate", "url")
    assert [after["2026-01-13"][key] for key in same] == [first["2026-01-13"][key] for key in same]
