"""
Ranking one feed of a profile: keywords or an interest select, likes lead, and what was delivered stays.

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
from core.profiles.records import NamedFeed, Profile, ProfileMemory, RankedPaper, Ranking
from core.profiles.rules import query_of
from core.profiles.taste import Taste, taste_of
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.batch import batches_within, link_batches
from core.search.order import PlacedPaper
from core.search.rankers import choose_ranker
from core.search.scores import UNIT
from core.search.select import Selection, select
from core.search.text_vectors import Collection, collection_of
from core.store.codec import content_name
from core.store.records import Manifest

_GROWTH_BY_VOTES: Final = 1.2
"""A day that was delivered may grow to so many times ``per_day`` by votes, a feed to so many times ``limit``."""
_DISLIKE_COMPARISONS: Final = 3
"""So many times ``per_day`` of a day's best papers are compared with the disliked ones."""


def ranked_papers_version(manifest: Manifest) -> str:
    """What a ranking's rows are of: the days and their papers, whatever summaries there are."""
    ranked_days = "".join(f"{ranked_day.day}{ranked_day.papers}{ranked_day.index}" for ranked_day in manifest.batches)
    return content_name(ranked_days.encode())


class RankingInputs(Struct, frozen=True):
    """All that ranking a feed depends on."""

    profile: Profile
    memory: ProfileMemory
    snapshot: Snapshot
    settings: Settings


def rank_feed(
    feed: NamedFeed, ranking_inputs: RankingInputs, delivered: AbstractSet[str], ranking_before: Ranking | None
) -> Ranking | None:
    """
    Rank one feed; None while nothing is known that could lead it: then it is what its rules say.

    ``delivered`` are the papers that readers may have had already, ``ranking_before`` is the ranking that they had.
    """
    rules_query = query_of(feed, ranking_inputs.settings, learned=True)
    ranked_batches = batches_within(ranking_inputs.snapshot.batches, rules_query.days)
    taste_collection = collection_of(ranked_batches)
    taste = taste_of(ranking_inputs.profile, ranking_inputs.memory, feed, taste_collection, ranked_batches)
    if not taste.has_likes_or_dislikes and ranking_before is None:
        return None
    newest_ranked_day = ranked_batches[0].day
    ranking_grows = bool(delivered) and (ranking_before is None or ranking_before.newest == newest_ranked_day)
    most_by_votes = min(math.ceil(_GROWTH_BY_VOTES * rules_query.limit), MAX_LIMIT)
    most_ranked = most_by_votes if ranking_grows else rules_query.limit
    selecting_query = _selecting_query(rules_query, feed.interest)
    feed_ranking = _FeedRanking(selecting_query, ranking_inputs.snapshot, taste, taste_collection, delivered)
    ranked_papers = tuple(feed_ranking.papers(most_ranked))
    ranked_version = ranked_papers_version(ranking_inputs.snapshot.manifest)
    return Ranking(ranked_version, rules_query.canonical(), newest_ranked_day, ranked_papers)


def _selecting_query(rules_query: FeedQuery, interest: str) -> FeedQuery:
    """What selects a feed's papers where likes lead: its keywords; without any, its interest as ``like=text:``."""
    from core.search.subjects import telling  # noqa: PLC0415 - of requests, few rank a feed

    is_selected_by_interest = not rules_query.keywords and bool(telling(interest))
    return replace(rules_query, like=(LikedText(interest),) if is_selected_by_interest else ())


class _FeedRanking:
    """One feed as it is ranked."""

    def __init__(
        self,
        rules_query: FeedQuery,
        snapshot: Snapshot,
        taste: Taste,
        collection: Collection,
        delivered: AbstractSet[str],
    ) -> None:
        self._rules_query = rules_query
        self._delivered = delivered
        self._ranked_batches = snapshot.batches
        unlimited_query = replace(rules_query, like=(), min_score=0.0, per_day=MAX_LIMIT, sort="score")
        ranked_links = link_batches(tuple(batch.index for batch in self._ranked_batches))
        rules_ranker = choose_ranker(rules_query, self._ranked_batches, ranked_links)
        learned_ranker = LearnedRanker(rules_ranker, rules_query, taste, collection, delivered)
        self._vote_reasons = VoteReasons(learned_ranker, taste, collection)
        self._liked_names = {liked.name for liked in taste.liked}
        self._learned_selection = Selection(self._ranked_batches, unlimited_query, learned_ranker)

    def papers(self, most_papers: int) -> Iterator[RankedPaper]:
        """Give ``most_papers`` of the feed at most, in its order; what was delivered comes before what was not."""
        ranked_papers = [ranked for ranked_day in self._ranked_days() for ranked in ranked_day]
        newcomers = most_papers - sum(ranked.arxiv_id in self._delivered for ranked in ranked_papers)
        ranked_count = 0
        for ranked in ranked_papers:
            is_newcomer = ranked.arxiv_id not in self._delivered
            newcomers -= is_newcomer
            if ranked_count < most_papers and not (is_newcomer and newcomers < 0):
                ranked_count += 1
                yield self._ranked_paper(ranked)

    def _ranked_days(self) -> Iterator[list[PlacedPaper]]:
        for _, learned_day in groupby(self._learned_selection.placed(), lambda ranked: ranked.feed_row.batch):
            ranked_day = self._sink_disliked(learned_day)
            feed_ids = self._delivered | self._newcomers(ranked_day)
            feed_day = [ranked for ranked in ranked_day if ranked.arxiv_id in feed_ids]
            if self._rules_query.sort == "date":
                feed_day.sort(key=lambda ranked: ranked.arxiv_id, reverse=True)
            yield feed_day

    def _sink_disliked(self, learned_day: Iterable[PlacedPaper]) -> list[PlacedPaper]:
        """A day's papers, those that are close to a disliked one lower; who likes a paper need not be told of it."""
        most_compared = _DISLIKE_COMPARISONS * self._rules_query.per_day
        not_liked_themselves = (
            ranked
            for ranked in learned_day
            if ranked.arxiv_id in self._delivered or ranked.arxiv_id not in self._liked_names
        )
        compared_with_disliked = [
            ranked
            for rank, ranked in enumerate(not_liked_themselves)
            if rank < most_compared or ranked.arxiv_id in self._delivered
        ]
        return self._vote_reasons.sink_disliked(compared_with_disliked, self._ranked_batches)

    def _newcomers(self, ranked_day: Sequence[PlacedPaper]) -> set[str]:
        """Those of the day's best that nobody had yet, as far as there is room."""
        delivered_that_day = sum(ranked.arxiv_id in self._delivered for ranked in ranked_day)
        best_of_day = ranked_day[: self._rules_query.per_day]
        newcomers = [ranked.arxiv_id for ranked in best_of_day if ranked.arxiv_id not in self._delivered]
        newcomer_room = math.ceil(_GROWTH_BY_VOTES * self._rules_query.per_day) - delivered_that_day
        return set(newcomers[: max(newcomer_room, 0)])

    def _ranked_paper(self, ranked: PlacedPaper) -> RankedPaper:
        ranked_entry = self._learned_selection.entry(ranked)
        ranked_batch = self._ranked_batches[ranked.newest_row.batch]
        vote_reasons = self._vote_reasons.vote_reasons(ranked, ranked_entry.paper, ranked_batch)
        ranking_reasons = (*ranked_entry.matched, *vote_reasons)
        ranked_id, ranked_score = ranked_entry.paper.arxiv_id, ranked.score_units / UNIT
        return RankedPaper(ranked_id, ranked.newest_row, ranked.feed_row, ranked_score, ranking_reasons)


def plainly_delivered(feed: NamedFeed, snapshot: Snapshot, settings: Settings) -> frozenset[str]:
    """The papers of a feed that nothing leads yet, as readers had them."""
    delivered = select(snapshot.batches, query_of(feed, settings, learned=False))
    return frozenset(delivered_entry.paper.arxiv_id for delivered_entry in delivered)
