"""
One refresh, from arXiv to the store: one at a time, safe to kill at any moment, safe to run twice.

    claim the lock
    ├─ read      every category's feed of today                 (3 s each)
    ├─ publish   readers have the newest day now
    ├─ repair    what the feed had wrong, from arXiv's listing   (15 s each)
    ├─ backfill  the days that are missing, oldest first         (15 s each)
    ├─ prove     that what is held is what the listing counts    (15 s each)
    ├─ ask again for days that were asked for in vain before     (15 s each)
    └─ report, release the lock

Whatever is done is published on the way, at the latest every minute, and the ledger in the manifest says which
categories' days are settled: the next refresh goes on where this one stopped, for whatever reason it did.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from core.arxiv.client import ArxivClient, Clock, Transport
from core.config import Config
from core.errors import Damaged, RefreshRunning
from core.log import event
from core.refresh.fetch import FINISH, LEASE, Asker, Over
from core.refresh.phases import Rounds
from core.refresh.progress import Journal
from core.refresh.scope import Scope
from core.refresh.working_copy import Shelf
from core.reports import RefreshReport
from core.store.base import Manifest, Store
from core.summaries.report import SummaryReport

MOST_REPORTS: Final = 60

UNFINISHED: Final = timedelta(days=7)
"""How long it is remembered that a refresh did not come to its end."""

Say = Callable[[str], None]


class AfterPublish(Protocol):
    """What is to be done with papers that readers have already: summaries."""

    async def __call__(
        self, manifest: Manifest, arxiv: ArxivClient, deadline: datetime, hold_lock: Callable[[], Awaitable[None]]
    ) -> SummaryReport | None:
        """
        Work on what is published until ``deadline`` at most, and publish what came of it.

        ``hold_lock`` renews the refresh lock for ``LEASE``; it is to be called in time, and before every publishing.
        """


async def refresh(
    store: Store,
    config: Config,
    *,
    clock: Clock,
    holder: str,
    deadline: datetime,
    on_progress: Say | None = None,
    transport: Transport | None = None,
    newest_only: bool = False,
    after_publish: AfterPublish | None = None,
) -> RefreshReport:
    """
    Bring the store up to date with arXiv, as far as ``deadline`` allows.

    ``newest_only`` leaves older days and proofs for a second call. Raises RefreshRunning when another refresh has the
    lock, StoreError when the store fails; what arXiv does wrong is in the report.
    """
    started = clock.now()
    scope = Scope.of(config.settings, await store.followed(now=started), started)
    if not await store.claim_refresh(holder, now=started, lease=LEASE):
        raise RefreshRunning(f"another refresh is running; it is done, or given up, in {LEASE.seconds} s at the latest")
    try:
        async with ArxivClient(
            store, config.environment, clock=clock, holder=holder, transport=transport, deadline=deadline - FINISH
        ) as arxiv:
            asker = Asker(store, arxiv, clock, holder=holder, deadline=deadline)
            found, anomalies = await _begin(store, started)
            shelf = Shelf(store, found)
            journal = Journal(scope, shelf, clock, say=on_progress or _silent)
            journal.anomalies += anomalies
            rounds = Rounds(scope, shelf, asker, journal, clock)
            await _go_round(rounds, journal, newest_only=newest_only)
            manifest = await rounds.publish(journal.last_refresh(started))
            summaries = None
            if after_publish and not newest_only:
                summaries = await after_publish(manifest, arxiv, deadline, asker.hold_lock)
            report = replace(journal.report(started, requests=arxiv.requests, waits=asker.waits), summaries=summaries)
            await store.save_report(msgspec.json.encode(report), most=MOST_REPORTS)
            await store.save_progress(b"", keep=UNFINISHED)
            event("refresh.done", ok=report.ok, outcome=report.outcome, seconds=report.seconds)
            return report
    finally:
        await store.release_refresh(holder)


async def _begin(store: Store, started: datetime) -> tuple[Manifest | None, list[str]]:
    """
    Read what is held, and leave a mark that the end takes away.

    One that is found says that the refresh before never got there. What cannot be read is nothing: it is fetched anew.
    """
    mark = await store.load_progress()
    await store.save_progress(f"{started:%Y-%m-%d %H:%M} UTC".encode(), keep=UNFINISHED)
    anomalies = [f"the refresh that began at {mark.decode()} was cut off; this one goes on"] if mark else []
    try:
        return await store.load_manifest(), anomalies
    except Damaged as error:
        return None, [*anomalies, f"{error}: starting anew"]


async def _go_round(rounds: Rounds, journal: Journal, *, newest_only: bool) -> None:
    """Do what can be done in the time there is."""
    try:
        await rounds.read_feeds()
        await rounds.repair()
        if not newest_only:
            await rounds.backfill()
            await rounds.prove()
            await rounds.ask_again()
    except Over as over:
        journal.stopped = over


def _silent(_: str) -> None:
    """Say nothing to nobody."""
