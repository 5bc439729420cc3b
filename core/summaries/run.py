"""
One run of summaries: papers come from arXiv one by one while several are with the model.

    claim a paper → read it through the gate → ask the model → save its summary, at once

Killed at any moment, it loses only the calls that were under way; run again, it pays for nothing twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from core.clock import Clock
from core.config.read import Config
from core.errors import ConfigError
from core.fulltext.read import PaperFetcher
from core.paper import Paper
from core.store.base import Store
from core.store.refresh_reports import SummaryReport
from core.summaries.budget import TokenBudget
from core.summaries.calls import ModelCalls
from core.summaries.claims import SummaryClaims
from core.summaries.failures import SummaryFailures
from core.summaries.model import ChatModel
from core.summaries.plan import summary_standing, why_summaries_off
from core.summaries.workers import OnSummary, SummaryProgress, SummaryRun


async def summarize(
    store: Store,
    config: Config,
    paper_fetcher: PaperFetcher,
    ranked_candidates: Sequence[Paper],
    *,
    clock: Clock,
    holder: str,
    summaries_deadline: datetime,
    on_summary_progress: SummaryProgress | None = None,
    on_summary: OnSummary | None = None,
) -> SummaryReport:
    """
    Summarize the best candidates that have no summary yet, until ``summaries_deadline`` or the day's budget ends it.

    Each result is saved the moment it exists. Raises StoreError only; whatever else goes wrong is in the report.
    """
    ai_summary, llm_model = config.settings.ai_summary, config.environment.llm_model
    if summaries_off := why_summaries_off(config):
        return SummaryReport(problem=summaries_off if ai_summary.enabled is True else "")
    summarizing_since = clock.now()
    try:
        standing = await summary_standing(store, config, ranked_candidates, now=summarizing_since)
    except ConfigError as prompt_error:
        return SummaryReport(llm_model, problem=str(prompt_error))
    ready, later, given_up = len(standing.ready), len(standing.later), len(standing.given_up)
    summary_report = SummaryReport(llm_model, ready=ready, left=later, given_up=given_up)
    if not standing.due:
        return summary_report
    budget = await TokenBudget.open(store, llm_model, summarizing_since.date(), ai_summary.daily_token_budget)
    async with ChatModel(config) as chat_model:
        calls = ModelCalls(chat_model, budget, ai_summary, clock, summaries_deadline)
        claims = SummaryClaims(store, clock, holder, timedelta(seconds=2 * ai_summary.timeout_seconds + 60))
        failures = SummaryFailures(
            store, clock, timedelta(days=config.settings.retention_days), standing.summary_failures
        )
        summary_run = SummaryRun(
            store, config, paper_fetcher, calls, claims, failures, standing.due, on_summary_progress, on_summary
        )
        await summary_run.make_summaries()
    summary_seconds = round((clock.now() - summarizing_since).total_seconds(), 1)
    return replace(summary_run.completed_report(summary_report), seconds=summary_seconds)
