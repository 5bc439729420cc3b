"""What the last refreshes reported, as far as readers of /health and /status want to know it."""

from datetime import datetime

import msgspec

from core.log import event
from core.store.base import Store
from core.summaries.report import SummaryReport


class Refreshed(msgspec.Struct, frozen=True):
    """A refresh of the past: the part of its RefreshReport that people look at."""

    started: datetime
    seconds: float
    ok: bool
    outcome: str
    anomalies: tuple[str, ...] = ()
    next_step: str = ""
    summaries: SummaryReport | None = None


async def recent_refreshes(store: Store, most: int) -> tuple[Refreshed, ...]:
    """Read the last reports, newest first; one of another version of Paperfeed is left out. Raises StoreError."""
    found = []
    for report in await store.reports(most):
        try:
            found.append(msgspec.json.decode(report, type=Refreshed))
        except msgspec.MsgspecError as error:
            event("report.unreadable", error=str(error))
    return tuple(found)
