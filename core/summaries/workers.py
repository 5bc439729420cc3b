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
from core.fulltext.read import NotedFullTextFetcher, PaperFetcher
from core.log import event
from core.paper import Summary
from core.store.base import Store
from core.store.refresh_reports import SummaryReport
from core.summaries.answer import InvalidModelAnswer
from core.summaries.budget import typical_tokens
from core.summaries.calls import ModelCalls, NoMoreModelCalls
from core.summaries.claims import SummaryClaims
from core.summaries.failures import SummaryFailures
from core.summaries.one_paper import ScreenedPaper, make_summary, read_for_model, upload_paper
from core.summaries.plan import WantedSummary
from core.summaries.request import ModelStopped, OverTokenRate, PaperRefused, PaperTooLong

SummaryProgress = Callable[[str], None]
OnSummary = Callable[[Summary], None]
PaperToSummarize = tuple[ScreenedPaper, list[WantedSummary]]

_SUMMARIES_READ_AHEAD: Final = 2
"""Papers that wait for the model at most."""

_SHORTEST_PAPER_TOKENS: Final = 1_000
"""Tokens of a paper below which a shorter cut makes no sense."""


@dataclass(slots=True)
class SummaryRun:
    """The work of ``summarize``: one producer that reads papers, and workers that have them summarized."""

    store: Store
    config: Config
    paper_fetcher: PaperFetcher
    model_calls: ModelCalls
    summary_claims: SummaryClaims
    summary_failures: SummaryFailures
    due_summaries: Sequence[WantedSummary]
    on_summary_progress: SummaryProgress | None = None
    on_summary: OnSummary | None = None
    made_summaries: int = 0
    most_paper_tokens: int = 0  # of a paper that the model is known to take; 0: as configured
    _to_summarize: "asyncio.Queue[PaperToSummarize | None]" = field(
        default_factory=lambda: asyncio.Queue(_SUMMARIES_READ_AHEAD)
    )

    @property
    def ai_summary(self) -> AiSummary:
        return self.config.settings.ai_summary

    async def make_summaries(self) -> None:
        """Make what is due, in its order, as far as time and budget go."""
        try:
            async with asyncio.TaskGroup() as summary_workers:
                summary_workers.create_task(self._read_papers_to_summarize())
                for _ in range(self.ai_summary.max_workers):
                    summary_workers.create_task(self._summarize_papers())
        except ExceptionGroup as summary_worker_errors:
            raise summary_worker_errors.exceptions[0] from None  # the store's: it ends everything, whichever it is

    def completed_report(self, summary_report: SummaryReport) -> SummaryReport:
        """Complete a report that knows what was there before."""
        budget, run_failures = self.model_calls.budget, self.summary_failures.run_failures
        final_failures = sum(1 for failed_summary in run_failures if failed_summary.final)
        return replace(
            summary_report,
            made=self.made_summaries,
            failed=tuple(run_failures),
            left=summary_report.left + len(self.due_summaries) - self.made_summaries - final_failures,
            problem=self.model_calls.calls_problem,
            paused=self.model_calls.calls_paused,
            calls=budget.calls,
            prompt_tokens=budget.prompt_tokens,
            completion_tokens=budget.completion_tokens,
            cost=self.ai_summary.cost(budget.prompt_tokens, budget.completion_tokens),
        )

    async def _read_papers_to_summarize(self) -> None:
        for _, paper_summaries in groupby(self.due_summaries, key=lambda due_summary: due_summary.paper.arxiv_id):
            try:
                self.model_calls.check_model_call(typical_tokens(self.ai_summary))
            except NoMoreModelCalls:
                break
            claimed = [summary for summary in paper_summaries if await self.summary_claims.take(summary)]
            if claimed and (screened_paper := await self._read_claimed_paper(claimed)):
                await self._to_summarize.put((screened_paper, claimed))
        for _ in range(self.ai_summary.max_workers):
            await self._to_summarize.put(None)

    async def _read_claimed_paper(self, claimed_summaries: Sequence[WantedSummary]) -> ScreenedPaper | None:
        try:
            return await self._read_noted_paper(claimed_summaries)
        except Throttled as throttled:
            self.model_calls.stop_calls(paused=f"a pause is asked for: {throttled}")
        except ModelStopped as model_stopped:
            self.model_calls.stop_calls(problem=str(model_stopped))
        except StoreError:
            raise
        except Exception as paper_reading_error:  # noqa: BLE001 - a document that no parser foresaw
            summary_fault = f"could not read the paper: {_summary_fault(paper_reading_error)}"
            await self.summary_failures.note(claimed_summaries, summary_fault)
            return None
        for claimed_summary in claimed_summaries:
            await self.summary_claims.let_go(claimed_summary)
        return None

    async def _read_noted_paper(self, claimed_summaries: Sequence[WantedSummary]) -> ScreenedPaper:
        """Read a paper; a try stands noted from before its document is parsed until it is, come what may."""
        paper, settle = claimed_summaries[0].paper, self.summary_failures.is_last_try(claimed_summaries)
        noted_fetcher = NotedFullTextFetcher(
            self.paper_fetcher, lambda: self.summary_failures.begin_try(claimed_summaries)
        )
        if self.ai_summary.input == "file":
            upload_seconds = min(self.ai_summary.timeout_seconds, self.model_calls.calls_seconds_left)
            screened_paper = await upload_paper(
                noted_fetcher, self.model_calls.chat_model, paper, upload_seconds=upload_seconds
            )
        else:
            paper_text_fetcher = noted_fetcher if self.ai_summary.input == "full_text" else None
            screened_paper = await read_for_model(paper_text_fetcher, paper, settle=settle)
        if noted_fetcher.full_text_noted:
            await self.summary_failures.forget_try(claimed_summaries)
        return screened_paper

    async def _summarize_papers(self) -> None:
        while paper_to_summarize := await self._to_summarize.get():
            screened_paper, claimed_summaries = paper_to_summarize
            try:
                for claimed_summary in claimed_summaries:
                    await self._try_summary(screened_paper, claimed_summary)
            finally:
                uploaded_file = screened_paper.uploaded_file
                if uploaded_file and not await self.model_calls.chat_model.forget_upload(uploaded_file):
                    event("summary.file_left", file=uploaded_file, error="the service did not delete an uploaded file")

    async def _try_summary(self, screened_paper: ScreenedPaper, claimed_summary: WantedSummary) -> None:
        try:
            self.model_calls.check_model_call(typical_tokens(self.ai_summary))
            if await self.summary_claims.take(claimed_summary):
                await self._save_summary(await self._fitting_summary(screened_paper, claimed_summary), claimed_summary)
        except (NoMoreModelCalls, ModelStopped):
            await self.summary_claims.let_go(claimed_summary)  # why is said once, in the report
        except OverTokenRate as over_rate:
            self.model_calls.stop_calls(paused=f"the account may not send a paper within a minute: {over_rate}")
            await self.summary_claims.let_go(claimed_summary)
        except StoreError:
            raise
        except Exception as summary_error:  # noqa: BLE001 - an answer's fault is this paper's failure, not the run's
            is_final = isinstance(summary_error, PaperRefused | PaperTooLong)
            await self.summary_failures.note([claimed_summary], _summary_fault(summary_error), final=is_final)

    async def _fitting_summary(self, screened_paper: ScreenedPaper, claimed_summary: WantedSummary) -> Summary:
        """Have a paper summarized, cut by half as often as the model says that it is too long."""
        ask_model, summary_created_at = self.model_calls.ask, self.model_calls.clock.now
        while True:
            paper_tokens = self.most_paper_tokens or self.ai_summary.max_input_tokens
            try:
                return await make_summary(
                    screened_paper,
                    claimed_summary,
                    ask_model,
                    most_paper_tokens=paper_tokens,
                    summary_created_at=summary_created_at,
                )
            except PaperTooLong:
                if paper_tokens // 2 < _SHORTEST_PAPER_TOKENS or screened_paper.uploaded_file:
                    raise
                self.most_paper_tokens = min(self.most_paper_tokens or paper_tokens, paper_tokens // 2)

    async def _save_summary(self, summary: Summary, claimed_summary: WantedSummary) -> None:
        summary_ttl = timedelta(days=self.config.settings.retention_days)
        await self.store.save_summary(claimed_summary.key, summary, ttl=summary_ttl)
        self.made_summaries += 1
        if self.on_summary:
            self.on_summary(summary)
        event("summary.made", arxiv_id=summary.arxiv_id, language=summary.language, source=summary.source)
        if self.on_summary_progress:
            summary_language = f" ({summary.language})" if len(self.ai_summary.languages) > 1 else ""
            summarized_title = " ".join(claimed_summary.paper.title.split())
            summarized = f"{self.made_summaries} of {len(self.due_summaries)} summarized"
            self.on_summary_progress(f"{summarized}{summary_language}: {summarized_title}")


def _summary_fault(summary_error: Exception) -> str:
    if isinstance(summary_error, InvalidModelAnswer):
        return f"the answer could not be used: {summary_error}"
    if isinstance(summary_error, PaperfeedError):
        return str(summary_error)
    return f"{type(summary_error).__name__}: {summary_error}"
