"""What /status and /status.json show."""

from datetime import date

from msgspec import Struct

from core.feeds.health import Health
from core.store.records import DayRecord
from core.store.refresh_reports import PastRefresh


class Spent(Struct, frozen=True):
    """What a model cost on a day."""

    day: date
    model: str
    calls: int
    failures: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None  # in the currency of the configured price


class Status(Struct, frozen=True):
    """/status.json: the health, and day by day what arXiv announced and what is held."""

    health: Health
    ledger: tuple[DayRecord, ...]
    followed: tuple[str, ...]  # by readers, beyond the configuration
    usage: tuple[Spent, ...]
    refreshes: tuple[PastRefresh, ...]  # newest first
