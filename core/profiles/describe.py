"""What saved feeds say of themselves: what leads them, in the words of any other feed."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from core.feeds.describe import describe_feed
from core.feeds.library import Snapshot
from core.paper import Entry
from core.profiles.records import ProfileRanking, SavedFeed
from core.profiles.rules import liked_interest
from core.query.feed_query import FeedQuery
from core.search.entries import Selected


class ReadSavedFeed(Struct, frozen=True):
    """A feed of a profile as it is read: what it asks for, what leads it, and the entries that it has."""

    saved_feed: SavedFeed
    rules_query: FeedQuery
    ranking: ProfileRanking | None
    entries: Sequence[Entry]


def describe_saved_feeds(snapshot: Snapshot, read_saved_feeds: Sequence[ReadSavedFeed]) -> str:
    """What one feed of a profile holds; of several that are read as one, what each does, by its name."""
    descriptions = [
        describe_feed(snapshot, _leading_query(read_feed), Selected(read_feed.entries))
        for read_feed in read_saved_feeds
    ]
    if len(set(descriptions)) == 1:
        return descriptions[0]
    names = (read_feed.saved_feed.name for read_feed in read_saved_feeds)
    return " ".join(f"{name}: {description}" for name, description in zip(names, descriptions, strict=True))


def _leading_query(read_feed: ReadSavedFeed) -> FeedQuery:
    """A feed's rules, and as ``like=text:`` the interest that selects its papers or orders what keywords select."""
    if read_feed.ranking is None:  # nothing leads it: it is what its rules say
        return read_feed.rules_query
    return replace(read_feed.rules_query, like=liked_interest(read_feed.saved_feed))
