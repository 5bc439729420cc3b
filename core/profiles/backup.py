"""All profiles of a deployment as lines of JSON, by the hashes of their tokens: every address stays, in any store."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from core.config.settings import Settings
from core.errors import UNREADABLE, Damaged, ParseError
from core.log import event
from core.profiles.records import Memory, Profile, decode, encode
from core.profiles.writer import expiry, remaining
from core.store.profiles import GONE, ProfileStore

FORMAT: Final = 1


class Line(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One profile, or the mark of one that was deleted. It may hold a Zotero key: a backup is a secret."""

    name: Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]  # the hash of its token
    kind: Literal["profile", "deleted"]
    format: int
    profile: Profile | None = None
    memory: Memory | None = None


class Restored(Struct, frozen=True):
    """What a backup brought back."""

    profiles: int = 0
    deleted: int = 0
    expired: int = 0  # left out: nobody had looked at them for too long


async def exported(store: ProfileStore, *, now: datetime) -> AsyncIterator[bytes]:
    """Give a line for each; one that is damaged is left out, and said in the log. Raises StoreError."""
    for name in await store.names(now=now):
        blobs = await store.load(name)
        if blobs is None or blobs.head == GONE:
            continue
        try:
            line = Line(name, "profile", FORMAT, *decode(blobs))
        except Damaged as error:
            event("profile.damaged", error=str(error))
            continue
        yield msgspec.json.encode(line) + b"\n"
    for name in await store.gone():
        yield msgspec.json.encode(Line(name, "deleted", FORMAT)) + b"\n"


def read_lines(text: bytes) -> Iterator[Line]:
    """Read a backup. Raises ParseError that names the line."""
    for number, data in enumerate(text.splitlines(), 1):
        if not data.strip():
            continue
        try:
            line = msgspec.json.decode(data, type=Line)
        except UNREADABLE as error:
            raise ParseError(f"line {number} is no profile of a backup: {error}") from error
        if line.format != FORMAT or (line.kind == "profile" and line.profile is None):
            raise ParseError(f"line {number} is of another version: {line.format}")
        yield line


async def restored(store: ProfileStore, lines: Iterable[Line], settings: Settings, *, now: datetime) -> Restored:
    """Put every profile back under its name, over what is there; each is written whole. Raises StoreError."""
    profiles = deleted = expired = 0
    for line in lines:
        if line.profile is None:
            await store.restore_gone([line.name], now=now)
            deleted += 1
        elif expiry(line.profile, settings) <= now:
            expired += 1
        else:
            keep = remaining(line.profile, settings, now)
            await store.restore(line.name, encode(line.profile, line.memory or Memory()), now=now, keep=keep)
            profiles += 1
    return Restored(profiles, deleted, expired)
