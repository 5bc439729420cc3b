"""What a profile is: named feeds, votes, seeds, and what was ranked for it. Frozen, and the same bytes for the same."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final, TypeVar

import msgspec
from backports import zstd
from msgspec import Meta, Struct
from msgspec.structs import replace

from core.errors import UNREADABLE, Damaged
from core.log import event
from core.paper import ArxivId, Matched, Summary
from core.store.codec import content_name
from core.store.profiles import ProfileBlobs

_PROFILE_HEAD_MARK: Final = b"PFh1"
_PROFILE_MEMORY_MARK: Final = b"PFy1"
_PROFILE_ZSTD_OPTIONS: Final[Mapping[int, int]] = {
    zstd.CompressionParameter.compression_level: 6,
    zstd.CompressionParameter.checksum_flag: 1,
}
MOST_UNPACKED_PROFILE_BYTES: Final = 32_000_000
"""Bytes of a part of a profile, unpacked; 500 votes and ten feeds take a fiftieth of it."""

FeedRules = tuple[tuple[str, str], ...]
"""A feed's parameters as its address has them: ``(("categories", "cs.LG"), ("keywords", "kv cache"))``."""


class NamedFeed(Struct, frozen=True):
    """One of a profile's feeds."""

    name: str
    rules: FeedRules = ()
    interest: str = ""  # a sentence: selects where no keyword does, and is ranked as one liked paper more


class Vote(Struct, frozen=True):
    """More, or less, of what is like one paper."""

    arxiv_id: ArxivId
    liked: bool
    at: datetime
    title: str = ""  # "" until the paper's text was held here


class Seed(Struct, frozen=True):
    """What a person had already: a file of references, an abstract, a library."""

    name: str  # of its vector in the memory
    what: str  # "a BibTeX file of 12 papers"
    count: int  # how many texts it was made of
    at: datetime


class Zotero(Struct, frozen=True):
    """A Zotero library that is read at refresh."""

    library: str  # "users/475425" or "groups/12345"
    key: str = ""  # for one that is not public; leaves this record for Zotero alone
    version: int = 0  # of the library, when it was last read
    tried: datetime | None = None
    note: str = ""  # how that went

    def __repr__(self) -> str:
        return f"Zotero({self.library!r})"

    __str__ = __repr__


RankedRowNumber = Annotated[int, Meta(ge=0, lt=1_000_000)]
RankedRow = tuple[RankedRowNumber, RankedRowNumber]
"""The number of a batch, newest first, and a row in it."""


class RankedPaper(Struct, frozen=True, array_like=True):
    """A paper in a profile's feed: where it stands in the batches that it was ranked for, and why it is there."""

    arxiv_id: ArxivId
    ranked_row: RankedRow  # of its newest version
    feed_row: RankedRow  # for which it is in this feed
    score: float
    matched: tuple[Matched, ...] = ()


class Ranking(Struct, frozen=True):
    """What one feed shows, as of one state of the papers."""

    papers_version: str  # of the batches that the rows are of
    rules: str  # what it was ranked by
    newest: date
    papers: tuple[RankedPaper, ...]


class Profile(Struct, frozen=True):
    """What every feed of a profile needs."""

    created: datetime
    used: datetime  # when a person last looked at its page, or voted
    changed: datetime
    feeds: tuple[NamedFeed, ...]
    votes: tuple[Vote, ...] = ()  # the latest first
    seeds: tuple[Seed, ...] = ()
    zotero: Zotero | None = None
    rankings: tuple[tuple[str, Ranking], ...] = ()  # by the feed's name
    voted: tuple[date, int] | None = None  # how many votes on the day of the last one
    ratings: tuple[tuple[str, tuple[Summary, ...]], ...] = ()  # by the feed's name: a model's, against its interest
    looked_up: datetime | None = None  # when arXiv was last asked for the papers whose text is not held here

    def ranking(self, feed_name: str) -> Ranking | None:
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
    profile_head = _pack_profile_part(_PROFILE_HEAD_MARK, profile)
    return ProfileBlobs(profile_head, _pack_profile_part(_PROFILE_MEMORY_MARK, ProfileMemory(rounded_vectors)))


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
        seed if seed.what.endswith(_LOST_SEED_NOTE) else replace(seed, what=seed.what + _LOST_SEED_NOTE)
        for seed in profile.seeds
    )
    zotero = replace(profile.zotero, version=0, tried=None) if profile.zotero else None
    return replace(profile, looked_up=None, seeds=seeds, zotero=zotero)


def decode_profile(profile_head: bytes) -> Profile:
    """Raises Damaged."""
    return _unpack_profile_part(profile_head, _PROFILE_HEAD_MARK, _profile_decoder)


def decode_memory(profile_memory: bytes) -> ProfileMemory:
    """Raises Damaged."""
    if not profile_memory:
        return ProfileMemory()
    return _unpack_profile_part(profile_memory, _PROFILE_MEMORY_MARK, _memory_decoder)


def _pack_profile_part(part_mark: bytes, profile_part: object) -> bytes:
    return part_mark + zstd.compress(_profile_encoder.encode(profile_part), options=_PROFILE_ZSTD_OPTIONS)


def _unpack_profile_part(
    packed_profile: bytes, part_mark: bytes, profile_part_decoder: msgspec.msgpack.Decoder[ProfilePart]
) -> ProfilePart:
    try:
        if packed_profile[:4] != part_mark:
            raise Damaged(f"a profile of another version: {packed_profile[:4]!r}")
        profile_decompressor = zstd.ZstdDecompressor()
        unpacked_profile = profile_decompressor.decompress(packed_profile[4:], MOST_UNPACKED_PROFILE_BYTES)
        if not profile_decompressor.eof:
            raise Damaged("a profile could not be read: it breaks off, or is far too large")
        return profile_part_decoder.decode(unpacked_profile)
    except (zstd.ZstdError, *UNREADABLE) as profile_error:
        raise Damaged(f"a profile could not be read: {profile_error}") from profile_error
