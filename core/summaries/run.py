"""
One run of summaries: papers come from arXiv one by one while several are with the model.

    claim a paper → read it through the gate → ask the model → save its summary, at once

Killed at any moment, it loses only the calls that were under way; run again, it pays for nothing twice.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from core.clock import Clock
from core.config.read import Config
from core.errors import ConfigError
from core.fulltext.read import Fetcher
from core.paper import Paper, Summary
from core.store.base import Store
from core.store.refresh_reports import SummaryReport
from core.summaries.budget import TokenBudget
from core.summaries.calls import Calls
from core.summaries.claims import Claims
from core.summaries.failures import Failures
from core.summaries.model import ChatModel
from core.summaries.plan import summary_standing, why_summaries_off
from core.summaries.workers import SummaryProgress, SummaryRun


async def summarize(
    store: Store,
    config: Config,
    client: Fetcher,
    ranked: Sequence[Paper],
    *,
    clock: Clock,
    holder: str,
    deadline: datetime,
    on_progress: SummaryProgress | None = None,
    on_made: Callable[[Summary], None] | None = None,
) -> SummaryReport:
    """
    Summarize the best of ``ranked`` that have no summary yet, until ``deadline`` or the day's budget ends it.

    Each result is saved the moment it exists. Raises StoreError only; whatever else goes wrong is in the report.
    """
    ai_summary, llm_model = config.settings.ai_summary, config.environment.llm_model
    if off_reason := why_summaries_off(config):
        return SummaryReport(problem=off_reason if ai_summary.enabled is True else "")
    started = clock.now()
    try:
        wishes = await summary_standing(store, config, ranked, now=started)
    except ConfigError as error:
        return SummaryReport(llm_model, problem=str(error))
    report = SummaryReport(
        llm_model,
        ready=len(wishes.ready),
        left=len(wishes.later),
        given_up=len(wishes.given_up),
    )
    if not wishes.due:
        return report
    budget = await TokenBudget.open(store, llm_model, started.date(), ai_summary.daily_token_budget)
    async with ChatModel(ai_summary, config.environment) as writer:
        calls = Calls(writer, budget, ai_summary, clock, deadline)
        claims = Claims(store, clock, holder, timedelta(seconds=2 * ai_summary.timeout_seconds + 60))
        failures = Failures(store, clock, timedelta(days=config.settings.retention_days), wishes.summary_failures)
        summary_run = SummaryRun(store, config, client, calls, claims, failures, on_progress, len(wishes.due), on_made)
        await summary_run.work(wishes.due)
    return replace(
        summary_run.add_to(report),
        cost=ai_summary.cost(budget.prompt_tokens, budget.completion_tokens),
        seconds=round((clock.now() - started).total_seconds(), 1),
    )
