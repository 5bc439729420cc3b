"""A profile as JSON: what a person reads, edits, takes along and brings back. No secret stands in it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from core.config.settings import Settings
from core.errors import UNREADABLE, BadQuery, ParseError
from core.paper import parse_arxiv_id
from core.profiles.change import MOST_SEEDS, MOST_VOTES, ProfileState
from core.profiles.records import FeedRules, LearnedWordWeight, ProfileMemory, SavedFeed, Seed, Vote
from core.profiles.rules import checked_saved_feed, checked_saved_feeds

PROFILE_DOCUMENT_FORMAT: Final = 1

LearnedName = Annotated[str, Meta(max_length=60)]
"""Of a vector, or a word in it."""
DocumentVectors = Mapping[LearnedName, Annotated[Mapping[LearnedName, LearnedWordWeight], Meta(max_length=500)]]
VotedTitle = Annotated[str, Meta(max_length=1000)]
SeedDescription = Annotated[str, Meta(max_length=200)]
SeedTextCount = Annotated[int, Meta(ge=1, le=100_000)]


class FeedDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """One feed; its ``query``: what stands behind the question mark of a feed's address, or its parameters by name."""

    name: str = ""  # without one it is called after what it asks for
    feed_rules: str | Mapping[str, str] = field(name="query", default="")
    interest: str = ""


class VoteDocument(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One vote."""

    id: str
    vote: Annotated[str, Meta(pattern="^(more|less)$")]
    voted_at: datetime | None = field(name="at", default=None)
    voted_title: VotedTitle = field(name="title", default="")


class SeedDocument(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody brought along; its words are among the vectors."""

    name: LearnedName
    seed_description: SeedDescription = field(name="what")
    seed_texts: SeedTextCount = field(name="count")


class ProfileDocument(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A profile to make, to replace, or to take along."""

    feeds: tuple[FeedDocument, ...] = ()
    seed: str = ""  # what is pasted: only read, never written
    zotero: str = ""
    zotero_key: str = ""  # only read, never written
    votes: Annotated[tuple[VoteDocument, ...], Meta(max_length=MOST_VOTES)] = ()
    seeds: Annotated[tuple[SeedDocument, ...], Meta(max_length=MOST_SEEDS)] = ()
    vectors: Annotated[DocumentVectors, Meta(max_length=MOST_VOTES + MOST_SEEDS + 1)] = {}
    paperfeed_profile: int = PROFILE_DOCUMENT_FORMAT


def read_document(profile_json: bytes) -> ProfileDocument:
    """Raises BadQuery that says where the JSON is wrong."""
    try:
        profile_document = msgspec.json.decode(profile_json, type=ProfileDocument)
    except UNREADABLE as profile_error:
        raise BadQuery("profile", f"could not be read as JSON: {str(profile_error)[:200]}") from profile_error
    if profile_document.paperfeed_profile != PROFILE_DOCUMENT_FORMAT:
        raise BadQuery(
            "paperfeed_profile", f"must be {PROFILE_DOCUMENT_FORMAT}, got {profile_document.paperfeed_profile}"
        )
    return profile_document


def feeds_of_document(profile_document: ProfileDocument, settings: Settings) -> tuple[SavedFeed, ...]:
    """The feeds of a document, checked. Raises BadQuery."""
    named_feeds = [
        checked_saved_feed(
            feed_document.name, _document_rules(feed_document.feed_rules), feed_document.interest, settings
        )
        for feed_document in profile_document.feeds
    ]
    return checked_saved_feeds(named_feeds or [checked_saved_feed("", (), "", settings)])


def _document_rules(feed_rules: str | Mapping[str, str]) -> FeedRules:
    if isinstance(feed_rules, str):
        return tuple(parse_qsl(feed_rules.removeprefix("?"), keep_blank_values=True))
    return tuple(feed_rules.items())


def with_document(state: ProfileState, profile_document: ProfileDocument, *, now: datetime) -> ProfileState:
    """Put a document's votes, seeds and vectors in place of the profile's. Raises BadQuery."""
    votes = tuple(_checked_vote(vote_document, now) for vote_document in profile_document.votes)
    seeds = tuple(
        Seed(seed_document.name, seed_document.seed_description, seed_document.seed_texts, now)
        for seed_document in profile_document.seeds
    )
    learned_names = {vote.arxiv_id for vote in votes} | {seed.name for seed in seeds}
    learned_vectors = {
        learned_name: learned_vector
        for learned_name, learned_vector in profile_document.vectors.items()
        if learned_name in learned_names
    }
    return ProfileState(replace(state.profile, votes=votes, seeds=seeds), ProfileMemory(learned_vectors))


def _checked_vote(vote: VoteDocument, now: datetime) -> Vote:
    try:
        arxiv_id, _ = parse_arxiv_id(vote.id)
    except ParseError as vote_error:
        raise BadQuery("votes", str(vote_error)) from vote_error
    return Vote(arxiv_id, vote.vote == "more", _voted_at(vote, now), vote.voted_title)


def _voted_at(vote: VoteDocument, now: datetime) -> datetime:
    """When it was cast, as the document has it; nobody voted tomorrow, or in another calendar."""
    if vote.voted_at is None or vote.voted_at.tzinfo is None:
        return now
    try:
        return min(vote.voted_at.astimezone(UTC), now)
    except OverflowError as voted_at_error:
        raise BadQuery("votes", "at: could not be read as a moment, it lies beyond the calendar") from voted_at_error


def document_of(state: ProfileState) -> ProfileDocument:
    """The whole profile, to be taken along."""
    profile = state.profile
    return ProfileDocument(
        feeds=saved_feed_documents(profile.feeds),
        zotero=profile.zotero.library if profile.zotero else "",
        votes=tuple(
            VoteDocument(vote.arxiv_id, "more" if vote.liked else "less", vote.voted_at, vote.voted_title)
            for vote in profile.votes
        ),
        seeds=tuple(SeedDocument(seed.name, seed.seed_description, seed.seed_texts) for seed in profile.seeds),
        vectors=state.memory.vectors,
    )


def saved_feed_documents(saved_feeds: Sequence[SavedFeed]) -> tuple[FeedDocument, ...]:
    return tuple(
        FeedDocument(saved_feed.name, dict(saved_feed.rules), saved_feed.interest) for saved_feed in saved_feeds
    )
