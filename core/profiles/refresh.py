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
    State,
    is_current,
    learning_collection,
    learnt_since,
    ranked,
    waiting,
    with_seed,
    with_texts_of,
)
from core.profiles.records import Seed, Zotero
from core.profiles.writer import ProfileWriter, blobs_of, remaining
from core.profiles.zotero import READ_AGAIN_AFTER, read_library
from core.store.base import Store

if TYPE_CHECKING:
    from core.profiles.zotero import Transport

_ZOTERO: Final = "zotero"
TIME_LIMIT: Final = timedelta(seconds=60)
"""Of a refresh's time; what is left over waits for its first reader, or the next refresh."""


LookUp = Callable[[Sequence[ArxivId]], Awaitable[Mapping[str, tuple[str, str]]]]
"""Titles and abstracts of papers, by id; raises UpstreamError, ParseError."""
MOST_LOOKED_UP: Final = 3
"""Requests to arXiv that one refresh makes for profiles: 3 s each, and the same for everybody."""


class ProfilesReport(Struct, frozen=True):
    """What became of the profiles at a refresh."""

    profiles: int = 0
    ranked: int = 0
    left: int = 0  # for want of time: their first reader ranks them
    libraries: int = 0  # of Zotero, read because they had changed


async def refresh_profiles_within(
    store: Store, config: Config, *, clock: Clock, deadline: datetime, look_up: LookUp | None
) -> ProfilesReport | None:
    """Do it in ``TIME_LIMIT``, and at no refresh's expense: None, and a line in the log, when it went wrong."""
    try:
        until = min(deadline, clock.now() + TIME_LIMIT)
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
    look_up: LookUp | None = None,
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
    one = _OneByOne(store, config, snapshot, look_up, transport)
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

    def __init__(
        self, store: Store, config: Config, snapshot: Snapshot, look_up: LookUp | None, transport: "Transport | None"
    ) -> None:
        self._store = store.profiles
        self._config = config
        self._writer = ProfileWriter(store.profiles, config.settings)
        self._snapshot = snapshot
        self._look_up = look_up
        self._transport = transport
        self._looked_up = 0
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
        state = await asyncio.to_thread(learnt_since, before, self._snapshot)
        state = await self._with_zotero(await self._with_looked_up(state, now), now)
        if state == before and is_current(state.profile, self._snapshot):
            return
        state = await asyncio.to_thread(ranked, before.profile, state, self._snapshot, self._config.settings)
        keep = remaining(state.profile, self._config.settings, now)
        self.ranked += await self._store.replace(name, blobs.head, blobs_of(state), now=now, keep=keep)

    async def _with_looked_up(self, state: State, now: datetime) -> State:
        """Ask arXiv for voted papers that were never held here: one request, and not again for the same ones."""
        since, ids = state.profile.looked_up, waiting(state)
        unasked = [vote for vote in state.profile.votes if vote.arxiv_id in ids and (since is None or vote.at > since)]
        if self._look_up is None or not unasked or self._looked_up >= MOST_LOOKED_UP:
            return state
        self._looked_up += 1
        try:
            texts = await self._look_up([vote.arxiv_id for vote in unasked])
        except (ParseError, UpstreamError) as error:
            event("profiles.not_looked_up", papers=len(unasked), error=str(error))
            return state
        state = State(replace(state.profile, looked_up=now), state.memory)
        return await asyncio.to_thread(with_texts_of, state, texts, self._snapshot) if texts else state

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
