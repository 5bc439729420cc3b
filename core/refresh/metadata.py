"""
What arXiv's feeds leave out, from its query API: comment, dates, affiliations, DOI, journal reference.

One request in a refresh, after everything else is published, for the papers that the default feed shows best, then for
the newest day's. Nobody waits for it: a request that fails is made again by the next refresh. Entries do
not become new by it: their dates are those of the announcement.
"""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import chain

from msgspec.structs import replace

from core.arxiv.client import ArxivClient
from core.arxiv.query_api import MOST_ARXIV_QUERY_IDS, ArxivMetadata, arxiv_query_path, newest_arxiv_versions_path
from core.errors import ParseError, UpstreamError
from core.log import event
from core.paper import ArxivId, Paper
from core.query.feed_query import FeedQuery
from core.refresh.working_copy import WorkingCopy
from core.store.base import Store
from core.store.records import Manifest
from core.summaries.publish import load_summary_days, summary_candidates


async def papers_to_describe(store: Store, manifest: Manifest, queries: Sequence[FeedQuery]) -> tuple[Paper, ...]:
    """Rank the papers that these queries' feeds show now, then the others of the newest day; each once."""
    if manifest.sample or not manifest.batches:
        return ()
    shown_days = await load_summary_days(store, manifest, days=max(query.days for query in queries))
    best_to_describe = await asyncio.to_thread(summary_candidates, shown_days.batches_to_summarize, queries)
    newest_to_describe = shown_days.batches_to_summarize[0].papers if shown_days.batches_to_summarize else ()
    return tuple({paper.arxiv_id: paper for paper in chain(best_to_describe, newest_to_describe)}.values())


async def add_metadata(working: WorkingCopy, arxiv: ArxivClient, papers: Iterable[Paper]) -> int:
    """
    Ask for what is not known of these papers, ``MOST_ARXIV_QUERY_IDS`` at most; return how many rows it changed.

    What arXiv does wrong is logged; raises StoreError.
    """
    without_metadata = [(paper.arxiv_id, paper.version) for paper in papers if paper.revised is None]
    if not (undescribed_versions := without_metadata[:MOST_ARXIV_QUERY_IDS]):
        return 0
    try:
        fetched_metadata = await arxiv.fetch_metadata(arxiv_query_path(undescribed_versions))
    except (ParseError, UpstreamError) as metadata_fetch_error:
        event("metadata.failed", papers=len(undescribed_versions), error=str(metadata_fetch_error))
        return 0
    fetched_by_version = {(metadata.arxiv_id, metadata.version): metadata for metadata in fetched_metadata}
    described_papers = await working.change_held_papers(
        fetched_by_version, lambda held: with_metadata(held, fetched_by_version[held.arxiv_id, held.version])
    )
    event("metadata.done", asked=len(undescribed_versions), found=len(fetched_metadata), changed=described_papers)
    return described_papers


async def titles_and_abstracts(arxiv: ArxivClient, unannounced_ids: Sequence[ArxivId]) -> dict[str, tuple[str, str]]:
    """Ask for papers that nobody announced here: one request. Raises UpstreamError, ParseError."""
    fetched_metadata = await arxiv.fetch_metadata(newest_arxiv_versions_path(unannounced_ids))
    return {metadata.arxiv_id: (metadata.title, metadata.abstract) for metadata in fetched_metadata}


def with_metadata(held_paper: Paper, fetched_metadata: ArxivMetadata) -> Paper:
    """Add to a paper what it has not; affiliations only where the API counts the same authors."""
    held_authors = held_paper.authors
    if len(fetched_metadata.affiliations) == len(held_authors):
        authors_with_affiliations = zip(held_authors, fetched_metadata.affiliations, strict=True)
        held_authors = tuple(
            replace(held_author, affiliation=held_author.affiliation or fetched_affiliation)
            for held_author, fetched_affiliation in authors_with_affiliations
        )
    return replace(
        held_paper,
        authors=held_authors,
        comment=held_paper.comment or fetched_metadata.comment,
        journal_ref=held_paper.journal_ref or fetched_metadata.journal_ref,
        doi=held_paper.doi or fetched_metadata.doi,
        submitted=fetched_metadata.submitted,
        revised=fetched_metadata.revised,
    )
