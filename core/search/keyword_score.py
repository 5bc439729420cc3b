"""Scoring a batch by its keywords: as the old bot did, or by BM25."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain

from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.hits import KeywordMatcher
from core.search.scores import Scores, Sums, millionths


class KeywordRanker:
    """The old bot's arithmetic: a weight for each term, and a higher one when it stands in the title."""

    def __init__(self, query: FeedQuery, others: Sequence[float]) -> None:
        scoring = query.scoring
        self._terms = KeywordMatcher(query)
        weights = [
            (millionths(scoring.abstract * term.weight), millionths(scoring.title * term.weight))
            for term in query.keywords
        ]
        self.unit = math.gcd(*chain.from_iterable(weights), *map(millionths, others)) or 1
        self._weights = [(abstract // self.unit, title // self.unit) for abstract, title in weights]

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        sums = Sums()
        rows = 0 if self._weights else batch.index.everything
        for (_, hits), (abstract, title) in zip(self._terms.hits(batch), self._weights, strict=True):
            rows |= hits.rows
            if title >= abstract:
                sums.add(hits.rows, abstract)
                sums.add(hits.title, title - abstract)
            else:
                sums.add(hits.rows & ~hits.title, abstract)
                sums.add(hits.title, title)
        return rows, sums

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return self._terms.matched(batch, row)
