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
from core.notify.message import Message, message_of
from core.notify.send import send, target_name
from core.query.parse import parse_query
from core.render.links import url_with_key
from core.report.build import build_report
from core.report.period import one_day
from core.store.base import Store
from core.store.records import Manifest

NOTICE_KEPT: Final = timedelta(days=30)
"""How long it is remembered who was told of a day; refreshes never publish an older one as the newest."""


class NoticeResult(Struct, frozen=True):
    """What became of the notices: a sentence, and the name of each address that was told or could not be."""

    outcome: str
    sent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def notify_urls(config: Config) -> tuple[str, ...]:
    """Every address, those of config.json first."""
    return tuple(dict.fromkeys((*config.settings.notify, *config.environment.notify_urls)))


async def notify(config: Config, store: Store, *, now: datetime, report_url: str = "") -> NoticeResult:
    """
    Tell every address of the newest day, unless it was told already; one that fails is told by the next refresh.

    ``report_url`` is where the whole report is, if not at this deployment. An address is noted down before it is told:
    killed in between, this tells nobody twice. Raises StoreError.
    """
    target_urls = notify_urls(config)
    if not target_urls:
        return NoticeResult("there is nobody to tell: notify in config.json and NOTIFY_URLS are empty")
    snapshot = await Library(store).snapshot(now)
    if why_waiting := why_not_notified(snapshot.manifest, config):
        return NoticeResult(why_waiting)
    message = newest_day_message(snapshot, config, report_url)
    if message is None:
        return NoticeResult("nothing matched: nobody is told of nothing")
    day = snapshot.batches[0].day
    notified, failed = [], []
    for number, target_url in enumerate(target_urls, 1):
        notice_claim = f"{day}:{hashlib.blake2b(target_url.encode(), digest_size=12).hexdigest()}"
        if not await store.claim_notice(notice_claim, ttl=NOTICE_KEPT):
            continue
        target = target_name(target_url, number)
        try:
            await send(target_url, message)
            notified.append(target)
        except PaperfeedError as error:
            await store.release_notice(notice_claim)
            event("notify.failed", target=target, day=day, error=str(error))
            failed.append(f"{target}: {error}")
    if notified:
        event("notify.sent", day=day, targets=notified)
    return NoticeResult(_notices_outcome(notified, failed), tuple(notified), tuple(failed))


def _notices_outcome(notified: list[str], failed: list[str]) -> str:
    if not notified and not failed:
        return "everybody was told already"
    outcome_parts = [f"told {', '.join(notified)}"] if notified else []
    return "; ".join([*outcome_parts, *failed])


async def notify_after_refresh(config: Config, store: Store, *, now: datetime) -> NoticeResult | None:
    """Do the same after a refresh, which goes well whatever becomes of it; a failure costs a line in the log."""
    if not notify_urls(config):
        return None
    try:
        return await notify(config, store, now=now)
    except PaperfeedError as error:
        event("notify.failed", error=str(error))
        return None


def why_not_notified(manifest: Manifest, config: Config) -> str:
    """Say which category the newest day is still missing; "" when all of them have it."""
    if manifest.sample:
        return "these are sample papers: nobody is told of them"
    newest_day = manifest.batches[0].day
    held_days = {state.category: state.last_day for state in manifest.categories}
    late = [name for name in categories_to_follow(config.settings, ()) if held_days.get(name) != newest_day]
    return f"{newest_day} is not held yet of {', '.join(late)}: everybody is told once it is" if late else ""


def newest_day_message(snapshot: Snapshot, config: Config, report_url: str = "") -> Message | None:
    """Make the newest day's message for the configured feed; None when nothing matched."""
    period = one_day(snapshot.batches[0].day)
    report = build_report(snapshot.batches, parse_query((), config.settings), period, sample=snapshot.manifest.sample)
    if not report.matched:
        return None
    base_url, key = config.environment.base_url, config.environment.access_key
    own_report_url = url_with_key(f"{base_url}/report?{period.parameter}", key) if base_url else ""
    return message_of(report, page_url=report_url or own_report_url)
