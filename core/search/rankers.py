"""Which ranker scores a feed's papers: by keywords, by BM25, by likeness to papers and texts."""

from collections.abc import Sequence

from core.query.feed_query import FeedQuery
from core.search.acronyms import with_acronyms
from core.search.batch import BatchLinks, LoadedBatch
from core.search.keyword_score import KeywordRanker
from core.search.scores import SCORE_UNIT, Ranker


def choose_ranker(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> Ranker:
    """The ranker that a query asks for."""
    return ranker_of(with_acronyms(query, batches, links), batches, links)


def ranker_of(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> Ranker:
    """The same for a query whose keywords find acronyms already."""
    if query.like:
        from core.search.short_text import ShortTextRanker, is_short  # noqa: PLC0415 - few feeds ask for them
        from core.search.similarity import CutRanker, SimilarityRanker, is_cut  # noqa: PLC0415

        if is_short(query):
            return ShortTextRanker(query, batches, links)
        return (CutRanker if is_cut(query) else SimilarityRanker)(query, batches, links)
    if query.rank == "bm25":
        from core.search.bm25 import Bm25Ranker  # noqa: PLC0415

        return Bm25Ranker(query, batches)
    # A part of the recency weight may be any number of millionths.
    extra_scores = [query.scoring.author, query.scoring.primary, 1 / SCORE_UNIT if query.scoring.recency else 0]
    return KeywordRanker(query, extra_scores)
