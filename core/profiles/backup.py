"""All profiles of a deployment as lines of JSON, by the hashes of their tokens: every address stays, in any store."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from core.config.settings import Settings
from core.errors import UNREADABLE, Damaged, ParseError
from core.log import event
from core.profiles.records import Profile, ProfileMemory, decode_profile_blobs, encode_profile
from core.profiles.writer import profile_expiry, profile_ttl
from core.store.profiles import GONE_PROFILE, ProfileStore

PROFILE_BACKUP_FORMAT: Final = 1
HashedProfileToken = Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]


class ProfileBackup(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One profile, or the mark of one that was deleted. It may hold a Zotero key: a backup is a secret."""

    name: HashedProfileToken
    kind: Literal["profile", "deleted"]
    format: int
    profile: Profile | None = None
    memory: ProfileMemory | None = None


class RestoredProfiles(Struct, frozen=True):
    """What a backup brought back."""

    restored_profiles: int = 0
    deleted_profiles: int = 0
    expired_profiles: int = 0  # left out: nobody had looked at them for too long


async def exported_profiles(profile_store: ProfileStore, *, now: datetime) -> AsyncIterator[bytes]:
    """Give a line for each; one that is damaged is left out, and said in the log. Raises StoreError."""
    for profile_name in await profile_store.load_names(now=now):
        saved_profile = await profile_store.load_blobs(profile_name)
        if saved_profile is None or saved_profile.head == GONE_PROFILE:
            continue
        try:
            profile, memory = decode_profile_blobs(saved_profile)
        except Damaged as damaged_profile:
            event("profile.damaged", error=str(damaged_profile))
            continue
        profile_backup = ProfileBackup(profile_name, "profile", PROFILE_BACKUP_FORMAT, profile, memory)
        yield msgspec.json.encode(profile_backup) + b"\n"
    for profile_name in await profile_store.load_gone():
        yield msgspec.json.encode(ProfileBackup(profile_name, "deleted", PROFILE_BACKUP_FORMAT)) + b"\n"


def read_backup(backup: bytes) -> Iterator[ProfileBackup]:
    """Read a backup. Raises ParseError that names the line."""
    for line_number, profile_line in enumerate(backup.splitlines(), 1):
        if not profile_line.strip():
            continue
        try:
            profile_backup = msgspec.json.decode(profile_line, type=ProfileBackup)
        except UNREADABLE as backup_error:
            raise ParseError(f"line {line_number} is no profile of a backup: {backup_error}") from backup_error
        lacks_profile = profile_backup.kind == "profile" and profile_backup.profile is None
        if lacks_profile or profile_backup.format != PROFILE_BACKUP_FORMAT:
            raise ParseError(f"line {line_number} is of another version: {profile_backup.format}")
        yield profile_backup


async def restore_profiles(
    profile_store: ProfileStore, profile_backups: Iterable[ProfileBackup], settings: Settings, *, now: datetime
) -> RestoredProfiles:
    """Put every profile back under its name, over what is there; each is written whole. Raises StoreError."""
    restored_profiles = deleted_profiles = expired_profiles = 0
    for profile_backup in profile_backups:
        if profile_backup.profile is None:
            await profile_store.restore_gone([profile_backup.name], now=now)
            deleted_profiles += 1
        elif profile_expiry(profile_backup.profile, settings) <= now:
            expired_profiles += 1
        else:
            saved_profile = encode_profile(profile_backup.profile, profile_backup.memory or ProfileMemory())
            ttl = profile_ttl(profile_backup.profile, settings, now)
            await profile_store.put_blobs(profile_backup.name, saved_profile, now=now, ttl=ttl)
            restored_profiles += 1
    return RestoredProfiles(restored_profiles, deleted_profiles, expired_profiles)
