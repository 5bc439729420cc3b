"""
Summaries beside the backfill: the newest day is out, its papers are read between two pages of older days.

The refresh stays the one writer: what was made waits here until its next checkpoint publishes it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Protocol, Self, TypeVar

from msgspec.structs import replace

from core.arxiv.client import ArxivClient
from core.clock import Clock
from core.log import event
from core.paper import Summary
from core.refresh_report import SummaryReport
from core.store.records import Manifest

PUBLISH_EVERY: Final = timedelta(seconds=5)
"""The shortest time between two publications of summaries: readers' copies go stale with each."""

Result = TypeVar("Result")


class Summaries(Protocol):
    """What makes summaries of a published manifest: ``core.summaries.summarizer.Summarizer``."""

    async def make(
        self, manifest: Manifest, arxiv: ArxivClient, deadline: datetime, on_made: Callable[[Summary], None]
    ) -> SummaryReport | None:
        """Make what is due until ``deadline``; tell each as it comes. None when none are to be made."""

    async def publish(self, found: Sequence[Summary]) -> None:
        """Put summaries beside their papers; to be called under the refresh lock."""


class Beside:
    """The summaries of one refresh; a context manager that leaves no task behind. Nothing raises out of it."""

    def __init__(self, summaries: Summaries | None, arxiv: ArxivClient, clock: Clock, deadline: datetime) -> None:
        self._clock = clock
        self._published = clock.now() - PUBLISH_EVERY
        self._came = asyncio.Event()
        self._summaries = summaries
        self._arxiv = arxiv
        self._deadline = deadline
        self._found: list[Summary] = []
        self._task: asyncio.Task[SummaryReport | None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def start(self, manifest: Manifest) -> None:
        """Begin with what readers have now."""
        if self._summaries and not self._task and manifest.batches and not manifest.sample:
            self._task = asyncio.create_task(self._make(self._summaries, manifest))

    @property
    def waiting(self) -> bool:
        """Whether summaries wait to be published."""
        return bool(self._found)

    async def publish(self) -> None:
        """Publish what waits; a failure is told, and left to the next refresh."""
        found, self._found = self._found, []
        self._came.clear()
        self._published = self._clock.now()
        if not self._summaries or not found:
            return
        try:
            await self._summaries.publish(found)
        except Exception as error:  # noqa: BLE001 - the papers are out: nothing about summaries may end the refresh
            event("summaries.failed", error=f"could not publish: {type(error).__name__}: {error}")

    async def finish(self, publish: Callable[[], Awaitable[object]]) -> SummaryReport | None:
        """Wait for the last of them, with ``publish`` whenever a few have come."""
        if not self._task:
            return None
        report = await self.meanwhile(self._task, publish)
        if self.waiting:
            await publish()
        return report

    async def meanwhile(self, other: Awaitable[Result], publish: Callable[[], Awaitable[object]]) -> Result:
        """Wait for something else, and publish what comes in the meantime."""
        task = asyncio.ensure_future(other)
        try:
            while not task.done():
                coming = asyncio.create_task(self._next())
                await asyncio.wait({task, coming}, return_when=asyncio.FIRST_COMPLETED)
                coming.cancel()
                if self.waiting and not task.done():
                    await publish()
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    async def _next(self) -> None:
        """Wait until a summary has come, and it is time to publish again."""
        await self._came.wait()
        await self._clock.sleep((self._published + PUBLISH_EVERY - self._clock.now()).total_seconds())

    def _note(self, summary: Summary) -> None:
        self._found.append(summary)
        self._came.set()

    async def _make(self, summaries: Summaries, manifest: Manifest) -> SummaryReport | None:
        try:
            return await summaries.make(manifest, self._arxiv, self._deadline, self._note)
        except Exception as error:  # noqa: BLE001 - see ``publish``
            event("summaries.failed", error=f"{type(error).__name__}: {error}")
            return SummaryReport(problem=f"summaries broke off: {type(error).__name__}: {error}")


def is_over(report: SummaryReport | None) -> bool:
    """Whether a second run in the same refresh would only meet the same end."""
    return report is not None and bool(report.problem or report.paused)


def joined(first: SummaryReport | None, second: SummaryReport | None) -> SummaryReport | None:
    """One report of both runs of a refresh: beside the backfill, and after it."""
    if first is None or second is None:
        return second or first
    return replace(
        second,
        model=second.model or first.model,
        ready=max(0, second.ready - first.made),
        made=first.made + second.made,
        failed=first.failed + second.failed,
        calls=first.calls + second.calls,
        prompt_tokens=first.prompt_tokens + second.prompt_tokens,
        completion_tokens=first.completion_tokens + second.completion_tokens,
        cost=None if first.cost is None and second.cost is None else (first.cost or 0) + (second.cost or 0),
        seconds=round(first.seconds + second.seconds, 1),
    )
