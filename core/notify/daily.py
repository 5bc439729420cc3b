"""Once a day and address: the newest day's best, when all of it is there."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from core.config.followed import categories_to_follow
from core.config.read import Config
from core.errors import PaperfeedError
from core.feeds.library import Library, Snapshot
from core.log import event
from core.notify.message import Notice, write_notice
from core.notify.send import notify_target_name, send_notice
from core.query.parse import parse_query
from core.render.links import url_with_key
from core.report.build import build_report
from core.report.period import day_period
from core.store.base import Store
from core.store.records import Manifest

_NOTIFIED_TTL: Final = timedelta(days=30)
"""How long it is remembered who was told of a day; refreshes never publish an older one as the newest."""


class NoticeResult(Struct, frozen=True):
    """What became of the notices: a sentence, and the name of each address that was told or could not be."""

    notice_outcome: str
    notified_targets: tuple[str, ...] = ()
    failed_targets: tuple[str, ...] = ()


def notify_urls(config: Config) -> tuple[str, ...]:
    """Every address, those of config.json first."""
    return tuple(dict.fromkeys((*config.settings.notify, *config.environment.notify_urls)))


async def notify(config: Config, store: Store, *, now: datetime, report_url: str = "") -> NoticeResult:
    """
    Tell every address of the newest day, unless it was told already; one that fails is told by the next refresh.

    ``report_url`` is where the whole report is, if not at this deployment. An address is noted down before it is told:
    killed in between, this tells nobody twice. Raises StoreError.
    """
    if not notify_urls(config):
        return NoticeResult("there is nobody to tell: notify in config.json and NOTIFY_URLS are empty")
    notified_snapshot = await Library(store).snapshot(now)
    if why_waiting := why_not_notified(notified_snapshot.manifest, config):
        return NoticeResult(why_waiting)
    if not (notice := newest_day_notice(notified_snapshot, config, report_url)):
        return NoticeResult("nothing matched: nobody is told of nothing")
    notified_day, notified_targets, failed_targets = notified_snapshot.batches[0].day, [], []
    for target_number, notify_url in enumerate(notify_urls(config), 1):
        notify_claim = f"{notified_day}:{hashlib.blake2b(notify_url.encode(), digest_size=12).hexdigest()}"
        if not await store.claim_notice(notify_claim, ttl=_NOTIFIED_TTL):
            continue
        notify_target = notify_target_name(notify_url, target_number)
        try:
            await send_notice(notify_url, notice)
            notified_targets.append(notify_target)
        except PaperfeedError as notify_error:
            await store.release_notice(notify_claim)
            event("notify.failed", target=notify_target, day=notified_day, error=str(notify_error))
            failed_targets.append(f"{notify_target}: {notify_error}")
    if notified_targets:
        event("notify.sent", day=notified_day, targets=notified_targets)
    notice_outcome = _notice_outcome(notified_targets, failed_targets)
    return NoticeResult(notice_outcome, tuple(notified_targets), tuple(failed_targets))


def _notice_outcome(notified_targets: list[str], failed_targets: list[str]) -> str:
    if not notified_targets and not failed_targets:
        return "everybody was told already"
    told_targets = [f"told {', '.join(notified_targets)}"] if notified_targets else []
    return "; ".join([*told_targets, *failed_targets])


async def notify_after_refresh(config: Config, store: Store, *, now: datetime) -> NoticeResult | None:
    """Do the same after a refresh, which goes well whatever becomes of it; a failure costs a line in the log."""
    if not notify_urls(config):
        return None
    try:
        return await notify(config, store, now=now)
    except PaperfeedError as notify_error:
        event("notify.failed", error=str(notify_error))
        return None


def why_not_notified(notified_manifest: Manifest, config: Config) -> str:
    """Say which category the newest day is still missing; "" when all of them have it."""
    if notified_manifest.sample:
        return "these are sample papers: nobody is told of them"
    notified_day = notified_manifest.batches[0].day
    has_notified_day = {state.category for state in notified_manifest.categories if state.last_day == notified_day}
    untold = [name for name in categories_to_follow(config.settings, ()) if name not in has_notified_day]
    return f"{notified_day} is not held yet of {', '.join(untold)}: everybody is told once it is" if untold else ""


def newest_day_notice(notified_snapshot: Snapshot, config: Config, report_url: str = "") -> Notice | None:
    """Make the newest day's notice for the configured feed; None when nothing matched."""
    notified_batches, is_sample_notice = notified_snapshot.batches, notified_snapshot.manifest.sample
    notified_period, notify_query = day_period(notified_batches[0].day), parse_query((), config.settings)
    notified = build_report(notified_batches, notify_query, notified_period, is_sample_report=is_sample_notice)
    if config.environment.base_url and not report_url:
        notified_url = f"{config.environment.base_url}/report?{notified_period.period_parameter}"
        report_url = url_with_key(notified_url, config.environment.access_key)
    return write_notice(notified, report_url=report_url) if notified.matched else None
