"""Categories that readers ask for and no refresh has read: their newest list at once, older days at its end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from core.clock import Clock
from core.config.followed import categories_to_follow
from core.config.settings import Settings
from core.refresh.phases import Phases
from core.refresh.progress import Progress
from core.refresh.scope import Scope
from core.store.base import Store

LOOK_FOR_NEWCOMERS_EVERY: Final = timedelta(seconds=10)
"""How often the store is asked: filling a new deployment takes minutes, in which its first readers come."""

MOST_NEWCOMERS_PER_REFRESH: Final = 3
"""Of one refresh: the deployment's own categories wait for no more of strangers'; the others are the next one's."""


PLENTY_OF_REFRESH_TIME: Final = timedelta(minutes=10)
"""A refresh that has less, such as a platform's, does all of the deployment's own categories first."""


class Newcomers:
    """Looks for such categories between two documents of other phases."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        progress: Progress,
        clock: Clock,
        phases_of: Callable[[Scope], Phases],
        *,
        deadline: datetime,
    ) -> None:
        self._store, self._settings, self._progress, self._clock = store, settings, progress, clock
        self._phases_of = phases_of
        self._newcomers_looked_for_at = clock.now()
        self._known_newcomers: tuple[str, ...] = ()
        self._unread_newcomers: tuple[str, ...] = ()
        if deadline - clock.now() >= PLENTY_OF_REFRESH_TIME:
            self._unread_newcomers = progress.scope.unread(progress.working.states)[:MOST_NEWCOMERS_PER_REFRESH]
        self.phases: list[Phases] = []
        """What is left to do for them."""

    async def read_unread(self) -> None:
        """
        Read the newest lists of categories that were asked for before this refresh began: a reader waits for them.

        Their older days follow after all of the deployment's own. Raises RefreshStopped.
        """
        unread, self._unread_newcomers = self._unread_newcomers, ()
        if unread:
            self._known_newcomers += unread
            await self._read_newest(unread)

    async def look_for_newcomers(self) -> None:
        """Read the newest lists of categories that were not there before. Raises RefreshStopped."""
        now = self._clock.now()
        if now - self._newcomers_looked_for_at < LOOK_FOR_NEWCOMERS_EVERY:
            return
        self._newcomers_looked_for_at = now
        scope = self._progress.scope
        categories_to_refresh = categories_to_follow(self._settings, await self._store.load_followed(now=now))
        newcomers = tuple(category for category in categories_to_refresh if category not in scope.categories)
        if newcomers := newcomers[: max(MOST_NEWCOMERS_PER_REFRESH - len(self._known_newcomers), 0)]:
            self._known_newcomers += newcomers
            self._progress.scope = replace(scope, categories=(*scope.categories, *newcomers))
            self.phases.append(await self._read_newest(newcomers))

    async def _read_newest(self, newcomers: tuple[str, ...]) -> Phases:
        phases = self._phases_of(replace(self._progress.scope, categories=newcomers))
        await phases.read_feeds()
        await phases.repair()
        await phases.read_last_list()
        return phases
