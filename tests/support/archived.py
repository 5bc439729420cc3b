"""A deployment of many categories of one archive."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.deployment import Deployment, deployment
from tests.support.synthetic_world import announcement_days

COMPUTING = ("cs.AI", "cs.CL", "cs.CR", "cs.CV", "cs.DC", "cs.HC", "cs.IR", "cs.LG", "cs.NE", "cs.RO", "cs.SE", "cs.SI")


def started(
    folder: Path, moment: str = "2026-01-14T14:00:00", *, categories: tuple[str, ...] = COMPUTING
) -> Deployment:
    start = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    days = announcement_days(start.date() - timedelta(days=12), start.date() + timedelta(days=6))
    here = deployment(folder, start="2000-01-01T00:00:00", days=days, categories=categories)
    here.clock.set(start)
    return here


def catchups(here: Deployment) -> list[str]:
    return [each.path.partition("?")[0] for each in here.arxiv.asked if each.path.startswith("/catchup")]
