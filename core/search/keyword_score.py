"""Scoring a batch by its keywords: as the old bot did, or by BM25."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain

from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.hits import KeywordMatcher
from core.search.scores import Scores, SummedScores, millionths


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
