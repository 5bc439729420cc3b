"""Simulated readers on the recorded days: what a ranking finds of what they are known to want."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from core.config import MAX_LIMIT, Settings
from core.paper import AnnounceType
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.select import select

LIKED = 3
LEAST_PAPERS = 4


class Reader:
    """Somebody who likes an author's first papers, and wants the later ones: by day and id."""

    def __init__(self, name: str, papers: Sequence[tuple[date, str]]) -> None:
        self.name = name
        self.liked = [arxiv_id for _, arxiv_id in papers[:LIKED]]
        self.wanted = papers[LIKED:]


def authors(batches: Sequence[LoadedBatch]) -> list[Reader]:
    """Every author of four or more new papers that other co-authors join: a name alone may be several people."""
    papers: defaultdict[str, list[tuple[date, str, frozenset[str]]]] = defaultdict(list)
    for batch in reversed(batches):
        for paper in batch.papers:
            names = frozenset(author.name for author in paper.authors)
            if paper.announce_type is AnnounceType.NEW:
                for name in names:
                    papers[name].append((batch.day, paper.arxiv_id, names - {name}))
    groups = ((name, joined) for name, written in sorted(papers.items()) for joined in _joined(written))
    return [Reader(name, _in_order(joined)) for name, joined in groups if len(joined) >= LEAST_PAPERS]


def _in_order(written: Sequence[tuple[date, str, frozenset[str]]]) -> list[tuple[date, str]]:
    return sorted((day, arxiv_id) for day, arxiv_id, _ in written)


def _joined(written: Sequence[tuple[date, str, frozenset[str]]]) -> Iterator[list[tuple[date, str, frozenset[str]]]]:
    left = list(written)
    while left:
        group, names = [left.pop(0)], set()
        names |= group[0][2]
        grown = True
        while grown:
            near = [each for each in left if each[2] & names]
            grown = bool(near)
            for each in near:
                left.remove(each)
                group.append(each)
                names |= each[2]
        yield group


def found_by_like(batches: Sequence[LoadedBatch], reader: Reader, settings: Settings, most: int) -> float:
    """What part of the wanted papers stands among the first ``most`` of their day."""
    asked = {"like": ",".join(reader.liked), "types": "new", "per_day": str(most), "limit": str(MAX_LIMIT), "days": "7"}
    entries = select(batches, parse_query(asked.items(), settings))
    shown = {(entry.day, str(entry.paper.arxiv_id)) for entry in entries}
    return sum(each in shown for each in reader.wanted) / len(reader.wanted)


def recall_of_like(batches: Sequence[LoadedBatch], settings: Settings, most: int) -> tuple[float, int]:
    """Mean over the readers, and how many there are."""
    readers = authors(batches)
    return sum(found_by_like(batches, reader, settings, most) for reader in readers) / len(readers), len(readers)
