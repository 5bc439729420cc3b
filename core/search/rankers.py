"""Which ranker scores a feed's papers: by keywords, by BM25, by likeness to papers and texts."""

import math
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.acronyms import with_acronyms
from core.search.batch import BatchLinks, LoadedBatch
from core.search.categories import rows_by_day, rows_in_sets
from core.search.hits import KeywordMatcher
from core.search.scores import SCORE_UNIT, Ranker, Scores, SummedScores, millionths


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


class KeywordRanker:
    """The old bot's arithmetic: a weight for each term, and a higher one when it stands in the title."""

    def __init__(self, query: FeedQuery, other_weights: Sequence[float]) -> None:
        scoring = query.scoring
        self._keyword_matcher = KeywordMatcher(query)
        weights = [
            (millionths(scoring.abstract * keyword.weight), millionths(scoring.title * keyword.weight))
            for keyword in query.keywords
        ]
        self.unit = math.gcd(*chain.from_iterable(weights), *map(millionths, other_weights)) or 1
        self._keyword_units = [(abstract // self.unit, title // self.unit) for abstract, title in weights]

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        keyword_sums = SummedScores()
        matching_rows = 0 if self._keyword_units else batch.index.all_rows
        keyword_hits = zip(self._keyword_matcher.hits(batch), self._keyword_units, strict=True)
        for (_, hits), (abstract_units, title_units) in keyword_hits:
            matching_rows |= hits.rows
            if title_units >= abstract_units:
                keyword_sums.add(hits.rows, abstract_units)
                keyword_sums.add(hits.title, title_units - abstract_units)
            else:
                keyword_sums.add(hits.rows & ~hits.title, abstract_units)
                keyword_sums.add(hits.title, title_units)
        return matching_rows, keyword_sums

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return self._keyword_matcher.matched(batch, row)


def add_configured_scores(query: FeedQuery, newest_day: date, batch: LoadedBatch, scores: Scores, unit: int) -> None:
    """Add what the configuration gives to primaries and to what is new; a score's unit is so many millionths."""
    scoring = query.scoring
    if scoring.primary:
        scored_primaries = rows_in_sets(batch.index, "p:", query.categories.included)
        scores.add(scored_primaries, millionths(scoring.primary) // unit)
    if scoring.recency:
        for announced_day, announced_rows in rows_by_day(batch.index).items():
            age_in_days = (newest_day - announced_day).days
            recency = min(max((query.days - age_in_days) / query.days, 0), 1)
            scores.add(announced_rows, millionths(scoring.recency * recency) // unit)
