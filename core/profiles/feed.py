"""A profile's feeds as entries: read from a ranking that was stored, or selected where nothing leads yet."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from msgspec.structs import replace

from core.config.settings import Settings
from core.errors import UNREADABLE, Damaged
from core.feeds.library import Snapshot
from core.paper import Entry, Matched, Summary
from core.profiles.records import ProfilePaper, ProfileRanking, SavedFeed
from core.profiles.rules import query_of
from core.query.feed_query import FeedQuery
from core.search.batch import BatchRow, LoadedBatch
from core.search.order import PlacedPaper
from core.search.scores import ListedScores, Scores
from core.search.select import Selection, select
from core.search.work import require_all_days

_NO_PROFILE_SCORES: Final = (0, ListedScores({}))


class SavedRanker:
    """Tells what was found out when the ranking was made."""

    unit = 1

    def __init__(self, ranking_reasons: Mapping[tuple[int, int], tuple[Matched, ...]]) -> None:
        self._ranking_reasons = ranking_reasons

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:  # noqa: ARG002 - nothing is selected by it
        return _NO_PROFILE_SCORES

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return iter(self._ranking_reasons.get((id(batch.index), row), ()))


def saved_feed_query(saved_feed: SavedFeed, ranking: ProfileRanking | None, settings: Settings) -> FeedQuery:
    """What a feed's rules ask for; what its description tells is ``core.profiles.describe``."""
    return query_of(saved_feed, settings, learned=ranking is not None)


def saved_feed_entries(snapshot: Snapshot, rules_query: FeedQuery, ranking: ProfileRanking | None) -> list[Entry]:
    """The entries of one feed; ``ranking`` must be of this snapshot's papers. Raises Damaged when it is not."""
    require_all_days(for_each=True)
    if ranking is None:
        return select(snapshot.batches, rules_query)
    profile_indexes = [batch.index for batch in snapshot.batches]
    ranking_reasons = {
        (id(profile_indexes[profile_paper.newest_row[0]]), profile_paper.newest_row[1]): profile_paper.matched
        for profile_paper in ranking.papers
        if profile_paper.newest_row[0] < len(profile_indexes)
    }
    profile_selection = Selection(snapshot.batches, replace(rules_query, authors=()), SavedRanker(ranking_reasons))
    try:
        return [_profile_entry(profile_selection, profile_paper) for profile_paper in ranking.papers]
    except (LookupError, StopIteration, *UNREADABLE) as ranking_error:
        raise Damaged("a profile could not be read: its ranking names papers that are not held") from ranking_error


def _profile_entry(profile_selection: Selection, profile_paper: ProfilePaper) -> Entry:
    profile_place = PlacedPaper(
        profile_paper.arxiv_id, 0, BatchRow(*profile_paper.newest_row), BatchRow(*profile_paper.feed_row)
    )
    return replace(profile_selection.entry(profile_place), score=profile_paper.score)


def with_interest_ratings(unrated_entries: list[Entry], interest_ratings: Sequence[Summary]) -> list[Entry]:
    """The same entries, each with what a model said of it against the feed's own interest."""
    if not interest_ratings:
        return unrated_entries
    interest_rating_by_id = {interest_rating.arxiv_id: interest_rating for interest_rating in interest_ratings}
    return [
        replace(entry, rating=interest_rating_by_id.get(entry.paper.arxiv_id, entry.rating))
        for entry in unrated_entries
    ]


def merge_saved_feeds(saved_feeds: Sequence[tuple[str, Sequence[Entry]]]) -> list[Entry]:
    """Several feeds as one: each paper once, under its oldest day, with its best score and the reasons of all."""
    merged_saved_feeds: dict[str, Entry] = {}
    for feed_name, profile_feed in saved_feeds:
        for profile_entry in profile_feed:
            saved_feed_entry = replace(profile_entry, matched=(*profile_entry.matched, Matched(feed_name, "feed")))
            merged_feed_entry = merged_saved_feeds.get(profile_entry.paper.arxiv_id)
            merged_saved_feeds[profile_entry.paper.arxiv_id] = (
                _merged_profile_entry(merged_feed_entry, saved_feed_entry) if merged_feed_entry else saved_feed_entry
            )
    return sorted(
        merged_saved_feeds.values(),
        key=lambda merged_feed_entry: (
            -merged_feed_entry.day.toordinal(),
            -merged_feed_entry.score,
            merged_feed_entry.paper.arxiv_id,
        ),
    )


def _merged_profile_entry(merged_feed_entry: Entry, profile_entry: Entry) -> Entry:
    merged_score, merged_updated = (
        max(merged_feed_entry.score, profile_entry.score),
        min(merged_feed_entry.updated, profile_entry.updated),
    )
    merged_reasons = tuple(dict.fromkeys(chain(merged_feed_entry.matched, profile_entry.matched)))
    oldest_entry = min(merged_feed_entry, profile_entry, key=lambda merged_entry: merged_entry.day)
    return replace(oldest_entry, score=merged_score, matched=merged_reasons, updated=merged_updated)
