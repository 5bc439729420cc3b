"""All profiles of a deployment as lines of JSON, by the hashes of their tokens: every address stays, in any store."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from core.config.settings import Settings
from core.errors import UNREADABLE, Damaged, ParseError
from core.log import event
from core.profiles.records import Memory, Profile, decode_profile_blobs, encode_profile
from core.profiles.writer import profile_expiry, profile_ttl
from core.store.profiles import GONE, ProfileStore

BACKUP_FORMAT: Final = 1


class BackupLine(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One profile, or the mark of one that was deleted. It may hold a Zotero key: a backup is a secret."""

    name: Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]  # the hash of its token
    kind: Literal["profile", "deleted"]
    format: int
    profile: Profile | None = None
    memory: Memory | None = None


class RestoredProfiles(Struct, frozen=True):
    """What a backup brought back."""

    profiles: int = 0
    deleted: int = 0
    expired: int = 0  # left out: nobody had looked at them for too long


async def exported_profiles(store: ProfileStore, *, now: datetime) -> AsyncIterator[bytes]:
    """Give a line for each; one that is damaged is left out, and said in the log. Raises StoreError."""
    for profile_name in await store.names(now=now):
        profile_blobs = await store.load(profile_name)
        if profile_blobs is None or profile_blobs.head == GONE:
            continue
        try:
            backup_line = BackupLine(profile_name, "profile", BACKUP_FORMAT, *decode_profile_blobs(profile_blobs))
        except Damaged as error:
            event("profile.damaged", error=str(error))
            continue
        yield msgspec.json.encode(backup_line) + b"\n"
    for profile_name in await store.gone():
        yield msgspec.json.encode(BackupLine(profile_name, "deleted", BACKUP_FORMAT)) + b"\n"


def read_backup(backup: bytes) -> Iterator[BackupLine]:
    """Read a backup. Raises ParseError that names the line."""
    for line_number, profile_line in enumerate(backup.splitlines(), 1):
        if not profile_line.strip():
            continue
        try:
            backup_line = msgspec.json.decode(profile_line, type=BackupLine)
        except UNREADABLE as error:
            raise ParseError(f"line {line_number} is no profile of a backup: {error}") from error
        if backup_line.format != BACKUP_FORMAT or (backup_line.kind == "profile" and backup_line.profile is None):
            raise ParseError(f"line {line_number} is of another version: {backup_line.format}")
        yield backup_line


async def restore_profiles(
    store: ProfileStore, backup_lines: Iterable[BackupLine], settings: Settings, *, now: datetime
) -> RestoredProfiles:
    """Put every profile back under its name, over what is there; each is written whole. Raises StoreError."""
    profiles = deleted = expired = 0
    for backup_line in backup_lines:
        if backup_line.profile is None:
            await store.restore_gone([backup_line.name], now=now)
            deleted += 1
        elif profile_expiry(backup_line.profile, settings) <= now:
            expired += 1
        else:
            keep = profile_ttl(backup_line.profile, settings, now)
            await store.restore(
                backup_line.name,
                encode_profile(backup_line.profile, backup_line.memory or Memory()),
                now=now,
                ttl=keep,
            )
            profiles += 1
    return RestoredProfiles(profiles, deleted, expired)
