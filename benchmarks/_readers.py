"""Simulated readers on the recorded days: what a ranking finds of what they are known to want."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from core.config.settings import MAX_LIMIT, Settings
from core.paper import AnnounceType
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.select import select

LIKED = 3
DRAWS = 6
LEAST_WANTED = 5


class Reader:
    """Somebody who likes an author's first papers, and wants the later ones: by day and id."""

    def __init__(self, name: str, liked: Sequence[str], wanted: Sequence[tuple[date, str]]) -> None:
        self.name = name
        self.liked = liked
        self.wanted = wanted


def authors(batches: Sequence[LoadedBatch], liked: int = LIKED) -> list[Reader]:
    """Every author of more than ``liked`` new papers that other co-authors join: a name alone may be several people."""
    papers: defaultdict[str, list[tuple[date, str, frozenset[str]]]] = defaultdict(list)
    for batch in reversed(batches):
        for paper in batch.papers:
            names = frozenset(author.name for author in paper.authors)
            if paper.announce_type is AnnounceType.NEW:
                for name in names:
                    papers[name].append((batch.day, paper.arxiv_id, names - {name}))
    groups = ((name, joined) for name, written in sorted(papers.items()) for joined in _joined(written))
    ordered = [(name, _in_order(joined)) for name, joined in groups]
    return [_reader(name, papers, liked) for name, papers in ordered if len(papers) > liked]


def _reader(name: str, papers: Sequence[tuple[date, str]], liked: int) -> Reader:
    return Reader(name, [arxiv_id for _, arxiv_id in papers[:liked]], papers[liked:])


def classes(batches: Sequence[LoadedBatch], asked: Sequence[str], liked: int = LIKED) -> list[Reader]:
    """Readers of a subject: who likes some of a category's papers of the first day; nothing compares categories."""
    papers: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for batch in reversed(batches):
        for paper in batch.papers:
            if paper.announce_type is AnnounceType.NEW:
                for category in set(paper.categories).difference(asked):
                    papers[category].append((batch.day, paper.arxiv_id))
    chance, first, readers = random.Random(7), batches[-1].day, []
    for name, written in sorted(papers.items()):
        early = [arxiv_id for day, arxiv_id in written if day == first]
        late = [(day, arxiv_id) for day, arxiv_id in written if day > first]
        if len(early) >= liked and len(late) >= LEAST_WANTED:
            readers += [Reader(name, chance.sample(early, liked), late) for _ in range(DRAWS)]
    return readers


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


def found_by_text(batches: Sequence[LoadedBatch], reader: Reader, settings: Settings, **more: str) -> tuple[float, int]:
    """What part of the wanted papers is in a feed like the first liked one's first forty words; and its size."""
    papers = (paper for batch in batches for paper in batch.papers)
    texts = {paper.arxiv_id: " ".join(f"{paper.title}. {paper.abstract}".split()[:40]) for paper in papers}
    asked = {"like": f"text:{texts[reader.liked[0]]}", "types": "new", "limit": str(MAX_LIMIT), "days": "7"} | more
    entries = select(batches, parse_query(asked.items(), settings))
    shown = {(entry.day, str(entry.paper.arxiv_id)) for entry in entries}
    return sum(each in shown for each in reader.wanted) / len(reader.wanted), len(entries)


def recall_of_like(
    batches: Sequence[LoadedBatch], settings: Settings, most: int, readers: Sequence[Reader] = ()
) -> tuple[float, int]:
    """Mean over the readers, all authors unless it is said otherwise, and how many there are."""
    readers = readers or authors(batches)
    return sum(found_by_like(batches, reader, settings, most) for reader in readers) / len(readers), len(readers)
