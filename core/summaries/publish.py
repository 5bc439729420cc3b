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

    refs_to_summarize: tuple[BatchRef, ...]
    blobs_to_summarize: Mapping[date, BatchBlobs]
    batches_to_summarize: tuple[LoadedBatch, ...]

    def published_summaries(self) -> Iterable[Summary]:
        """What readers have already."""
        return (summary for batch in self.batches_to_summarize for summary in batch.summaries.values())


async def load_summary_days(store: Store, manifest: Manifest, *, days: int) -> SummaryDays:
    """Load the last ``days`` days of what is published; a day with damaged blobs is left out."""
    before_days_to_summarize = manifest.batches[0].day - timedelta(days=days) if manifest.batches else date.min
    refs_to_summarize = tuple(ref for ref in manifest.batches if ref.day > before_days_to_summarize)
    blobs_to_summarize: dict[date, BatchBlobs] = {}
    for loaded in range(0, len(refs_to_summarize), _SUMMARY_DAYS_AT_ONCE):
        blobs_to_summarize |= await store.load_batches(refs_to_summarize[loaded : loaded + _SUMMARY_DAYS_AT_ONCE])
    refs_to_summarize = tuple(ref for ref in refs_to_summarize if ref.day in blobs_to_summarize)

    def open_batches_to_summarize() -> tuple[LoadedBatch, ...]:
        return tuple(open_batch(ref, blobs_to_summarize[ref.day]) for ref in refs_to_summarize)

    return SummaryDays(refs_to_summarize, blobs_to_summarize, await asyncio.to_thread(open_batches_to_summarize))


def summary_candidates(
    batches_to_summarize: Sequence[LoadedBatch],
    summarized_queries: Iterable[FeedQuery],
    triage_grades: Mapping[ArxivId, int] | None = None,
) -> tuple[Paper, ...]:
    """
    Rank what the queries select: newest day first, then the best score that any query gives; each paper once.

    ``triage_grades`` of a model that has rated them come before the score.
    """
    best_candidates: dict[ArxivId, Entry] = {}
    for summary_candidate in chain.from_iterable(select(batches_to_summarize, query) for query in summarized_queries):
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
    published_manifest = await store.load_manifest() if changed_summary_blobs else None
    if published_manifest is None:
        return False
    refs_with_summaries = {
        published_batch_ref.day: published_batch_ref for published_batch_ref in published_manifest.batches
    }
    for summarized_ref in summary_days.refs_to_summarize:
        summarized_day, summary_blob = summarized_ref.day, changed_summary_blobs.get(summarized_ref.day)
        if summary_blob is None or refs_with_summaries.get(summarized_day) != summarized_ref:
            continue
        blobs_with_summaries = replace(summary_days.blobs_to_summarize[summarized_day], summaries_blob=summary_blob)
        # as long as a manifest lives: the papers' blob is written again, under a name that readers use
        refs_with_summaries[summarized_day] = await store.save_batch(
            summarized_day, blobs_with_summaries, count=summarized_ref.paper_count, ttl=MANIFEST_TTL
        )
    summarized_refs = tuple(refs_with_summaries.values())
    if summarized_refs == published_manifest.batches:
        return False
    summarized_content = content_version(summarized_refs)
    await store.publish(replace(published_manifest, content=summarized_content, batches=summarized_refs, changed=now))
    return True


def _changed_summary_blobs(summary_days: SummaryDays, new_summaries: Iterable[Summary]) -> dict[date, bytes]:
    """The summaries' blobs of the days that change."""
    summarized_batches = summary_days.batches_to_summarize
    days_to_summarize = {arxiv_id: batch.day for batch in reversed(summarized_batches) for arxiv_id in batch.index.ids}
    published_summaries = {batch.day: dict(batch.summaries) for batch in summarized_batches}
    summarized_days: set[date] = set()
    for new_summary in new_summaries:
        summarized_day = days_to_summarize.get(new_summary.arxiv_id)
        if summarized_day is None:
            continue
        day_summaries, summary_id = published_summaries[summarized_day], (new_summary.arxiv_id, new_summary.language)
        if _is_better_summary(new_summary, day_summaries.get(summary_id)):
            day_summaries[summary_id] = new_summary
            summarized_days.add(summarized_day)
    summaries_in_order = {day: dict(sorted(published_summaries[day].items())).values() for day in summarized_days}
    return {summarized_day: encode_summaries([*summaries]) for summarized_day, summaries in summaries_in_order.items()}


def _is_better_summary(new_summary: Summary, published_summary: Summary | None) -> bool:
    if published_summary is None:
        return True
    is_another_summary = summary_key(new_summary) != summary_key(published_summary)
    published_version = (published_summary.version, published_summary.created)
    return is_another_summary and (new_summary.version, new_summary.created) > published_version
