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
from core.profiles.learned import LearnedRanker, VoteReasons
from core.profiles.records import Memory, NamedFeed, Profile, RankedPaper, Ranking
from core.profiles.rules import query_of
from core.profiles.taste import Taste, taste_of
from core.query.feed_query import FeedQuery
from core.search.batch import link, within
from core.search.order import Placed
from core.search.scores import UNIT
from core.search.select import Selection, choose_ranker, select
from core.search.text_vectors import Collection, collection_of
from core.store.codec import content_name
from core.store.records import Manifest

_GROWTH_FACTOR: Final = 1.2
"""A day that was delivered may grow to so many times ``per_day`` by votes, a feed to so many times ``limit``."""
_COMPARED_FACTOR: Final = 3
"""So many times ``per_day`` of a day's best papers are compared with the disliked ones."""


def papers_version(manifest: Manifest) -> str:
    """What a ranking's rows are of: the days and their papers, whatever summaries there are."""
    return content_name("".join(f"{ref.day}{ref.papers}{ref.index}" for ref in manifest.batches).encode())


class RankingInputs(Struct, frozen=True):
    """All that ranking a feed depends on."""

    profile: Profile
    memory: Memory
    snapshot: Snapshot
    settings: Settings


def rank_feed(
    feed: NamedFeed, ranking_inputs: RankingInputs, delivered: AbstractSet[str], ranking_before: Ranking | None
) -> Ranking | None:
    """
    Rank one feed; None while nothing is known that could lead it: then it is what its rules say.

    ``delivered`` are the papers that readers may have had already, ``ranking_before`` is the ranking that they had.
    """
    query = query_of(feed, ranking_inputs.settings, learned=True)
    batches = within(ranking_inputs.snapshot.batches, query.days)
    collection = collection_of(tuple(batch.index for batch in batches))
    taste = taste_of(ranking_inputs.profile, ranking_inputs.memory, feed, collection, batches)
    if not taste.has_likes_or_dislikes and ranking_before is None:
        return None
    newest = batches[0].day
    feed_grows = bool(delivered) and (ranking_before is None or ranking_before.newest == newest)
    most_papers = min(math.ceil(_GROWTH_FACTOR * query.limit), MAX_LIMIT) if feed_grows else query.limit
    papers = _FeedRanking(query, ranking_inputs.snapshot, taste, collection).papers(delivered, most_papers)
    return Ranking(papers_version(ranking_inputs.snapshot.manifest), query.canonical(), newest, tuple(papers))


class _FeedRanking:
    """One feed as it is ranked."""

    def __init__(self, query: FeedQuery, snapshot: Snapshot, taste: Taste, collection: Collection) -> None:
        self._query = query
        self._batches = snapshot.batches
        unlimited_query = replace(query, like=(), min_score=0.0, per_day=MAX_LIMIT, sort="score")
        rules_ranker = choose_ranker(
            unlimited_query, self._batches, link(tuple(batch.index for batch in self._batches))
        )
        self._ranker = LearnedRanker(rules_ranker, query, taste, collection)
        self._vote_reasons = VoteReasons(self._ranker, taste, collection)
        self._liked = {each.name for each in taste.liked}
        self._selection = Selection(self._batches, unlimited_query, self._ranker)

    def papers(self, delivered: AbstractSet[str], most_papers: int) -> Iterator[RankedPaper]:
        """Give ``most_papers`` of the feed at most, in its order; what was delivered comes before what was not."""
        ranked_papers = [placed for day in self._days(delivered) for placed in day]
        newcomers = most_papers - sum(placed.arxiv_id in delivered for placed in ranked_papers)
        given_papers = 0
        for placed in ranked_papers:
            is_new = placed.arxiv_id not in delivered
            newcomers -= is_new
            if given_papers < most_papers and not (is_new and newcomers < 0):
                given_papers += 1
                yield self._ranked_paper(placed)

    def _days(self, delivered: AbstractSet[str]) -> Iterator[list[Placed]]:
        for _, placed in groupby(self._selection.placed(), lambda placed_paper: placed_paper.stands.batch):
            ranked_day = self._sink_disliked(placed, delivered)
            new_ids = self._newcomers(ranked_day, delivered)
            shown_papers = [
                placed_paper
                for placed_paper in ranked_day
                if placed_paper.arxiv_id in delivered or placed_paper.arxiv_id in new_ids
            ]
            if self._query.sort == "date":
                shown_papers.sort(key=lambda placed_paper: placed_paper.arxiv_id, reverse=True)
            yield shown_papers

    def _sink_disliked(self, placed: Iterable[Placed], delivered: AbstractSet[str]) -> list[Placed]:
        """A day's papers, those that are close to a disliked one lower; who likes a paper need not be told of it."""
        most_compared = _COMPARED_FACTOR * self._query.per_day
        unliked_papers = (
            placed_paper
            for placed_paper in placed
            if placed_paper.arxiv_id in delivered or placed_paper.arxiv_id not in self._liked
        )
        compared_papers = [
            placed_paper
            for number, placed_paper in enumerate(unliked_papers)
            if number < most_compared or placed_paper.arxiv_id in delivered
        ]
        return self._vote_reasons.sink_disliked(compared_papers, self._batches)

    def _newcomers(self, day: Sequence[Placed], delivered: AbstractSet[str]) -> set[str]:
        """Those of the day's best that nobody had yet, as far as there is room."""
        per_day = self._query.per_day
        day_room = math.ceil(_GROWTH_FACTOR * per_day) - sum(placed_paper.arxiv_id in delivered for placed_paper in day)
        best_newcomers = [
            placed_paper.arxiv_id for placed_paper in day[:per_day] if placed_paper.arxiv_id not in delivered
        ]
        return set(best_newcomers[: max(day_room, 0)])

    def _ranked_paper(self, placed: Placed) -> RankedPaper:
        entry = self._selection.entry(placed)
        matched = (
            *entry.matched,
            *self._vote_reasons.vote_reasons(placed, entry.paper, self._batches[placed.where.batch]),
        )
        score = placed.units / UNIT
        return RankedPaper(entry.paper.arxiv_id, placed.where, placed.stands, score, matched)


def plainly_delivered(feed: NamedFeed, snapshot: Snapshot, settings: Settings) -> frozenset[str]:
    """The papers of a feed that nothing leads yet, as readers had them."""
    entries = select(snapshot.batches, query_of(feed, settings, learned=False))
    return frozenset(entry.paper.arxiv_id for entry in entries)
