"""Where profiles are kept, apart from the papers: under a prefix and a version of their own, whatever papers become."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from backports import zstd
from msgspec import Struct

from core.errors import Damaged

PROFILE_KEY_PREFIX: Final = "paperfeed-profiles:1:"
"""Every key's beginning; the number is the version of what is kept under a name, not that of the papers' codec."""

GONE_PROFILE: Final = b""
"""Stands where the head of a profile stood that somebody deleted: for good, so that its address can answer 410."""

_PROFILE_ZSTD_OPTIONS: Final[Mapping[int, int]] = {
    zstd.CompressionParameter.compression_level: 6,
    zstd.CompressionParameter.checksum_flag: 1,
}
MOST_UNPACKED_BLOB_BYTES: Final = 32_000_000
"""Bytes of a part of a profile, unpacked; 500 votes and ten feeds take a fiftieth of it."""

CreationAnswer = Literal["created", "taken", "full", "too many today"]


class ProfileBlobs(Struct, frozen=True):
    """One profile as bytes: what every feed of it needs, and what only learning needs."""

    head: bytes
    memory: bytes


class StoredProfileLimits(Struct, frozen=True):
    """How many profiles a store takes in, over all instances together."""

    most_stored_profiles: int  # at once
    most_stored_a_day: int  # by UTC


class ProfileStore(Protocol):
    """
    Keeps profiles by the hash of their token; no token is ever stored.

    A write is there whole or not at all. Every method raises StoreError when the store does not answer.
    """

    async def load_head(self, stored_hash: str) -> bytes | None:
        """Read what feeds need: one command. None: there is no such profile; ``GONE_PROFILE``: somebody deleted it."""

    async def load_blobs(self, stored_hash: str) -> ProfileBlobs | None:
        """Read all of it: one command. A deleted one has ``GONE_PROFILE`` for a head."""

    async def create_blobs(
        self,
        stored_hash: str,
        profile_blobs: ProfileBlobs,
        *,
        now: datetime,
        ttl: timedelta,
        limits: StoredProfileLimits,
    ) -> CreationAnswer:
        """Add a profile that expires after ``ttl``, within the limits."""

    async def replace_blobs(
        self, stored_hash: str, stored_head: bytes, profile_blobs: ProfileBlobs, *, now: datetime, ttl: timedelta
    ) -> bool:
        """Write it anew if its head still is ``stored_head``; False when another write came first, or it is gone."""

    async def rotate_blobs(
        self,
        stored_hash: str,
        stored_head: bytes,
        new_stored_hash: str,
        profile_blobs: ProfileBlobs,
        *,
        now: datetime,
        ttl: timedelta,
    ) -> bool:
        """Move it to another name in one step; the old one is ``GONE_PROFILE``. False as in ``replace_blobs``."""

    async def delete(self, stored_hash: str, *, now: datetime) -> bool:
        """Leave ``GONE_PROFILE`` in its place, which never expires; False when there was no such profile."""

    async def load_names(self, *, now: datetime) -> tuple[str, ...]:
        """The names of all that are there, sorted."""

    async def load_gone(self) -> tuple[str, ...]:
        """The names of all that were deleted, sorted."""

    async def put_blobs(self, stored_hash: str, profile_blobs: ProfileBlobs, *, now: datetime, ttl: timedelta) -> None:
        """Put one back from a backup, whatever stands there."""

    async def restore_gone(self, stored_hashes: Sequence[str], *, now: datetime) -> None:
        """Put back the marks of deleted ones."""


def pack_profile_part(part_mark: bytes, msgpack_bytes: bytes) -> bytes:
    """Compress a part of a profile behind the four bytes that name it and its version."""
    return part_mark + zstd.compress(msgpack_bytes, options=_PROFILE_ZSTD_OPTIONS)


def unpack_profile_part(part_mark: bytes, profile_blob: bytes) -> bytes:
    """Read what ``pack_profile_part`` wrote. Raises Damaged."""
    if profile_blob[: len(part_mark)] != part_mark:
        raise Damaged(f"a profile of another version: {profile_blob[: len(part_mark)]!r}")
    zstd_decompressor = zstd.ZstdDecompressor()
    try:
        msgpack_bytes = zstd_decompressor.decompress(profile_blob[len(part_mark) :], MOST_UNPACKED_BLOB_BYTES)
    except zstd.ZstdError as zstd_error:
        raise Damaged(f"a profile could not be read: {zstd_error}") from zstd_error
    if not zstd_decompressor.eof:
        raise Damaged("a profile could not be read: it breaks off, or is far too large")
    return msgpack_bytes
