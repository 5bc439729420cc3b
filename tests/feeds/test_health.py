"""What is said of a deployment's freshness, by the manifest alone."""

from datetime import UTC, date, datetime

from core.feeds.health import StoreHealth, assess_health
from core.store.records import BatchRef, CategoryState, DayRecord, GateState, Manifest


def test_what_another_configuration_fetched_is_not_said_to_be_missing():
    """A category that the last refresh was not about is as old as its newest day in the ledger, not never fetched."""
    day = date(2026, 1, 14)
    manifest = Manifest(
        "x",
        (BatchRef(day, "p", "i", 3),),
        categories=(CategoryState("q-bio.BM", day, "fresh"),),
        ledger=(DayRecord("cs.AI", day, held=(("new", 3),)), DayRecord("cs.LG", day)),
    )
    found = assess_health(
        manifest,
        ["cs.AI", "cs.LG"],
        StoreHealth("sqlite", lasting=True),
        GateState(),
        now=datetime(2026, 1, 14, 14, tzinfo=UTC),
    )
    states = {each.category: (each.state, each.last_announcement) for each in found.categories}
    assert states == {"cs.AI": ("fresh", day), "cs.LG": ("empty", None)}
