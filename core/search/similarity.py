"""
``like=``: how much more papers are like given ones than like any other, by the words they have in common.

The score of a paper is the cosine of its TF-IDF vector with each liked one, on the average, less the same with all
papers held (``core.search.centroid``); of one or two liked ones, with the papers nearest to them too
(``core.search.feedback``).
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from heapq import nlargest
from itertools import chain, islice
from typing import Final, NamedTuple

from core.index.bitset import bits_of, rows_not_zero
from core.index.memo import MemoKind, bits_size
from core.index.reader import BatchIndex
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.batch import BatchLinks, LoadedBatch, oldest_day, row_text
from core.search.categories import qualifying_rows, rows_in_sets
from core.search.centroid import Centroid, WordProducts, learn, likeness, products_with, word_products
from core.search.feedback import FEW_LIKED, newest_week, with_nearest
from core.search.hits import CommonWords, Exclusion, KeywordMatcher, batch_hits
from core.search.scores import SCORE_UNIT, RankedScores, Scores
from core.search.work import read_for

_LIKENESS_STEPS: Final = 10_000

_LIKEST_PAPERS: Final = 10
"""The papers most like a text: the likest alone may be the paper that it was taken from."""
_LEAST_LIKENESS_PART: Final = 0.2
"""Less than so much of their median is about something else; ``benchmarks/relevance.py`` says what that costs."""
NEAREST_OF_DAY: Final = 20
"""
Of liked papers, so many of a day are in however little they are alike: cut as texts are, the first twenty of a day
would hold .29 of the same author's later papers in place of .43 (``benchmarks/relevance.py``).
"""

_CENTROIDS: Final = MemoKind[Centroid]("centroid", lambda centroid: 300 * len(centroid.words))
_MOVED_CENTROIDS: Final = MemoKind[Centroid]("moved centroid", lambda centroid: 300 * len(centroid.words))

_LEAST_LIKENESS_MEMO: Final = MemoKind[int]("least likeness", lambda _: 100)


def likeness_units(row_likeness: float) -> int:
    """A likeness as a score: most papers have less than a tenth, so four decimals count."""
    return round(row_likeness * _LIKENESS_STEPS) * (SCORE_UNIT // _LIKENESS_STEPS)


class Likeness(NamedTuple):
    """How like a centroid a batch's rows are, the rows from the likest on, and which of them have a word of it."""

    likenesses: "array[float]"
    ranked_rows: "array[int]"
    rows_in_common: int


_LIKENESS: Final = MemoKind[Likeness](
    "likeness", lambda rows: 6 * len(rows.likenesses) + bits_size(rows.rows_in_common) + 200
)


class SimilarityRanker:
    """Ranks by likeness to the liked papers and texts together; these papers themselves are left out."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> None:
        self._query = query
        self._terms = KeywordMatcher(query)
        liked_ids = [liked for liked in query.like if not isinstance(liked, LikedText)]
        self._liked = {paper_row for arxiv_id in liked_ids for paper_row in links.paper_rows(arxiv_id)}
        self._numbers = {id(batch.index): batch_number for batch_number, batch in enumerate(batches)}
        self._name = (links.memo.number, query.like)
        liked_centroid = links.memo.remembered(_CENTROIDS, query.like, lambda: _centroid_of(query, batches, links))
        moved_centroid = partial(self._moved, liked_centroid, batches)
        self._centroid = links.memo.remembered(_MOVED_CENTROIDS, query.like, moved_centroid)
        telling_words = sorted(liked_centroid.words, key=lambda word: -word.weight * word.rarity)
        self._common_words = CommonWords([(word.key, word.written_word) for word in telling_words])

    def _moved(self, centroid: Centroid, batches: Sequence[LoadedBatch]) -> Centroid:
        return with_nearest(centroid, batches, self._liked) if len(self._query.like) <= FEW_LIKED else centroid

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that keywords match or, without keywords, those with a word in common."""
        index = batch.index
        row_likeness = self._row_likeness(index)
        scored_rows = row_likeness.rows_in_common
        if self._query.keywords:
            scored_rows = 0
            for term in self._query.keywords:
                scored_rows |= batch_hits(batch, term, self._query.match).rows
        likeness_scores = RankedScores(row_likeness.likenesses, row_likeness.ranked_rows, likeness_units)
        return (scored_rows if self._centroid.words else 0) & ~self._liked_rows(index), likeness_scores

    def _liked_rows(self, index: BatchIndex) -> int:
        batch_number = self._numbers[id(index)]
        return bits_of((liked.row for liked in self._liked if liked.batch == batch_number), index.count)

    def _row_likeness(self, index: BatchIndex) -> Likeness:
        return index.memo.remembered(_LIKENESS, self._name, lambda: self._likeness(index))

    def _likeness(self, index: BatchIndex) -> Likeness:
        products = products_with(index, self._word_products)
        row_likenesses = likeness(index, products, self._centroid.share)
        ranked_rows = sorted(range(index.count), key=row_likenesses.__getitem__, reverse=True)
        return Likeness(array("f", row_likenesses), array("H", ranked_rows), rows_not_zero(products))

    @cached_property
    def _word_products(self) -> WordProducts:
        return word_products(self._centroid)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell the keywords, then the words that make a paper like the liked ones."""
        yield from self._terms.matched(batch, row)
        yield from self._common_words.of(batch.index, row)


class CutRanker(SimilarityRanker):
    """
    Ranks by likeness alone, and leaves out what is much less alike than the papers that are most.

    Texts say what they are about. Liked papers are examples, so the nearest of each day are in, too.
    """

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> None:
        super().__init__(query, batches, links)
        self._likes_texts_alone = all(isinstance(liked, LikedText) for liked in query.like)
        oldest_asked, newest_asked = oldest_day(batches, query), query.until or batches[0].day
        asked_batches = [batch for batch in batches if oldest_asked < batch.day <= newest_asked]
        liked_in_categories = f"{','.join(map(str, query.like))} {query.categories}"
        nearest_rules = (query.primary, sorted(query.types), query.match, [term.text for term in query.exclude])
        self._nearest_key = f"{self._name[0]} {liked_in_categories} {'|'.join(map(str, nearest_rules))}"
        likeness_key = f"{liked_in_categories} {oldest_asked} {newest_asked}"
        self._least_likeness = links.memo.remembered(
            _LEAST_LIKENESS_MEMO, likeness_key, lambda: self._least_of(asked_batches)
        )

    def _least_of(self, asked_batches: Sequence[LoadedBatch]) -> int:
        likest_by_batch = (
            self._nearest_units(batch, rows_in_sets(batch.index, "c:", self._query.categories.included), _LIKEST_PAPERS)
            for batch in newest_week(asked_batches)
        )
        likest = nlargest(_LIKEST_PAPERS, chain.from_iterable(likest_by_batch))
        return max(round(_LEAST_LIKENESS_PART * likest[len(likest) // 2]), 1) if likest else 1

    def _nearest_units(self, batch: LoadedBatch, rows: int, most: int) -> list[int]:
        """How like the texts and papers the likest of some rows are, from the likest on."""
        row_likeness = self._row_likeness(batch.index)
        scored_rows = row_likeness.rows_in_common & rows & ~self._liked_rows(batch.index)
        nearest_rows = islice((row for row in row_likeness.ranked_rows if scored_rows >> row & 1), most)
        return [likeness_units(row_likeness.likenesses[row]) for row in nearest_rows]

    def _least_of_day(self, batch: LoadedBatch) -> int:
        """How like them a batch's papers must be."""
        if self._likes_texts_alone:
            return self._least_likeness
        least_of_nearest = batch.index.memo.remembered(
            _LEAST_LIKENESS_MEMO, self._nearest_key, lambda: self._least_of_nearest(batch)
        )
        return min(self._least_likeness, least_of_nearest)

    def _least_of_nearest(self, batch: LoadedBatch) -> int:
        """Of the papers that may be in: what is excluded takes no place of the nearest."""
        may_be_in = qualifying_rows(batch.index, self._query) & ~Exclusion(self._query).rows(batch)
        read_for("like")
        return min(self._nearest_units(batch, may_be_in, NEAREST_OF_DAY), default=0)

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that are alike beyond what any two papers of a field are."""
        scored_rows, scores = super().scores(batch)
        ranked_rows, least = self._row_likeness(batch.index).ranked_rows, self._least_of_day(batch)
        alike_count = bisect_left(ranked_rows, True, key=lambda row: scores.of(row) < least)
        return scored_rows & bits_of(ranked_rows[:alike_count], batch.index.count), scores


def is_cut(query: FeedQuery) -> bool:
    """Whether only what is alike enough is in. Keywords, or a lowest score, say themselves what is."""
    return bool(query.like) and not query.keywords and not query.min_score


def _centroid_of(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> Centroid:
    """Read the liked papers, once for a snapshot. Those that are not held say nothing."""
    liked_texts = []
    for liked in query.like:
        if isinstance(liked, LikedText):
            liked_texts.append(liked.text)
        elif liked_rows := links.paper_rows(liked):
            liked_texts.append(row_text(batches, liked_rows[0]))
    return learn(liked_texts, batches)
