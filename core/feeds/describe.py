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
from core.taxonomy import archive_members

HOW_FOLLOWED: Final = (
    "On your own machine it is being fetched: look again in a minute. Elsewhere "
    "the refresh after it was asked for on two days brings it in, with the days before, if there is room: "
    "readers may add 20 categories to a deployment. The page / has a button for who does not want to wait."
)
_TITLE_TEXT_CHARACTERS: Final = 80
"""Of a text, in a title."""
_SITE_SETTING: Final = " (this site's setting)"
_CATEGORIES_NAMED: Final = 8
_ORDER_PHRASES: Final = {
    "score": "best match first",
    "date": "newest paper first",
    "interest": "highest rating against the configured interest first",
}


def query_title(query: FeedQuery) -> str:
    """``Paperfeed: cs.AI, cs.LG · kv cache, LLM``."""
    title_parts = [f"Paperfeed: {_list_some(query.categories.terms, _CATEGORIES_NAMED)}"]
    if query.keywords:
        title_parts.append(_list_some([str(term) for term in query.keywords], 4))
    title_parts += [f"like “{_shorten(liked.text)}”" for liked in query.like if isinstance(liked, LikedText)]
    return " · ".join(title_parts)


def query_description(snapshot: Snapshot, query: FeedQuery, entries: Sequence[Entry], matched: int = 0) -> str:
    """
    One or two sentences: what is in the feed, and why there is nothing when there is nothing.

    ``matched`` is how many papers would be in without ``per_day``; 0 where that is not known.
    """
    if snapshot.manifest.sample:
        return "There are no papers yet: arXiv could not be reached. They come with the first refresh that reaches it."
    description = f"New arXiv papers in {_list_some(query.categories.terms, _CATEGORIES_NAMED)}"
    if query.keywords:
        description += f" about {_list_some([str(term) for term in query.keywords], 8)}"
    description += "".join(f", like “{_shorten(liked.text)}”" for liked in query.like if isinstance(liked, LikedText))
    description += "".join(_filter_phrases(query))
    if unfetched := unfollowed(snapshot.manifest, query):
        return f"{description}. Not followed here yet: {', '.join(unfetched)}. {HOW_FOLLOWED}"
    if entries:
        partly_held = partly_followed(snapshot.manifest, query)
        archive_notes = (
            f" Of {archive}, only {_list_some(held, 8)} {_is_are(held)} held here."
            for archive, held in partly_held.items()
        )
        limit_notes = _limit_reached(query, entries, matched) + _nearest_added(query, entries)
        order = f"newest announcement first, {_ORDER_PHRASES[query.sort]}"
        return f"{description}, {order}.{limit_notes}{''.join(archive_notes)}"
    return f"{description}. {_why_feed_empty(snapshot, query)}"


def _filter_phrases(query: FeedQuery) -> Iterator[str]:
    """What is left out, and by whom: readers see the site's own settings nowhere else."""
    given = dict(query.given)
    if query.authors:
        yield f", all by {_list_some([str(name) for name in query.authors], 4)}"
    if query.exclude:
        excluded = _list_some([str(term) for term in query.exclude], 8)
        yield f", without {excluded}{_SITE_SETTING if 'exclude' not in given else ''}"
    if query.since:
        yield f", announced from {query.since} on"
    if query.until:
        yield f", announced until {query.until}"
    if query.min_score:
        yield f", with a score of {query.min_score:g} or more{_SITE_SETTING if 'min_score' not in given else ''}"


def _limit_reached(query: FeedQuery, entries: Sequence[Entry], matched: int) -> str:
    """Say that a limit was reached: there may be more."""
    if len(entries) >= query.limit:
        return f" These are the first {query.limit}: the limit of this feed (limit)."
    entries = [entry for entry in entries if entry.matched != (NEAREST,)]
    if matched > len(entries):
        return f" These are {len(entries)} of {matched:,} that match: at most {query.per_day} a day (per_day)."
    entries_a_day = Counter(entry.day for entry in entries) if not matched else {}
    full_days = sum(count >= query.per_day for count in entries_a_day.values())
    return (
        f" On {full_days} of {len(entries_a_day)} days these are the best {query.per_day}: the most a day (per_day)."
        if full_days
        else ""
    )


def _nearest_added(query: FeedQuery, entries: Sequence[Entry]) -> str:
    """Say how many papers match nothing, or a reader takes them for matches."""
    nearest_count = sum(entry.matched == (NEAREST,) for entry in entries)
    return (
        f" And {nearest_count} that no term matches, but that are like the best: at most {query.also} a day (also)."
        if nearest_count
        else ""
    )


def _why_feed_empty(snapshot: Snapshot, query: FeedQuery) -> str:
    liked_ids = [each for each in query.like if not isinstance(each, LikedText)]
    if liked_ids == list(query.like) != [] and not _holds_any(snapshot, liked_ids):
        return f"Of the papers to compare with ({', '.join(liked_ids)}) none is held here."
    if archives := unfollowed_archives(snapshot.manifest, query):
        names = _list_some(sorted(name for archive in archives for name in archive_members(archive)), 4)
        return f"Nothing of {', '.join(archives)} is followed here: ask for its categories by their names ({names})."
    newest_day = snapshot.batches[0].day
    if query.since or query.until:
        return f"Nothing matched among what is held here: {snapshot.batches[-1].day} to {newest_day}."
    return f"Nothing matched in the {query.days} days up to {newest_day}.{_suggest_like(query)}"


def _holds_any(snapshot: Snapshot, arxiv_ids: Sequence[str]) -> bool:
    return any(set(arxiv_ids) & set(batch.index.ids) for batch in snapshot.batches)


def _suggest_like(query: FeedQuery) -> str:
    """How to ask for papers about a phrase: as a keyword, its words are looked for side by side."""
    keyword_clauses = [term.clauses[0] for term in query.keywords if len(term.clauses) == 1]
    phrase = next((clause.literal for clause in keyword_clauses if len(clause.words) > 2 and not clause.field), "")
    if not phrase:
        return ""
    return f" Words are looked for side by side, as they are written; papers about them: like=text:{quote(phrase)}"


def _shorten(text: str) -> str:
    return text if len(text) <= _TITLE_TEXT_CHARACTERS else f"{text[: _TITLE_TEXT_CHARACTERS - 1]}…"


def _is_are(category_names: Sequence[str]) -> str:
    return "is" if len(category_names) == 1 else "are"


def _list_some(words: Sequence[str], most: int) -> str:
    if len(words) <= most + 1:
        return ", ".join(words)
    return f"{', '.join(words[:most])} and {len(words) - most} more"
