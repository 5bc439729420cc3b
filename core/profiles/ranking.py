"""
Ranking one feed of a profile: keywords filter, likes lead, and what was delivered stays.

Pure: the same profile, papers and ranking before give the same ranking, in whatever instance, at refresh or at a vote.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.config.settings import MAX_LIMIT, Settings
from core.feeds.library import Snapshot
from core.profiles.learned import LearnedRanker, Reasons
from core.profiles.records import Memory, NamedFeed, Profile, RankedPaper, Ranking
from core.profiles.rules import query_of
from core.profiles.taste import Taste, taste_of
from core.profiles.vectors import Collection, collection_of
from core.query.feed_query import FeedQuery
from core.search.batch import link, within
from core.search.order import Placed
from core.search.scores import UNIT
from core.search.select import Selection, choose_ranker, select
from core.store.codec import content_name
from core.store.records import Manifest

_ROOM: Final = 1.2
"""A day that was delivered may grow to so many times ``per_day`` by votes, a feed to so many times ``limit``."""
_LOOKED_AT: Final = 3
"""So many times ``per_day`` of a day's best papers are compared with the disliked ones."""


def papers_version(manifest: Manifest) -> str:
    """What a ranking's rows are of: the days and their papers, whatever summaries there are."""
    return content_name("".join(f"{ref.day}{ref.papers}{ref.index}" for ref in manifest.batches).encode())


class Known(Struct, frozen=True):
    """All that ranking a feed depends on."""

    profile: Profile
    memory: Memory
    snapshot: Snapshot
    settings: Settings


def rank(feed: NamedFeed, known: Known, delivered: AbstractSet[str], before: Ranking | None) -> Ranking | None:
    """
    Rank one feed; None while nothing is known that could lead it: then it is what its rules say.

    ``delivered`` are the papers that readers may have had already, ``before`` is the ranking that they had.
    """
    query = query_of(feed, known.settings, learned=True)
    batches = within(known.snapshot.batches, query.days)
    collection = collection_of(tuple(batch.index for batch in batches))
    taste = taste_of(known.profile, known.memory, feed, collection, batches)
    if not taste.known and before is None:
        return None
    newest = batches[0].day
    grows = bool(delivered) and (before is None or before.newest == newest)
    most = min(math.ceil(_ROOM * query.limit), MAX_LIMIT) if grows else query.limit
    papers = _Feed(query, known.snapshot, taste, collection).papers(delivered, most)
    return Ranking(papers_version(known.snapshot.manifest), query.canonical(), newest, tuple(papers))


class _Feed:
    """One feed as it is ranked."""

    def __init__(self, query: FeedQuery, snapshot: Snapshot, taste: Taste, collection: Collection) -> None:
        self._query = query
        self._batches = snapshot.batches
        wide = replace(query, like=(), min_score=0.0, per_day=MAX_LIMIT, sort="score")
        own = choose_ranker(wide, self._batches, link(tuple(batch.index for batch in self._batches)))
        self._ranker = LearnedRanker(own, query, taste, collection)
        self._reasons = Reasons(self._ranker, taste, collection)
        self._liked = {each.name for each in taste.liked}
        self._selection = Selection(self._batches, wide, self._ranker)

    def papers(self, delivered: AbstractSet[str], most: int) -> Iterator[RankedPaper]:
        """Give the feed's papers in its order, at most ``most``; what was delivered comes before what was not."""
        chosen = [placed for day in self._days(delivered) for placed in day]
        newcomers = most - sum(placed.arxiv_id in delivered for placed in chosen)
        count = 0
        for placed in chosen:
            is_new = placed.arxiv_id not in delivered
            newcomers -= is_new
            if count < most and not (is_new and newcomers < 0):
                count += 1
                yield self._ranked(placed)

    def _days(self, delivered: AbstractSet[str]) -> Iterator[list[Placed]]:
        for _, placed in groupby(self._selection.placed(), lambda each: each.stands.batch):
            day = self._sunk(placed, delivered)
            new = self._newcomers(day, delivered)
            found = [each for each in day if each.arxiv_id in delivered or each.arxiv_id in new]
            if self._query.sort == "date":
                found.sort(key=lambda each: each.arxiv_id, reverse=True)
            yield found

    def _sunk(self, placed: Iterable[Placed], delivered: AbstractSet[str]) -> list[Placed]:
        """A day's papers, those that are close to a disliked one lower; who likes a paper need not be told of it."""
        looked_at = _LOOKED_AT * self._query.per_day
        day = (each for each in placed if each.arxiv_id in delivered or each.arxiv_id not in self._liked)
        some = [each for number, each in enumerate(day) if number < looked_at or each.arxiv_id in delivered]
        return self._reasons.sunk(some, self._batches)

    def _newcomers(self, day: Sequence[Placed], delivered: AbstractSet[str]) -> set[str]:
        """Those of the day's best that nobody had yet, as far as there is room."""
        per_day = self._query.per_day
        room = math.ceil(_ROOM * per_day) - sum(each.arxiv_id in delivered for each in day)
        best = [each.arxiv_id for each in day[:per_day] if each.arxiv_id not in delivered]
        return set(best[: max(room, 0)])

    def _ranked(self, placed: Placed) -> RankedPaper:
        entry = self._selection.entry(placed)
        matched = (*entry.matched, *self._reasons.of(placed, entry.paper, self._batches[placed.where.batch]))
        score = placed.units / UNIT
        return RankedPaper(entry.paper.arxiv_id, placed.where, placed.stands, score, matched)


def plainly_delivered(feed: NamedFeed, snapshot: Snapshot, settings: Settings) -> frozenset[str]:
    """The papers of a feed that nothing leads yet, as readers had them."""
    entries = select(snapshot.batches, query_of(feed, settings, learned=False))
    return frozenset(entry.paper.arxiv_id for entry in entries)
