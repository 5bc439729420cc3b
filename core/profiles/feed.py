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
from core.search.batch import LoadedBatch, Row
from core.search.order import Placed
from core.search.scores import Listed, Scores
from core.search.select import Selection, select


class StoredRanker:
    """Tells what was found out when the ranking was made."""

    unit = 1

    def __init__(self, reasons: Mapping[tuple[int, int], tuple[Matched, ...]]) -> None:
        self._reasons = reasons

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:  # noqa: ARG002 - nothing is selected by it
        return 0, Listed({})

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return iter(self._reasons.get((id(batch.index), row), ()))


def feed_query(feed: NamedFeed, ranking: Ranking | None, settings: Settings) -> FeedQuery:
    """What a feed asks for, as its description tells."""
    return query_of(feed, settings, learned=ranking is not None)


def feed_entries(snapshot: Snapshot, query: FeedQuery, ranking: Ranking | None) -> list[Entry]:
    """The entries of one feed; ``ranking`` must be of this snapshot's papers. Raises Damaged when it is not."""
    if ranking is None:
        return select(snapshot.batches, query)
    indexes = [batch.index for batch in snapshot.batches]
    ranking_reasons = {
        (id(indexes[ranked_paper.where[0]]), ranked_paper.where[1]): ranked_paper.matched
        for ranked_paper in ranking.papers
        if ranked_paper.where[0] < len(indexes)
    }
    selection = Selection(snapshot.batches, replace(query, authors=()), StoredRanker(ranking_reasons))
    try:
        return [_ranked_entry(selection, ranked_paper) for ranked_paper in ranking.papers]
    except (LookupError, StopIteration, *UNREADABLE) as error:
        raise Damaged("a profile could not be read: its ranking names papers that are not held") from error


def _ranked_entry(selection: Selection, ranked: RankedPaper) -> Entry:
    placed = Placed(ranked.arxiv_id, 0, Row(*ranked.where), Row(*ranked.stands))
    return replace(selection.entry(placed), score=ranked.score)


def rated(entries: list[Entry], ratings: Sequence[Summary]) -> list[Entry]:
    """The same entries, each with what a model said of it against the feed's own interest."""
    found = {each.arxiv_id: each for each in ratings}
    return [replace(each, rating=found.get(each.paper.arxiv_id, each.rating)) for each in entries] if found else entries


def merged(feeds: Sequence[tuple[str, Sequence[Entry]]]) -> list[Entry]:
    """Several feeds as one: each paper once, under its oldest day, with its best score and the reasons of all."""
    found: dict[str, Entry] = {}
    for name, entries in feeds:
        for entry in entries:
            told = replace(entry, matched=(*entry.matched, Matched(name, "feed")))
            known = found.get(entry.paper.arxiv_id)
            found[entry.paper.arxiv_id] = _both(known, told) if known else told
    return sorted(found.values(), key=lambda entry: (-entry.day.toordinal(), -entry.score, entry.paper.arxiv_id))


def _both(one: Entry, other: Entry) -> Entry:
    matched = tuple(dict.fromkeys(chain(one.matched, other.matched)))
    oldest = min(one, other, key=lambda entry: entry.day)
    return replace(oldest, score=max(one.score, other.score), matched=matched, updated=min(one.updated, other.updated))
