"""A profile before it is saved: from what somebody wrote and brought along, with what was understood of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.config.settings import Settings
from core.errors import BadQuery
from core.feeds.library import Snapshot
from core.paper import ArxivId, Entry
from core.profiles.bring import bring
from core.profiles.change import ProfileState, new_profile, rank_profile, with_feeds, with_likes, with_texts
from core.profiles.exchange import ProfileDocument, feeds_of, with_document
from core.profiles.feed import feed_entries, feed_query
from core.profiles.records import NamedFeed
from core.profiles.rules import MOST_FEEDS, checked_feeds, named_feed
from core.profiles.seeds import UnderstoodSeed, understand
from core.profiles.zotero import parse_zotero
from core.query.values import LikedText, parse_liked

MOST_PREVIEWED_PAPERS: Final = 10
"""So many papers are shown before saving."""


class ProfileDraft(Struct, frozen=True):
    """A profile that is not kept yet, and a sentence on each thing that was understood."""

    state: ProfileState
    understood_sentences: tuple[str, ...] = ()


def draft_profile(
    profile_document: ProfileDocument, snapshot: Snapshot, settings: Settings, *, now: datetime
) -> ProfileDraft:
    """Make a profile of a document. Raises BadQuery that names what is wrong, TooMany."""
    document_feeds = feeds_of(profile_document, settings)
    understood = understand(profile_document.seed)
    feeds = _with_opml(without_likes(document_feeds), understood, settings)
    state = with_document(new_profile(feeds, now=now), profile_document, now=now)
    state = with_likes_of(state, document_feeds, snapshot, now=now)
    brought_profile = bring(state, understood, snapshot, now=now)
    zotero = parse_zotero(profile_document.zotero, profile_document.zotero_key)
    draft_sentences = list(brought_profile.understood_sentences)
    if zotero:
        draft_sentences.append(f"Zotero library {zotero.library}: read at the next refresh.")
    brought_state = brought_profile.state
    drafted_profile = replace(brought_state.profile, zotero=zotero)
    return ProfileDraft(ProfileState(drafted_profile, brought_state.memory), tuple(draft_sentences))


def with_edits(
    state: ProfileState, profile_document: ProfileDocument, snapshot: Snapshot, settings: Settings, *, now: datetime
) -> ProfileState:
    """
    Put a document's feeds in place of a profile's, and its votes, seeds, library where it has any; learn from the rest.

    Raises BadQuery, TooMany.
    """
    document_feeds = feeds_of(profile_document, settings)
    state = with_feeds(state, without_likes(document_feeds), now=now)
    if profile_document.votes or profile_document.seeds or profile_document.vectors:
        state = with_document(state, profile_document, now=now)
    zotero, known_zotero = parse_zotero(profile_document.zotero, profile_document.zotero_key), state.profile.zotero
    if zotero and not (known_zotero and known_zotero.library == zotero.library and not zotero.key):
        state = ProfileState(replace(state.profile, zotero=zotero), state.memory)
    state = with_likes_of(state, document_feeds, snapshot, now=now)
    return bring(state, understand(profile_document.seed), snapshot, now=now).state


def without_likes(feeds: Sequence[NamedFeed]) -> tuple[NamedFeed, ...]:
    """Take ``like`` out of the rules: it is the feed's interest, or else learnt from, see ``with_likes_of``."""
    return tuple(
        replace(feed, rules=tuple(rule for rule in feed.rules if rule[0] != "like"), interest=_interest_of(feed))
        for feed in feeds
    )


def _interest_of(feed: NamedFeed) -> str:
    """A feed's interest; where it has none, the text that it is like, unless it is like papers too."""
    likes = _likes_of(feed)
    liked_texts = [like.text for like in likes if isinstance(like, LikedText)]
    return feed.interest or (" ".join(liked_texts) if len(liked_texts) == len(likes) else "")


def _likes_of(feed: NamedFeed) -> list[ArxivId | LikedText]:
    return [like for rule_key, liked in feed.rules if rule_key == "like" for like in parse_liked(liked)]


def with_likes_of(
    state: ProfileState, feeds: Sequence[NamedFeed], snapshot: Snapshot, *, now: datetime
) -> ProfileState:
    """
    Learn from what checked rules say to be like: ids as votes, a text as a seed, unless it is its feed's interest.

    Raises TooMany.
    """
    likes = [like for feed in feeds if _interest_of(feed) == feed.interest for like in _likes_of(feed)]
    liked_texts = [like.text for like in likes if isinstance(like, LikedText)]
    liked_ids = [like for like in likes if not isinstance(like, LikedText)]
    state = with_likes(state, liked_ids, snapshot, now=now) if liked_ids else state
    return (
        with_texts(state, "the text that your feed was like", liked_texts, snapshot, now=now) if liked_texts else state
    )


def _with_opml(feeds: tuple[NamedFeed, ...], understood: UnderstoodSeed, settings: Settings) -> tuple[NamedFeed, ...]:
    """Categories go to the first feed when it names none; feeds of a Paperfeed are added."""
    first_feed, *other_feeds = feeds
    if understood.pasted_categories and not dict(first_feed.rules).get("categories"):
        categories_rule = ("categories", ",".join(understood.pasted_categories))
        first_feed = replace(first_feed, rules=(categories_rule, *first_feed.rules))
    added_feeds = list(_added_feeds([first_feed, *other_feeds], understood, settings))
    return checked_feeds([first_feed, *other_feeds, *added_feeds][:MOST_FEEDS])


def _added_feeds(feeds: Sequence[NamedFeed], understood: UnderstoodSeed, settings: Settings) -> Iterator[NamedFeed]:
    taken_feed_names = {feed.name for feed in feeds}
    feed_names = (
        feed_name
        for feed_name in (f"feed {feed_number}" for feed_number in range(2, 2 + 2 * MOST_FEEDS))
        if feed_name not in taken_feed_names
    )
    for rules, feed_name in zip(understood.paperfeed_rules, feed_names, strict=False):
        try:
            yield named_feed(feed_name, rules, "", settings)
        except BadQuery:  # rules of another version
            continue


def preview_entries(state: ProfileState, snapshot: Snapshot, settings: Settings) -> list[Entry]:
    """The first papers of the first feed, as they would be."""
    previewed_profile = rank_profile(None, state, snapshot, settings).profile
    first_feed = previewed_profile.feeds[0]
    ranking = previewed_profile.ranking(first_feed.name)
    return feed_entries(snapshot, feed_query(first_feed, ranking, settings), ranking)[:MOST_PREVIEWED_PAPERS]
