"""A server killed in its background refresh and started again: its lock and its turn are in the way."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.command_line import free_port, here, read, serving
from tests.support.replay import Replay, needs_replay, running_replay

__all__ = ["here"]

QUICKER = {
    "core/store/lock.py": (r"LOCK_LEASE: Final = timedelta\(minutes=2\)", "LOCK_LEASE: Final = timedelta(seconds=12)"),
    "core/cli/server_loop.py": (
        r"SERVER_CHECK_EVERY: Final = timedelta\(seconds=30\)",
        "SERVER_CHECK_EVERY: Final = timedelta(seconds=1)",
    ),
    "core/arxiv/limits.py": (
        r"ARXIV_SPACING: Final\[dict\[Role, GateSpacing\]\] = .*",
        'ARXIV_SPACING: Final = dict.fromkeys(("rss", "site", "api"), GateSpacing(0.05, 0.05))',
    ),
}
"""A tenth of the lease and of the pauses, in the copy of the program: all else runs as it is."""
GATE = (r"request_seconds: float = 40\.0", "request_seconds: float = 4.0"), (r"\+ 10\)", "+ 2)")


def quicken(here: Path) -> None:
    for name, change in QUICKER.items():
        changes = (change, *GATE) if name.endswith("limits.py") else (change,)
        text = (here / name).read_text()
        for pattern, new in changes:
            text, count = re.subn(pattern, new, text)
            assert count == 1, (name, pattern)
        (here / name).write_text(text)


def until(condition: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def catch_ups(replay: Replay) -> int:
    return sum("/catchup/" in str(each) for each in replay.stats()["requests"])


@contextmanager
def started(here: Path, replay: Replay) -> Iterator[tuple[str, object]]:
    # As soon as it answers: an answer of /health is kept for some seconds, in which all may be fetched.
    with serving(here, until=bool, arxiv=replay.base, PORT=str(free_port())) as found:
        yield found


def health(base: str) -> dict[str, object]:
    return json.loads(read(f"{base}/health"))


@needs_replay
def test_killed_in_its_background_refresh_it_goes_on(here: Path):
    """
    SIGKILL while older days are fetched, twice, and started again with the dead one's lock still there: /health tells
    of days that are still being fetched, and soon all of them are held, though nothing new was announced.
    """
    quicken(here)
    with running_replay("--today", "2026-01-14", "--rebase-dates") as replay:
        replay.spoil({"kind": "latency", "seconds": 3, "match": "catchup"})
        for pages in (2, 1):  # the first of all may be of the newest day, on a day without announcement
            asked_before = catch_ups(replay)
            with started(here, replay) as (base, process):
                until(lambda asked=asked_before + pages: catch_ups(replay) >= asked, 40)
                process.kill()
                process.wait()
        replay.spoil()
        with started(here, replay) as (base, _):
            held = health(base)["batches"]
            until(lambda: health(base)["batches"] >= 2 and "still being fetched" not in health(base)["message"], 60)
            found = health(base)
    # In a week of holidays there are but two days to hold, and both may have been there.
    assert held < found["batches"] or held == found["batches"] == 2
    assert found["refreshing"] == ""
    assert found["last_refresh"]["ok"]
