"""A new deployment at any moment of the year."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from core.config.followed import categories_to_follow
from core.feeds.health import assess_health
from core.store.records import GateState
from tests.support.deployment import Deployment, deployment
from tests.support.synthetic_world import announcement_days

CATEGORIES = ("cs.AI", "cs.CL", "cs.DC", "cs.LG")
EMPTY = date(2026, 1, 14)


def started(
    folder: Path, moment: str, *, empty: date | None = None, categories: tuple[str, ...] = CATEGORIES
) -> Deployment:
    start = datetime.fromisoformat(moment).date()
    days = announcement_days(start - timedelta(days=12), start + timedelta(days=6))
    here = deployment(folder, start="2000-01-01T00:00:00", days=[d for d in days if d != empty], categories=categories)
    here.clock.set(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    return here


async def health(here: Deployment):
    wanted = categories_to_follow(here.settings, ())
    return assess_health(await here.store.load_manifest(), wanted, None, GateState(), now=here.clock.now())
