"""From a day's blobs to their names and back: what both stores do alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from zlib import crc32

from core.store.codec import content_name
from core.store.records import BatchBlobs, BatchRef


def blobs_by_name(batch_blobs: BatchBlobs) -> dict[str, bytes]:
    """Name each blob of a day by its content."""
    return {content_name(blob): blob for blob in _blobs_in(batch_blobs) if blob}


def batch_ref_of(day: date, batch_blobs: BatchBlobs, count: int) -> BatchRef:
    papers_name, index_name, summaries_name = (content_name(blob) if blob else "" for blob in _blobs_in(batch_blobs))
    blobs_bytes = sum(map(len, _blobs_in(batch_blobs)))
    return BatchRef(day, papers_name, index_name, summaries_name, count, blobs_bytes, _blobs_checksum(batch_blobs))


def _blobs_in(batch_blobs: BatchBlobs) -> tuple[bytes, bytes, bytes]:
    return batch_blobs.papers_blob, batch_blobs.index_blob, batch_blobs.summaries_blob


def _blobs_checksum(batch_blobs: BatchBlobs) -> int:
    return crc32(batch_blobs.summaries_blob, crc32(batch_blobs.index_blob, crc32(batch_blobs.papers_blob)))


def blob_names(batch_refs: Iterable[BatchRef]) -> list[str]:
    """The names of all the blobs of these days, each once."""
    return list(dict.fromkeys(blob_name for batch_ref in batch_refs for blob_name in _names_in(batch_ref) if blob_name))


def _names_in(batch_ref: BatchRef) -> tuple[str, str, str]:
    return batch_ref.papers_blob_name, batch_ref.index_blob_name, batch_ref.summaries_blob_name


def join_batches(batch_refs: Sequence[BatchRef], stored_blobs: Mapping[str, bytes]) -> dict[date, BatchBlobs]:
    """Put the days together again; one of which a blob is missing or damaged is left out."""
    joined_blobs = {batch_ref.day: _joined_blobs(batch_ref, stored_blobs) for batch_ref in batch_refs}
    return {day: batch_blobs for day, batch_blobs in joined_blobs.items() if batch_blobs is not None}


def _joined_blobs(batch_ref: BatchRef, stored_blobs: Mapping[str, bytes]) -> BatchBlobs | None:
    if not all(blob_name in stored_blobs for blob_name in blob_names([batch_ref])):
        return None
    batch_blobs = BatchBlobs(*(stored_blobs[blob_name] if blob_name else b"" for blob_name in _names_in(batch_ref)))
    return batch_blobs if _blobs_checksum(batch_blobs) == batch_ref.blobs_checksum else None
