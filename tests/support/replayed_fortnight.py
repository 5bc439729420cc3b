"""The four recorded days of the replay server, re-dated until they fill two weeks, as a transport for a refresh."""

import gzip
import importlib
import json
import re
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from core.calendar import EASTERN
from tests.support.replay import FOLDER, Replay, running_replay
from tests.support.synthetic_arxiv import Fault, Weather
from tests.support.synthetic_world import VirtualClock

RENUMBERED = 20_000
"""Added to the numbers of a recorded day's papers for each time that it is used again: new papers, in arXiv's order."""


class ReplayedArxiv(Weather):
    """The replay server over real HTTP; its clock follows ours, and its faults are our faults of the moment."""

    def __init__(self, replay: Replay, folder: Path, clock: VirtualClock) -> None:
        super().__init__(clock)
        self._replay = replay
        self.environment = replay.environment()
        self._http = httpx.AsyncHTTPTransport()
        self._moment: tuple[date, str] | None = None
        self._fault: dict[str, Any] | None = None
        sys.path.append(str(FOLDER))
        served = importlib.import_module("arxiv_replay")
        self._corpus = served.Corpus(folder)
        self._request = served.FeedRequest

    async def respond(self, request: httpx.Request, path: str, fault: Fault | None) -> httpx.Response:
        now = self.clock.now().astimezone(EASTERN)
        moment = now.date(), f"{now:%H}:00"
        if moment != self._moment:
            self._replay.go_to(*moment)
            self._moment = moment
        rule = _rule(fault)
        if rule != self._fault:
            self._replay.spoil(*([rule] if rule else []))
            self._fault = rule
        return await self._http.handle_async_request(request)

    def announced(self, category: str, day: date) -> dict[str, str]:
        found = self._corpus.feed(day, self._request.parse(category).wanted)
        return {entry.paper["id"]: kind for kind, entry in found}

    async def aclose(self) -> None:
        """The refresh closes its client, and we go on."""

    async def end(self) -> None:
        await self._http.aclose()


def _rule(fault: Fault | None) -> dict[str, Any] | None:
    if fault is None:
        return None
    if fault.kind.isdecimal():
        return {"kind": "status", "status": int(fault.kind), "retry_after": fault.retry_after}
    return {"kind": {"portal": "html"}.get(fault.kind, fault.kind)}


def redated(folder: Path, days: Iterable[date], *, postponed: date) -> Path:
    """
    Write the server's data for these days: recorded ones as they are, then the same again under new numbers.

    What the day ``postponed`` would have announced is announced with the next.
    """
    (folder / "days").mkdir(parents=True)
    recorded = sorted((FOLDER / "days").glob("????-??-??.jsonl"))
    papers = _papers()
    late: list[dict[str, Any]] = []
    with (folder / "papers.jsonl").open("w") as out:
        for number, day in enumerate(days):
            added = number // len(recorded) * RENUMBERED
            rows = [json.loads(line) for line in recorded[number % len(recorded)].read_text().splitlines()]
            for row in rows:
                paper = papers[row["id"], row["version"]]
                row["id"] = renumbered(row["id"], added)
                out.write(json.dumps(paper | {"id": row["id"]}) + "\n")
            if day == postponed:
                late = rows
                continue
            known = {row["id"] for row in rows}
            rows += [row for row in late if row["id"] not in known]
            late = []
            (folder / "days" / f"{day}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def _papers() -> dict[tuple[str, int], dict[str, Any]]:
    with gzip.open(FOLDER / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {(paper["id"], paper["version"]): paper for paper in map(json.loads, lines)}


def renumbered(arxiv_id: str, added: int) -> str:
    """``2601.05252`` as ``2601.25252``; identifiers of the old styles stay as they are."""
    found = re.fullmatch(r"(\d{4}\.)(\d{5})", arxiv_id)
    return f"{found[1]}{int(found[2]) + added:05}" if found else arxiv_id


@asynccontextmanager
async def replayed(folder: Path, clock: VirtualClock) -> AsyncIterator[ReplayedArxiv]:
    """Serve the data in ``folder`` by ``clock``."""
    first = min((folder / "days").iterdir()).stem
    with running_replay("--data", str(folder), "--today", str(date.fromisoformat(first) - timedelta(days=1))) as replay:
        arxiv = ReplayedArxiv(replay, folder, clock)
        try:
            yield arxiv
        finally:
            await arxiv.end()
