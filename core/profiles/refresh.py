"""Bringing every profile up to date after a refresh: new papers ranked, Zotero libraries read, late texts learnt."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

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
    learning_collection,
    papers_without_text,
    rank_profile,
    rankings_are_current,
    with_seed,
    with_voted_texts,
)
from core.profiles.records import Seed, Zotero
from core.profiles.writer import ProfileWriter, blobs_of, remaining
from core.profiles.zotero import LIBRARY_READ_AFTER, read_library
from core.store.base import Store

if TYPE_CHECKING:
    from core.profiles.zotero import ZoteroTransport

_ZOTERO_SEED: Final = "zotero"
PROFILES_TIME_LIMIT: Final = timedelta(seconds=60)
"""Of a refresh's time; what is left over waits for its first reader, or the next refresh."""


LookUpPapers = Callable[[Sequence[ArxivId]], Awaitable[Mapping[str, tuple[str, str]]]]
"""Titles and abstracts of papers, by id; raises UpstreamError, ParseError."""
MOST_LOOK_UPS: Final = 3
"""Requests to arXiv that one refresh makes for profiles: 3 s each, and the same for everybody."""


class ProfilesReport(Struct, frozen=True):
    """What became of the profiles at a refresh."""

    profiles: int = 0
    ranked: int = 0
    left: int = 0  # for want of time: their first reader ranks them
    libraries: int = 0  # of Zotero, read because they had changed


async def refresh_profiles_within(
    store: Store, config: Config, *, clock: Clock, deadline: datetime, look_up: LookUpPapers | None
) -> ProfilesReport | None:
    """Do it in ``PROFILES_TIME_LIMIT``, at no refresh's expense: None, and a line in the log, when it went wrong."""
    try:
        until = min(deadline, clock.now() + PROFILES_TIME_LIMIT)
        return await refresh_profiles(store, config, clock=clock, deadline=until, look_up=look_up)
    except PaperfeedError as error:
        event("profiles.failed", error=str(error))
        return None


async def refresh_profiles(
    store: Store,
    config: Config,
    *,
    clock: Clock,
    deadline: datetime,
    look_up: LookUpPapers | None = None,
    transport: "ZoteroTransport | None" = None,
) -> ProfilesReport:
    """
    Rank what is not ranked by what is held now, one profile after the other, until ``deadline``.

    A profile that somebody changes meanwhile is left to them. Raises StoreError, NoPapersYet.
    """
    profile_names = await store.profiles.names(now=clock.now())
    if not profile_names:
        return ProfilesReport()
    snapshot = await Library(store).snapshot(clock.now())
    profile_refresh = _ProfileRefresh(store, config, snapshot, look_up, transport)
    refreshed_profiles = 0
    for profile_name in profile_names:
        if clock.now() >= deadline:
            break
        await profile_refresh.refresh(profile_name, clock.now())
        refreshed_profiles += 1
    profiles_report = ProfilesReport(
        len(profile_names), profile_refresh.ranked, len(profile_names) - refreshed_profiles, profile_refresh.libraries
    )
    event(
        "profiles.refreshed",
        profiles=profiles_report.profiles,
        ranked=profiles_report.ranked,
        left=profiles_report.left,
    )
    return profiles_report


class _ProfileRefresh:
    """What one refresh does to profiles."""

    def __init__(
        self,
        store: Store,
        config: Config,
        snapshot: Snapshot,
        look_up: LookUpPapers | None,
        transport: "ZoteroTransport | None",
    ) -> None:
        self._store = store.profiles
        self._config = config
        self._writer = ProfileWriter(store.profiles, config.settings)
        self._snapshot = snapshot
        self._look_up = look_up
        self._transport = transport
        self._look_ups = 0
        self.ranked = 0
        self.libraries = 0

    async def refresh(self, profile_name: str, now: datetime) -> None:
        try:
            state_before, profile_blobs = await self._writer.read(profile_name)
        except NotFound:  # deleted or expired meanwhile
            return
        except Damaged as error:
            event("profile.damaged", error=str(error))
            return
        state = await asyncio.to_thread(learn_late_texts, state_before, self._snapshot)
        state = await self._with_zotero(await self._with_looked_up(state, now), now)
        if state == state_before and rankings_are_current(state.profile, self._snapshot):
            return
        state = await asyncio.to_thread(
            rank_profile, state_before.profile, state, self._snapshot, self._config.settings
        )
        keep = remaining(state.profile, self._config.settings, now)
        self.ranked += await self._store.replace(profile_name, profile_blobs.head, blobs_of(state), now=now, ttl=keep)

    async def _with_looked_up(self, state: ProfileState, now: datetime) -> ProfileState:
        """Ask arXiv for voted papers that were never held here: one request, and not again for the same ones."""
        last_look_up, ids_without_text = state.profile.looked_up, papers_without_text(state)
        unasked_votes = [
            vote
            for vote in state.profile.votes
            if vote.arxiv_id in ids_without_text and (last_look_up is None or vote.at > last_look_up)
        ]
        if self._look_up is None or not unasked_votes or self._look_ups >= MOST_LOOK_UPS:
            return state
        self._look_ups += 1
        try:
            looked_up_texts = await self._look_up([vote.arxiv_id for vote in unasked_votes])
        except (ParseError, UpstreamError) as error:
            event("profiles.not_looked_up", papers=len(unasked_votes), error=str(error))
            return state
        state = ProfileState(replace(state.profile, looked_up=now), state.memory)
        return (
            await asyncio.to_thread(with_voted_texts, state, looked_up_texts, self._snapshot)
            if looked_up_texts
            else state
        )

    async def _with_zotero(self, state: ProfileState, now: datetime) -> ProfileState:
        zotero = state.profile.zotero
        if zotero is None or (zotero.tried and now - zotero.tried < LIBRARY_READ_AFTER):
            return state
        try:
            zotero_answer = await read_library(zotero, self._config.environment.zotero_base_url, self._transport)
        except UpstreamError as error:
            return _with_zotero_note(state, replace(zotero, tried=now, note=str(error)))
        if zotero_answer.references is None:
            return _with_zotero_note(state, replace(zotero, tried=now, note=zotero.note))
        collection = await asyncio.to_thread(learning_collection, self._snapshot)
        vectors = [
            vector for reference in zotero_answer.references if (vector := collection.text_vector(reference.text))
        ]
        self.libraries += 1
        zotero_note = f"{len(vectors):,} titles and abstracts were read on {now:%d %B %Y}"
        state = _with_zotero_note(state, replace(zotero, tried=now, version=zotero_answer.version, note=zotero_note))
        if not vectors:
            return state
        return with_seed(state, Seed(_ZOTERO_SEED, "your Zotero library", len(vectors), now), vectors)


def _with_zotero_note(state: ProfileState, zotero: Zotero) -> ProfileState:
    return ProfileState(replace(state.profile, zotero=zotero), state.memory)
