"""What a store is given in its tests, and how it is asked."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from core.paper import ArxivId, Summary
from core.store.records import (
    BatchBlobs,
    GateSpacing,
    Manifest,
    SummaryKey,
)

DAY = date(2031, 3, 4)
NOW = datetime(2031, 3, 4, 5, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
KEEP = timedelta(days=2)
BLOBS = BatchBlobs(b"papers", b"index")
KEY = SummaryKey(ArxivId("3103.00001"), 1, "en", "model-a", "p1")
SUMMARY = Summary(KEY.arxiv_id, 1, "en", "model-a", "p1", NOW, "Short.", (("Results", "<p>7</p>"),))
SPACING = GateSpacing(3.0, 15.0)
ROOT = Path(__file__).parent.parent.parent


async def publish(store, blobs=BLOBS, day=DAY, content="one"):
    ref = await store.save_batch(day, blobs, count=1, ttl=KEEP)
    await store.publish(Manifest(content, (ref,)))
    return ref


async def enter(store, holder, seconds, host="rss", lease=MINUTE):
    return await store.enter_gate(holder, host, now=NOW + seconds * SECOND, spacing=SPACING, lease=lease)
