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
from core.profiles.change import ProfileState, rank_profile, rankings_are_current
from core.profiles.records import Profile, ProfileMemory, decode_profile, decode_profile_blobs, profile_version
from core.search.turns import in_turn
from core.search.work import SAVED_FEED_WORK
from core.store.base import Store
from core.store.profiles import GONE_PROFILE
from core.store.records import Manifest

PROFILE_CACHE_BYTES: Final = 8 * 2**20
_DECODED_PROFILE_FACTOR: Final = 6
"""A profile takes so many times its stored bytes in memory, or less."""
_RANKING_BYTES: Final = 8000
"""Bytes that a ranking may add to a profile that had none."""
MOST_UNKNOWN_PROFILES: Final = 60
"""Look-ups of unknown tokens that one instance makes in ``UNKNOWN_PROFILES_WITHIN``."""
UNKNOWN_PROFILES_WITHIN: Final = timedelta(minutes=1)


class LoadedProfile(Struct, frozen=True):
    """A profile and the papers that its rankings are of; ``version`` is another when its feeds may be."""

    profile: Profile
    version: str
    snapshot: Snapshot


class KeptProfile(Struct, frozen=True):
    """A profile as it was read, and when."""

    head: bytes
    profile: Profile
    version: str
    profile_checked: datetime


class ProfileLibrary:
    """Answers with a profile and the papers that its rankings are of."""

    def __init__(self, store: Store, library: Library, settings: Settings, *, memo: timedelta = SNAPSHOT_MEMO) -> None:
        self._store, self._library, self._settings, self._profile_memo = store, library, settings, memo
        self._kept_profiles: ByteBoundedCache[str, KeptProfile] = ByteBoundedCache(PROFILE_CACHE_BYTES)
        self._ranked_profiles: ByteBoundedCache[tuple[str, str, str], Profile] = ByteBoundedCache(PROFILE_CACHE_BYTES)
        self._unknown_profile_lookups: list[datetime] = []

    async def load(self, profile_name: str, now: datetime) -> LoadedProfile:
        """
        Return the profile of this name and what is held.

        Raises NotFound for what is none, Gone for a deleted one, TooMany when guesses are in the way, and as
        ``Library.snapshot``.
        """
        kept_profile, snapshot = await self._read(profile_name, now)
        profile = kept_profile.profile
        if not rankings_are_current(profile, snapshot):
            profile = await self._rank_for_reader(profile_name, kept_profile, snapshot)
        return LoadedProfile(profile, kept_profile.version, snapshot)

    async def _read(self, profile_name: str, now: datetime) -> tuple[KeptProfile, Snapshot]:
        kept_profile = self._kept_profiles.get(profile_name)
        if kept_profile and timedelta(0) <= now - kept_profile.profile_checked < self._profile_memo:
            return kept_profile, await self._library.snapshot(now)
        self._check_profile_guesses(profile_name, kept_profile, now)
        if kept_profile and self._profiles_guessed_too_often(now):
            return kept_profile, await self._library.snapshot(now)
        profile_heads: list[bytes | None] = []

        async def load_with_profile_head() -> Manifest | None:
            profiles_manifest, profile_head = await self._store.load_manifest_and_head(profile_name)
            profile_heads.append(profile_head)
            return profiles_manifest

        snapshot = await self._library.snapshot(now, load_with_profile_head)
        profile_head = profile_heads[0] if profile_heads else await self._store.profiles.load_head(profile_name)
        return self._keep_profile(profile_name, profile_head, kept_profile, now), snapshot

    def _keep_profile(
        self, profile_name: str, profile_head: bytes | None, kept_profile_before: KeptProfile | None, now: datetime
    ) -> KeptProfile:
        if profile_head is None or profile_head == GONE_PROFILE:
            self.forget(profile_name)
        if profile_head is None:
            self._unknown_profile_lookups.append(now)
            raise NotFound(NO_SUCH_PROFILE)
        if profile_head == GONE_PROFILE:
            raise Gone(PROFILE_DELETED)
        if kept_profile_before and kept_profile_before.head == profile_head:
            kept_profile = replace(kept_profile_before, profile_checked=now)
        else:
            profile = decode_profile(profile_head)
            kept_profile = KeptProfile(profile_head, profile, profile_version(profile), now)
        self._kept_profiles.put(profile_name, kept_profile, _DECODED_PROFILE_FACTOR * len(profile_head))
        return kept_profile

    def _check_profile_guesses(self, profile_name: str, kept_profile: KeptProfile | None, now: datetime) -> None:
        if not profile_name:
            raise NotFound(NO_SUCH_PROFILE)
        if kept_profile is None and self._profiles_guessed_too_often(now):
            raise TooMany("too many addresses were asked for that do not exist; come back in a minute")

    def _profiles_guessed_too_often(self, now: datetime) -> bool:
        self._unknown_profile_lookups = [
            lookup for lookup in self._unknown_profile_lookups if timedelta(0) <= now - lookup < UNKNOWN_PROFILES_WITHIN
        ]
        return len(self._unknown_profile_lookups) >= MOST_UNKNOWN_PROFILES

    async def _rank_for_reader(self, profile_name: str, kept_profile: KeptProfile, snapshot: Snapshot) -> Profile:
        """Rank here what no refresh has ranked yet; the same as it will come to."""
        ranking_key = (profile_name, kept_profile.version, snapshot.manifest.content)
        if (ranked_profile := self._ranked_profiles.get(ranking_key)) is not None:
            return ranked_profile
        saved_profile = await self._store.profiles.load_blobs(profile_name)
        memory = ProfileMemory()
        if saved_profile and saved_profile.head != GONE_PROFILE:
            _, memory = decode_profile_blobs(saved_profile)
        profile, state = kept_profile.profile, ProfileState(kept_profile.profile, memory)
        profile_work = _profile_work(profile)
        ranked_state = await in_turn(lambda: rank_profile(profile, state, snapshot, self._settings), profile_work)
        ranked_profile = ranked_state.profile
        self._ranked_profiles.put(
            ranking_key, ranked_profile, _DECODED_PROFILE_FACTOR * (len(kept_profile.head) + _RANKING_BYTES)
        )
        return ranked_profile

    def forget(self, profile_name: str) -> None:
        """Read it anew next time: it was changed here."""
        self._kept_profiles.drop(profile_name)


def _profile_work(profile: Profile) -> int:
    """Twice what it might take when it was saved: papers come and words grow more common, and the feed goes on."""
    return 2 * SAVED_FEED_WORK * len(profile.feeds)


NO_SUCH_PROFILE: Final = (
    "no saved feed is at this address: it is mistyped, or nobody opened its page for so long that it was deleted"
)
PROFILE_DELETED: Final = "this profile was deleted, or moved to another secret address"
