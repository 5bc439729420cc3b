"""Publishing the fictional days, for a machine on which nothing is held and arXiv cannot be reached."""

from datetime import datetime, timedelta
from typing import Final

from core.calendar import eastern_date
from core.index.writer import build_index
from core.store.base import Store
from core.store.codec import content_version, encode_papers
from core.store.records import BatchBlobs, Manifest

_SAMPLE_TTL: Final = timedelta(days=1)


async def publish_sample(sample_store: Store, *, now: datetime) -> Manifest:
    """Publish the bundled sample days, marked as such; the first refresh that works throws them away."""
    from core.sample.batches import sample_batches  # noqa: PLC0415 - it is not part of a deployment

    sample_refs = []
    for sample_batch in sample_batches(eastern_date(now)):
        sample_blobs = BatchBlobs(encode_papers(sample_batch.papers), build_index(sample_batch.papers))
        sample_day, sample_count = sample_batch.day, len(sample_batch.papers)
        sample_refs.append(await sample_store.save_batch(sample_day, sample_blobs, count=sample_count, ttl=_SAMPLE_TTL))
    sample_refs.sort(key=lambda sample_ref: sample_ref.day, reverse=True)
    sample_manifest = Manifest(content_version(sample_refs), tuple(sample_refs), changed=now, sample=True)
    await sample_store.publish(sample_manifest)
    return sample_manifest
