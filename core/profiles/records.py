"""What a profile is: named feeds, votes, seeds, and what was ranked for it. Frozen, and the same bytes for the same."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from core.errors import UNREADABLE, Damaged
from core.log import event
from core.paper import ArxivId, Matched, Summary
from core.store.codec import content_name
from core.store.profiles import ProfileBlobs, pack_profile_part, unpack_profile_part

_PROFILE_HEAD_MARK: Final = b"PFh1"
_PROFILE_MEMORY_MARK: Final = b"PFy1"

FeedRules = tuple[tuple[str, str], ...]
"""A feed's parameters as its address has them: ``(("categories", "cs.LG"), ("keywords", "kv cache"))``."""


class SavedFeed(Struct, frozen=True):
    """One of a profile's feeds."""

    name: str
    rules: FeedRules = ()
    interest: str = ""  # a sentence: selects where no keyword does, and is ranked as one liked paper more


class Vote(Struct, frozen=True):
    """More, or less, of what is like one paper."""

    arxiv_id: ArxivId
    liked: bool
    voted_at: datetime = field(name="at")
    voted_title: str = field(name="title", default="")  # "" until the paper's text was held here


class Seed(Struct, frozen=True):
    """What a person had already: a file of references, an abstract, a library."""

    name: str  # of its vector in the memory
    seed_description: str = field(name="what")  # "a BibTeX file of 12 papers"
    seed_texts: int = field(name="count")  # so many it was made of
    brought_at: datetime = field(name="at")


class Zotero(Struct, frozen=True):
    """A Zotero library that is read at refresh."""

    library: str  # "users/475425" or "groups/12345"
    key: str = ""  # for one that is not public; leaves this record for Zotero alone
    library_version: int = field(name="version", default=0)  # when it was last read
    zotero_tried: datetime | None = field(name="tried", default=None)
    zotero_note: str = field(name="note", default="")  # how that went

    def __repr__(self) -> str:
        return f"Zotero({self.library!r})"

    __str__ = __repr__


ProfileRowNumber = Annotated[int, Meta(ge=0, lt=1_000_000)]
ProfileRow = tuple[ProfileRowNumber, ProfileRowNumber]
"""The number of a batch, newest first, and a row in it."""


class ProfilePaper(Struct, frozen=True, array_like=True):
    """A paper in a profile's feed: where it stands in the batches that it was ranked for, and why it is there."""

    arxiv_id: ArxivId
    newest_row: ProfileRow  # of its newest version
    feed_row: ProfileRow  # for which it is in this feed
    score: float
    matched: tuple[Matched, ...] = ()


class ProfileRanking(Struct, frozen=True):
    """What one feed shows, as of one state of the papers."""

    papers_version: str  # of the batches that the rows are of
    rules: str  # what it was ranked by
    newest: date
    papers: tuple[ProfilePaper, ...]


class Profile(Struct, frozen=True):
    """What every feed of a profile needs."""

    profile_created: datetime = field(name="created")
    profile_used: datetime = field(name="used")  # when a person last looked at its page, or voted
    profile_changed: datetime = field(name="changed")
    feeds: tuple[SavedFeed, ...]
    votes: tuple[Vote, ...] = ()  # the latest first
    seeds: tuple[Seed, ...] = ()
    zotero: Zotero | None = None
    rankings: tuple[tuple[str, ProfileRanking], ...] = ()  # by the feed's name
    votes_of_day: tuple[date, int] | None = field(name="voted", default=None)  # on the day of the last one, how many
    ratings: tuple[tuple[str, tuple[Summary, ...]], ...] = ()  # by the feed's name: a model's, against its interest
    votes_looked_up: datetime | None = field(name="looked_up", default=None)
    """When arXiv was last asked for the voted papers whose text is not held here."""

    def ranking(self, feed_name: str) -> ProfileRanking | None:
        return dict(self.rankings).get(feed_name)

    def interest_ratings(self, feed_name: str) -> tuple[Summary, ...]:
        return dict(self.ratings).get(feed_name, ())


LearnedWordWeight = Annotated[float, Meta(ge=0, le=1)]


class ProfileMemory(Struct, frozen=True):
    """What only learning needs: a vector for each voted paper (by id) and each seed (by name), all of length 1."""

    vectors: Mapping[str, Mapping[str, LearnedWordWeight]] = {}


_LOST_SEED_NOTE: Final = " (its words were lost: bring it again)"
ProfilePart = TypeVar("ProfilePart")
_profile_encoder: Final = msgspec.msgpack.Encoder()
_profile_decoder: Final = msgspec.msgpack.Decoder(Profile)
_memory_decoder: Final = msgspec.msgpack.Decoder(ProfileMemory)


def profile_version(profile: Profile) -> str:
    """Hash what its feeds are made of beside the papers: the heart of their ETags."""
    return content_name(_profile_encoder.encode((profile.feeds, profile.rankings, profile.ratings)))


def encode_profile(profile: Profile, memory: ProfileMemory) -> ProfileBlobs:
    """As the store keeps them."""
    rounded_vectors = {
        vector_name: {learned_word: round(weight, 4) for learned_word, weight in vector.items()}
        for vector_name, vector in memory.vectors.items()
    }
    profile_head = _packed_profile_part(_PROFILE_HEAD_MARK, profile)
    return ProfileBlobs(profile_head, _packed_profile_part(_PROFILE_MEMORY_MARK, ProfileMemory(rounded_vectors)))


def decode_profile_blobs(saved_profile: ProfileBlobs) -> tuple[Profile, ProfileMemory]:
    """
    Read a profile as it is stored; a memory that is damaged is forgotten, and learnt anew from the votes.

    Raises Damaged when the profile itself is.
    """
    profile = decode_profile(saved_profile.head)
    try:
        return profile, decode_memory(saved_profile.memory)
    except Damaged as damaged_memory:
        event("profile.memory_forgotten", votes=len(profile.votes), error=str(damaged_memory))
        return _profile_to_learn_anew(profile), ProfileMemory()


def _profile_to_learn_anew(profile: Profile) -> Profile:
    """Votes are looked up again, a library is read again; what was pasted is gone, and its seed says so."""
    seeds = tuple(
        seed
        if seed.seed_description.endswith(_LOST_SEED_NOTE)
        else replace(seed, seed_description=seed.seed_description + _LOST_SEED_NOTE)
        for seed in profile.seeds
    )
    zotero = replace(profile.zotero, library_version=0, zotero_tried=None) if profile.zotero else None
    return replace(profile, votes_looked_up=None, seeds=seeds, zotero=zotero)


def decode_profile(profile_head: bytes) -> Profile:
    """Raises Damaged."""
    return _unpacked_profile_part(profile_head, _PROFILE_HEAD_MARK, _profile_decoder)


def decode_memory(profile_memory: bytes) -> ProfileMemory:
    """Raises Damaged."""
    if not profile_memory:
        return ProfileMemory()
    return _unpacked_profile_part(profile_memory, _PROFILE_MEMORY_MARK, _memory_decoder)


def _packed_profile_part(part_mark: bytes, profile_part: object) -> bytes:
    return pack_profile_part(part_mark, _profile_encoder.encode(profile_part))


def _unpacked_profile_part(
    packed_profile: bytes, part_mark: bytes, profile_part_decoder: msgspec.msgpack.Decoder[ProfilePart]
) -> ProfilePart:
    try:
        return profile_part_decoder.decode(unpack_profile_part(part_mark, packed_profile))
    except UNREADABLE as profile_error:
        raise Damaged(f"a profile could not be read: {profile_error}") from profile_error
