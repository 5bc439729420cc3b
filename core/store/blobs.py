"""From a day's blobs to their names and back: what both stores do alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from zlib import crc32

from core.store.codec import content_name
from core.store.records import BatchBlobs, BatchRef


def pack(blobs: BatchBlobs) -> dict[str, bytes]:
    """Name each blob of a day by its content."""
    return {content_name(data): data for data in (blobs.papers, blobs.index, blobs.summaries) if data}


def ref_of(day: date, blobs: BatchBlobs, count: int) -> BatchRef:
    papers, index, summaries = (
        content_name(data) if data else "" for data in (blobs.papers, blobs.index, blobs.summaries)
    )
    size = len(blobs.papers) + len(blobs.index) + len(blobs.summaries)
    return BatchRef(day, papers, index, summaries, count, size, _checksum(blobs))


def _checksum(blobs: BatchBlobs) -> int:
    return crc32(blobs.summaries, crc32(blobs.index, crc32(blobs.papers)))


def named(refs: Iterable[BatchRef]) -> list[str]:
    """The names of all the blobs of these days, each once."""
    return list(dict.fromkeys(name for ref in refs for name in (ref.papers, ref.index, ref.summaries) if name))


def gather(refs: Sequence[BatchRef], found: Mapping[str, bytes]) -> dict[date, BatchBlobs]:
    """Put the days together again; one of which a blob is missing or damaged is left out."""
    whole = [ref for ref in refs if all(name in found for name in named([ref]))]
    days = {
        ref: BatchBlobs(*(found[name] if name else b"" for name in (ref.papers, ref.index, ref.summaries)))
        for ref in whole
    }
    return {ref.day: blobs for ref, blobs in days.items() if _checksum(blobs) == ref.checksum}
