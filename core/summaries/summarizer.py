"""Summaries as a refresh, the command line and tests start them: after the papers are out, for what time is left."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from core.arxiv.client import ArxivClient
from core.clock import Clock
from core.config.read import Config
from core.errors import ConfigError, NoPapersYet, StoreError
from core.fulltext.read import Fetcher
from core.log import event
from core.paper import Paper, Summary
from core.query.feed_query import FeedQuery
from core.query.interest import rated_interest
from core.query.parse import parse_query
from core.store.base import Store
from core.store.lock import RefreshLock
from core.store.records import Manifest
from core.store.refresh_reports import SummaryReport
from core.summaries.plan import (
    SummaryPlan,
    WantedSummary,
    plan_summaries,
    summary_key,
    wanted_summaries,
    why_summaries_off,
)
from core.summaries.publish import SummaryDays, load_summary_days, publish_summaries, summary_candidates
from core.summaries.run import summarize
from core.summaries.triage import TRIAGED_A_DAY, rate_papers
from core.summaries.workers import SummaryProgress

PUBLISH_RESERVE: Final = timedelta(seconds=10)
"""Kept back for publishing."""


class Summarizer:
    """
    What a refresh does with papers that readers have already; ``refresh``'s ``summarize_published``.

    ``queries`` are those whose best papers are summarized besides the default feed's: saved profiles.
    """

    def __init__(
        self,
        store: Store,
        config: Config,
        clock: Clock,
        *,
        queries: Iterable[FeedQuery] = (),
        say: SummaryProgress | None = None,
    ) -> None:
        self._store = store
        self._config = config
        self._clock = clock
        self._queries = (parse_query((), config.settings), *queries)
        self._say = say
        self._holder = uuid.uuid4().hex

    async def __call__(
        self, manifest: Manifest, arxiv: Fetcher, deadline: datetime, lock: RefreshLock
    ) -> SummaryReport | None:
        """
        Summarize until ``deadline``, then publish; None when there is nothing to do and nothing wrong with that.

        Raises RefreshRunning when the lock was lost, and StoreError.
        """
        if off := why_summaries_off(self._config):
            return SummaryReport(problem=off) if self._config.settings.ai_summary.enabled is True else None
        if manifest.sample or not manifest.batches:
            return None
        ratings: list[Summary] = []
        async with lock.renewed():
            held, ranked = await self._choose(manifest, deadline, ratings.append)
            try:
                wishes = wanted_summaries(ranked, self._config)
            except ConfigError as error:
                return SummaryReport(problem=str(error))
            report = await self._summarize(ranked, arxiv, deadline, None)
        await lock.renew()
        found = (*ratings, *await self._unseen(held, wishes))
        await publish_summaries(self._store, held, found, now=self._clock.now())
        event("summaries.done", **_fields(report))
        return report

    async def make(
        self, manifest: Manifest, arxiv: Fetcher, deadline: datetime, on_made: Callable[[Summary], None]
    ) -> SummaryReport | None:
        """
        Summarize the best of a manifest until ``deadline`` and publish nothing: ``on_made`` gets each as it comes.

        What an earlier run made and no reader has yet comes first. None when none are to be made. Raises StoreError.
        """
        if why_summaries_off(self._config) or manifest.sample or not manifest.batches:
            return None
        held, ranked = await self._choose(manifest, deadline, on_made)
        try:
            unseen = await self._unseen(held, wanted_summaries(ranked, self._config))
        except ConfigError as error:
            return SummaryReport(problem=str(error))
        for summary in unseen:
            on_made(summary)
        return await self._summarize(ranked, arxiv, deadline, on_made)

    async def publish(self, found: Sequence[Summary]) -> None:
        """Put summaries beside their papers as they are published now; to be called under the refresh lock."""
        manifest = await self._store.load_manifest()
        if manifest is not None:
            held = await load_summary_days(self._store, manifest, days=self._days)
            await publish_summaries(self._store, held, found, now=self._clock.now())

    async def plan_summaries(self, manifest: Manifest) -> SummaryPlan:
        """Say what would be summarized now, and what it would cost; asks nobody. Raises ConfigError."""
        _, ranked = await self._choose(manifest, self._clock.now(), None)
        return await plan_summaries(self._store, self._config, ranked, now=self._clock.now())

    async def _summarize(
        self,
        ranked: Sequence[Paper],
        arxiv: Fetcher,
        deadline: datetime,
        on_made: Callable[[Summary], None] | None,
    ) -> SummaryReport:
        return await summarize(
            self._store,
            self._config,
            arxiv,
            ranked,
            clock=self._clock,
            holder=self._holder,
            deadline=deadline - PUBLISH_RESERVE,
            on_progress=self._say,
            on_made=on_made,
        )

    @property
    def _days(self) -> int:
        return max(query.days for query in self._queries)

    async def _choose(
        self, manifest: Manifest, deadline: datetime, on_rated: Callable[[Summary], None] | None
    ) -> tuple[SummaryDays, tuple[Paper, ...]]:
        """Rank what is held, by a model's ratings where there are some; ``on_rated`` None asks for none."""
        held = await load_summary_days(self._store, manifest, days=self._days)
        tag = rated_interest(self._config.settings)
        grades = {each.arxiv_id: each.grade for each in held.published_summaries() if tag and each.language == tag}

        def note(rating: Summary) -> None:
            grades[rating.arxiv_id] = rating.grade
            if on_rated:
                on_rated(rating)

        if tag and on_rated:
            await self._rate(held, deadline, note)
        return held, await asyncio.to_thread(summary_candidates, held.summary_batches, self._queries, grades)

    async def _rate(self, held: SummaryDays, deadline: datetime, note: Callable[[Summary], None]) -> None:
        """Have the newest day's best rated; a fault there is told and costs nothing else."""
        wide = [replace(query, per_day=TRIAGED_A_DAY, limit=TRIAGED_A_DAY) for query in self._queries]
        best = await asyncio.to_thread(summary_candidates, held.summary_batches[:1], wide)
        shown = {summary_key(each): each for each in held.published_summaries()}
        try:
            await rate_papers(
                self._store,
                self._config,
                best,
                clock=self._clock,
                deadline=deadline - PUBLISH_RESERVE,
                on_rated=lambda rating: None if summary_key(rating) in shown else note(rating),
            )
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an answer causes, summaries are made all the same
            event("triage.stopped", error=f"{type(error).__name__}: {error}")

    async def _unseen(self, held: SummaryDays, wishes: Sequence[WantedSummary]) -> Sequence[Summary]:
        """The summaries that were made and no reader has yet."""
        shown = {summary_key(summary) for summary in held.published_summaries()}
        keys = [each.key for each in wishes if each.key not in shown]
        return tuple((await self._store.summaries(keys)).values()) if keys else ()


async def summarize_within(
    config: Config, store: Store, time_limit: timedelta, *, clock: Clock, say: SummaryProgress | None = None
) -> SummaryReport:
    """
    Summarize what is held, without a refresh, for at most ``time_limit``.

    Raises NoPapersYet, RefreshRunning while a refresh runs (it summarizes, too), and StoreError.
    """
    manifest = await store.load_manifest()
    if manifest is None or not manifest.batches:
        raise NoPapersYet("no papers yet: refresh first")
    if off := why_summaries_off(config):  # nothing to wait for a running refresh for
        return SummaryReport(problem=off)
    holder, deadline = uuid.uuid4().hex, clock.now() + time_limit

    lock = RefreshLock(store, clock, holder)
    await lock.claim()
    try:
        async with ArxivClient(
            store, config.environment, clock=clock, holder=holder, deadline=deadline - PUBLISH_RESERVE
        ) as arxiv:
            report = await Summarizer(store, config, clock, say=say)(manifest, arxiv, deadline, lock)
            return report or SummaryReport(problem=why_summaries_off(config))
    finally:
        await lock.release()


def _fields(report: SummaryReport) -> dict[str, object]:
    fields: dict[str, object] = {
        "made": report.made,
        "failed": len(report.failed),
        "left": report.left,
        "calls": report.calls,
        "tokens": report.prompt_tokens + report.completion_tokens,
        "seconds": report.seconds,
    }
    return fields | ({"error": report.problem} if report.problem else {"paused": report.paused})
