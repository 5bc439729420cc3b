"""``make run`` against a slow arXiv: it answers before the first papers are there, and survives being killed then."""

import json
import re
import time
from collections import Counter
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.cli.test_server_loop_killed import quicken, until
from tests.support.command_line import free_port, here, interrupt, read, serving
from tests.support.replay import needs_replay, running_replay

__all__ = ["here"]

SLOW = {"kind": "latency", "seconds": 6, "match": "list|catchup|rss"}


def answers_at_all(_: object) -> bool:
    return True


@needs_replay
def test_it_answers_before_the_first_papers_are_there(here: Path):
    """Feeds say 503 and when to come back, in words; the page says what is going on, and asks again by itself."""
    with running_replay("--today", "2026-01-14", "--rebase-dates") as replay:
        replay.spoil(SLOW)
        with serving(here, until=answers_at_all, arxiv=replay.base, PORT=str(free_port())) as (base, process):
            for name in ("rss", "atom", "json"):
                with pytest.raises(HTTPError) as refused:
                    urlopen(f"{base}/{name}")
                assert refused.value.code == 503
                assert int(refused.value.headers["Retry-After"]) <= 60
                assert "no papers yet" in refused.value.read().decode()
            page = read(f"{base}/")
            assert "No papers yet." in page
            assert 'data-again="5"' in page
            assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
            assert json.loads(read(f"{base}/health"))["status"] == "empty"
            replay.spoil()
            until(lambda: "<item>" in read(f"{base}/rss?keywords="), 40)
            assert "No papers yet." not in read(f"{base}/")
            printed = interrupt(process, here)
    told = [line for line in printed.splitlines() if line and not line.startswith("{")]
    assert told[0].startswith("Open http://localhost:")
    assert told[1].startswith("Fetching what arXiv announced (")
    assert "Traceback" not in printed
    assert "refresh is running" not in printed


@needs_replay
def test_killed_before_all_is_there_it_goes_on_with_nothing_lost_and_nothing_doubled(here: Path):
    """SIGKILL in the first fetch, twice: what readers had stays, and each paper is there once in the end."""
    (here / "config.json").write_text('{"categories": ["cs.DC"], "keywords": []}')
    quicken(here)
    seen: set[str] = set()
    with running_replay("--today", "2026-01-14", "--rebase-dates") as replay:
        replay.spoil({"kind": "latency", "seconds": 2})
        for _ in range(2):
            with serving(here, until=answers_at_all, arxiv=replay.base, PORT=str(free_port())) as (base, process):
                until(lambda base=base: "<item>" in read(f"{base}/rss?limit=500&per_day=500"), 60)
                seen |= set(ids(base))
                time.sleep(1)
                process.kill()
                process.wait()
        replay.spoil()
        with serving(here, arxiv=replay.base, PORT=str(free_port())) as (base, process):
            until(lambda: json.loads(read(f"{base}/health"))["batches"] >= 2, 120)
            found = ids(base)
            interrupt(process, here)
    assert seen <= set(found)
    assert max(Counter(found).values()) == 1


def ids(base: str) -> list[str]:
    return re.findall(r'<guid isPermaLink="false">([^<]+)', read(f"{base}/rss?limit=500&per_day=500"))
