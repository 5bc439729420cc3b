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
from core.profiles.records import Profile, ProfileMemory, ProfilePaper, ProfileRanking, SavedFeed
from core.profiles.rules import liked_interest, query_of
from core.profiles.taste import Taste, taste_of
from core.query.feed_query import FeedQuery
from core.search.batch import batches_within, link_batches
from core.search.order import PlacedPaper
from core.search.rankers import choose_ranker
from core.search.scores import SCORE_UNIT
from core.search.select import Selection, select
from core.search.text_vectors import Collection, collection_of
from core.store.codec import content_name
from core.store.records import Manifest

_GROWTH_BY_VOTES: Final = 1.2
"""A day that was delivered may grow to so many times ``per_day`` by votes, a feed to so many times ``limit``."""
_DISLIKE_COMPARISONS: Final = 3
"""So many times ``per_day`` of a day's best papers are compared with the disliked ones."""


def profile_papers_version(manifest: Manifest) -> str:
    """What a ranking's rows are of: the days and their papers, whatever summaries there are."""
    profile_days = [
        f"{learned_day.day}{learned_day.papers_blob_name}{learned_day.index_blob_name}"
        for learned_day in manifest.batches
    ]
    return content_name("".join(profile_days).encode())


class ProfileRankingInputs(Struct, frozen=True):
    """All that ranking a feed depends on."""

    profile: Profile
    memory: ProfileMemory
    snapshot: Snapshot
    settings: Settings


def rank_saved_feed(
    saved_feed: SavedFeed,
    profile_inputs: ProfileRankingInputs,
    saved_feed_delivered: AbstractSet[str],
    ranking_before: ProfileRanking | None,
) -> ProfileRanking | None:
    """
    Rank one feed; None while nothing is known that could lead it: then it is what its rules say.

    ``saved_feed_delivered`` are the papers that readers may have had already, ``ranking_before`` is the ranking that
    they had.
    """
    rules_query = query_of(saved_feed, profile_inputs.settings, learned=True)
    profile_batches = batches_within(profile_inputs.snapshot.batches, rules_query.days)
    learning_collection = collection_of(profile_batches)
    taste = taste_of(profile_inputs.profile, profile_inputs.memory, saved_feed, learning_collection, profile_batches)
    if not taste.has_likes_or_dislikes and ranking_before is None:
        return None
    newest_profile_day = profile_batches[0].day
    ranking_grows = bool(saved_feed_delivered) and (
        ranking_before is None or ranking_before.newest == newest_profile_day
    )
    most_by_votes = min(math.ceil(_GROWTH_BY_VOTES * rules_query.limit), MAX_LIMIT)
    most_profile_papers = most_by_votes if ranking_grows else rules_query.limit
    # what selects where likes lead: keywords; without any, the interest as ``like=text:``
    selecting_query = replace(rules_query, like=() if rules_query.keywords else liked_interest(saved_feed))
    saved_feed_ranking = _SavedFeedRanking(
        selecting_query, profile_inputs.snapshot, taste, learning_collection, saved_feed_delivered
    )
    profile_papers = tuple(saved_feed_ranking.papers(most_profile_papers))
    papers_version = profile_papers_version(profile_inputs.snapshot.manifest)
    return ProfileRanking(papers_version, rules_query.canonical(), newest_profile_day, profile_papers)


class _SavedFeedRanking:
    """One feed as it is ranked."""

    def __init__(
        self,
        rules_query: FeedQuery,
        snapshot: Snapshot,
        taste: Taste,
        learning_collection: Collection,
        saved_feed_delivered: AbstractSet[str],
    ) -> None:
        self._rules_query = rules_query
        self._saved_feed_delivered = saved_feed_delivered
        self._profile_batches = snapshot.batches
        unlimited_rules = replace(rules_query, like=(), min_score=0.0, per_day=MAX_LIMIT, sort="score")
        profile_links = link_batches(tuple(profile_batch.index for profile_batch in self._profile_batches))
        rules_ranker = choose_ranker(rules_query, self._profile_batches, profile_links)
        learned_ranker = LearnedRanker(rules_ranker, rules_query, taste, learning_collection, saved_feed_delivered)
        self._vote_reasons = VoteReasons(learned_ranker, taste, learning_collection)
        self._liked_names = {liked.name for liked in taste.liked}
        self._learned_selection = Selection(self._profile_batches, unlimited_rules, learned_ranker)

    def papers(self, most_profile_papers: int) -> Iterator[ProfilePaper]:
        """Give so many papers of the feed at most, in its order; what was delivered comes before what was not."""
        profile_papers = [learned_place for learned_day in self._learned_days() for learned_place in learned_day]
        saved_feed_newcomers = most_profile_papers - sum(
            learned_place.arxiv_id in self._saved_feed_delivered for learned_place in profile_papers
        )
        given_profile_papers = 0
        for learned_place in profile_papers:
            is_newcomer = learned_place.arxiv_id not in self._saved_feed_delivered
            saved_feed_newcomers -= is_newcomer
            if given_profile_papers < most_profile_papers and not (is_newcomer and saved_feed_newcomers < 0):
                given_profile_papers += 1
                yield self._profile_paper(learned_place)

    def _learned_days(self) -> Iterator[list[PlacedPaper]]:
        for _, places_of_day in groupby(
            self._learned_selection.placed(), lambda learned_place: learned_place.feed_row.batch
        ):
            learned_day = self._sink_disliked(places_of_day)
            feed_ids = self._saved_feed_delivered | self._newcomers(learned_day)
            feed_day = [learned_place for learned_place in learned_day if learned_place.arxiv_id in feed_ids]
            if self._rules_query.sort == "date":
                feed_day.sort(key=lambda learned_place: learned_place.arxiv_id, reverse=True)
            yield feed_day

    def _sink_disliked(self, places_of_day: Iterable[PlacedPaper]) -> list[PlacedPaper]:
        """A day's papers, those that are close to a disliked one lower; who likes a paper need not be told of it."""
        most_compared = _DISLIKE_COMPARISONS * self._rules_query.per_day
        not_liked_themselves = (
            learned_place
            for learned_place in places_of_day
            if learned_place.arxiv_id in self._saved_feed_delivered or learned_place.arxiv_id not in self._liked_names
        )
        compared_with_disliked = [
            learned_place
            for rank, learned_place in enumerate(not_liked_themselves)
            if rank < most_compared or learned_place.arxiv_id in self._saved_feed_delivered
        ]
        return self._vote_reasons.sink_disliked(compared_with_disliked, self._profile_batches)

    def _newcomers(self, learned_day: Sequence[PlacedPaper]) -> set[str]:
        """Those of the day's best that nobody had yet, as far as there is room."""
        delivered_that_day = sum(learned_place.arxiv_id in self._saved_feed_delivered for learned_place in learned_day)
        best_learned = learned_day[: self._rules_query.per_day]
        saved_feed_newcomers = [
            learned_place.arxiv_id
            for learned_place in best_learned
            if learned_place.arxiv_id not in self._saved_feed_delivered
        ]
        newcomer_room = math.ceil(_GROWTH_BY_VOTES * self._rules_query.per_day) - delivered_that_day
        return set(saved_feed_newcomers[: max(newcomer_room, 0)])

    def _profile_paper(self, learned_place: PlacedPaper) -> ProfilePaper:
        learned_entry = self._learned_selection.entry(learned_place)
        learned_batch = self._profile_batches[learned_place.newest_row.batch]
        vote_reasons = self._vote_reasons.vote_reasons(learned_place, learned_entry.paper, learned_batch)
        ranking_reasons = (*learned_entry.matched, *vote_reasons)
        learned_id, learned_score = learned_entry.paper.arxiv_id, learned_place.score_units / SCORE_UNIT
        return ProfilePaper(
            learned_id, learned_place.newest_row, learned_place.feed_row, learned_score, ranking_reasons
        )


def plainly_delivered(saved_feed: SavedFeed, snapshot: Snapshot, settings: Settings) -> frozenset[str]:
    """The papers of a feed that nothing leads yet, as readers had them."""
    saved_feed_delivered = select(snapshot.batches, query_of(saved_feed, settings, learned=False))
    return frozenset(delivered_entry.paper.arxiv_id for delivered_entry in saved_feed_delivered)
