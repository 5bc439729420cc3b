"""Summaries without a refresh: the command line asks for them."""

import uuid
from datetime import timedelta

from core.arxiv.client import ArxivClient
from core.clock import Clock
from core.config.read import Config
from core.errors import NoPapersYet
from core.store.base import Store
from core.store.lock import RefreshLock
from core.store.refresh_reports import SummaryReport
from core.summaries.plan import why_summaries_off
from core.summaries.summarizer import PUBLISH_SUMMARIES_RESERVE, Summarizer
from core.summaries.workers import SummaryProgress


async def summarize_within(
    config: Config,
    store: Store,
    summarizing_time: timedelta,
    *,
    clock: Clock,
    on_summary_progress: SummaryProgress | None = None,
) -> SummaryReport:
    """
    Summarize what is held, without a refresh, for at most ``summarizing_time``.

    Raises NoPapersYet, RefreshRunning while a refresh runs (it summarizes, too), and StoreError.
    """
    manifest_to_summarize = await store.load_manifest()
    if manifest_to_summarize is None or not manifest_to_summarize.batches:
        raise NoPapersYet("no papers yet: refresh first")
    if summaries_off := why_summaries_off(config):  # nothing to wait for a running refresh for
        return SummaryReport(problem=summaries_off)
    holder, summaries_deadline = uuid.uuid4().hex, clock.now() + summarizing_time
    summarizer = Summarizer(store, config, clock, on_summary_progress=on_summary_progress)
    summarizing_lock = RefreshLock(store, clock, holder)
    reading_deadline = summaries_deadline - PUBLISH_SUMMARIES_RESERVE
    paper_fetcher = ArxivClient(store, config.environment, clock=clock, holder=holder, deadline=reading_deadline)
    await summarizing_lock.claim()
    try:
        async with paper_fetcher:
            summary_report = await summarizer(
                manifest_to_summarize, paper_fetcher, summaries_deadline, summarizing_lock
            )
            return summary_report or SummaryReport(problem=why_summaries_off(config))
    finally:
        await summarizing_lock.release()
