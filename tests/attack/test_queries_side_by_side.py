"""Queries beside each other, and what each reads of papers."""

import asyncio
import random
import string
import sys
import threading
import time
from collections.abc import Sequence
from datetime import date

from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.paper import Paper
from core.query.parse import parse_query
from core.search import substrings, ties
from core.search.batch import LoadedBatch
from core.search.select import Selection
from core.search.turns import SEARCH_SWITCH_SECONDS, in_turn
from tests.support.many_papers import SETTINGS, ask
from tests.support.matching import batch, paper


class Unread(Sequence[Paper]):
    """Papers that nobody may read."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index):
        raise AssertionError("a paper was read")


def test_ties_are_settled_without_reading_a_paper():
    """What papers have in common is read out of the index, also for the first feed of some keywords."""
    chance = random.Random(7)
    topics = [chance.sample(string.ascii_lowercase, 6) for _ in range(12)]
    texts = [" ".join(f"{letter}word" for letter in topic) for topic in topics for _ in range(20)]
    papers = [paper(number, "On Harps", text) for number, text in enumerate(texts)]
    day = LoadedBatch(date(2026, 1, 9), Unread(len(papers)), BatchIndex(build_index(papers)), {})
    query = parse_query([("keywords", "harp"), ("per_day", "500"), ("limit", "500")], SETTINGS)
    placed = [*Selection([day], query).placed()]
    assert len(placed) == len(papers)
    assert len({each.shared_words for each in placed}) > 1


def test_ties_are_settled_among_the_papers_that_may_be_shown(monkeypatch):
    """Only papers as good as the last one shown are compared; what words each has is read once for all feeds."""
    titled = [paper(number, "On Harps", f"Strings {number}.") for number in range(40)]
    others = [paper(number, "On Music", f"A harp and strings {number}.") for number in range(40, 400)]
    day, compared, read = batch(date(2026, 1, 9), *titled, *others), [], []

    class Counted(ties.FrequentWords):
        def of(self, row):
            compared.append(row)
            before = len(self._words_of_rows)
            words = super().of(row)
            read.extend([row] * (len(self._words_of_rows) - before))
            return words

    monkeypatch.setattr(ties, "FrequentWords", Counted)
    for keywords in ("harp", "harp,strings", "harp"):
        assert ask([day], {"keywords": keywords, "per_day": "8", "min_score": "1.5"}) == 8
    assert len(compared) <= 3 * (len(titled) + ties.MOST_BEST_OF_DAY)
    assert sorted(read) == list(range(40))


def test_queries_are_looked_for_one_after_the_other_beside_the_loop():
    """However many ask at once, one works at a time, and the loop gets its turn from it within a millisecond."""
    at_once, most, threads = 0, 0, set()

    def make() -> int:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        threads.add(threading.get_ident())
        time.sleep(0.002)
        at_once -= 1
        return sys.getswitchinterval() <= SEARCH_SWITCH_SECONDS

    async def ask_together():
        return await asyncio.gather(*(in_turn(make) for _ in range(20)))

    before = sys.getswitchinterval()
    try:
        assert all(asyncio.run(ask_together()))
    finally:
        sys.setswitchinterval(before)
    assert most == 1
    assert threading.get_ident() not in threads


def test_a_large_day_is_unpacked_once_for_all_substrings(monkeypatch):
    """A day of 1,200 papers fits what is kept open: sixty substrings unpack it once, not once each."""
    opened = []

    def counted(packed):
        made = unpacked(packed)
        opened.extend([made] if len(made) > 1_000_000 else [])  # the day's texts, not a part of its index
        return made

    unpacked = substrings.zstd.decompress
    monkeypatch.setattr(substrings.zstd, "decompress", counted)
    long = "An abstract of the usual length says what was done, why, and how well it went. " * 16
    day = batch(date(2026, 1, 9), *(paper(n, f"Paper {n}", long) for n in range(1200)))
    ask([day], {"keywords": ",".join(f"x{n}" for n in range(30)), "match": "substring"})
    assert len(opened) == 1
