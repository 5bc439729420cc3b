"""From a day's blobs to their names and back: what both stores do alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from core.store.base import BatchBlobs, BatchRef
from core.store.codec import content_name


def pack(blobs: BatchBlobs) -> dict[str, bytes]:
    """Name each blob of a day by its content."""
    return {content_name(data): data for data in (blobs.papers, blobs.index, blobs.summaries) if data}


def ref_of(day: date, blobs: BatchBlobs, count: int) -> BatchRef:
    papers, index, summaries = (
        content_name(data) if data else "" for data in (blobs.papers, blobs.index, blobs.summaries)
    )
    size = len(blobs.papers) + len(blobs.index) + len(blobs.summaries)
    return BatchRef(day, papers, index, summaries, count, size)


def named(refs: Iterable[BatchRef]) -> list[str]:
    """The names of all the blobs of these days, each once."""
    return list(dict.fromkeys(name for ref in refs for name in (ref.papers, ref.index, ref.summaries) if name))


def gather(refs: Sequence[BatchRef], found: Mapping[str, bytes]) -> dict[date, BatchBlobs]:
    """Put the days together again; one of which a blob is missing, or is not what its name says, is left out."""
    sound = {name: data for name, data in found.items() if content_name(data) == name}
    return {
        ref.day: BatchBlobs(*(sound[name] if name else b"" for name in (ref.papers, ref.index, ref.summaries)))
        for ref in refs
        if all(name in sound for name in named([ref]))
    }
