"""Bringing every profile up to date after a refresh: new papers ranked, Zotero libraries read, late texts learnt."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.clock import Clock
from core.config.read import Config
from core.errors import Damaged, NotFound, PaperfeedError, ParseError, UpstreamError
from core.feeds.library import Library, Snapshot
from core.log import event
from core.paper import ArxivId
from core.profiles.change import (
    ProfileState,
    learn_late_texts,
    rank_profile,
    rankings_are_current,
    votes_without_text,
    with_seed,
    with_voted_texts,
)
from core.profiles.records import Seed, Zotero
from core.profiles.taste import learning_collection
from core.profiles.writer import ProfileWriter, blobs_of, profile_ttl
from core.profiles.zotero import ZOTERO_READ_AFTER, ZoteroTransport, read_zotero_library
from core.store.base import Store

_ZOTERO_SEED: Final = "zotero"
PROFILES_TIME_LIMIT: Final = timedelta(seconds=60)
"""Of a refresh's time; what is left over waits for its first reader, or the next refresh."""


LookUpVoted = Callable[[Sequence[ArxivId]], Awaitable[Mapping[str, tuple[str, str]]]]
"""Titles and abstracts of voted papers, by id; raises UpstreamError, ParseError."""
MOST_VOTED_LOOK_UPS: Final = 3
"""Requests to arXiv that one refresh makes for profiles: 3 s each, and the same for everybody."""


class UpdatedProfiles(Struct, frozen=True):
    """What became of the profiles at a refresh."""

    held_profiles: int = 0
    ranked_profiles: int = 0
    unranked_profiles: int = 0  # for want of time: their first reader ranks them
    zotero_libraries: int = 0  # read because they had changed


async def update_profiles_within(
    store: Store, config: Config, *, clock: Clock, deadline: datetime, look_up: LookUpVoted | None
) -> UpdatedProfiles | None:
    """Do it in ``PROFILES_TIME_LIMIT``, at no refresh's expense: None, and a line in the log, when it went wrong."""
    try:
        profiles_deadline = min(deadline, clock.now() + PROFILES_TIME_LIMIT)
        return await update_profiles(
            store, config, clock=clock, profiles_deadline=profiles_deadline, look_up_voted=look_up
        )
    except PaperfeedError as profiles_error:
        event("profiles.failed", error=str(profiles_error))
        return None


async def update_profiles(
    store: Store,
    config: Config,
    *,
    clock: Clock,
    profiles_deadline: datetime,
    look_up_voted: LookUpVoted | None = None,
    zotero_transport: "ZoteroTransport | None" = None,
) -> UpdatedProfiles:
    """
    Rank what is not ranked by what is held now, one profile after the other, until ``profiles_deadline``.

    A profile that somebody changes meanwhile is left to them. Raises StoreError, NoPapersYet.
    """
    profile_names = await store.profiles.load_names(now=clock.now())
    if not profile_names:
        return UpdatedProfiles()
    snapshot = await Library(store).snapshot(clock.now())
    profile_update = _ProfileUpdate(store, config, snapshot, look_up_voted, zotero_transport)
    updated_profiles = 0
    for profile_name in profile_names:
        if clock.now() >= profiles_deadline:
            break
        await profile_update.update(profile_name, clock.now())
        updated_profiles += 1
    ranked_profiles, unranked_profiles = profile_update.ranked_profiles, len(profile_names) - updated_profiles
    event("profiles.refreshed", profiles=len(profile_names), ranked=ranked_profiles, left=unranked_profiles)
    return UpdatedProfiles(len(profile_names), ranked_profiles, unranked_profiles, profile_update.zotero_libraries)


class _ProfileUpdate:
    """What one refresh does to profiles."""

    def __init__(
        self,
        store: Store,
        config: Config,
        snapshot: Snapshot,
        look_up_voted: LookUpVoted | None,
        zotero_transport: "ZoteroTransport | None",
    ) -> None:
        self._profile_store = store.profiles
        self._settings = config.settings
        self._zotero_url = config.environment.zotero_base_url
        self._profile_writer = ProfileWriter(store.profiles, config.settings)
        self._snapshot = snapshot
        self._look_up_voted = look_up_voted
        self._zotero_transport = zotero_transport
        self._voted_look_ups = 0
        self.ranked_profiles = 0
        self.zotero_libraries = 0

    async def update(self, profile_name: str, now: datetime) -> None:
        try:
            state_before, saved_profile = await self._profile_writer.read(profile_name)
        except NotFound:  # deleted or expired meanwhile
            return
        except Damaged as damaged_profile:
            event("profile.damaged", error=str(damaged_profile))
            return
        state = await asyncio.to_thread(learn_late_texts, state_before, self._snapshot)
        state = await self._with_zotero(await self._with_looked_up(state, now), now)
        if state == state_before and rankings_are_current(state.profile, self._snapshot):
            return
        state = await asyncio.to_thread(rank_profile, state_before.profile, state, self._snapshot, self._settings)
        ttl = profile_ttl(state.profile, self._settings, now)
        self.ranked_profiles += await self._profile_store.replace_blobs(
            profile_name, saved_profile.head, blobs_of(state), now=now, ttl=ttl
        )

    async def _with_looked_up(self, state: ProfileState, now: datetime) -> ProfileState:
        """Ask arXiv for voted papers that were never held here: one request, and not again for the same ones."""
        last_voted_look_up, ids_without_text = state.profile.votes_looked_up, votes_without_text(state)
        unasked_votes = [
            vote
            for vote in state.profile.votes
            if vote.arxiv_id in ids_without_text and (last_voted_look_up is None or vote.voted_at > last_voted_look_up)
        ]
        if self._look_up_voted is None or not unasked_votes or self._voted_look_ups >= MOST_VOTED_LOOK_UPS:
            return state
        self._voted_look_ups += 1
        try:
            voted_texts = await self._look_up_voted([vote.arxiv_id for vote in unasked_votes])
        except (ParseError, UpstreamError) as look_up_error:
            event("profiles.not_looked_up", papers=len(unasked_votes), error=str(look_up_error))
            return state
        state = ProfileState(replace(state.profile, votes_looked_up=now), state.memory)
        return await asyncio.to_thread(with_voted_texts, state, voted_texts, self._snapshot) if voted_texts else state

    async def _with_zotero(self, state: ProfileState, now: datetime) -> ProfileState:
        zotero = state.profile.zotero
        if zotero is None or (zotero.zotero_tried and now - zotero.zotero_tried < ZOTERO_READ_AFTER):
            return state
        try:
            zotero_answer = await read_zotero_library(zotero, self._zotero_url, self._zotero_transport)
        except UpstreamError as zotero_error:
            return _with_zotero_note(state, replace(zotero, zotero_tried=now, zotero_note=str(zotero_error)))
        zotero_references = zotero_answer.references
        if zotero_references is None:
            return _with_zotero_note(state, replace(zotero, zotero_tried=now, zotero_note=zotero.zotero_note))
        zotero_collection = await asyncio.to_thread(learning_collection, self._snapshot)
        seed_vectors = [
            seed_vector
            for reference in zotero_references
            if (seed_vector := zotero_collection.text_vector(reference.text))
        ]
        self.zotero_libraries += 1
        zotero_note = f"{len(seed_vectors):,} titles and abstracts were read on {now:%d %B %Y}"
        read_zotero = replace(
            zotero, zotero_tried=now, library_version=zotero_answer.library_version, zotero_note=zotero_note
        )
        state = _with_zotero_note(state, read_zotero)
        if not seed_vectors:
            return state
        return with_seed(state, Seed(_ZOTERO_SEED, "your Zotero library", len(seed_vectors), now), seed_vectors)


def _with_zotero_note(state: ProfileState, zotero: Zotero) -> ProfileState:
    return ProfileState(replace(state.profile, zotero=zotero), state.memory)
