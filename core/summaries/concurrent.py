"""
Summaries of one refresh. Beside the backfill: the newest day is out, its papers are read between two older pages.

The refresh stays the one writer: what was made waits here until its next checkpoint publishes it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol, Self, TypeVar

from msgspec.structs import replace

from core.arxiv.client import ArxivClient
from core.clock import Clock
from core.errors import RefreshRunning, StoreError
from core.log import event
from core.paper import Summary
from core.store.lock import RefreshLock
from core.store.records import Manifest
from core.store.refresh_reports import SummaryReport

_SUMMARIES_PUBLISHING_INTERVAL: Final = timedelta(seconds=5)
"""The shortest time between two publications of summaries: readers' copies go stale with each."""

BesideSummariesDone = TypeVar("BesideSummariesDone")


class SummaryMaker(Protocol):
    """What makes summaries of a published manifest: ``core.summaries.summarizer.Summarizer``."""

    async def make_summaries(
        self, published: Manifest, arxiv: ArxivClient, summaries_until: datetime, on_summary: Callable[[Summary], None]
    ) -> SummaryReport | None:
        """Make what is due until ``summaries_until``; tell each as it comes. None when none are to be made."""

    async def publish(self, unpublished_summaries: Sequence[Summary]) -> None:
        """Put summaries beside their papers; to be called under the refresh lock."""


class SummarizePublished(Protocol):
    """What is to be done with papers that readers have already: summaries."""

    async def __call__(
        self, published: Manifest, paper_fetcher: ArxivClient, summaries_deadline: datetime, lock: RefreshLock
    ) -> SummaryReport | None:
        """
        Work on what is published until ``summaries_deadline`` at most, and publish what came of it.

        ``lock`` is the refresh's: it is to be renewed in time, and before every publishing.
        """


class ConcurrentSummaries:
    """The summaries of one refresh; a context manager that leaves no task behind. Nothing raises out of it."""

    def __init__(
        self, summary_maker: SummaryMaker | None, paper_fetcher: ArxivClient, clock: Clock, summaries_deadline: datetime
    ) -> None:
        self._summaries_published_at = clock.now() - _SUMMARIES_PUBLISHING_INTERVAL
        self._summary_came = asyncio.Event()
        self._summary_maker, self._paper_fetcher, self._clock = summary_maker, paper_fetcher, clock
        self._summaries_deadline = summaries_deadline
        self._unpublished_summaries: list[Summary] = []
        self._summary_task: asyncio.Task[SummaryReport | None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._summary_task:
            self._summary_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._summary_task

    def start_summaries(self, published: Manifest) -> None:
        """Begin with what readers have now."""
        has_papers_to_summarize = published.batches and not published.sample
        if self._summary_maker and not self._summary_task and has_papers_to_summarize:
            self._summary_task = asyncio.create_task(self._run_summary_maker(self._summary_maker, published))

    @property
    def has_unpublished_summaries(self) -> bool:
        """Whether summaries wait to be published."""
        return bool(self._unpublished_summaries)

    async def publish_summaries(self) -> None:
        """Publish what waits; a failure is told, and left to the next refresh."""
        unpublished_summaries, self._unpublished_summaries = self._unpublished_summaries, []
        self._summary_came.clear()
        self._summaries_published_at = self._clock.now()
        if not self._summary_maker or not unpublished_summaries:
            return
        try:
            await self._summary_maker.publish(unpublished_summaries)
        except Exception as publish_error:  # noqa: BLE001 - the papers are out: nothing about summaries may end the refresh
            event("summaries.failed", error=f"could not publish: {type(publish_error).__name__}: {publish_error}")

    async def finish_summaries(self, publish_summaries: Callable[[], Awaitable[object]]) -> SummaryReport | None:
        """Wait for the last of them, with ``publish_summaries`` whenever a few have come."""
        if not self._summary_task:
            return None
        summary_report = await self.publish_meanwhile(self._summary_task, publish_summaries)
        if self.has_unpublished_summaries:
            await publish_summaries()
        return summary_report

    async def publish_meanwhile(
        self, beside_summaries: Awaitable[BesideSummariesDone], publish_summaries: Callable[[], Awaitable[object]]
    ) -> BesideSummariesDone:
        """Wait for something else, and publish what comes in the meantime."""
        beside_summaries_task = asyncio.ensure_future(beside_summaries)
        try:
            while not beside_summaries_task.done():
                next_summary = asyncio.create_task(self._wait_for_summary())
                await asyncio.wait({beside_summaries_task, next_summary}, return_when=asyncio.FIRST_COMPLETED)
                next_summary.cancel()
                if self.has_unpublished_summaries and not beside_summaries_task.done():
                    await publish_summaries()
            return beside_summaries_task.result()
        finally:
            if not beside_summaries_task.done():
                beside_summaries_task.cancel()
                await asyncio.wait({beside_summaries_task})

    async def _wait_for_summary(self) -> None:
        """Wait until a summary has come, and it is time to publish again."""
        await self._summary_came.wait()
        since_summaries_published = self._clock.now() - self._summaries_published_at
        await self._clock.sleep((_SUMMARIES_PUBLISHING_INTERVAL - since_summaries_published).total_seconds())

    def _note_summary(self, summary: Summary) -> None:
        self._unpublished_summaries.append(summary)
        self._summary_came.set()

    async def _run_summary_maker(self, summary_maker: SummaryMaker, published: Manifest) -> SummaryReport | None:
        try:
            return await summary_maker.make_summaries(
                published, self._paper_fetcher, self._summaries_deadline, self._note_summary
            )
        except Exception as summary_error:  # noqa: BLE001 - see ``publish_summaries``
            event("summaries.failed", error=f"{type(summary_error).__name__}: {summary_error}")
            return SummaryReport(problem=f"summaries broke off: {type(summary_error).__name__}: {summary_error}")


async def summarize_after(
    summarize: SummarizePublished, published: Manifest, arxiv: ArxivClient, summaries_until: datetime, lock: RefreshLock
) -> SummaryReport | None:
    """Do what comes after publishing; whatever goes wrong there, readers have their papers, and the report says so."""
    try:
        return await summarize(published, arxiv, summaries_until, lock)
    except RefreshRunning:
        raise
    except Exception as summary_error:  # noqa: BLE001 - told, counted, and not the end of a refresh that has published
        event("summaries.failed", error=f"{type(summary_error).__name__}: {summary_error}")
        summary_problem = f"{type(summary_error).__name__}: {summary_error}"
        if isinstance(summary_error, StoreError):
            summary_problem = summary_error.public_message
        return SummaryReport(problem=f"summaries broke off: {summary_problem}")


def is_summary_run_over(summary_report: SummaryReport | None) -> bool:
    """Whether a second run in the same refresh would only meet the same end."""
    return summary_report is not None and bool(summary_report.problem or summary_report.paused)


def joined_summary_reports(
    early_summaries: SummaryReport | None, late_summaries: SummaryReport | None
) -> SummaryReport | None:
    """One report of both runs of a refresh: beside the backfill, and after it."""
    if early_summaries is None or late_summaries is None:
        return late_summaries or early_summaries
    summaries_cost = None
    if early_summaries.cost is not None or late_summaries.cost is not None:
        summaries_cost = (early_summaries.cost or 0) + (late_summaries.cost or 0)
    return replace(
        late_summaries,
        model=late_summaries.model or early_summaries.model,
        ready=max(0, late_summaries.ready - early_summaries.made),
        made=early_summaries.made + late_summaries.made,
        failed=early_summaries.failed + late_summaries.failed,
        calls=early_summaries.calls + late_summaries.calls,
        prompt_tokens=early_summaries.prompt_tokens + late_summaries.prompt_tokens,
        completion_tokens=early_summaries.completion_tokens + late_summaries.completion_tokens,
        cost=summaries_cost,
        seconds=round(early_summaries.seconds + late_summaries.seconds, 1),
    )
