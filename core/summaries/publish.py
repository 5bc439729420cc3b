"""From what is held to what is to be summarized, and from summaries to what readers get."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
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

_SUMMARY_DAYS_AT_ONCE: Final = 4
"""Days loaded by one command: a reply stays well under 10 MB."""


class SummaryDays(Struct, frozen=True):
    """The days that feeds show by default, in memory while their papers are summarized; newest first."""

    summary_refs: tuple[BatchRef, ...]
    summary_blobs: Mapping[date, BatchBlobs]
    summary_batches: tuple[LoadedBatch, ...]

    def published_summaries(self) -> Iterable[Summary]:
        """What readers have already."""
        return (summary for batch in self.summary_batches for summary in batch.summaries.values())


async def load_summary_days(store: Store, manifest: Manifest, *, days: int) -> SummaryDays:
    """Load the last ``days`` days of what is published; a day with damaged blobs is left out."""
    before_summary_days = manifest.batches[0].day - timedelta(days=days) if manifest.batches else date.min
    summary_refs = tuple(ref for ref in manifest.batches if ref.day > before_summary_days)
    summary_blobs: dict[date, BatchBlobs] = {}
    for loaded in range(0, len(summary_refs), _SUMMARY_DAYS_AT_ONCE):
        summary_blobs |= await store.load_batches(summary_refs[loaded : loaded + _SUMMARY_DAYS_AT_ONCE])
    summary_refs = tuple(ref for ref in summary_refs if ref.day in summary_blobs)

    def open_summary_batches() -> tuple[LoadedBatch, ...]:
        return tuple(open_batch(summary_ref, summary_blobs[summary_ref.day]) for summary_ref in summary_refs)

    return SummaryDays(summary_refs, summary_blobs, await asyncio.to_thread(open_summary_batches))


def summary_candidates(
    summary_batches: Sequence[LoadedBatch],
    queries: Iterable[FeedQuery],
    triage_grades: Mapping[ArxivId, int] | None = None,
) -> tuple[Paper, ...]:
    """
    Rank what the queries select: newest day first, then the best score that any query gives; each paper once.

    ``triage_grades`` of a model that has rated them come before the score.
    """
    best_candidates: dict[ArxivId, Entry] = {}
    for summary_candidate in chain.from_iterable(select(summary_batches, query) for query in queries):
        best_candidate = best_candidates.setdefault(summary_candidate.paper.arxiv_id, summary_candidate)
        if (summary_candidate.day, summary_candidate.score) > (best_candidate.day, best_candidate.score):
            best_candidates[summary_candidate.paper.arxiv_id] = summary_candidate

    def summary_rank(summary_candidate: Entry) -> tuple[int, int, float, ArxivId]:
        arxiv_id = summary_candidate.paper.arxiv_id
        triage_grade = triage_grades.get(arxiv_id, 0) if triage_grades else 0
        return -summary_candidate.day.toordinal(), -triage_grade, -summary_candidate.score, arxiv_id

    return tuple(summary_candidate.paper for summary_candidate in sorted(best_candidates.values(), key=summary_rank))


async def publish_summaries(
    store: Store, summary_days: SummaryDays, new_summaries: Iterable[Summary], *, now: datetime
) -> bool:
    """
    Put summaries beside the newest row of their papers and publish them; False when readers have them all.

    An older one of the same language goes when its successor is there. To be called under the refresh lock; a day
    that was published anew since ``summary_days`` were loaded is left to the next refresh.
    """
    changed_summary_blobs = await asyncio.to_thread(_changed_summary_blobs, summary_days, new_summaries)
    manifest = await store.load_manifest() if changed_summary_blobs else None
    if manifest is None:
        return False
    published_summary_refs = {published_ref.day: published_ref for published_ref in manifest.batches}
    for summary_ref in summary_days.summary_refs:
        summary_day = summary_ref.day
        if summary_day in changed_summary_blobs and published_summary_refs.get(summary_day) == summary_ref:
            day_blobs = replace(summary_days.summary_blobs[summary_day], summaries=changed_summary_blobs[summary_day])
            # as long as a manifest lives: the papers' blob is written again, under a name that readers use
            published_summary_refs[summary_day] = await store.save_batch(
                summary_day, day_blobs, count=summary_ref.count, ttl=MANIFEST_TTL
            )
    summary_refs = tuple(published_summary_refs[published_ref.day] for published_ref in manifest.batches)
    if summary_refs == manifest.batches:
        return False
    await store.publish(replace(manifest, content=content_version(summary_refs), batches=summary_refs, changed=now))
    return True


def _changed_summary_blobs(summary_days: SummaryDays, new_summaries: Iterable[Summary]) -> dict[date, bytes]:
    """The summaries' blobs of the days that change."""
    summary_batches = summary_days.summary_batches
    newest_summary_days = {arxiv_id: batch.day for batch in reversed(summary_batches) for arxiv_id in batch.index.ids}
    published_summaries = {batch.day: dict(batch.summaries) for batch in summary_batches}
    changed_summary_days: set[date] = set()
    for new_summary in new_summaries:
        summary_day = newest_summary_days.get(new_summary.arxiv_id)
        if summary_day is None:
            continue
        day_summaries, summary_id = published_summaries[summary_day], (new_summary.arxiv_id, new_summary.language)
        if _is_better_summary(new_summary, day_summaries.get(summary_id)):
            day_summaries[summary_id] = new_summary
            changed_summary_days.add(summary_day)
    return {
        summary_day: encode_summaries([summary for _, summary in sorted(published_summaries[summary_day].items())])
        for summary_day in changed_summary_days
    }


def _is_better_summary(new_summary: Summary, published_summary: Summary | None) -> bool:
    if published_summary is None:
        return True
    return summary_key(new_summary) != summary_key(published_summary) and (
        (new_summary.version, new_summary.created) > (published_summary.version, published_summary.created)
    )
