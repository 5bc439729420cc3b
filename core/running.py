"""One refresh as the web and the command line start it: with the real clock, arXiv and language model."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from core.arxiv.client import SystemClock
from core.config import Config
from core.refresh.run import refresh
from core.reports import RefreshReport
from core.store.base import Store
from core.summaries.summarizer import Summarizer


async def run_within(
    config: Config,
    store: Store,
    time_limit: timedelta,
    *,
    say: Callable[[str], None] | None = None,
    newest_only: bool = False,
) -> RefreshReport:
    """Refresh for at most ``time_limit``; ``newest_only`` leaves the older days for later. Raises as ``refresh``."""
    clock = SystemClock()
    return await refresh(
        store,
        config,
        clock=clock,
        holder=uuid.uuid4().hex,
        deadline=clock.now() + time_limit,
        on_progress=say,
        newest_only=newest_only,
        after_publish=Summarizer(store, config, clock, say=say),
    )
