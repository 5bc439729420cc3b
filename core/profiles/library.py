"""
Profiles in memory, as fresh as the papers: one store command brings both, or none within the memo.

Looking for tokens that there are none of is bounded in each instance: guessing would cost a deployment its store's
commands. Beyond the bound what is in memory goes on being served, and all else is asked to come back.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.config.settings import Settings
from core.errors import Gone, NotFound, TooMany
from core.feeds.library import SNAPSHOT_MEMO, Library, Snapshot
from core.lru import ByteBoundedCache
from core.profiles.change import State, is_current, ranked
from core.profiles.records import Memory, Profile, content_version, decode, decode_profile
from core.search.work import MOST_WORK, in_turn
from core.store.base import Store
from core.store.profiles import GONE
from core.store.records import Manifest

CACHE_BYTES: Final = 8 * 2**20
_DECODED: Final = 6
"""A profile takes so many times its stored bytes in memory, or less."""
_UNRANKED: Final = 8000
"""Bytes that a ranking may add to a profile that had none."""
MOST_UNKNOWN: Final = 60
"""Look-ups of unknown tokens that one instance makes in ``UNKNOWN_WITHIN``."""
UNKNOWN_WITHIN: Final = timedelta(minutes=1)


class Loaded(Struct, frozen=True):
    """A profile and the papers that its rankings are of; ``version`` is another when its feeds may be."""

    profile: Profile
    version: str
    snapshot: Snapshot


class Kept(Struct, frozen=True):
    """A profile as it was read, and when."""

    head: bytes
    profile: Profile
    version: str
    checked: datetime


class ProfileLibrary:
    """Answers with a profile and the papers that its rankings are of."""

    def __init__(self, store: Store, library: Library, settings: Settings, *, memo: timedelta = SNAPSHOT_MEMO) -> None:
        self._store = store
        self._library = library
        self._settings = settings
        self._memo = memo
        self._kept: ByteBoundedCache[str, Kept] = ByteBoundedCache(CACHE_BYTES)
        self._ranked: ByteBoundedCache[tuple[str, str, str], Profile] = ByteBoundedCache(CACHE_BYTES)
        self._unknown: list[datetime] = []

    async def load(self, name: str, now: datetime) -> Loaded:
        """
        Return the profile of this name and what is held.

        Raises NotFound for what is none, Gone for a deleted one, TooMany when guesses are in the way, and as
        ``Library.snapshot``.
        """
        kept, snapshot = await self._read(name, now)
        profile = kept.profile
        if not is_current(profile, snapshot):
            profile = await self._ranked_now(name, kept, snapshot)
        return Loaded(profile, kept.version, snapshot)

    async def _read(self, name: str, now: datetime) -> tuple[Kept, Snapshot]:
        kept = self._kept.get(name)
        if kept and timedelta(0) <= now - kept.checked < self._memo:
            return kept, await self._library.snapshot(now)
        self._check_guesses(name, kept, now)
        if kept and self._guessed_too_often(now):
            return kept, await self._library.snapshot(now)
        heads: list[bytes | None] = []

        async def load_manifest() -> Manifest | None:
            manifest, head = await self._store.load_manifest_and_head(name)
            heads.append(head)
            return manifest

        snapshot = await self._library.snapshot(now, load_manifest)
        head = heads[0] if heads else await self._store.profiles.load_head(name)
        return self._keep(name, head, kept, now), snapshot

    def _keep(self, name: str, head: bytes | None, before: Kept | None, now: datetime) -> Kept:
        if head is None:
            self._unknown.append(now)
        if head is None or head == GONE:
            self.forget(name)
            raise (NotFound if head is None else Gone)(MISSING if head is None else DELETED)
        if before and before.head == head:
            kept = replace(before, checked=now)
        else:
            profile = decode_profile(head)
            kept = Kept(head, profile, content_version(profile), now)
        self._kept.put(name, kept, _DECODED * len(head))
        return kept

    def _check_guesses(self, name: str, kept: Kept | None, now: datetime) -> None:
        if not name:
            raise NotFound(MISSING)
        if kept is None and self._guessed_too_often(now):
            raise TooMany("too many addresses were asked for that do not exist; come back in a minute")

    def _guessed_too_often(self, now: datetime) -> bool:
        self._unknown = [each for each in self._unknown if timedelta(0) <= now - each < UNKNOWN_WITHIN]
        return len(self._unknown) >= MOST_UNKNOWN

    async def _ranked_now(self, name: str, kept: Kept, snapshot: Snapshot) -> Profile:
        """Rank here what no refresh has ranked yet; the same as it will come to."""
        key = (name, kept.version, snapshot.manifest.content)
        if (found := self._ranked.get(key)) is not None:
            return found
        blobs = await self._store.profiles.load(name)
        memory = decode(blobs)[1] if blobs and blobs.head != GONE else Memory()
        state = State(kept.profile, memory)
        made = await in_turn(lambda: ranked(kept.profile, state, snapshot, self._settings), _work_of(kept.profile))
        found = made.profile
        self._ranked.put(key, found, _DECODED * (len(kept.head) + _UNRANKED))
        return found

    def forget(self, name: str) -> None:
        """Read it anew next time: it was changed here."""
        self._kept.drop(name)


def _work_of(profile: Profile) -> int:
    """Twice what it might take when it was saved: papers come and words grow more common, and the feed goes on."""
    return 2 * MOST_WORK * len(profile.feeds)


MISSING: Final = (
    "no saved feed is at this address: it is mistyped, or nobody opened its page for so long that it was deleted"
)
DELETED: Final = "this profile was deleted, or moved to another secret address"
