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
from core.profiles.change import ProfileState, new_profile, rank_profile, with_likes, with_saved_feeds, with_seed_texts
from core.profiles.exchange import ProfileDocument, feeds_of_document, with_document
from core.profiles.feed import saved_feed_entries, saved_feed_query
from core.profiles.records import SavedFeed
from core.profiles.rules import MOST_INTEREST_CHARACTERS, MOST_SAVED_FEEDS, checked_saved_feed, checked_saved_feeds
from core.profiles.seeds import UnderstoodSeed, understand
from core.profiles.zotero import parse_zotero
from core.query.values import LikedText, parse_liked

_SELECTING_RULES: Final = ("keywords", "authors", "like")
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
    document_feeds, understood = _with_sentence_as_interest(
        feeds_of_document(profile_document, settings), understand(profile_document.seed)
    )
    saved_feeds = _with_opml(without_likes(document_feeds), understood, settings)
    state = with_document(new_profile(saved_feeds, now=now), profile_document, now=now)
    state = with_likes_of(state, document_feeds, snapshot, now=now)
    brought_profile = bring(state, understood, snapshot, now=now)
    zotero = parse_zotero(profile_document.zotero, profile_document.zotero_key)
    understood_sentences = list(brought_profile.understood_sentences)
    if profile_document.seed.strip() and understood.kind == "nothing":
        understood_sentences.append("Your sentence: what your feed is about.")
    if zotero:
        understood_sentences.append(f"Zotero library {zotero.library}: read at the next refresh.")
    brought_state = brought_profile.state
    drafted_profile = replace(brought_state.profile, zotero=zotero)
    return ProfileDraft(ProfileState(drafted_profile, brought_state.memory), tuple(understood_sentences))


def with_profile_edits(
    state: ProfileState, profile_document: ProfileDocument, snapshot: Snapshot, settings: Settings, *, now: datetime
) -> ProfileState:
    """
    Put a document's feeds in place of a profile's, and its votes, seeds, library where it has any; learn from the rest.

    Raises BadQuery, TooMany.
    """
    document_feeds = feeds_of_document(profile_document, settings)
    state = with_saved_feeds(state, without_likes(document_feeds), now=now)
    if profile_document.votes or profile_document.seeds or profile_document.vectors:
        state = with_document(state, profile_document, now=now)
    zotero, known_zotero = parse_zotero(profile_document.zotero, profile_document.zotero_key), state.profile.zotero
    if zotero and not (known_zotero and known_zotero.library == zotero.library and not zotero.key):
        state = ProfileState(replace(state.profile, zotero=zotero), state.memory)
    state = with_likes_of(state, document_feeds, snapshot, now=now)
    return bring(state, understand(profile_document.seed), snapshot, now=now).state


def without_likes(saved_feeds: Sequence[SavedFeed]) -> tuple[SavedFeed, ...]:
    """Take ``like`` out of the rules: it is the feed's interest, or else learnt from, see ``with_likes_of``."""
    return tuple(
        replace(
            saved_feed,
            rules=tuple(rule for rule in saved_feed.rules if rule[0] != "like"),
            interest=_interest_of(saved_feed),
        )
        for saved_feed in saved_feeds
    )


def _interest_of(saved_feed: SavedFeed) -> str:
    """A feed's interest; where it has none, the text that it is like, unless it is like papers too."""
    liked_by_feed = _likes_of(saved_feed)
    liked_texts = [liked.text for liked in liked_by_feed if isinstance(liked, LikedText)]
    return saved_feed.interest or (" ".join(liked_texts) if len(liked_texts) == len(liked_by_feed) else "")


def _with_sentence_as_interest(
    saved_feeds: tuple[SavedFeed, ...], understood: UnderstoodSeed
) -> tuple[tuple[SavedFeed, ...], UnderstoodSeed]:
    """Take a sentence that is all that somebody said as what the one feed is about: nothing else would select."""
    (first_saved_feed, *other_saved_feeds), seed_references = saved_feeds, understood.references
    sentence = " ".join(reference.text for reference in seed_references)
    rules = dict(first_saved_feed.rules)
    is_said_otherwise = first_saved_feed.interest or any(rules.get(rule_key) for rule_key in _SELECTING_RULES)
    is_sentence = understood.kind == "text" and not understood.ids and len(sentence) <= MOST_INTEREST_CHARACTERS
    if other_saved_feeds or is_said_otherwise or not is_sentence:
        return saved_feeds, understood
    return (replace(first_saved_feed, interest=sentence),), UnderstoodSeed("nothing")


def _likes_of(saved_feed: SavedFeed) -> list[ArxivId | LikedText]:
    return [
        liked for rule_key, liked_rule in saved_feed.rules if rule_key == "like" for liked in parse_liked(liked_rule)
    ]


def with_likes_of(
    state: ProfileState, saved_feeds: Sequence[SavedFeed], snapshot: Snapshot, *, now: datetime
) -> ProfileState:
    """
    Learn from what checked rules say to be like: ids as votes, a text as a seed, unless it is its feed's interest.

    Raises TooMany.
    """
    liked_by_feed = [
        liked
        for saved_feed in saved_feeds
        if _interest_of(saved_feed) == saved_feed.interest
        for liked in _likes_of(saved_feed)
    ]
    liked_texts = [liked.text for liked in liked_by_feed if isinstance(liked, LikedText)]
    liked_ids = [liked for liked in liked_by_feed if not isinstance(liked, LikedText)]
    state = with_likes(state, liked_ids, snapshot, now=now) if liked_ids else state
    if not liked_texts:
        return state
    return with_seed_texts(state, "the text that your feed was like", liked_texts, snapshot, now=now)


def _with_opml(
    saved_feeds: tuple[SavedFeed, ...], understood: UnderstoodSeed, settings: Settings
) -> tuple[SavedFeed, ...]:
    """Categories go to the first feed when it names none; feeds of a Paperfeed are added."""
    first_saved_feed, *other_saved_feeds = saved_feeds
    if understood.pasted_categories and not dict(first_saved_feed.rules).get("categories"):
        categories_rule = ("categories", ",".join(understood.pasted_categories))
        first_saved_feed = replace(first_saved_feed, rules=(categories_rule, *first_saved_feed.rules))
    added_saved_feeds = list(_added_saved_feeds([first_saved_feed, *other_saved_feeds], understood, settings))
    return checked_saved_feeds([first_saved_feed, *other_saved_feeds, *added_saved_feeds][:MOST_SAVED_FEEDS])


def _added_saved_feeds(
    saved_feeds: Sequence[SavedFeed], understood: UnderstoodSeed, settings: Settings
) -> Iterator[SavedFeed]:
    taken_feed_names = {saved_feed.name for saved_feed in saved_feeds}
    feed_names = (
        feed_name
        for feed_name in (f"feed {feed_number}" for feed_number in range(2, 2 + 2 * MOST_SAVED_FEEDS))
        if feed_name not in taken_feed_names
    )
    for rules, feed_name in zip(understood.paperfeed_rules, feed_names, strict=False):
        try:
            yield checked_saved_feed(feed_name, rules, "", settings)
        except BadQuery:  # rules of another version
            continue


def preview_entries(state: ProfileState, snapshot: Snapshot, settings: Settings) -> list[Entry]:
    """The first papers of the first feed, as they would be."""
    previewed_profile = rank_profile(None, state, snapshot, settings).profile
    first_saved_feed = previewed_profile.feeds[0]
    ranking = previewed_profile.ranking(first_saved_feed.name)
    return saved_feed_entries(snapshot, saved_feed_query(first_saved_feed, ranking, settings), ranking)[
        :MOST_PREVIEWED_PAPERS
    ]
