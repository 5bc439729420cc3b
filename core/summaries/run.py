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
from core.refresh_report import SummaryReport
from core.store.base import Store
from core.summaries.budget import TokenBudget
from core.summaries.calls import Calls
from core.summaries.claims import Claims
from core.summaries.failures import Failures
from core.summaries.model import Writer
from core.summaries.plan import standing, why_off
from core.summaries.workers import Run, Say


async def summarize(
    store: Store,
    config: Config,
    client: Fetcher,
    ranked: Sequence[Paper],
    *,
    clock: Clock,
    holder: str,
    deadline: datetime,
    on_progress: Say | None = None,
    on_made: Callable[[Summary], None] | None = None,
) -> SummaryReport:
    """
    Summarize the best of ``ranked`` that have no summary yet, until ``deadline`` or the day's budget ends it.

    Each result is saved the moment it exists. Raises StoreError only; whatever else goes wrong is in the report.
    """
    settings, model = config.settings.ai_summary, config.environment.llm_model
    if off := why_off(config):
        return SummaryReport(problem=off if settings.enabled is True else "")
    started = clock.now()
    try:
        found = await standing(store, config, ranked, now=started)
    except ConfigError as error:
        return SummaryReport(model, problem=str(error))
    report = SummaryReport(model, ready=len(found.ready), left=len(found.later), given_up=len(found.given_up))
    if not found.due:
        return report
    budget = await TokenBudget.open(store, model, started.date(), settings.daily_token_budget)
    async with Writer(settings, config.environment) as writer:
        calls = Calls(writer, budget, settings, clock, deadline)
        claims = Claims(store, clock, holder, timedelta(seconds=2 * settings.timeout_seconds + 60))
        failures = Failures(store, clock, timedelta(days=config.settings.retention_days), found.failures)
        run = Run(store, config, client, calls, claims, failures, on_progress, len(found.due), on_made)
        await run.work(found.due)
    return replace(
        run.add_to(report),
        cost=settings.cost(budget.prompt_tokens, budget.completion_tokens),
        seconds=round((clock.now() - started).total_seconds(), 1),
    )
