"""What a feed says of itself in words: its title, and what is in it, or why nothing is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from core.feeds.followed import awaited, partly_followed, unfollowed, unfollowed_archives
from core.feeds.library import Snapshot
from core.paper import NEAREST_MATCH, Entry
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.entries import Selected
from core.taxonomy import archive_members

_UNFOLLOWED_DESCRIPTION: Final = (
    "On your own machine it is being fetched: look again in a minute. Elsewhere "
    "the refresh after it was asked for on two days brings it in, with the days before, if there is room: "
    "readers may add 20 categories to a deployment. The page / has a button for who does not want to wait."
)
_FILLING_DESCRIPTION: Final = " This deployment is new: earlier days may still come, the latest first."
_MOST_DESCRIBED_LETTERS: Final = 80
"""Of a text that a feed's papers are like."""
_MOST_DESCRIBED_CATEGORIES: Final = 8
_DESCRIBED_AS_SITE_SETTING: Final = " (this site's setting)"
_DESCRIBED_ORDERS: Final = {
    "score": "best match first",
    "date": "newest paper first",
    "interest": "highest rating against the configured interest first",
}


def describe_title(feed_query: FeedQuery) -> str:
    """``Paperfeed: cs.AI, cs.LG · kv cache, LLM``."""
    described_title = [f"Paperfeed: {describe_categories(feed_query)}"]
    described_title += [_describe_some(feed_query.keywords, 4)] if feed_query.keywords else []
    return " · ".join([*described_title, *_describe_liked_texts(feed_query)])


def describe_categories(feed_query: FeedQuery, most_described: int = _MOST_DESCRIBED_CATEGORIES) -> str:
    """``cs.AI, cs.LG``; ``math without math.ST``; ``all but cs.CY`` where only what is left out is named."""
    category_terms = feed_query.categories.terms
    described_left_out = _describe_some([term[1:] for term in category_terms if term.startswith("-")], most_described)
    described_asked = _describe_some([term for term in category_terms if not term.startswith("-")], most_described)
    if not described_asked:
        return f"all but {described_left_out}"
    return f"{described_asked} without {described_left_out}" if described_left_out else described_asked


def describe_feed(snapshot: Snapshot, feed_query: FeedQuery, selected: Selected) -> str:
    """One or two sentences: what is in the feed, and why there is nothing when there is nothing."""
    if snapshot.manifest.sample:
        return "There are no papers yet: arXiv could not be reached. They come with the first refresh that reaches it."
    description = f"New arXiv papers in {describe_categories(feed_query)}"
    description += f" about {_describe_some(feed_query.keywords, 8)}" if feed_query.keywords else ""
    description += "".join(f", {described_text}" for described_text in _describe_liked_texts(feed_query))
    description += _describe_filters(feed_query)
    if unfollowed_categories := unfollowed(snapshot.manifest, feed_query):
        described_unfollowed = f"Not followed here yet: {', '.join(unfollowed_categories)}. {_UNFOLLOWED_DESCRIPTION}"
        return f"{description}. {described_unfollowed}{_describe_unread(selected)}"
    feed_entries = selected.entries
    if not feed_entries:
        if selected.unread_from:
            return f"{description}. Nothing matched after {selected.unread_from}.{_describe_unread(selected)}"
        description += f". {_describe_empty_feed(snapshot, feed_query)}"
        return description + _describe_awaited(snapshot, feed_query)
    description += f", newest announcement first, {_DESCRIBED_ORDERS[feed_query.sort]}."
    description += _describe_limit(feed_query, feed_entries, selected.matched) + _describe_unread(selected)
    description += _describe_nearest(feed_query, feed_entries)
    description += "".join(_describe_partly_followed(snapshot, feed_query))
    return description + _describe_awaited(snapshot, feed_query)


def _describe_awaited(snapshot: Snapshot, feed_query: FeedQuery) -> str:
    """Say what is on its way from arXiv: categories, and the first days of a new deployment."""
    description = _describe_awaited_categories(snapshot, feed_query)
    return description + (_FILLING_DESCRIPTION if snapshot.manifest.filling else "")


def _describe_awaited_categories(snapshot: Snapshot, feed_query: FeedQuery) -> str:
    awaited_categories = awaited(snapshot.manifest, feed_query)
    return f" Still to come from arXiv: {_describe_some(awaited_categories, 8)}." if awaited_categories else ""


def describe_unheld(snapshot: Snapshot, feed_query: FeedQuery) -> tuple[str, ...]:
    """Which of the categories asked for are not held, or not yet, in sentences; none when all are."""
    unfollowed_categories = unfollowed(snapshot.manifest, feed_query)
    sentences = (
        f"Not followed here yet: {', '.join(unfollowed_categories)}." if unfollowed_categories else "",
        *_describe_partly_followed(snapshot, feed_query),
        _describe_awaited_categories(snapshot, feed_query),
    )
    return tuple(sentence.strip() for sentence in sentences if sentence)


def _describe_partly_followed(snapshot: Snapshot, feed_query: FeedQuery) -> Iterator[str]:
    for archive, followed_here in partly_followed(snapshot.manifest, feed_query).items():
        described_verb = "is" if len(followed_here) == 1 else "are"
        yield f" Of {archive}, only {_describe_some(followed_here, 8)} {described_verb} held here."


def _describe_filters(feed_query: FeedQuery) -> str:
    """What is left out, and by whom: readers see the site's own settings nowhere else."""
    described_exclude = f", without {_describe_some(feed_query.exclude, 8)}{_describe_origin(feed_query, 'exclude')}"
    described_score = f", with a score of {feed_query.min_score:g} or more{_describe_origin(feed_query, 'min_score')}"
    described_filters = (
        (feed_query.authors, f", all by {_describe_some(feed_query.authors, 4)}"),
        (feed_query.exclude, described_exclude),
        (feed_query.since, f", announced from {feed_query.since} on"),
        (feed_query.until, f", announced until {feed_query.until}"),
        (feed_query.min_score, described_score),
    )
    return "".join(description for is_filtered, description in described_filters if is_filtered)


def _describe_origin(feed_query: FeedQuery, described_parameter: str) -> str:
    return "" if described_parameter in dict(feed_query.given_parameters) else _DESCRIBED_AS_SITE_SETTING


def _describe_unread(selected: Selected) -> str:
    """Say which days are not in, since they would take too long."""
    if selected.unread_from is None:
        return ""
    described_days = f"Papers announced until {selected.unread_from} are left out"
    return (
        f" {described_days}: to look for all of this on more days takes too long; fewer or rarer terms reach further."
    )


def _describe_limit(feed_query: FeedQuery, feed_entries: Sequence[Entry], matched: int) -> str:
    """Say that a limit was reached: there may be more."""
    if len(feed_entries) >= feed_query.limit:
        return f" These are the first {feed_query.limit}: the limit of this feed (limit)."
    feed_days = [feed_entry.day for feed_entry in feed_entries if feed_entry.matched != (NEAREST_MATCH,)]
    if matched > len(feed_days):
        return f" These are {len(feed_days)} of {matched:,} that match: at most {feed_query.per_day} a day (per_day)."
    entries_by_feed_day = Counter(feed_days) if not matched else {}
    full_feed_days = sum(entry_count >= feed_query.per_day for entry_count in entries_by_feed_day.values())
    if not full_feed_days:
        return ""
    described_days = f"{full_feed_days} of {len(entries_by_feed_day)} days"
    return f" On {described_days} these are the best {feed_query.per_day}: the most a day (per_day)."


def _describe_nearest(feed_query: FeedQuery, feed_entries: Sequence[Entry]) -> str:
    """Say how many papers match nothing, or a reader takes them for matches."""
    if not (nearest_count := sum(feed_entry.matched == (NEAREST_MATCH,) for feed_entry in feed_entries)):
        return ""
    described_count = f"{nearest_count} that no term matches, but that are like the best"
    return f" And {described_count}: at most {feed_query.also} a day (also)."


def _describe_empty_feed(snapshot: Snapshot, feed_query: FeedQuery) -> str:
    if described_likes := _describe_unheld_likes(snapshot, feed_query):
        return described_likes
    if archives := unfollowed_archives(snapshot.manifest, feed_query):
        described_members = _describe_some(sorted(member for each in archives for member in archive_members(each)), 4)
        described_archives = f"Nothing of {', '.join(archives)} is followed here"
        return f"{described_archives}: ask for its categories by their names ({described_members})."
    newest_snapshot_day = snapshot.batches[0].day
    if feed_query.since or feed_query.until:
        return f"Nothing matched among what is held here: {snapshot.batches[-1].day} to {newest_snapshot_day}."
    described_days = f"{feed_query.days} days up to {newest_snapshot_day}"
    return f"Nothing matched in the {described_days}.{_describe_like_parameter(feed_query)}"


def _describe_unheld_likes(snapshot: Snapshot, feed_query: FeedQuery) -> str:
    described_ids = [liked for liked in feed_query.like if not isinstance(liked, LikedText)]
    if not described_ids or len(described_ids) < len(feed_query.like):
        return ""
    if any(set(described_ids) & set(snapshot_batch.index.ids) for snapshot_batch in snapshot.batches):
        return ""
    return f"Of the papers to compare with ({', '.join(described_ids)}) none is held here."


def _describe_like_parameter(feed_query: FeedQuery) -> str:
    """How to ask for papers about a phrase: as a keyword, its words are looked for side by side."""
    described_clauses = [term.clauses[0] for term in feed_query.keywords if len(term.clauses) == 1]
    described_phrases = (clause.literal for clause in described_clauses if len(clause.words) > 2 and not clause.field)
    if not (described_phrase := next(described_phrases, "")):
        return ""
    described_like = f"like=text:{quote(described_phrase)}"
    return f" Words are looked for side by side, as they are written; papers about them: {described_like}"


def _describe_liked_texts(feed_query: FeedQuery) -> Iterator[str]:
    for described_text in (liked.text for liked in feed_query.like if isinstance(liked, LikedText)):
        is_long = len(described_text) > _MOST_DESCRIBED_LETTERS
        yield f"like “{described_text[: _MOST_DESCRIBED_LETTERS - 1] + '…' if is_long else described_text}”"


def _describe_some(described_terms: Sequence[object], most_described: int) -> str:
    if len(described_terms) > most_described + 1:
        described_rest = f" and {len(described_terms) - most_described} more"
        return ", ".join(map(str, described_terms[:most_described])) + described_rest
    return ", ".join(map(str, described_terms))
