"""What a feed says of itself in words: its title, and what is in it, or why nothing is."""

from collections.abc import Sequence
from typing import Final

from core.feeds.library import Snapshot
from core.following import partly_followed, unfollowed, unfollowed_archives
from core.paper import Entry
from core.query.feed_query import FeedQuery
from core.query.values import LikedText

JOINS: Final = (
    "On your own machine it is being fetched: look again in a minute. Elsewhere "
    "the refresh after it was asked for on two days brings it in, with the days before, if there is room: "
    "readers may add 20 categories to a deployment. The page / has a button for who does not want to wait."
)
_ORDERS: Final = {
    "score": "best match first",
    "date": "newest paper first",
    "interest": "highest rating against the configured interest first",
}


def query_title(query: FeedQuery) -> str:
    """``Paperfeed: cs.AI, cs.LG · kv cache, LLM``."""
    parts = [f"Paperfeed: {', '.join(query.categories.terms)}"]
    if query.keywords:
        parts.append(_some([str(term) for term in query.keywords], 4))
    return " · ".join(parts)


def query_description(snapshot: Snapshot, query: FeedQuery, entries: Sequence[Entry]) -> str:
    """One or two sentences: what is in the feed, and why there is nothing when there is nothing."""
    if snapshot.manifest.sample:
        return "There are no papers yet: arXiv could not be reached. They come with the first refresh that reaches it."
    what = f"New arXiv papers in {', '.join(query.categories.terms)}"
    if query.keywords:
        what += f" about {_some([str(term) for term in query.keywords], 8)}"
    if waiting := unfollowed(snapshot.manifest, query):
        return f"{what}. Not followed here yet: {', '.join(waiting)}. {JOINS}"
    if entries:
        parts = partly_followed(snapshot.manifest, query)
        only = (f" Of {name}, only {_some(held, 8)} {_is_are(held)} held here." for name, held in parts.items())
        return f"{what}, newest announcement first, {_ORDERS[query.sort]}.{''.join(only)}"
    return f"{what}. {_why_empty(snapshot, query)}"


def _why_empty(snapshot: Snapshot, query: FeedQuery) -> str:
    ids = [each for each in query.like if not isinstance(each, LikedText)]
    if ids == list(query.like) != [] and not any(set(ids) & set(batch.index.ids) for batch in snapshot.batches):
        return f"Of the papers to compare with ({', '.join(ids)}) none is held here."
    if archives := unfollowed_archives(snapshot.manifest, query):
        return f"Nothing of {', '.join(archives)} is followed here: ask for its categories by their names."
    return f"Nothing matched in the {query.days} days up to {snapshot.batches[0].day}."


def _is_are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _some(words: Sequence[str], most: int) -> str:
    if len(words) <= most + 1:
        return ", ".join(words)
    return f"{', '.join(words[:most])} and {len(words) - most} more"
