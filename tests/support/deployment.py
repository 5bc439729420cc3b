"""A deployment in a test: a store, a clock that only moves when somebody waits, and an arXiv to refresh from."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.paper import Paper
from core.refresh.merge import held_type
from core.refresh.report import RefreshReport
from core.refresh.run import refresh
from core.store.base import Store
from core.store.codec import StoredPapers
from core.store.open import open_store
from core.store.records import Manifest
from tests.support.synthetic_arxiv import SyntheticArxiv, Weather
from tests.support.synthetic_world import VirtualClock, World

BUDGET = timedelta(seconds=270)
holders = (f"instance-{number}" for number in itertools.count(1))


def sqlite_store(folder: Path) -> Store:
    return open_store("", data_dir=folder, on_vercel=False)


@dataclass
class Deployment:
    """Refreshes like a deployment does."""

    store: Store
    clock: VirtualClock
    arxiv: Weather
    settings: Settings
    environment: Environment = field(default_factory=Environment)

    @property
    def config(self) -> Config:
        return Config(self.settings, self.environment)

    async def refresh(self, *, budget: timedelta = BUDGET, **options: Any) -> RefreshReport:
        deadline = self.clock.now() + budget
        return await refresh(
            self.store,
            self.config,
            clock=self.clock,
            lock_holder=options.pop("holder", None) or next(holders),
            refresh_deadline=deadline,
            arxiv_transport=self.arxiv,
            **options,
        )

    async def manifest(self) -> Manifest:
        found = await self.store.load_manifest()
        assert found is not None
        return found

    async def batches(self) -> dict[date, Sequence[Paper]]:
        """What readers have; every batch that the manifest names must be there."""
        manifest = await self.store.load_manifest()
        refs = manifest.batches if manifest else ()
        blobs = await self.store.load_batches(refs)
        assert set(blobs) == {ref.day for ref in refs}, "the manifest names a batch that is not there"
        return {day: StoredPapers(found.papers_blob) for day, found in blobs.items()}

    async def held(self) -> dict[tuple[str, date], dict[str, str]]:
        """Id and announce type of what is held, for each category and day."""
        found: dict[tuple[str, date], dict[str, str]] = {}
        for day, papers in (await self.batches()).items():
            for name, paper in itertools.product(self.settings.categories, papers):
                if kind := held_type(paper, name):
                    found.setdefault((name, day), {})[paper.arxiv_id] = kind.value
        return found


def deployment(
    folder: Path, *, start: str, days: Iterable[date], categories: Sequence[str] = ("cs.CL", "cs.DC"), **settings: Any
) -> Deployment:
    """A new deployment on a new synthetic arXiv; ``start`` is UTC."""
    clock = VirtualClock(datetime.fromisoformat(start + "+00:00"))
    arxiv = SyntheticArxiv(World.of(days, categories, per_day=settings.pop("per_day", 4)), clock)
    return Deployment(sqlite_store(folder), clock, arxiv, Settings(categories=tuple(categories), **settings))


def truth(
    arxiv: Weather | World, categories: Iterable[str], days: Iterable[date]
) -> dict[tuple[str, date], dict[str, str]]:
    """What a complete store holds."""
    pairs = itertools.product(categories, days)
    found = {(name, day): arxiv.announced(name, day) for name, day in pairs}
    return {pair: papers for pair, papers in found.items() if papers}


def doubled(papers: Iterable[Paper]) -> list[str]:
    """The papers that stand in a batch more than once."""
    return [name for name, count in Counter(paper.arxiv_id for paper in papers).items() if count > 1]
