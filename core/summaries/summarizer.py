"""Summaries as a refresh, the command line and tests start them: after the papers are out, for what time is left."""

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from core.clock import Clock
from core.config.read import Config
from core.errors import ConfigError, StoreError
from core.fulltext.read import PaperFetcher
from core.log import event
from core.paper import Paper, Summary
from core.query.feed_query import FeedQuery
from core.query.interest import rated_interest
from core.query.parse import parse_query
from core.store.base import Store
from core.store.lock import RefreshLock
from core.store.records import Manifest, SummaryKey
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
from core.summaries.triage import TRIAGED_A_DAY, PaperTriage
from core.summaries.workers import OnSummary, SummaryProgress

PUBLISH_SUMMARIES_RESERVE: Final = timedelta(seconds=10)
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
        on_summary_progress: SummaryProgress | None = None,
    ) -> None:
        self._store, self._config, self._clock = store, config, clock
        self._summarized_queries = (parse_query((), config.settings), *queries)
        self._summary_days = max(query.days for query in self._summarized_queries)
        self._on_summary_progress = on_summary_progress
        self._summary_claim_holder = uuid.uuid4().hex

    async def __call__(
        self, published: Manifest, paper_fetcher: PaperFetcher, summaries_deadline: datetime, lock: RefreshLock
    ) -> SummaryReport | None:
        """
        Summarize until ``summaries_deadline``, then publish; None when there is nothing to do and nothing wrong with
        that.

        Raises RefreshRunning when the lock was lost, and StoreError.
        """
        if summaries_off := why_summaries_off(self._config):
            must_summarize = self._config.settings.ai_summary.enabled is True
            return SummaryReport(problem=summaries_off) if must_summarize else None
        if not _has_papers_to_summarize(published):
            return None
        triage_ratings: list[Summary] = []
        async with lock.lease_renewed():
            summary_days, ranked_candidates = await self._rank_candidates(
                published, summaries_deadline, triage_ratings.append
            )
            try:
                wanted = wanted_summaries(ranked_candidates, self._config)
            except ConfigError as prompt_error:
                return SummaryReport(problem=str(prompt_error))
            summary_report = await self._summarize(ranked_candidates, paper_fetcher, summaries_deadline)
        await lock.renew_lease()
        new_summaries = (*triage_ratings, *await self._unpublished_summaries(summary_days, wanted))
        await publish_summaries(self._store, summary_days, new_summaries, now=self._clock.now())
        event("summaries.done", **_report_fields(summary_report))
        return summary_report

    async def make_summaries(
        self, published: Manifest, paper_fetcher: PaperFetcher, summaries_deadline: datetime, on_summary: OnSummary
    ) -> SummaryReport | None:
        """
        Summarize the best of a manifest until ``summaries_deadline``, publish nothing: ``on_summary`` gets each.

        What an earlier run made and no reader has yet comes first. None when none are to be made. Raises StoreError.
        """
        if why_summaries_off(self._config) or not _has_papers_to_summarize(published):
            return None
        summary_days, ranked_candidates = await self._rank_candidates(published, summaries_deadline, on_summary)
        try:
            wanted = wanted_summaries(ranked_candidates, self._config)
        except ConfigError as prompt_error:
            return SummaryReport(problem=str(prompt_error))
        for unpublished_summary in await self._unpublished_summaries(summary_days, wanted):
            on_summary(unpublished_summary)
        return await self._summarize(ranked_candidates, paper_fetcher, summaries_deadline, on_summary)

    async def publish(self, new_summaries: Sequence[Summary]) -> None:
        """Put summaries beside their papers as they are published now; to be called under the refresh lock."""
        if published_manifest := await self._store.load_manifest():
            summary_days = await load_summary_days(self._store, published_manifest, days=self._summary_days)
            await publish_summaries(self._store, summary_days, new_summaries, now=self._clock.now())

    async def plan_summaries(self, published: Manifest) -> SummaryPlan:
        """Say what would be summarized now, and what it would cost; asks nobody. Raises ConfigError."""
        _, ranked_candidates = await self._rank_candidates(published, self._clock.now(), None)
        return await plan_summaries(self._store, self._config, ranked_candidates, now=self._clock.now())

    async def _summarize(
        self,
        ranked_candidates: Sequence[Paper],
        paper_fetcher: PaperFetcher,
        summaries_deadline: datetime,
        on_summary: OnSummary | None = None,
    ) -> SummaryReport:
        return await summarize(
            self._store,
            self._config,
            paper_fetcher,
            ranked_candidates,
            clock=self._clock,
            holder=self._summary_claim_holder,
            summaries_deadline=summaries_deadline - PUBLISH_SUMMARIES_RESERVE,
            on_summary_progress=self._on_summary_progress,
            on_summary=on_summary,
        )

    async def _rank_candidates(
        self, published: Manifest, summaries_deadline: datetime, on_rating: OnSummary | None
    ) -> tuple[SummaryDays, tuple[Paper, ...]]:
        """Rank what is held, by a model's ratings where there are some; ``on_rating`` None asks for none."""
        summary_days = await load_summary_days(self._store, published, days=self._summary_days)
        rating_language, published_summaries = rated_interest(self._config.settings), summary_days.published_summaries()
        ratings = (rating for rating in published_summaries if rating_language and rating.language == rating_language)
        triage_grades = {rating.arxiv_id: rating.grade for rating in ratings}

        def note_rating(rating: Summary) -> None:
            triage_grades[rating.arxiv_id] = rating.grade
            if on_rating:
                on_rating(rating)

        if rating_language and on_rating:
            await self._rate_newest_papers(summary_days, summaries_deadline, note_rating)
        batches, queries = summary_days.batches_to_summarize, self._summarized_queries
        return summary_days, await asyncio.to_thread(summary_candidates, batches, queries, triage_grades)

    async def _rate_newest_papers(
        self, summary_days: SummaryDays, summaries_deadline: datetime, note_rating: OnSummary
    ) -> None:
        """Have the newest day's best rated; a fault there is told and costs nothing else."""
        triage_queries = [
            replace(query, per_day=TRIAGED_A_DAY, limit=TRIAGED_A_DAY) for query in self._summarized_queries
        ]
        newest_batch, published_keys = summary_days.batches_to_summarize[:1], _published_summary_keys(summary_days)
        triage_candidates = await asyncio.to_thread(summary_candidates, newest_batch, triage_queries)

        def note_new_rating(rating: Summary) -> None:
            if summary_key(rating) not in published_keys:
                note_rating(rating)

        triage_deadline = summaries_deadline - PUBLISH_SUMMARIES_RESERVE
        triage = PaperTriage(self._store, self._config, self._clock, triage_deadline, note_new_rating)
        try:
            await triage.rate_papers(triage_candidates)
        except StoreError:
            raise
        except Exception as triage_error:  # noqa: BLE001 - whatever an answer causes, summaries are made all the same
            event("triage.stopped", error=f"{type(triage_error).__name__}: {triage_error}")

    async def _unpublished_summaries(
        self, summary_days: SummaryDays, wanted: Sequence[WantedSummary]
    ) -> Sequence[Summary]:
        """The summaries that were made and no reader has yet."""
        published_keys = _published_summary_keys(summary_days)
        unpublished_keys = [summary.key for summary in wanted if summary.key not in published_keys]
        return tuple((await self._store.load_summaries(unpublished_keys)).values()) if unpublished_keys else ()


def _has_papers_to_summarize(manifest_to_summarize: Manifest) -> bool:
    return bool(manifest_to_summarize.batches) and not manifest_to_summarize.sample


def _published_summary_keys(summary_days: SummaryDays) -> set[SummaryKey]:
    return {summary_key(summary) for summary in summary_days.published_summaries()}


def _report_fields(summary_report: SummaryReport) -> dict[str, object]:
    summary_tokens = summary_report.prompt_tokens + summary_report.completion_tokens
    return {
        "made": summary_report.made,
        "failed": len(summary_report.failed),
        "left": summary_report.left,
        "calls": summary_report.calls,
        "tokens": summary_tokens,
        "seconds": summary_report.seconds,
    } | ({"error": summary_report.problem} if summary_report.problem else {"paused": summary_report.paused})
