"""The recorded days as batches, with the types that arXiv's feeds gave. Not in this repository: see ``needed``."""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.paper import Announcement, AnnounceType, ArxivId, Author, Paper
from core.search.batch import LoadedBatch

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "arxiv"


def needed() -> None:
    """End with a sentence when the recorded days are not there."""
    if not (FOLDER / "papers.jsonl.gz").exists():
        sys.exit(f"This report needs recorded days of arXiv in {FOLDER}, which are not there.")


def batches(followed: Sequence[str]) -> list[LoadedBatch]:
    """Every paper that stood in a feed of these categories, newest day first."""
    known = records()
    first: dict[str, date] = {}
    days = []
    for path in sorted((FOLDER / "days").glob("*.jsonl")):
        day = date.fromisoformat(path.stem)
        papers = []
        for update in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            stood = sorted(_announcements(update, followed), key=lambda each: each.category)
            if stood:
                announced = first.setdefault(update["id"], day)
                papers.append(_paper(known[update["id"], update["version"]], stood, announced))
        papers.sort(key=lambda paper: paper.arxiv_id)
        days.append(LoadedBatch(day, papers, BatchIndex(build_index(papers)), {}))
    return days[::-1]


def records() -> dict[tuple[str, int], Mapping[str, Any]]:
    """Every recorded version of a paper, by id and version, as the replay has it."""
    with gzip.open(FOLDER / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {(record["id"], record["version"]): record for record in map(json.loads, lines)}


def _announcements(update: Mapping[str, Any], followed: Sequence[str]) -> Iterator[Announcement]:
    """A feed gives a paper as cross when it is not its primary category."""
    for kind, categories in update["updates"].items():
        for name in set(categories) & set(followed):
            is_primary = name == update["primary_category"]
            crossed = {"new": "cross", "replace": "replace-cross"}.get(kind, kind)
            yield Announcement(name, AnnounceType(kind if is_primary else crossed))


def _paper(record: Mapping[str, Any], stood: Sequence[Announcement], announced: date) -> Paper:
    return Paper(
        arxiv_id=ArxivId(record["id"]),
        version=record["version"],
        announce_type=min((each.announce_type for each in stood), key=lambda kind: kind.announce_rank),
        announced=announced,
        title=record["title"],
        abstract=record["abstract"],
        authors=tuple(map(Author, record["authors"])),
        categories=tuple(record["categories"]),
        announcements=tuple(stood),
    )
