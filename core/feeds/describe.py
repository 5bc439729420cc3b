"""What a feed says of itself in words: its title, and what is in it, or why nothing is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from core.feeds.followed import partly_followed, unfollowed, unfollowed_archives
from core.feeds.library import Snapshot
from core.paper import NEAREST, Entry
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.taxonomy import members

JOINS: Final = (
    "On your own machine it is being fetched: look again in a minute. Elsewhere "
    "the refresh after it was asked for on two days brings it in, with the days before, if there is room: "
    "readers may add 20 categories to a deployment. The page / has a button for who does not want to wait."
)
_TITLE_CHARACTERS: Final = 80
"""Of a text, in a title."""
_BY_SITE: Final = " (this site's setting)"
_CATEGORIES_TOLD: Final = 8
_ORDERS: Final = {
    "score": "best match first",
    "date": "newest paper first",
    "interest": "highest rating against the configured interest first",
}


def query_title(query: FeedQuery) -> str:
    """``Paperfeed: cs.AI, cs.LG · kv cache, LLM``."""
    parts = [f"Paperfeed: {_some(query.categories.terms, _CATEGORIES_TOLD)}"]
    if query.keywords:
        parts.append(_some([str(term) for term in query.keywords], 4))
    parts += [f"like “{_cut(each.text)}”" for each in query.like if isinstance(each, LikedText)]
    return " · ".join(parts)


def query_description(snapshot: Snapshot, query: FeedQuery, entries: Sequence[Entry], matched: int = 0) -> str:
    """
    One or two sentences: what is in the feed, and why there is nothing when there is nothing.

    ``matched`` is how many papers would be in without ``per_day``; 0 where that is not known.
    """
    if snapshot.manifest.sample:
        return "There are no papers yet: arXiv could not be reached. They come with the first refresh that reaches it."
    what = f"New arXiv papers in {_some(query.categories.terms, _CATEGORIES_TOLD)}"
    if query.keywords:
        what += f" about {_some([str(term) for term in query.keywords], 8)}"
    what += "".join(f", like “{_cut(each.text)}”" for each in query.like if isinstance(each, LikedText))
    what += "".join(_filters(query))
    if waiting := unfollowed(snapshot.manifest, query):
        return f"{what}. Not followed here yet: {', '.join(waiting)}. {JOINS}"
    if entries:
        parts = partly_followed(snapshot.manifest, query)
        only = (f" Of {name}, only {_some(held, 8)} {_is_are(held)} held here." for name, held in parts.items())
        reached = _reached(query, entries, matched) + _added(query, entries)
        return f"{what}, newest announcement first, {_ORDERS[query.sort]}.{reached}{''.join(only)}"
    return f"{what}. {_why_empty(snapshot, query)}"


def _filters(query: FeedQuery) -> Iterator[str]:
    """What is left out, and by whom: readers see the site's own settings nowhere else."""
    given = dict(query.given)
    if query.authors:
        yield f", all by {_some([str(name) for name in query.authors], 4)}"
    if query.exclude:
        yield f", without {_some([str(term) for term in query.exclude], 8)}{_BY_SITE if 'exclude' not in given else ''}"
    if query.since:
        yield f", announced from {query.since} on"
    if query.until:
        yield f", announced until {query.until}"
    if query.min_score:
        yield f", with a score of {query.min_score:g} or more{_BY_SITE if 'min_score' not in given else ''}"


def _reached(query: FeedQuery, entries: Sequence[Entry], matched: int) -> str:
    """Say that a limit was reached: there may be more."""
    if len(entries) >= query.limit:
        return f" These are the first {query.limit}: the limit of this feed (limit)."
    entries = [entry for entry in entries if entry.matched != (NEAREST,)]
    if matched > len(entries):
        return f" These are {len(entries)} of {matched:,} that match: at most {query.per_day} a day (per_day)."
    days = Counter(entry.day for entry in entries) if not matched else {}
    full = sum(count >= query.per_day for count in days.values())
    return (
        f" On {full} of {len(days)} days these are the best {query.per_day}: the most a day (per_day)." if full else ""
    )


def _added(query: FeedQuery, entries: Sequence[Entry]) -> str:
    """Say how many papers match nothing, or a reader takes them for matches."""
    count = sum(entry.matched == (NEAREST,) for entry in entries)
    return (
        f" And {count} that no term matches, but that are like the best: at most {query.also} a day (also)."
        if count
        else ""
    )


def _why_empty(snapshot: Snapshot, query: FeedQuery) -> str:
    ids = [each for each in query.like if not isinstance(each, LikedText)]
    if ids == list(query.like) != [] and not any(set(ids) & set(batch.index.ids) for batch in snapshot.batches):
        return f"Of the papers to compare with ({', '.join(ids)}) none is held here."
    if archives := unfollowed_archives(snapshot.manifest, query):
        names = _some(sorted(name for archive in archives for name in members(archive)), 4)
        return f"Nothing of {', '.join(archives)} is followed here: ask for its categories by their names ({names})."
    last = snapshot.batches[0].day
    if query.since or query.until:
        return f"Nothing matched among what is held here: {snapshot.batches[-1].day} to {last}."
    return f"Nothing matched in the {query.days} days up to {last}.{_otherwise(query)}"


def _otherwise(query: FeedQuery) -> str:
    """How to ask for papers about a phrase: as a keyword, its words are looked for side by side."""
    clauses = [term.clauses[0] for term in query.keywords if len(term.clauses) == 1]
    phrase = next((each.literal for each in clauses if len(each.words) > 2 and not each.field), "")
    asked = f"like=text:{quote(phrase)}"
    return f" Words are looked for side by side, as they are written; papers about them: {asked}" if phrase else ""


def _cut(text: str) -> str:
    return text if len(text) <= _TITLE_CHARACTERS else f"{text[: _TITLE_CHARACTERS - 1]}…"


def _is_are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _some(words: Sequence[str], most: int) -> str:
    if len(words) <= most + 1:
        return ", ".join(words)
    return f"{', '.join(words[:most])} and {len(words) - most} more"
