"""From what is held to what is to be summarized, and from summaries to what readers get."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.feeds.library import open_batch
from core.paper import ArxivId, Entry, Paper, Summary
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.select import select
from core.store.base import MANIFEST_TTL, Store
from core.store.codec import content_version, encode_summaries
from core.store.records import BatchBlobs, BatchRef, Manifest
from core.summaries.plan import summary_key

_AT_ONCE: Final = 4
"""Days loaded by one command: a reply stays well under 10 MB."""


class SummaryDays(Struct, frozen=True):
    """The days that feeds show by default, in memory while their papers are summarized; newest first."""

    refs: tuple[BatchRef, ...]
    blobs: Mapping[date, BatchBlobs]
    batches: tuple[LoadedBatch, ...]

    def summaries(self) -> Iterable[Summary]:
        """What readers have already."""
        return (summary for batch in self.batches for summary in batch.summaries.values())


async def load_summary_days(store: Store, manifest: Manifest, *, days: int) -> SummaryDays:
    """Load the last ``days`` days of what is published; a day with damaged blobs is left out."""
    newest = manifest.batches[0].day if manifest.batches else date.min
    refs = tuple(ref for ref in manifest.batches if newest - ref.day < timedelta(days=days))
    blobs: dict[date, BatchBlobs] = {}
    for at in range(0, len(refs), _AT_ONCE):
        blobs |= await store.load_batches(refs[at : at + _AT_ONCE])
    there = tuple(ref for ref in refs if ref.day in blobs)
    batches = await asyncio.to_thread(lambda: tuple(open_batch(ref, blobs[ref.day]) for ref in there))
    return SummaryDays(there, blobs, batches)


def summary_candidates(
    batches: Sequence[LoadedBatch], queries: Iterable[FeedQuery], grades: Mapping[ArxivId, int] | None = None
) -> tuple[Paper, ...]:
    """
    Rank what the queries select: newest day first, then the best score that any query gives; each paper once.

    ``grades`` of a model that has rated them come before the score.
    """
    graded = grades or {}
    best: dict[ArxivId, Entry] = {}
    for query in queries:
        for entry in select(batches, query):
            known = best.get(entry.paper.arxiv_id)
            if known is None or (entry.day, entry.score) > (known.day, known.score):
                best[entry.paper.arxiv_id] = entry
    ranked = sorted(
        best.values(), key=lambda e: (-e.day.toordinal(), -graded.get(e.paper.arxiv_id, 0), -e.score, e.paper.arxiv_id)
    )
    return tuple(entry.paper for entry in ranked)


async def publish_summaries(store: Store, held: SummaryDays, found: Iterable[Summary], *, now: datetime) -> bool:
    """
    Put summaries beside the newest row of their papers and publish them; False when readers have them all.

    An older one of the same language goes when its successor is there. To be called under the refresh lock; a day
    that was published anew since ``held`` was loaded is left to the next refresh.
    """
    changed = await asyncio.to_thread(_shelve, held, found)
    manifest = await store.load_manifest() if changed else None
    if manifest is None:
        return False
    present = {ref.day: ref for ref in manifest.batches}
    for ref in held.refs:
        if ref.day in changed and present.get(ref.day) == ref:
            blobs = replace(held.blobs[ref.day], summaries=changed[ref.day])
            # as long as a manifest lives: the papers' blob is written again, under a name that readers use
            present[ref.day] = await store.save_batch(ref.day, blobs, count=ref.count, ttl=MANIFEST_TTL)
    refs = tuple(present[ref.day] for ref in manifest.batches)
    if refs == manifest.batches:
        return False
    await store.publish(replace(manifest, content=content_version(refs), batches=refs, changed=now))
    return True


def _shelve(held: SummaryDays, found: Iterable[Summary]) -> dict[date, bytes]:
    """The summaries' blobs of the days that change."""
    newest = {arxiv_id: batch.day for batch in reversed(held.batches) for arxiv_id in batch.index.ids}
    days = {batch.day: dict(batch.summaries) for batch in held.batches}
    changed: set[date] = set()
    for summary in found:
        day, name = newest.get(summary.arxiv_id), (summary.arxiv_id, summary.language)
        if day is None or not _better(summary, days[day].get(name)):
            continue
        days[day][name] = summary
        changed.add(day)
    return {day: encode_summaries([days[day][name] for name in sorted(days[day])]) for day in changed}


def _better(summary: Summary, present: Summary | None) -> bool:
    if present is None:
        return True
    same = summary_key(summary) == summary_key(present)
    return not same and (summary.version, summary.created) > (present.version, present.created)
