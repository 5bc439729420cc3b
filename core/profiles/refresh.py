"""Bringing every profile up to date after a refresh: new papers ranked, Zotero libraries read, late texts learnt."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from core.clock import Clock
from core.config import Config
from core.errors import Damaged, NotFound, PaperfeedError, UpstreamError
from core.feeds.library import Library, Snapshot
from core.log import event
from core.profiles.change import State, is_current, learning_collection, learnt_since, ranked, with_seed
from core.profiles.records import Seed, Zotero
from core.profiles.writer import ProfileWriter, blobs_of, remaining
from core.profiles.zotero import READ_AGAIN_AFTER, read_library
from core.store.base import Store

if TYPE_CHECKING:
    from core.profiles.zotero import Transport

_ZOTERO: Final = "zotero"
TIME_LIMIT: Final = timedelta(seconds=60)
"""Of a refresh's time; what is left over waits for its first reader, or the next refresh."""


class ProfilesReport(Struct, frozen=True):
    """What became of the profiles at a refresh."""

    profiles: int = 0
    ranked: int = 0
    left: int = 0  # for want of time: their first reader ranks them
    libraries: int = 0  # of Zotero, read because they had changed


async def refresh_profiles_within(
    store: Store, config: Config, *, clock: Clock, deadline: datetime
) -> ProfilesReport | None:
    """Do it in ``TIME_LIMIT``, and at no refresh's expense: None, and a line in the log, when it went wrong."""
    try:
        return await refresh_profiles(store, config, clock=clock, deadline=min(deadline, clock.now() + TIME_LIMIT))
    except PaperfeedError as error:
        event("profiles.failed", error=str(error))
        return None


async def refresh_profiles(
    store: Store,
    config: Config,
    *,
    clock: Clock,
    deadline: datetime,
    transport: "Transport | None" = None,
) -> ProfilesReport:
    """
    Rank what is not ranked by what is held now, one profile after the other, until ``deadline``.

    A profile that somebody changes meanwhile is left to them. Raises StoreError, NoPapersYet.
    """
    names = await store.profiles.names(now=clock.now())
    if not names:
        return ProfilesReport()
    snapshot = await Library(store).snapshot(clock.now())
    one = _OneByOne(store, config, snapshot, transport)
    done = 0
    for name in names:
        if clock.now() >= deadline:
            break
        await one.refresh(name, clock.now())
        done += 1
    report = ProfilesReport(len(names), one.ranked, len(names) - done, one.libraries)
    event("profiles.refreshed", profiles=report.profiles, ranked=report.ranked, left=report.left)
    return report


class _OneByOne:
    """What one refresh does to profiles."""

    def __init__(self, store: Store, config: Config, snapshot: Snapshot, transport: "Transport | None") -> None:
        self._store = store.profiles
        self._config = config
        self._writer = ProfileWriter(store.profiles, config.settings)
        self._snapshot = snapshot
        self._transport = transport
        self.ranked = 0
        self.libraries = 0

    async def refresh(self, name: str, now: datetime) -> None:
        try:
            before, blobs = await self._writer.read(name)
        except NotFound:  # deleted or expired meanwhile
            return
        except Damaged as error:
            event("profile.damaged", error=str(error))
            return
        state = await self._with_zotero(await asyncio.to_thread(learnt_since, before, self._snapshot), now)
        if state == before and is_current(state.profile, self._snapshot):
            return
        state = await asyncio.to_thread(ranked, before.profile, state, self._snapshot, self._config.settings)
        keep = remaining(state.profile, self._config.settings, now)
        self.ranked += await self._store.replace(name, blobs.head, blobs_of(state), now=now, keep=keep)

    async def _with_zotero(self, state: State, now: datetime) -> State:
        zotero = state.profile.zotero
        if zotero is None or (zotero.tried and now - zotero.tried < READ_AGAIN_AFTER):
            return state
        try:
            answer = await read_library(zotero, self._config.environment.zotero_base_url, self._transport)
        except UpstreamError as error:
            return _noted(state, replace(zotero, tried=now, note=str(error)))
        if answer.references is None:
            return _noted(state, replace(zotero, tried=now, note=zotero.note))
        collection = await asyncio.to_thread(learning_collection, self._snapshot)
        vectors = [vector for each in answer.references if (vector := collection.vector(each.text))]
        self.libraries += 1
        note = f"{len(vectors):,} titles and abstracts were read on {now:%d %B %Y}"
        state = _noted(state, replace(zotero, tried=now, version=answer.version, note=note))
        if not vectors:
            return state
        return with_seed(state, Seed(_ZOTERO, "your Zotero library", len(vectors), now), vectors)


def _noted(state: State, zotero: Zotero) -> State:
    return State(replace(state.profile, zotero=zotero), state.memory)
