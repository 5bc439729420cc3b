"""
One refresh, from arXiv to the store: one at a time, safe to kill at any moment, safe to run twice.

    claim the lock
    ├─ read      a new store of many categories: the newest day from the pages of whole archives
    ├─ read      every category's feed of today                 (3 s each)
    ├─ publish   readers have the newest day now
    ├─ repair    what the feed had wrong, from arXiv's listing   (15 s each)
    ├─ newcomers where time is plenty: the newest list of categories that a reader waits for
    ├─ summaries of the newest day begin, beside all that follows
    ├─ backfill  the days that are missing                       (15 s each)
    ├─ prove     that what is held is what the listing counts    (15 s each)
    ├─ ask again for days that an earlier try did not settle     (15 s each)
    ├─ all this once more for the categories that readers asked for, with the time that is left
    ├─ rank      saved feeds by what is held now
    ├─ describe  what the feeds leave out, from the query API    (3 s)
    └─ report, release the lock

Whatever is done is published on the way, at the latest every minute, and the ledger in the manifest says which
categories' days are settled: the next refresh goes on where this one stopped, for whatever reason it did.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec
from msgspec.structs import replace

from core.arxiv.client import ArxivClient
from core.arxiv.gated_http import ArxivTransport
from core.clock import Clock, SystemClock
from core.config.read import Config
from core.errors import Damaged
from core.log import event
from core.profiles.update import update_profiles_within
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.refresh.fetch import PUBLISH_RESERVE, DocumentFetcher, RefreshStopped
from core.refresh.metadata import add_metadata, papers_to_describe, titles_and_abstracts
from core.refresh.newcomers import Newcomers
from core.refresh.outcome import last_refresh, report_of
from core.refresh.phases import Phases
from core.refresh.progress import Progress
from core.refresh.report import RefreshReport
from core.refresh.saved_feeds import has_saved_feeds, rate_saved_feeds
from core.refresh.scope import Scope
from core.refresh.working_copy import WorkingCopy
from core.store.base import Store
from core.store.lock import RefreshLock
from core.store.records import Manifest
from core.summaries.concurrent import (
    ConcurrentSummaries,
    SummarizePublished,
    SummaryMaker,
    is_summary_run_over,
    joined_summary_reports,
    summarize_after,
)
from core.summaries.summarizer import Summarizer

MOST_REFRESH_REPORTS_KEPT: Final = 60

UNFINISHED_REFRESH_MARK_KEPT: Final = timedelta(days=7)
"""How long it is remembered that a refresh did not come to its end."""

SayProgress = Callable[[str], None]


async def refresh(
    store: Store,
    config: Config,
    *,
    clock: Clock,
    lock_holder: str,
    refresh_deadline: datetime,
    say_progress: SayProgress | None = None,
    arxiv_transport: ArxivTransport | None = None,
    newest_only: bool = False,
    summarize_published: SummarizePublished | None = None,
    summary_maker: SummaryMaker | None = None,
    described_feeds: Sequence[FeedQuery] = (),
) -> RefreshReport:
    """
    Bring the store up to date with arXiv, as far as ``refresh_deadline`` allows.

    ``newest_only`` leaves older days and proofs for a second call. The papers that ``described_feeds`` show get
    their comments, dates and affiliations at the end, as far as one request goes. Raises RefreshRunning when another
    refresh has the lock, StoreError when the store fails; what arXiv does wrong is in the report.
    """
    refresh_started = clock.now()
    scope = Scope.of(config.settings, await store.load_followed(now=refresh_started), refresh_started)
    refresh_lock = RefreshLock(store, clock, lock_holder)
    await refresh_lock.claim()
    try:
        arxiv_until = refresh_deadline - PUBLISH_RESERVE
        async with ArxivClient(
            store, config.environment, clock=clock, holder=lock_holder, transport=arxiv_transport, deadline=arxiv_until
        ) as arxiv:
            document_fetcher = DocumentFetcher(arxiv, refresh_lock, clock, deadline=refresh_deadline)
            held_manifest, refresh_anomalies = await _start_refresh(store, refresh_started)
            working = WorkingCopy(store, held_manifest)
            progress = Progress(scope, working, clock, say=say_progress)
            progress.anomalies += refresh_anomalies
            made_beside = summary_maker and not newest_only
            async with (
                ConcurrentSummaries(summary_maker, arxiv, clock, refresh_deadline) if made_beside else nullcontext()
            ) as summaries_beside:
                phases_of = partial(
                    Phases,
                    working=working,
                    fetcher=document_fetcher,
                    refresh_lock=refresh_lock,
                    progress=progress,
                    clock=clock,
                    concurrent_summaries=summaries_beside,
                )
                newcomers = Newcomers(store, config.settings, progress, clock, phases_of, deadline=refresh_deadline)
                for scope_part in scope.parts():
                    phases = phases_of(scope_part, look_for_newcomers=newcomers.look_for_newcomers)
                    await _run_phases(phases, progress, newcomers, newest_only=newest_only)
                for phases in newcomers.phases:
                    await _run_phases(phases, progress, newcomers, newest_only=newest_only)
                await phases.publish(last_refresh(progress, refresh_started))
                if described_feeds and not newest_only and progress.stopped is None:
                    async with refresh_lock.lease_renewed():
                        metadata_changed = await add_metadata(
                            working, arxiv, await papers_to_describe(store, working.manifest, described_feeds)
                        )
                    if metadata_changed:
                        await phases.publish(last_refresh(progress, refresh_started))
                ranks_saved_feeds = await has_saved_feeds(store, clock.now())
                if ranks_saved_feeds:
                    async with refresh_lock.lease_renewed():
                        look_up_titles = None if newest_only else partial(titles_and_abstracts, arxiv)
                        await update_profiles_within(
                            store, config, clock=clock, deadline=refresh_deadline, look_up=look_up_titles
                        )
                async with refresh_lock.lease_renewed():
                    refresh_summaries = (
                        await summaries_beside.finish_summaries(phases.publish) if summaries_beside else None
                    )
            if summarize_published and not newest_only and not is_summary_run_over(refresh_summaries):
                summaries_after_refresh = await summarize_after(
                    summarize_published, working.manifest, arxiv, refresh_deadline, refresh_lock
                )
                refresh_summaries = joined_summary_reports(refresh_summaries, summaries_after_refresh)
            if ranks_saved_feeds and not newest_only:
                async with refresh_lock.lease_renewed():
                    await rate_saved_feeds(store, config, clock=clock, deadline=refresh_deadline - PUBLISH_RESERVE)
            requests, throttled_waits = arxiv.arxiv_requests_made, document_fetcher.throttled_waits
            refresh_report = report_of(progress, refresh_started, requests=requests, throttled_waits=throttled_waits)
            refresh_report = replace(refresh_report, summaries=refresh_summaries)
            await store.save_report(msgspec.json.encode(refresh_report), most_reports=MOST_REFRESH_REPORTS_KEPT)
            await store.save_progress(b"", ttl=UNFINISHED_REFRESH_MARK_KEPT)
            event("refresh.done", ok=refresh_report.ok, outcome=refresh_report.outcome, seconds=refresh_report.seconds)
            return refresh_report
    finally:
        await refresh_lock.release()


async def _start_refresh(store: Store, refresh_started: datetime) -> tuple[Manifest | None, list[str]]:
    """
    Read what is held, and leave a mark that the end takes away.

    One that is found says that the refresh before never got there. What cannot be read is nothing: it is fetched anew.
    """
    unfinished_refresh = await store.load_progress()
    await store.save_progress(f"{refresh_started:%Y-%m-%d %H:%M} UTC".encode(), ttl=UNFINISHED_REFRESH_MARK_KEPT)
    refresh_anomalies = []
    if unfinished_refresh:
        refresh_began = unfinished_refresh.decode(errors="replace")
        refresh_anomalies = [f"the refresh that began at {refresh_began} was cut off; this one goes on"]
    try:
        return await store.load_manifest(), refresh_anomalies
    except Damaged as held_manifest_error:
        return None, [*refresh_anomalies, f"{held_manifest_error}: starting anew"]


async def _run_phases(phases: Phases, progress: Progress, newcomers: Newcomers, *, newest_only: bool) -> None:
    """Do what can be done in the time there is; nothing once the refresh was stopped."""
    if progress.stopped:
        return
    try:
        await phases.read_archives()
        await phases.read_feeds()
        await phases.repair()
        await phases.read_last_list()
        await newcomers.read_unread()
        if not newest_only:
            phases.begin_summaries_beside_backfill()
            await phases.backfill()
            await phases.prove()
            await phases.ask_again()
    except RefreshStopped as stopped:
        progress.stopped = stopped


async def refresh_within(
    config: Config, store: Store, time_limit: timedelta, *, say: SayProgress | None = None, newest_only: bool = False
) -> RefreshReport:
    """Refresh for at most ``time_limit``; ``newest_only`` leaves the older days for later. Raises as ``refresh``."""
    refresh_clock = SystemClock()
    summarizer = Summarizer(store, config, refresh_clock, on_summary_progress=say)
    return await refresh(
        store,
        config,
        clock=refresh_clock,
        lock_holder=uuid.uuid4().hex,
        refresh_deadline=refresh_clock.now() + time_limit,
        say_progress=say,
        newest_only=newest_only,
        summarize_published=summarizer,
        summary_maker=summarizer,
        described_feeds=(parse_query((), config.settings),),
    )
