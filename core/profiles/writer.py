"""Writing profiles: read, change, rank, write if nobody else did meanwhile; else once more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from core.config.settings import Settings
from core.errors import Gone, NotFound, StoreError, TooMany
from core.feeds.library import Snapshot
from core.profiles.change import ProfileState, rank_profile
from core.profiles.library import NO_SUCH_PROFILE, PROFILE_DELETED
from core.profiles.records import Profile, decode_profile_blobs, encode_profile
from core.profiles.token import new_profile_token, profile_name_of
from core.search.turns import in_turn
from core.search.work import SAVED_FEED_WORK, limited
from core.store.profiles import GONE_PROFILE, ProfileBlobs, ProfileStore, StoredProfileLimits

MOST_NEW_PROFILES_A_DAY: Final = 200
"""New profiles that a deployment takes a day."""
_MOST_PROFILE_WRITES: Final = 5
_PROFILE_CHANGED_ELSEWHERE: Final = "the profile was being changed from several places at once; try again"
MOST_PROFILE_BYTES: Final = 2_000_000
"""As a profile is stored; 500 votes and ten feeds take a fifth of it."""

ProfileChange = Callable[[ProfileState], ProfileState]


class ProfileWriter:
    """Makes, changes, moves and deletes profiles. Raises StoreError, and as each verb says."""

    def __init__(self, profile_store: ProfileStore, settings: Settings) -> None:
        self._profile_store = profile_store
        self._profile_settings = settings
        self._profile_limits = StoredProfileLimits(settings.profiles_most, MOST_NEW_PROFILES_A_DAY)

    async def create(self, state: ProfileState, snapshot: Snapshot, *, now: datetime) -> str:
        """Keep a new profile; return its token. Raises TooMany."""
        profile_work = _most_profile_work(state.profile)
        ranked_state = await in_turn(lambda: rank_profile(None, state, snapshot, self._profile_settings), profile_work)
        profile_token = new_profile_token()
        profile_creation = await self._profile_store.create_blobs(
            profile_name_of(profile_token),
            blobs_of(ranked_state),
            now=now,
            ttl=self._ttl(ranked_state.profile, now),
            limits=self._profile_limits,
        )
        if profile_creation != "created":
            kept_profiles, new_profiles = "as many profiles as it may keep", "as many new profiles as it takes in a day"
            raise TooMany(f"this deployment has {kept_profiles if profile_creation == 'full' else new_profiles}")
        return profile_token

    async def read(self, profile_name: str) -> tuple[ProfileState, ProfileBlobs]:
        """Read all of a profile. Raises NotFound, Gone."""
        saved_profile = await self._profile_store.load_blobs(profile_name) if profile_name else None
        if saved_profile is None:
            raise NotFound(NO_SUCH_PROFILE)
        if saved_profile.head == GONE_PROFILE:
            raise Gone(PROFILE_DELETED)
        return ProfileState(*decode_profile_blobs(saved_profile)), saved_profile

    async def change_profile(
        self, profile_name: str, change: ProfileChange, snapshot: Snapshot, *, now: datetime
    ) -> ProfileState:
        """Change a profile and rank it anew. Raises NotFound, Gone, and what ``change`` raises."""
        for _ in range(_MOST_PROFILE_WRITES):
            state_before, saved_profile = await self.read(profile_name)
            state = await in_turn(partial(_changed_profile, state_before, change, snapshot, self._profile_settings))
            ttl, profile_head, profile_blobs = self._ttl(state.profile, now), saved_profile.head, blobs_of(state)
            if await self._profile_store.replace_blobs(profile_name, profile_head, profile_blobs, now=now, ttl=ttl):
                return state
        raise StoreError(_PROFILE_CHANGED_ELSEWHERE)

    async def rotate(self, profile_name: str, *, now: datetime) -> str:
        """Move a profile behind a new secret, which is returned; the old one is gone for good."""
        profile_token = new_profile_token()
        for _ in range(_MOST_PROFILE_WRITES):
            state, saved_profile = await self.read(profile_name)
            ttl = self._ttl(state.profile, now)
            if await self._profile_store.rotate_blobs(
                profile_name, saved_profile.head, profile_name_of(profile_token), saved_profile, now=now, ttl=ttl
            ):
                return profile_token
        raise StoreError(_PROFILE_CHANGED_ELSEWHERE)

    async def delete(self, profile_name: str, *, now: datetime) -> None:
        """Delete a profile for good. Raises NotFound, Gone."""
        await self.read(profile_name)
        await self._profile_store.delete(profile_name, now=now)

    def _ttl(self, profile: Profile, now: datetime) -> timedelta:
        return profile_ttl(profile, self._profile_settings, now)


def _changed_profile(
    state_before: ProfileState, change: ProfileChange, snapshot: Snapshot, settings: Settings
) -> ProfileState:
    """Change and rank it, and read no more for it than a feed of each of its rules may. Raises BadQuery."""
    state = change(state_before)
    with limited(_most_profile_work(state.profile)):
        return rank_profile(state_before.profile, state, snapshot, settings)


def _most_profile_work(profile: Profile) -> int:
    return SAVED_FEED_WORK * len(profile.feeds)


def profile_expiry(profile: Profile, settings: Settings) -> datetime:
    """When a profile that nobody looks at any more is deleted."""
    return profile.profile_used + timedelta(days=settings.profiles_expire_days)


def profile_ttl(profile: Profile, settings: Settings, now: datetime) -> timedelta:
    """How long until then; a moment at least, so that a write never fails for it."""
    return max(profile_expiry(profile, settings) - now, timedelta(minutes=1))


def blobs_of(state: ProfileState) -> ProfileBlobs:
    """As it is stored. Raises TooMany when that is too much."""
    saved_profile = encode_profile(state.profile, state.memory)
    if len(saved_profile.head) + len(saved_profile.memory) > MOST_PROFILE_BYTES:
        raise TooMany("the profile is too large; take away votes, seeds or feeds")
    return saved_profile
