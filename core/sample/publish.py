"""Publishing the fictional days, for a machine on which nothing is held and arXiv cannot be reached."""

from datetime import datetime, timedelta
from typing import Final

from core.calendar import eastern_date
from core.index.writer import build_index
from core.store.base import Store
from core.store.codec import content_version, encode_papers
from core.store.records import BatchBlobs, Manifest

SAMPLE_KEEP: Final = timedelta(days=1)


async def seed_sample(store: Store, *, now: datetime) -> Manifest:
    """Publish the bundled sample days, marked as such; the first refresh that works throws them away."""
    from core.sample.batches import sample_batches  # noqa: PLC0415 - it is not part of a deployment

    refs = []
    for batch in sample_batches(eastern_date(now)):
        blobs = BatchBlobs(encode_papers(batch.papers), build_index(batch.papers))
        refs.append(await store.save_batch(batch.day, blobs, count=len(batch.papers), keep=SAMPLE_KEEP))
    refs.sort(key=lambda ref: ref.day, reverse=True)
    manifest = Manifest(content_version(refs), tuple(refs), changed=now, sample=True)
    await store.publish(manifest)
    return manifest
