"""
The arXiv replay server in a thread of ours, where it is at hand: recorded days, and faults on request.

It is no part of this repository. ``ARXIV_REPLAY`` names its folder; without it ``../shared/arxiv`` beside the
repository is tried, and the tests that need it are skipped when there is none.
"""

import importlib
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from core.config.environment import Environment

FOLDER = Path(os.environ.get("ARXIV_REPLAY", Path(__file__).resolve().parent.parent.parent.parent / "shared" / "arxiv"))
MISSING = f"the arXiv replay server is not at {FOLDER}; ARXIV_REPLAY may name its folder"
needs_replay = pytest.mark.skipif(not (FOLDER / "arxiv_replay").is_dir(), reason=MISSING)

DAYS = (date(2026, 1, 12), date(2026, 1, 13), date(2026, 1, 14), date(2026, 1, 15))


class FakeClock:
    """Time passes when somebody sleeps, and not otherwise."""

    def __init__(self, start: datetime = datetime(2026, 1, 14, 12, tzinfo=UTC)) -> None:
        self.time = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Replay:
    """A running server, and what can be asked of it beside arXiv's own pages."""

    base: str

    def environment(self, **changes: str) -> Environment:
        """An environment in which all of arXiv's hosts are this server."""
        bases = {"rss_base_url": self.base, "site_base_url": self.base, "api_base_url": self.base}
        return Environment(**bases | changes)

    def go_to(self, day: date, at: str = "") -> None:
        """Serve this day; ``at`` is the time in New York, from 20:00 on the listing is a day ahead."""
        self._control("/__clock", {"today": day.isoformat()} | ({"time": at} if at else {}))

    def spoil(self, *rules: dict[str, Any]) -> None:
        """Put these faults in force, and no others."""
        self._control("/__faults", {"rules": list(rules)})

    def forget(self) -> None:
        """No faults, no statistics."""
        self.spoil()
        self._control("/__stats", method="DELETE")

    def stats(self) -> dict[str, Any]:
        return self._control("/__stats", method="GET")

    def _control(self, path: str, body: object = None, *, method: str = "POST") -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.base + path, data=data, method=method)) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


@contextmanager
def running_replay(*options: str) -> Iterator[Replay]:
    """Start a server on a free port, with its command line's options, and end it again."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    arxiv_replay = importlib.import_module("arxiv_replay")
    server = arxiv_replay.build(arxiv_replay.parse_arguments(["--port", "0", *options]))
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield Replay(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def options_with_oddities() -> list[str]:
    """Options that add the awkward papers to every day."""
    return ["--extra", str(FOLDER / "oddities.jsonl.gz"), "--extra", str(FOLDER / "oddities_synthetic.jsonl")]
