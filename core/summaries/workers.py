"""One producer that reads papers through the gate, and workers that have them summarized, side by side."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from core.config.read import Config
from core.config.settings import AiSummary
from core.errors import PaperfeedError, StoreError, Throttled
from core.fulltext.read import Fetcher, NotedFetcher
from core.log import event
from core.paper import Summary
from core.store.base import Store
from core.store.refresh_reports import SummaryReport
from core.summaries.answer import InvalidAnswer
from core.summaries.budget import typical_tokens
from core.summaries.calls import Calls, NoMoreCalls
from core.summaries.claims import Claims
from core.summaries.failures import Failures
from core.summaries.one_paper import PaperReading, make_summary, read_for_model, upload_paper
from core.summaries.plan import WantedSummary
from core.summaries.request import ModelStopped, OverTokenRate, PaperRefused, PaperTooLong

SummaryProgress = Callable[[str], None]

_READ_AHEAD: Final = 2
"""Papers that wait for the model at most."""

_SHORTEST_CUT: Final = 1_000
"""Tokens of a paper below which a shorter cut makes no sense."""


@dataclass(slots=True)
class SummaryRun:
    """The work of ``summarize``: one producer that reads papers, and workers that have them summarized."""

    store: Store
    config: Config
    client: Fetcher
    calls: Calls
    claims: Claims
    failures: Failures
    say: SummaryProgress | None
    total: int
    on_made: Callable[[Summary], None] | None = None
    made: int = 0
    longest: int = 0  # tokens of a paper that the model is known to take; 0: as configured
    _queue: "asyncio.Queue[tuple[PaperReading, list[WantedSummary]] | None]" = field(
        default_factory=lambda: asyncio.Queue(_READ_AHEAD)
    )

    @property
    def settings(self) -> AiSummary:
        return self.config.settings.ai_summary

    async def work(self, due: Sequence[WantedSummary]) -> None:
        """Do what is due, in its order, as far as time and budget go."""
        workers = self.settings.max_workers
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read_all(due, workers))
                for _ in range(workers):
                    group.create_task(self._worker())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None  # the store's: it ends everything, and one is as good as another

    def add_to(self, report: SummaryReport) -> SummaryReport:
        """Complete a report that knows what was there before."""
        budget = self.calls.budget
        return replace(
            report,
            made=self.made,
            failed=tuple(self.failures.run_failures),
            left=report.left + self.total - self.made - sum(1 for each in self.failures.run_failures if each.final),
            problem=self.calls.problem,
            paused=self.calls.paused,
            calls=budget.calls,
            prompt_tokens=budget.prompt_tokens,
            completion_tokens=budget.completion_tokens,
        )

    async def _read_all(self, due: Sequence[WantedSummary], workers: int) -> None:
        for _, group in groupby(due, key=lambda each: each.paper.arxiv_id):
            try:
                self.calls.check_call(typical_tokens(self.settings))
            except NoMoreCalls:
                break
            mine = [each for each in group if await self.claims.take(each)]
            if mine and (reading := await self._read(mine)):
                await self._queue.put((reading, mine))
        for _ in range(workers):
            await self._queue.put(None)

    async def _read(self, mine: Sequence[WantedSummary]) -> PaperReading | None:
        try:
            return await self._read_noted(mine)
        except Throttled as error:
            self.calls.stop(paused=f"a pause is asked for: {error}")
        except ModelStopped as error:
            self.calls.stop(problem=str(error))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a document that no parser foresaw
            await self.failures.note(mine, f"could not read the paper: {_reason(error)}")
            return None
        for each in mine:
            await self.claims.let_go(each)
        return None

    async def _read_noted(self, mine: Sequence[WantedSummary]) -> PaperReading:
        """Read a paper; a try stands noted from before its document is parsed until it is, come what may."""
        paper = mine[0].paper
        settle = self.failures.is_last_try(mine)
        client = NotedFetcher(self.client, lambda: self.failures.begin_try(mine))
        if self.settings.input == "file":
            seconds = min(self.settings.timeout_seconds, self.calls.seconds_left)
            reading = await upload_paper(client, self.calls.writer, paper, seconds=seconds)
        else:
            reading = await read_for_model(client if self.settings.input == "full_text" else None, paper, settle=settle)
        if client.noted:
            await self.failures.forget_try(mine)
        return reading

    async def _worker(self) -> None:
        while item := await self._queue.get():
            reading, mine = item
            try:
                for each in mine:
                    await self._write(reading, each)
            finally:
                if reading.file and not await self.calls.writer.forget(reading.file):
                    event("summary.file_left", file=reading.file, error="the service did not delete an uploaded file")

    async def _write(self, reading: PaperReading, each: WantedSummary) -> None:
        try:
            self.calls.check_call(typical_tokens(self.settings))
            if await self.claims.take(each):
                await self._save(reading, each)
        except (NoMoreCalls, ModelStopped):
            await self.claims.let_go(each)  # why is said once, in the report
        except OverTokenRate as error:
            self.calls.stop(paused=f"the account may not send a paper within a minute: {error}")
            await self.claims.let_go(each)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an answer causes is this paper's failure, not the run's
            await self.failures.note([each], _reason(error), final=isinstance(error, PaperRefused | PaperTooLong))

    async def _fit_and_make(self, reading: PaperReading, each: WantedSummary) -> Summary:
        """Have a paper summarized, cut by half as often as the model says that it is too long."""
        while True:
            most = self.longest or self.settings.max_input_tokens
            try:
                return await make_summary(reading, each, self.calls.ask, most_tokens=most, now=self.calls.clock.now)
            except PaperTooLong:
                if most // 2 < _SHORTEST_CUT or reading.file:
                    raise
                self.longest = min(self.longest or most, most // 2)

    async def _save(self, reading: PaperReading, each: WantedSummary) -> None:
        summary = await self._fit_and_make(reading, each)
        keep = timedelta(days=self.config.settings.retention_days)
        await self.store.save_summary(each.key, summary, ttl=keep)
        self.made += 1
        if self.on_made:
            self.on_made(summary)
        event("summary.made", arxiv_id=each.key.arxiv_id, language=each.language, source=summary.source)
        language = f" ({each.language})" if len(self.settings.languages) > 1 else ""
        if self.say:
            self.say(f"{self.made} of {self.total} summarized{language}: {' '.join(reading.paper.title.split())}")


def _reason(error: Exception) -> str:
    if isinstance(error, InvalidAnswer):
        return f"the answer could not be used: {error}"
    return str(error) if isinstance(error, PaperfeedError) else f"{type(error).__name__}: {error}"
