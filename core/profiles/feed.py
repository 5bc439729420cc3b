"""A profile's feeds as entries: read from a ranking that was stored, or selected where nothing leads yet."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from core.config.settings import Settings
from core.errors import UNREADABLE, Damaged
from core.feeds.library import Snapshot
from core.paper import Entry, Matched, Summary
from core.profiles.records import NamedFeed, RankedPaper, Ranking
from core.profiles.rules import query_of
from core.query.feed_query import FeedQuery
from core.search.batch import BatchRow, LoadedBatch
from core.search.order import PlacedPaper
from core.search.scores import ListedScores, Scores
from core.search.select import Selection, select


class StoredRanker:
    """Tells what was found out when the ranking was made."""

    unit = 1

    def __init__(self, ranking_reasons: Mapping[tuple[int, int], tuple[Matched, ...]]) -> None:
        self._ranking_reasons = ranking_reasons

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:  # noqa: ARG002 - nothing is selected by it
        return 0, ListedScores({})

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return iter(self._ranking_reasons.get((id(batch.index), row), ()))


def feed_query(feed: NamedFeed, ranking: Ranking | None, settings: Settings) -> FeedQuery:
    """What a feed asks for, as its description tells."""
    return query_of(feed, settings, learned=ranking is not None)


def feed_entries(snapshot: Snapshot, rules_query: FeedQuery, ranking: Ranking | None) -> list[Entry]:
    """The entries of one feed; ``ranking`` must be of this snapshot's papers. Raises Damaged when it is not."""
    if ranking is None:
        return select(snapshot.batches, rules_query)
    ranked_indexes = [batch.index for batch in snapshot.batches]
    ranking_reasons = {
        (id(ranked_indexes[ranked_paper.ranked_row[0]]), ranked_paper.ranked_row[1]): ranked_paper.matched
        for ranked_paper in ranking.papers
        if ranked_paper.ranked_row[0] < len(ranked_indexes)
    }
    ranked_selection = Selection(snapshot.batches, replace(rules_query, authors=()), StoredRanker(ranking_reasons))
    try:
        return [_ranked_entry(ranked_selection, ranked_paper) for ranked_paper in ranking.papers]
    except (LookupError, StopIteration, *UNREADABLE) as ranking_error:
        raise Damaged("a profile could not be read: its ranking names papers that are not held") from ranking_error


def _ranked_entry(ranked_selection: Selection, ranked_paper: RankedPaper) -> Entry:
    placed = PlacedPaper(ranked_paper.arxiv_id, 0, BatchRow(*ranked_paper.ranked_row), BatchRow(*ranked_paper.feed_row))
    return replace(ranked_selection.entry(placed), score=ranked_paper.score)


def with_ratings(unrated_entries: list[Entry], interest_ratings: Sequence[Summary]) -> list[Entry]:
    """The same entries, each with what a model said of it against the feed's own interest."""
    if not interest_ratings:
        return unrated_entries
    rating_by_id = {rating.arxiv_id: rating for rating in interest_ratings}
    return [replace(entry, rating=rating_by_id.get(entry.paper.arxiv_id, entry.rating)) for entry in unrated_entries]


def merge_feeds(named_feeds: Sequence[tuple[str, Sequence[Entry]]]) -> list[Entry]:
    """Several feeds as one: each paper once, under its oldest day, with its best score and the reasons of all."""
    merged_feeds: dict[str, Entry] = {}
    for feed_name, profile_feed in named_feeds:
        for profile_entry in profile_feed:
            named_entry = replace(profile_entry, matched=(*profile_entry.matched, Matched(feed_name, "feed")))
            merged = merged_feeds.get(profile_entry.paper.arxiv_id)
            merged_feeds[profile_entry.paper.arxiv_id] = _merged_entry(merged, named_entry) if merged else named_entry
    return sorted(
        merged_feeds.values(), key=lambda merged: (-merged.day.toordinal(), -merged.score, merged.paper.arxiv_id)
    )


def _merged_entry(merged: Entry, profile_entry: Entry) -> Entry:
    merged_score, merged_updated = max(merged.score, profile_entry.score), min(merged.updated, profile_entry.updated)
    merged_reasons = tuple(dict.fromkeys(chain(merged.matched, profile_entry.matched)))
    oldest_entry = min(merged, profile_entry, key=lambda merged_entry: merged_entry.day)
    return replace(oldest_entry, score=merged_score, matched=merged_reasons, updated=merged_updated)
